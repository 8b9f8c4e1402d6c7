// 预警与满意度 (XY-33): what leaders owe a decision on, this period's satisfaction with its n, and the unit's own warnings.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { left, moment } from "./format.js";
import { named, t } from "./i18n.js";
import { stageTag } from "./order_list.js";
import { Page } from "./page.js";

const READ_EVERY = 60_000;
const DECIDERS = ["supervisor", "deputy", "leader", "inspector", "discipline", "auditor"];
const PERIODS = ["month", "quarter", "year"];
const WEAK = 30;
const share = (part, all) => (all === 0 ? "–" : `${((100 * part) / all).toFixed(1)}%`);

export class Warnings extends Page {
  constructor(live, hooks) {
    super(live, hooks, "warnings.title", READ_EVERY);
    this.period = "month";
    this.open = true;
    this.rows = [];
    this.next = null;
    this.periods = h("div", { class: "tabs", role: "tablist" });
    this.figures = h("div", { class: "warnfigures" });
    this.owed = h("div", { class: "body flush list" });
    this.tabs = h("div", { class: "tabs", role: "tablist" });
    this.list = h("div", { class: "body flush list" });
    this.decisions = holds(...DECIDERS) && h("section", { class: "panel", "aria-label": t("warnings.owed") }, h("header", {}, h("h2", {}, t("warnings.owed"))), this.owed);
    this.show(h("div", { class: "warngrid" },
      h("section", { class: "panel", "aria-label": t("warnings.satisfaction") }, h("header", {}, h("h2", {}, t("warnings.satisfaction")), this.periods), this.figures),
      this.decisions,
      h("section", { class: "panel grows", "aria-label": t("warnings.list") }, h("header", {}, h("h2", {}, t("warnings.list")), this.tabs), this.list)));
    this.read();
  }

  orderCame() {
    this.read();
  }

  warnedCame() {
    this.read();
  }

  // The newest asked for wins.
  async read(cursor = "") {
    const asked = (this.asked = Symbol("read"));
    try {
      const [page, satisfaction, owed] = await Promise.all([
        call("GET", `/api/warnings?limit=50&open=${this.open}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`),
        call("GET", `/api/satisfaction?period=${this.period}`),
        this.decisions ? call("GET", "/api/decisions?limit=50") : { items: [] },
      ]);
      if (asked !== this.asked) return;
      this.rows = cursor ? [...this.rows, ...page.items] : page.items;
      this.next = page.next;
      this.tell("");
      this.drawFigures(satisfaction);
      this.drawOwed(owed.items);
      this.draw();
    } catch (problem) {
      if (asked === this.asked) this.tell(problem.message);
    }
  }

  drawFigures({ items, since }) {
    fill(this.periods, PERIODS.map((one) => this.tab(`period-${one}`, this.period === one, named("period", one), () => { this.period = one; this.read(); })));
    const sum = (name) => items.reduce((total, unit) => total + unit[name], 0);
    const heard = sum("heard");
    const tile = (key, value, note) => h("div", { class: "figure" }, h("strong", { class: "num" }, value), h("span", {}, t(key)), h("span", { class: "num" }, note));
    const n = t("warnings.n", { n: heard });
    fill(this.figures,
      h("div", { class: "tilesrow" }, tile("warnings.satisfied", share(sum("satisfied"), heard), n), tile("warnings.resolved", share(sum("resolved"), heard), n),
        tile("warnings.claimed", share(sum("claimed"), heard), n), tile("warnings.count", sum("warnings"), t("warnings.since", { day: moment(since).split(" ")[0] }))),
      heard > 0 && heard < WEAK && h("p", { class: "muted" }, t("warnings.few")),
      items.length > 1 && h("table", { class: "rules" },
        h("thead", {}, h("tr", {}, ["unit", "n_head", "satisfied", "resolved", "claimed", "count"].map((key) => h("th", { scope: "col" }, t(`warnings.${key}`))))),
        h("tbody", {}, items.map((unit) => h("tr", {}, h("th", { scope: "row" }, unit.org), h("td", { class: "num" }, unit.heard),
          ["satisfied", "resolved", "claimed"].map((name) => h("td", { class: "num" }, share(unit[name], unit.heard))), h("td", { class: "num" }, unit.warnings))))),
      items.length === 0 && h("p", { class: "empty" }, t("warnings.nobody_heard")));
  }

  drawOwed(items) {
    if (!this.decisions) return;
    fill(this.owed, items.length === 0 ? h("p", { class: "empty" }, t("warnings.nothing_owed")) : items.map((one) => h("a", { class: "line", href: `#/order/${one.order_id}`, data: { focus: one.id } },
      h("span", { class: "top" }, h("span", { class: "title" }, named("decision", one.cause)), one.lapsed_at && h("span", { class: "tag bad" }, t("warnings.lapsed"))),
      h("span", { class: "sub" }, h("span", { class: "num" }, one.number), h("span", {}, one.category), h("span", {}, t("handling.round", { n: one.round_no })), h("span", {}, one.leader || t("warnings.any_leader", { org: one.org }))),
      h("span", { class: "sub" }, h("span", { class: `num ${one.lapsed_at ? "late" : ""}` }, `${t("warnings.due", { at: moment(one.due_at) })}（${left(one.due_at, this.live.now())}）`)))));
  }

  draw() {
    fill(this.tabs, this.tab("open", this.open, t("warnings.open"), () => { this.open = true; this.read(); }), this.tab("all", !this.open, t("warnings.all"), () => { this.open = false; this.read(); }));
    fill(this.list,
      this.rows.length === 0 ? h("p", { class: "empty" }, t(this.open ? "warnings.none_open" : "warnings.none")) : this.rows.map((one) => this.line(one)),
      this.next && h("button", { class: "btn", type: "button", on: { click: () => this.read(this.next) } }, t("orders.more")));
  }

  line(one) {
    const headless = one.open && one.stage === "rehandling" && (one.head ? !one.confirmed_at && "warnings.head_to_confirm" : "warnings.head_to_name");
    return h("a", { class: "line", href: `#/order/${one.order_id}`, data: { focus: `${one.order_id}-${one.round_no}` } },
      h("span", { class: "top" }, h("span", { class: "title" }, one.category || one.number), stageTag(one.stage), h("span", { class: `tag ${one.outcome === "rehandled" ? "" : "bad"}` }, named("warning_outcome", one.outcome)),
        one.satisfied === false && h("span", { class: "tag warn" }, named("satisfaction", "dissatisfied")), one.resolved === false && h("span", { class: "tag warn" }, t("callback.unsolved"))),
      h("span", { class: "sub" }, h("span", { class: "num" }, one.number), h("span", {}, one.org), h("span", {}, t("warnings.round", { n: one.round_no, now: one.round_now })), h("span", { class: "num" }, moment(one.at)), one.head && h("span", {}, t("handling.head_is", { name: one.head }))),
      h("span", { class: "sub" }, headless && h("span", {}, h("span", { class: "tag warn" }, t(headless))),
        one.open && one.due_at && h("span", { class: `num ${Date.parse(one.due_at) < this.live.now() ? "late" : ""}` }, `${t("warnings.due", { at: moment(one.due_at) })}（${left(one.due_at, this.live.now())}）`)));
  }

  tab(name, chosen, text, click) {
    return h("button", { type: "button", role: "tab", "aria-selected": String(chosen), data: { focus: name }, on: { click } }, text);
  }
}
