import { call, holds, session } from "./api.js";
import { h, fill } from "./dom.js";
import { left, moment } from "./format.js";
import { named, t } from "./i18n.js";
import { OrderBatch } from "./order_batch.js";
import { OrderFilters } from "./order_filters.js";

const LIVELY = { closed: "ok", warned: "bad", pending_dispatch: "warn", dispatched: "warn", callback: "accent", handling: "accent", accepted: "accent", submitted: "accent" };
const VIEWS = { mine: "mine", unit: "unit", helping: "helping", all: "visible" };
const EMPTY_PAGES = 5; // so many short pages are passed over before the reader is asked

export const stageTag = (stage) => h("span", { class: `tag ${LIVELY[stage] ?? ""}` }, named("stage", stage));

export class OrderList {
  constructor({ open }) {
    this.open = open;
    this.current = null;
    this.view = VIEWS[session.me.roles.some((role) => role === "guest" || role === "field") ? "helping" : holds("unit_operator", "unit_head") ? "unit" : holds("dispatcher", "reviewer", "supervisor", "leader") ? "all" : "mine"];
    this.orders = [];
    this.cursor = null;
    this.problem = "";
    this.filters = new OrderFilters({ changed: () => this.load(), choose: (view) => this.choose(view), asked: () => this.asked_for(), open });
    this.filters.show(this.view);
    this.batch = new OrderBatch({ drawn: () => this.draw(), done: () => this.load() });
    this.lines = h("div", { class: "body flush list" });
    this.top = h("header", {});
    this.el = h("section", { class: "panel orders", "aria-label": t("orders.title") }, this.top, this.filters.el, this.batch.el, this.lines);
    this.drawTop();
    this.load();
  }

  asked_for() {
    return { ...this.filters.asked(), view: this.view };
  }

  choose(view) {
    this.view = view;
    this.drawTop();
    this.load();
  }

  async load() {
    await this.read("");
  }

  // The newest asked for wins: an answer that was overtaken is dropped.
  async read(cursor) {
    const asked = (this.asked = Symbol("read"));
    const kept = cursor ? this.orders : [];
    try {
      let page = { items: [], next: cursor || null };
      for (let tries = 0; tries < EMPTY_PAGES && page.items.length === 0 && (tries === 0 || page.next); tries += 1) {
        page = await call("POST", "/api/order-lists/find", { ...this.asked_for(), limit: 30, ...(page.next && { cursor: page.next }) });
        if (asked !== this.asked) return;
      }
      this.orders = [...kept, ...page.items];
      this.cursor = page.next;
      this.problem = "";
    } catch (problem) {
      if (asked !== this.asked) return;
      this.problem = problem.message;
    }
    this.draw();
  }

  select(id) {
    this.current = id;
    this.draw();
  }

  drawTop() {
    const tab = (name) => h("button", { type: "button", role: "tab", "aria-selected": String(this.view === VIEWS[name]), data: { focus: `scope-${name}` }, on: { click: () => { this.filters.show(VIEWS[name]); this.choose(VIEWS[name]); } } }, t(`orders.${name}`));
    const helps = holds("guest", "field", "unit_operator", "unit_head");
    fill(this.top, h("div", { class: "tabs", role: "tablist" }, Object.keys(VIEWS).filter((name) => helps || name !== "helping").map(tab)),
      h("span", { class: "spring" }),
      OrderBatch.offered() && h("button", { class: "btn quiet", type: "button", "aria-pressed": String(this.batch.on), data: { focus: "batch" }, on: { click: () => { this.batch.toggle(); this.drawTop(); } } }, t("batch.open")),
      h("button", { class: "btn quiet", type: "button", "aria-label": t("orders.reload"), title: t("orders.reload"), data: { focus: "reload" }, on: { click: () => this.load() } }, "↻"));
  }

  draw() {
    const keep = this.lines.scrollTop;
    fill(this.lines,
      this.problem && h("div", { class: "alert", role: "alert" }, this.problem),
      this.batch.on && this.orders.length > 0 && h("button", { class: "more", type: "button", on: { click: () => this.batch.all(this.orders) } }, t("batch.all", { n: this.orders.length })),
      this.orders.length === 0 ? h("p", { class: "empty" }, t("orders.none")) : h("ul", { class: "lines" }, this.orders.map((order) => this.line(order))),
      this.cursor && h("button", { class: "more", type: "button", on: { click: () => this.read(this.cursor) } }, t("orders.more")));
    this.lines.scrollTop = keep;
  }

  // A helper's order opens as the task: the order itself stays closed to helpers (XY-34).
  press(order) {
    if (this.batch.on) this.batch.pick(order);
    else if (order.task_id) location.hash = `#/tasks/${order.task_id}`;
    else this.open(order.id);
  }

  line(order) {
    const chosen = this.batch.on && this.batch.chosen.has(order.id);
    return h("li", {}, h("button", {
      class: `line ${order.colour ?? ""}`, type: "button", "aria-current": String(order.id === this.current), "aria-pressed": this.batch.on ? String(chosen) : null, data: { focus: order.id, colour: order.colour ?? "" }, on: { click: () => this.press(order) },
    },
    h("span", { class: "top" }, this.batch.on && h("span", { class: "box", "aria-hidden": "true" }, chosen ? "☑" : "☐"), h("span", { class: "title" }, order.title), stageTag(order.stage)),
    h("span", { class: "sub" }, h("span", { class: "num" }, order.number), h("span", { class: "cut" }, order.owner)),
    h("span", { class: "sub" }, h("span", {}, named("request", order.request_type)), order.urgency !== "normal" && h("span", {}, named("urgency", order.urgency)),
      order.supervisions > 0 && h("span", { class: "tag bad" }, t("orders.supervised")), order.key_listed && h("span", { class: "tag warn" }, t("orders.key")),
      h("span", { class: "spring" }),
      order.due_at ? h("span", { class: `left num ${order.colour}` }, left(order.due_at, Date.now())) : h("span", { class: "num" }, moment(order.created_at))),
    order.found.map((pieces) => h("span", { class: "found" }, pieces.map((piece) => (piece.hit ? h("mark", {}, piece.text) : piece.text)))),
    ));
  }
}
