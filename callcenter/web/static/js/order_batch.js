// Many orders at once: chosen in the list, then dispatched, merged into one event, or printed (SG-27).

import { call, holds, session } from "./api.js";
import { fill, h } from "./dom.js";
import { download } from "./download.js";
import { complete, field, read, refuse } from "./fields.js";
import { language, t } from "./i18n.js";
import { bodies, orgChoice } from "./step_forms.js";

const MOST = 100;

export class OrderBatch {
  // `drawn` draws the list again, `done` reads it again.
  constructor({ drawn, done }) {
    Object.assign(this, { drawn, done });
    this.chosen = new Map();
    this.on = false;
    this.el = h("div", { class: "finder batch", hidden: true });
  }

  // Guests may do nothing to many orders.
  static offered() {
    return !session.me?.roles.includes("guest");
  }

  toggle() {
    this.on = !this.on;
    this.chosen.clear();
    this.told = [];
    this.form = null;
    this.draw();
    this.drawn();
  }

  pick(order) {
    if (!this.chosen.delete(order.id) && this.chosen.size < MOST) this.chosen.set(order.id, order);
    this.form = null;
    this.draw();
    this.drawn();
  }

  all(orders) {
    for (const order of orders.slice(0, MOST)) this.chosen.set(order.id, order);
    this.draw();
    this.drawn();
  }

  draw() {
    this.el.hidden = !this.on;
    const many = this.chosen.size;
    const button = (key, work, wanted = 1) => h("button", { class: "btn", type: "button", disabled: many < wanted, data: { batch: key }, on: { click: work } }, t(`batch.${key}`));
    fill(this.el,
      h("div", { class: "row wrap" }, h("strong", {}, t("batch.chosen", { n: many, most: MOST })),
        holds("dispatcher", "supervisor") && button("dispatch", () => this.dispatch()),
        holds("agent", "dispatcher", "reviewer", "supervisor") && button("merge", () => this.merge(), 2),
        button("print", () => this.tell(() => this.print("pdf"))), button("word", () => this.tell(() => this.print("docx")))),
      this.form,
      (this.told ?? []).length > 0 && h("ul", { class: "lines told", role: "status" }, this.told.map((line) => h("li", { class: line.bad ? "bad" : "" }, line.text))));
  }

  print(form) {
    return download("/api/order-lists/print", { orders: [...this.chosen.keys()], form }, form === "pdf" ? "orders.pdf" : "orders.zip");
  }

  async dispatch() {
    const units = (await bodies()).filter((org) => org.kind !== "external" && org.kind !== "discipline");
    this.ask("dispatch", [
      field(orgChoice("unit_id", "dispatch.unit", units, { must: true })),
      field({ name: "reason", key: "dispatch.reason", kind: "text", rows: 2, must: true, max: 500 }),
    ], async (values) => {
      const answer = await call("POST", "/api/order-lists/dispatch", { orders: [...this.chosen.keys()], ...values });
      const number = (id) => this.chosen.get(id)?.number ?? "";
      const failed = answer.lines.filter((line) => line.code);
      this.told = [{ text: t("batch.dispatched", { n: answer.done, of: answer.lines.length }), bad: failed.length > 0 },
        ...failed.map((line) => ({ bad: true, text: `${number(line.id)} ${language === "en" ? line.message_en : line.message_zh}` }))];
      for (const line of answer.lines) if (!line.code) this.chosen.delete(line.id);
    });
  }

  // The oldest is offered as the one that leads.
  merge() {
    const orders = [...this.chosen.values()].sort((one, other) => Date.parse(one.created_at) - Date.parse(other.created_at));
    this.ask("merge", [
      field({ name: "master_id", key: "batch.master", kind: "choice", options: orders.map((order) => [order.id, `${order.number} ${order.title}`]) }),
      field({ name: "title", key: "batch.title", max: 120 }),
    ], async ({ master_id, title }) => {
      const matter = await call("POST", "/api/order-matters", { master_id, title, order_ids: [...this.chosen.keys()].filter((id) => id !== master_id) });
      this.told = [{ text: t("batch.merged", { n: this.chosen.size, title: matter.title }) }];
      this.chosen.clear();
    });
  }

  ask(key, fields, send) {
    const alert = h("div", { class: "alert", role: "alert", hidden: true });
    const submit = async (event) => {
      event.preventDefault();
      if (!complete(fields)) return;
      try {
        await send(read(fields));
        this.form = null;
        this.draw();
        await this.done();
      } catch (problem) {
        alert.textContent = refuse(fields, problem);
        alert.hidden = false;
      }
    };
    this.form = h("form", { class: "step", novalidate: true, on: { submit }, "aria-label": t(`batch.${key}`) }, alert,
      h("div", { class: "grid" }, fields.map((one) => one.el)),
      h("div", { class: "actions" }, h("button", { class: "btn primary", type: "submit" }, t("step.confirm", { action: t(`batch.${key}`) }))));
    this.told = [];
    this.draw();
    fields[0].control.focus();
  }

  async tell(work) {
    try {
      await work();
      this.told = [];
    } catch (problem) {
      this.told = [{ bad: true, text: problem.message }];
    }
    this.draw();
  }
}
