// The agent's hands on the call that stands: hold, mute, emergency lines, transfers and how far they are.

import { call } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { clock } from "./format.js";
import { language, named, t } from "./i18n.js";
import { TargetsPanel } from "./targets_panel.js";

// An expert outside the house is a number, and no line of the registry.
const dialled = (one) => (one.skill && !one.target.startsWith("seat/") ? { number: one.target } : { target: one.target, matter: one.matter ?? "" });

export class CallControls {
  constructor(live, callId, said) {
    this.live = live;
    this.call = callId;
    this.said = said;
    this.now = null;
    this.past = [];
    this.emergency = [];
    this.problem = "";
    this.busy = false;
    this.panel = null;
    this.el = h("div", { class: "controls", role: "group", "aria-label": t("control.title") });
    this.read();
    this.offer();
  }

  gone() {
    this.panel?.gone();
  }

  get talking() {
    return this.live.state?.presence === "talking" && this.live.state.offer?.call_id === this.call;
  }

  // The emergency lines stand ready from the first second.
  async offer() {
    try {
      this.emergency = (await call("GET", `/api/calls/${this.call}/targets`)).emergency;
    } catch {
      this.emergency = [];
    }
    this.draw();
  }

  // A call that has just gone from this desk is no fault: then its transfers tell how it went on.
  async read() {
    try {
      this.now = this.talking ? await this.there("live") : null;
      this.past = this.now?.attempts ?? (await this.there("transfers"))?.items ?? [];
    } catch (problem) {
      this.problem = problem.message;
    }
    this.draw();
  }

  // Null for what is not, or no longer, for this desk.
  async there(what) {
    try {
      return await call("GET", `/api/calls/${this.call}/${what}`);
    } catch (problem) {
      if (problem.status === 403 || problem.status === 404) return null;
      throw problem;
    }
  }

  stateCame() {
    if (!this.talking && this.panel) { this.panel.gone(); this.panel = null; }
    this.read();
  }

  draw() {
    fill(this.el,
      this.talking && this.now && [this.buttons(this.now), this.parties(this.now), this.red()],
      this.problem && h("p", { class: "alert", role: "alert" }, this.problem),
      this.past.length > 0 && h("ul", { class: "attempts", "aria-label": t("control.attempts") }, this.past.map((one) => this.attempt(one))),
      this.talking && this.panel?.el);
    for (const place of this.el.querySelectorAll("[data-since]")) place.textContent = clock(this.live.now() - Date.parse(place.dataset.since));
  }

  buttons(now) {
    const can = (name) => now.can.includes(name);
    const button = (name, kind = "", pressed = null) => h("button", {
      class: `btn ${kind}`, type: "button", disabled: this.busy || !can(name), data: { focus: `control-${name}` },
      "aria-pressed": pressed === null ? null : String(pressed), on: { click: () => this.ask(name) },
    }, t(`control.${name}`));
    const more = (name, kind) => can(name) && button(name, kind);
    return h("div", { class: "controlbar" },
      h("div", { class: "group" },
        now.held ? button("resume", "primary") : button("hold"),
        now.muted ? button("unmute", "", true) : button("mute")),
      h("button", {
        class: "btn", type: "button", disabled: this.busy || !can("transfer"), data: { focus: "control-targets" },
        "aria-expanded": String(this.panel !== null), on: { click: () => this.toggle() },
      }, t("control.targets")),
      more("merge", "primary"), more("leave", ""), more("cancel", "danger"));
  }

  // Who is there, in words: the caller on hold, a guest who still rings.
  parties(now) {
    const word = (party) => party.held ? ["warn", t("party.held")] : party.muted ? ["warn", t("party.muted")] : party.there ? ["ok", t("party.there")] : ["", t("party.rings")];
    return h("div", { class: "parties", role: "status" }, now.parties.map((party) => {
      const [kind, text] = word(party);
      return h("span", { class: `tag ${kind}`, data: { party: party.party } }, `${named("room_party", party.party)}${party.extension ? ` ${party.extension}` : ""} ${text}`);
    }));
  }

  red() {
    if (!this.emergency.length) return null;
    return h("div", { class: "redline", role: "group", "aria-label": t("control.emergency") }, this.emergency.map((one) => h("button", {
      class: "btn emergency", type: "button", disabled: this.busy || !this.now.can.includes("transfer"), title: one.title[language],
      data: { focus: `red-${one.target}` }, on: { click: () => this.pass(one, one.modes[0]) },
    }, h("strong", { class: "num" }, one.target), ` ${one.title[language]}`)));
  }

  attempt(one) {
    const seconds = one.seconds_to_answer === null ? null : Math.round(one.seconds_to_answer);
    const status = one.outcome && one.outcome !== "answered" ? named("transfer_outcome", one.outcome)
      : one.answered_at ? t("attempt.answered", { seconds })
      : one.ringing_at ? t("attempt.ringing") : t("attempt.asked");
    const kind = one.answered_at ? "ok" : one.outcome ? "bad" : "warn";
    const running = !one.outcome && !one.answered_at;
    return h("li", { class: one.emergency ? "attempt red" : "attempt", data: { attempt: one.target } },
      h("span", { class: "title" }, h("strong", { class: "num" }, one.target.replace("seat/", "")), ` ${one.consult ? t("control.consult") : named("transfer_mode", one.mode)}`),
      h("span", { class: `tag ${kind}`, role: "status" }, status),
      running && h("span", { class: "num", data: { since: one.ringing_at ?? one.asked_at } }),
      one.failure && h("span", { class: "muted" }, named("transfer_failure", one.failure)),
      one.used_fallback && h("span", { class: "muted" }, t("attempt.fallback")));
  }

  toggle() {
    this.panel?.gone();
    this.panel = this.panel ? null : new TargetsPanel(this.call, {
      said: this.said,
      press: (target, mode) => this.pass(target, mode),
      consult: (target) => this.send("consult", { id: crypto.randomUUID(), ...dialled(target) }),
    });
    this.draw();
    this.panel?.search.focus();
  }

  pass(target, mode) {
    return this.send("transfer", { id: crypto.randomUUID(), target: target.target, matter: target.matter ?? "", mode });
  }

  async ask(name) {
    await this.send(name, undefined);
  }

  async send(name, body) {
    this.busy = true;
    this.problem = "";
    this.draw();
    try {
      await call("POST", `/api/calls/${this.call}/${name}`, body);
      if (body) { this.panel?.gone(); this.panel = null; }
    } catch (problem) {
      this.problem = problem.message;
      announce(problem.message);
    }
    this.busy = false;
    await this.read();
  }
}
