// Callers whom nobody answered, for whoever has a moment to ring them back.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";
import { CallOut } from "./outbound.js";

const SHOWN = 8;

export class MissedList {
  constructor() {
    this.el = h("section", { class: "list missed", "aria-label": t("missed.title") });
    this.rows = new Map();
    this.load();
  }

  async load() {
    try {
      this.items = (await call("GET", `/api/missed?limit=${SHOWN}`)).items;
    } catch {
      this.items = this.items ?? [];
    }
    this.draw();
  }

  draw() {
    // A row keeps its call-out: what it tells must outlive the list's next reading.
    const rows = new Map(this.items.map((one) => [one.id, this.rows.get(one.id) ?? this.row(one)]));
    this.rows = rows;
    this.el.hidden = rows.size === 0;
    fill(this.el, h("h3", { class: "listhead" }, t("missed.title")), h("ul", { class: "lines" }, [...rows.values()]));
  }

  row(one) {
    const ring = one.number ? new CallOut({ missed_call_id: one.id }, t("missed.ring_back"), () => this.load()) : null;
    return h("li", { class: "line", data: { missed: one.id } },
      h("span", { class: "top" }, h("span", { class: "title num" }, one.number || t("caller.withheld")), one.times > 1 && h("span", { class: "tag warn" }, t("missed.times", { n: one.times })), h("span", { class: "tag" }, named("missed_reason", one.reason))),
      h("span", { class: "sub num" }, moment(one.first_at), h("span", { class: "cut" }, one.hotline || one.dialled)),
      ring?.el);
  }
}
