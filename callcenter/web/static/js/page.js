// What every page beside the desk has: its head, the state of the link, a place for what went wrong, and a regular look.

import { h } from "./dom.js";
import { switchLanguage, t } from "./i18n.js";

export class Page {
  // `every` are the milliseconds between two looks (`read` of the page), null for none; `beside` stands in the head.
  constructor(live, { redraw, leave }, title, every = null, beside = []) {
    this.live = live;
    this.link = h("span", { class: "link", role: "status" });
    this.wrong = h("div", { class: "banner bad", role: "alert", hidden: true });
    const language = h("button", { class: "btn quiet", type: "button", on: { click: async () => { await switchLanguage(); redraw(); } } }, t("app.other_language"));
    this.el = h("main", { class: "board" },
      h("header", { class: "topbar" },
        h("div", { class: "brand" }, h("img", { src: "icon.svg", alt: "" })), h("h1", {}, t(title)),
        h("span", { class: "spring" }), beside, this.link,
        h("a", { class: "btn quiet", href: "#/" }, t("board.back")), language,
        h("button", { class: "btn quiet", type: "button", on: { click: leave } }, t("login.leave"))),
      this.wrong);
    this.timer = every === null ? null : setInterval(() => this.read(), every);
    this.linkCame();
  }

  // What stands under the head.
  show(...parts) {
    this.el.append(...parts);
  }

  tell(problem) {
    this.wrong.hidden = !problem;
    this.wrong.textContent = problem;
  }

  gone() {
    clearInterval(this.timer);
  }

  linkCame() {
    this.link.className = this.live.connected ? "link" : "link lost";
    this.link.textContent = this.live.connected ? t("link.up") : t("link.lost");
  }

  stateCame() {
    this.linkCame();
  }
}
