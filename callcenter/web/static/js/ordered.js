// What a supervisor ordered this seat to be, and why: told for as long as it lasts.

import { announce, h } from "./dom.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";

export class Ordered {
  constructor(live) {
    this.live = live;
    this.el = h("div", { class: "banner", role: "status", hidden: true });
  }

  draw() {
    const order = this.live.state?.order;
    const text = order ? t(order.pending ? "ordered.pending" : "ordered.done", { by: order.by, at: moment(order.at), presence: named("presence", order.presence), reason: order.reason }) : "";
    this.el.hidden = text === "";
    if (this.el.textContent === text) return;
    this.el.textContent = text;
    if (text) announce(text);
  }
}
