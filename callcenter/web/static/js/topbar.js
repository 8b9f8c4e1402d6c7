import { call, session } from "./api.js";
import { h, fill } from "./dom.js";
import { language, named, switchLanguage, t } from "./i18n.js";
import { pagesMenu } from "./nav.js";

// Name of a presence with its reason, e.g. 小休 · 用餐.
export function presenceText(state) {
  const reason = state.pause_reasons.find((known) => known.code === state.reason);
  const why = reason ? reason[language] : state.reason ? named("reason", state.reason) : "";
  return named("presence", state.presence) + (why ? ` · ${why}` : "");
}

export class TopBar {
  constructor(live, { redraw, leave }) {
    this.live = live;
    this.leave = leave;
    this.redraw = redraw;
    this.problem = "";
    this.busy = false;
    this.menuOpen = false;
    this.bar = h("div", { class: "presence" });
    this.pages = pagesMenu();
    this.link = h("span", { class: "link", role: "status" });
    this.el = h("header", { class: "topbar" },
      h("div", { class: "brand" }, h("img", { src: "icon.svg", alt: "" }), t("app.name")),
      this.bar,
      h("div", { class: "spring" }),
      this.link,
      h("span", { class: "who" }, h("strong", {}, session.me.name), ` ${session.me.roles.map((role) => named("role", role)).join(" / ")}`),
      this.pages.el,
      h("button", { class: "btn quiet", type: "button", on: { click: async () => { await switchLanguage(); redraw(); } } }, t("app.other_language")),
      h("button", { class: "btn quiet", type: "button", on: { click: () => this.logOut() } }, t("login.leave")),
    );
    this.closeMenu = (event) => {
      if (this.menuOpen && (event.key === "Escape" || (event.type === "click" && !this.bar.contains(event.target)))) {
        this.menuOpen = false;
        this.draw();
      }
    };
    document.addEventListener("click", this.closeMenu);
    document.addEventListener("keydown", this.closeMenu);
    this.draw();
  }

  draw() {
    const state = this.live.state;
    this.link.className = this.live.connected ? "link" : "link lost";
    this.link.textContent = this.live.connected ? t("link.up") : t("link.lost");
    this.bar.classList.toggle("stale", !this.live.connected);
    if (!state?.seat) {
      fill(this.bar);
      return;
    }
    fill(this.bar,
      h("span", { class: `dot ${state.presence}`, role: "status" }, presenceText(state), h("span", { class: "num", data: { since: state.since } })),
      this.buttons(state),
      h("span", { class: "muted num" }, t("desk.extension", { n: state.extension })),
      this.problem && h("span", { class: "tag bad", role: "alert" }, this.problem),
    );
  }

  buttons(state) {
    const inCall = state.presence === "ringing" || state.presence === "talking";
    const off = inCall || this.busy || !this.live.connected;
    const button = (presence, key) => h("button", {
      class: "btn", type: "button", disabled: off, data: { focus: `presence-${presence}` },
      "aria-pressed": String(state.presence === presence), on: { click: () => this.ask(presence) },
    }, t(key));
    return h("div", { class: "group", role: "group", "aria-label": t("presence.label") },
      button("ready", "ask.ready"),
      this.pauseMenu(state, off),
      button("after_call", "ask.after_call"),
      button("offline", "ask.offline"),
    );
  }

  pauseMenu(state, off) {
    const toggle = (event) => {
      event.stopPropagation();
      this.menuOpen = !this.menuOpen;
      this.draw();
      if (this.menuOpen) this.bar.querySelector(".menu li button")?.focus();
    };
    const item = (reason) => h("li", { role: "none" }, h("button", {
      type: "button", role: "menuitem", on: { click: () => this.ask("paused", reason.code) },
    }, reason[language]));
    return h("div", { class: "menu" },
      h("button", {
        class: "btn", type: "button", disabled: off, data: { focus: "presence-paused" }, "aria-haspopup": "menu",
        "aria-expanded": String(this.menuOpen), "aria-pressed": String(state.presence === "paused"), on: { click: toggle },
      }, `${t("ask.pause")} ▾`),
      this.menuOpen && h("ul", { role: "menu" }, state.pause_reasons.map(item)),
    );
  }

  async ask(presence, reason = "") {
    this.menuOpen = false;
    this.busy = true;
    this.problem = "";
    this.draw();
    try {
      this.live.take(await call("POST", "/api/desk/presence", { presence, reason }));
    } catch (problem) {
      this.problem = problem.message;
    }
    this.busy = false;
    this.draw();
  }

  async logOut() {
    const state = this.live.state;
    if (state?.seat && state.presence !== "offline") {
      await this.ask("offline");
      if (this.problem) return;
    }
    this.leave();
  }

  gone() {
    this.pages.gone();
    document.removeEventListener("click", this.closeMenu);
    document.removeEventListener("keydown", this.closeMenu);
  }
}
