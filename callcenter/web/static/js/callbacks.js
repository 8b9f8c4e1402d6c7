// 人工回访清单: call-backs that people make, because the machine does not ring this citizen or rang in vain.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { left, moment, separator } from "./format.js";
import { named, t } from "./i18n.js";
import { Page } from "./page.js";

const READ_EVERY = 60_000;

export class Callbacks extends Page {
  constructor(live, hooks) {
    super(live, hooks, "callbacks.title", READ_EVERY);
    this.rows = [];
    this.list = h("div", { class: "body flush list" });
    this.show(h("div", { class: "warngrid" }, h("section", { class: "panel", "aria-label": t("callbacks.title") }, h("div", { class: "body" }, h("p", { class: "muted" }, t("callbacks.how"))), this.list)));
    this.read();
  }

  orderCame() {
    this.read();
  }

  async read(cursor = "") {
    const asked = (this.asked = Symbol("read"));
    try {
      const page = await call("GET", `/api/callbacks-by-person?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      if (asked !== this.asked) return;
      this.rows = cursor ? [...this.rows, ...page.items] : page.items;
      this.tell("");
      // The upset are asked first (SG-28); then as they came.
      const order = [...this.rows].sort((a, b) => Number(b.urgent) - Number(a.urgent) || Date.parse(a.at) - Date.parse(b.at));
      fill(this.list, order.length === 0 ? h("p", { class: "empty" }, t("callbacks.none")) : order.map((one) => this.line(one)),
        page.next && h("button", { class: "btn", type: "button", on: { click: () => this.read(page.next) } }, t("orders.more")));
    } catch (problem) {
      if (asked === this.asked) this.tell(problem.message);
    }
  }

  line(one) {
    return h("a", { class: "line", href: `#/order/${one.order_id}`, data: { focus: one.id } },
      h("span", { class: "top" }, h("span", { class: "title" }, one.category || one.number), one.urgent && h("span", { class: "tag bad" }, t("callbacks.urgent")),
        one.needs.map((need) => h("span", { class: "tag warn" }, named("need", need))), one.emotion && one.emotion !== "calm" && h("span", { class: "tag warn" }, named("emotion", one.emotion)),
        one.exhausted && h("span", { class: "tag" }, t("order.callback_exhausted"))),
      h("span", { class: "sub" }, h("span", { class: "num" }, one.number), h("span", {}, one.org), h("span", {}, t("handling.round", { n: one.round_no })), h("span", {}, t("callbacks.ways", { ways: one.ways.map((way) => named("callback_way", way)).join(separator()) }))),
      h("span", { class: "sub" }, h("span", { class: "num" }, t("callbacks.waits", { at: moment(one.at) })), one.due_at && h("span", { class: `num ${Date.parse(one.due_at) < this.live.now() ? "late" : ""}` }, `${t("warnings.due", { at: moment(one.due_at) })}（${left(one.due_at, this.live.now())}）`)));
  }
}
