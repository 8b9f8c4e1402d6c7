// Matters: several demands about one thing, with their orders; repeated calls and the report on them.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";
import { stageTag } from "./order_list.js";
import { Page } from "./page.js";
import { orderLine } from "./section_matter.js";

const READ_EVERY = 30_000;
const FIGURES = ["reviewer", "supervisor", "deputy", "leader", "inspector"];
const CENTRE = ["agent", "dispatcher", "reviewer", "supervisor"];
const day = (at) => at.toISOString().slice(0, 10);
const share = (value) => (value === null ? "–" : `${(100 * value).toFixed(1)}%`);

export class Matters extends Page {
  constructor(live, hooks) {
    super(live, hooks, "matter.page", READ_EVERY);
    this.rows = [];
    this.next = null;
    this.one = null;
    this.figures = h("div", { class: "matter-figures" });
    this.list = h("div", { class: "body flush list" });
    this.body = h("div", { class: "body" }, h("p", { class: "empty" }, t("matter.choose")));
    this.show(this.figures, h("div", { class: "rulesgrid" },
      h("section", { class: "panel", "aria-label": t("matter.page") }, h("header", {}, h("h2", {}, t("matter.page"))), this.list),
      h("section", { class: "panel", "aria-label": t("matter.title") }, this.body)));
    this.read();
  }

  orderCame() {
    this.read();
  }

  // A note that somebody is writing is not drawn away by a regular look.
  async read(cursor = "") {
    if (!cursor && this.body.contains(document.activeElement)) return;
    try {
      const page = await call("GET", `/api/order-matters?limit=30${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      this.rows = cursor ? [...this.rows, ...page.items] : page.items;
      this.next = page.next;
      this.tell("");
      this.draw();
      if (this.one) await this.open(this.one.id);
      else if (this.rows.length) await this.open(this.rows[0].id);
      if (holds(...FIGURES)) await this.count();
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  async open(id) {
    this.one = await call("GET", `/api/order-matters/${id}`);
    this.draw();
    this.drawOne();
  }

  draw() {
    fill(this.list, this.rows.length === 0 ? h("p", { class: "empty" }, t("matter.none")) : h("ul", { class: "lines" }, this.rows.map((row) => h("li", {},
      h("button", { class: "line", type: "button", "aria-current": String(row.id === this.one?.id), data: { focus: row.id }, on: { click: () => this.open(row.id) } },
        h("span", { class: "top" }, h("span", { class: "title" }, row.title), row.group && h("span", { class: "tag bad" }, t("matter.group")), stageTag(row.stage)),
        h("span", { class: "sub" }, t("matter.counts", { orders: row.orders, callers: row.callers, calls: row.calls }), ` ${row.place}`),
        h("span", { class: "sub num" }, t("matter.span", { first: moment(row.first_at), last: moment(row.last_at) })))))),
    this.next && h("button", { class: "btn", type: "button", on: { click: () => this.read(this.next) } }, t("matter.more")));
  }

  drawOne() {
    const one = this.one;
    const may = holds(...CENTRE);
    const plan = h("textarea", { rows: 3, maxlength: 8000, value: one.plan, "aria-label": t("matter.plan"), data: { focus: "plan" } });
    const press = (key, act, tone = "") => h("button", { class: `btn ${tone}`, type: "button", on: { click: () => this.act(act) } }, t(key));
    fill(this.body,
      h("div", { class: "order-head" }, h("h2", {}, one.title), stageTag(one.stage), one.group && h("span", { class: "tag bad" }, t("matter.group"))),
      h("p", { class: "said" }, t("matter.counts", { orders: one.orders, callers: one.callers, calls: one.calls }), " · ", t("matter.span", { first: moment(one.first_at), last: moment(one.last_at) })),
      h("div", { class: "field" }, h("label", {}, t("matter.plan")), plan),
      h("span", { class: "actions" },
        (may || holds("unit_operator", "unit_head")) && press("matter.keep_plan", () => call("PUT", `/api/order-matters/${one.id}/plan`, { plan: plan.value.trim() }), "primary"),
        holds("dispatcher", "supervisor") && press("matter.dissolve", async () => { await call("POST", `/api/order-matters/${one.id}/dissolve`, { why: t("matter.not_same") }); this.one = null; })),
      h("ul", { class: "lines" }, one.members.map((member) => orderLine(member,
        member.master && h("span", { class: "tag ok" }, t("matter.master")),
        member.waits && h("span", { class: "tag warn" }, t(member.waits === "contact-missing" ? "matter.waits_contact" : "matter.waits")),
        may && !member.master && press("matter.take_out", () => call("POST", `/api/order-matters/${one.id}/take-out`, { order_id: member.order_id, why: t("matter.not_same") }))))));
  }

  async act(act) {
    try {
      await act();
      document.activeElement?.blur();
      await this.read();
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  // The last thirty days: how often the same citizens rang again, and how their orders were handled (XY-30).
  async count() {
    const until = new Date(this.live.now() + 86_400_000);
    const since = new Date(until - 30 * 86_400_000);
    const between = `since=${day(since)}&until=${day(until)}`;
    const of = (path) => call("GET", `/api/repeats${path}?${between}`);
    const [rate, counts, report] = await Promise.all([of(""), of("/counts"), of("/report")]);
    const tile = (key, value) => h("div", { class: "figure" }, h("strong", { class: "num" }, value), h("span", {}, t(key)));
    const row = (line) => h("tr", {}, h("td", {}, named("population", line.population)), h("td", {}, line.unit), h("td", { class: "num" }, line.orders),
      ["contacted", "on_time", "resolved", "satisfied"].map((name) => h("td", { class: "num" }, share(line[name]))));
    const heads = ["matter.population", "matter.unit", "matter.orders", "matter.contacted", "matter.on_time", "matter.resolved", "matter.satisfied"];
    fill(this.figures, tile("matter.rate", share(rate.rate)), tile("matter.repeat_calls", rate.repeats), tile("matter.all_calls", rate.orders),
      tile("matter.demands", counts.demands), tile("matter.once", counts.matters), tile("matter.merged", counts.merged),
      report.items.length > 0 && h("table", { class: "rules" }, h("thead", {}, h("tr", {}, heads.map((key) => h("th", {}, t(key))))), h("tbody", {}, report.items.map(row))));
  }
}
