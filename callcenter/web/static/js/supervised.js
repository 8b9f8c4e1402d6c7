// Tells the agent that a supervisor is in the call, as far as the centre's policy lets them know.

import { call } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { named, t } from "./i18n.js";

export class Supervised {
  constructor() {
    this.el = h("div", { class: "supervised", role: "status", hidden: true });
    this.load();
  }

  async load() {
    let inside = [];
    try {
      inside = (await call("GET", "/api/desk/supervision")).items;
    } catch {
      // The next hint asks again.
    }
    const lines = inside.map((one) => t("supervised", { supervisor: one.supervisor, mode: named("mode", one.mode) }));
    this.el.hidden = lines.length === 0;
    fill(this.el, lines.map((line) => h("span", {}, line)));
    if (lines.length) announce(lines.join(" "));
  }
}
