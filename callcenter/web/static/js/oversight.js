// Oversight: supervision, the quality queue, what units are blamed for, cases, the key list, rulings, meetings. What a reader may do is
// decided by the server; a refusal is shown where it was asked.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { instructions, meetings, rulings } from "./oversight_more.js";
import { cases, entries, figures, loadChecklists, supervisions, tasks, violations } from "./oversight_rows.js";
import { Page } from "./page.js";

const READ_EVERY = 30_000;
const TABS = [supervisions, tasks, violations, cases, entries, rulings, meetings, instructions];

export class Oversight extends Page {
  constructor(live, hooks) {
    super(live, hooks, "oversight.title", READ_EVERY);
    this.tab = holds("inspector") ? tasks : supervisions;
    this.filter = this.tab.filters[0];
    this.rows = [];
    this.next = null;
    this.head = h("div", { class: "oversight-head" });
    this.tabs = h("div", { class: "tabs", role: "tablist" });
    this.filters = h("div", { class: "group", role: "group", "aria-label": t("oversight.filter") });
    this.list = h("div", { class: "body flush list" });
    this.show(this.head, h("div", { class: "mailgrid" },
      h("section", { class: "panel", "aria-label": t("oversight.title") }, h("header", {}, this.tabs, h("span", { class: "spring" }), this.filters), this.list)));
    this.read();
  }

  choose(tab, filter = tab.filters[0]) {
    this.tab = tab;
    this.filter = filter;
    this.rows = [];
    this.next = null;
    this.draw();
    this.read();
  }

  orderCame() {
    this.read();
  }

  // A form that somebody is filling in is not drawn away by a regular look.
  async read(cursor = "") {
    if (!cursor && this.list.querySelector("form")) return;
    const asked = (this.asked = Symbol("read"));
    const query = new URLSearchParams({ limit: "30", ...(this.filter && { state: this.filter }), ...(cursor && { cursor }) });
    try {
      const [page, found] = await Promise.all([call("GET", `${this.tab.path}?${query}`), call("GET", "/api/oversight"), loadChecklists()]);
      if (asked !== this.asked) return;
      this.rows = cursor ? [...this.rows, ...page.items] : page.items;
      this.next = page.next;
      fill(this.head, figures(found));
      this.tell("");
      this.draw();
    } catch (problem) {
      if (asked === this.asked) this.tell(problem.message);
    }
  }

  draw() {
    const tab = (one) => h("button", { type: "button", role: "tab", "aria-selected": String(this.tab === one), data: { focus: `tab-${one.name}` }, on: { click: () => this.choose(one) } }, t(`oversight.tab.${one.name}`));
    const filter = (state) => h("button", { class: "btn", type: "button", "aria-pressed": String(this.filter === state), data: { focus: `filter-${state}` }, on: { click: () => this.choose(this.tab, state) } }, t(state ? `oversight.state.${state}` : "oversight.state.all"));
    fill(this.tabs, TABS.map(tab));
    fill(this.filters, this.tab.filters.length > 1 && this.tab.filters.map(filter));
    const again = () => { fill(this.list); return this.read(); };
    fill(this.list,
      this.rows.length ? h("ul", { class: "lines" }, this.rows.map((row) => this.tab.line(row, again))) : h("p", { class: "empty" }, t("oversight.none")),
      this.next && h("button", { class: "more", type: "button", on: { click: () => this.read(this.next) } }, t("orders.more")));
  }
}
