import { call, holds } from "./api.js";
import { h, fill } from "./dom.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";

const LIVELY = { closed: "ok", warned: "bad", pending_dispatch: "warn", dispatched: "warn", callback: "accent", handling: "accent", accepted: "accent", submitted: "accent" };

export const stageTag = (stage) => h("span", { class: `tag ${LIVELY[stage] ?? ""}` }, named("stage", stage));

export class OrderList {
  constructor({ open }) {
    this.open = open;
    this.current = null;
    this.scope = holds("unit_operator", "unit_head") ? "unit" : holds("dispatcher", "reviewer", "supervisor", "leader") ? "all" : "mine";
    this.orders = [];
    this.cursor = null;
    this.problem = "";
    this.el = h("section", { class: "panel", "aria-label": t("orders.title") });
    this.load();
  }

  async load() {
    await this.read("");
  }

  // The newest asked for wins: an answer that was overtaken is dropped.
  async read(cursor) {
    const asked = (this.asked = Symbol("read"));
    const query = new URLSearchParams({ scope: this.scope, limit: "30", ...(cursor && { cursor }) });
    try {
      const page = await call("GET", `/api/orders?${query}`);
      if (asked !== this.asked) return;
      this.orders = cursor ? [...this.orders, ...page.items] : page.items;
      this.cursor = page.next;
      this.problem = "";
    } catch (problem) {
      if (asked === this.asked) this.problem = problem.message;
    }
    this.draw();
  }

  select(id) {
    this.current = id;
    this.draw();
  }

  draw() {
    const tab = (scope) => h("button", { type: "button", role: "tab", "aria-selected": String(this.scope === scope), data: { focus: `scope-${scope}` }, on: { click: () => { this.scope = scope; this.load(); } } }, t(`orders.${scope}`));
    const keep = this.el.querySelector(".body")?.scrollTop ?? 0;
    fill(this.el,
      h("header", {}, h("div", { class: "tabs", role: "tablist" }, ["mine", "unit", "all"].map(tab)),
        h("span", { class: "spring" }),
        h("button", { class: "btn quiet", type: "button", "aria-label": t("orders.reload"), title: t("orders.reload"), data: { focus: "reload" }, on: { click: () => this.load() } }, "↻")),
      h("div", { class: "body flush list" },
        this.problem && h("div", { class: "alert", role: "alert" }, this.problem),
        this.orders.length === 0 ? h("p", { class: "empty" }, t("orders.none")) : h("ul", { class: "lines" }, this.orders.map((order) => this.line(order))),
        this.cursor && h("button", { class: "more", type: "button", on: { click: () => this.read(this.cursor) } }, t("orders.more"))),
    );
    this.el.querySelector(".body").scrollTop = keep;
  }

  line(order) {
    return h("li", {}, h("button", {
      class: "line", type: "button", "aria-current": String(order.id === this.current), data: { focus: order.id }, on: { click: () => this.open(order.id) },
    },
    h("span", { class: "top" }, h("span", { class: "title" }, order.title), stageTag(order.stage)),
    h("span", { class: "sub" }, h("span", { class: "num" }, order.number), h("span", { class: "cut" }, order.owner)),
    h("span", { class: "sub" }, h("span", {}, named("request", order.request_type)), order.urgency !== "normal" && h("span", {}, named("urgency", order.urgency)), h("span", { class: "spring" }), h("span", { class: "num" }, moment(order.created_at))),
    ));
  }
}
