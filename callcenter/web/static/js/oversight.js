// Oversight: supervision, the quality queue, what units are blamed for, cases, the key list, rulings, meetings,
// instructions. What a reader may do is decided by the server; a refusal is shown where it was asked.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { named, t } from "./i18n.js";
import { cases } from "./oversight_cases.js";
import { doing } from "./oversight_forms.js";
import { instructions, meetings } from "./oversight_meetings.js";
import { loadChecklists, rulings, tasks } from "./oversight_quality.js";
import { entries, figures, supervisions, violations } from "./oversight_rows.js";
import { Page } from "./page.js";

const READ_EVERY = 30_000;
const TABS = [supervisions, tasks, violations, cases, entries, rulings, meetings, instructions];

export class Oversight extends Page {
  constructor(live, hooks) {
    super(live, hooks, "oversight.title", READ_EVERY);
    this.tab = holds("inspector") ? tasks : supervisions;
    this.filter = this.tab.filters[0];
    this.more = {};
    this.rows = [];
    this.next = null;
    this.head = h("div", { class: "oversight-head" });
    this.tabs = h("div", { class: "tabs", role: "tablist" });
    this.filters = h("div", { class: "group", role: "group", "aria-label": t("oversight.filter") });
    this.begin = h("div", { class: "begin" });
    this.list = h("div", { class: "body flush list" });
    this.show(this.head, h("div", { class: "mailgrid overseeing" },
      h("section", { class: "panel", "aria-label": t("oversight.title") }, h("header", {}, this.tabs, h("span", { class: "spring" }), this.filters), this.begin, this.list)));
    this.read();
  }

  choose(tab, filter = tab.filters[0]) {
    if (tab !== this.tab) this.more = {};
    this.tab = tab;
    this.filter = filter;
    fill(this.begin, doing(tab.begin?.() ?? [], () => this.again()));
    this.rows = [];
    this.next = null;
    this.draw();
    this.read();
  }

  // Something was done: forms go, the list is read anew.
  again() {
    fill(this.begin, doing(this.tab.begin?.() ?? [], () => this.again()));
    fill(this.list);
    return this.read();
  }

  orderCame() {
    this.read();
  }

  // A form that somebody is filling in is not drawn away by a regular look.
  async read(cursor = "") {
    if (!cursor && this.list.querySelector("form")) return;
    const asked = (this.asked = Symbol("read"));
    const query = new URLSearchParams({ limit: "30", ...(this.filter && { state: this.filter }), ...this.more, ...(cursor && { cursor }) });
    try {
      const [page, found] = await Promise.all([call("GET", `${this.tab.path}?${query}`), call("GET", "/api/oversight"), loadChecklists()]);
      if (asked !== this.asked || (!cursor && this.list.querySelector("form"))) return;
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
    fill(this.filters, Object.entries(this.tab.more ?? {}).map(([name, values]) => this.chooser(name, values)), this.tab.filters.length > 1 && this.tab.filters.map(filter));
    const again = () => this.again();
    fill(this.list,
      this.rows.length ? h("ul", { class: "lines" }, this.rows.map((row) => this.tab.line(row, again))) : h("p", { class: "empty" }, t("oversight.none")),
      this.next && h("button", { class: "more", type: "button", on: { click: () => this.read(this.next) } }, t("orders.more")));
  }

  // A further filter of the tab, besides its states.
  chooser(name, values) {
    const pick = h("select", { "aria-label": t(`oversight.${name}`), data: { focus: `more-${name}` } }, values.map((value) => h("option", { value }, value ? named(name === "hook" ? "qc_hook" : name, value) : t(`oversight.${name}`))));
    pick.value = this.more[name] ?? "";
    pick.addEventListener("change", () => {
      const { [name]: _, ...rest } = this.more;
      this.more = pick.value ? { ...rest, [name]: pick.value } : rest;
      this.choose(this.tab, this.filter);
    });
    return pick;
  }
}
