// What oversight tells: the weekly meeting's pack, what is discussed together, the bulletin, what was late, problems that
// became satisfaction, the live ledger, and how long citizens wait for supervision.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";
import { doing } from "./oversight_forms.js";
import { last, OVERSEERS, sub, tag, told } from "./oversight_lines.js";
import { calling, convene } from "./oversight_meetings.js";
import { Page } from "./page.js";

const CITY = { timeZone: "Asia/Shanghai" };
const day = (at) => new Intl.DateTimeFormat("sv", CITY).format(at);
const COLOUR = { green: "ok", yellow: "warn", red: "bad" };

const table = (columns, rows) => rows.length === 0 ? h("p", { class: "empty" }, t("oversight.none")) : h("table", { class: "told" },
  h("thead", {}, h("tr", {}, columns.map((key) => h("th", { scope: "col" }, t(key))))),
  h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell))))));
const link = (id, number) => h("a", { href: `#/order/${id}` }, number);
const share = (rate) => (rate === null ? "–" : `${(100 * rate).toFixed(1)}%`);
const section = (key, ...parts) => h("section", { class: "told" }, h("h3", {}, t(key)), parts);
const get = (path, asked) => call("GET", `${path}?${new URLSearchParams(asked)}`);

async function week({ week: asked }) {
  const pack = await get("/api/week-pack", { week: asked });
  const line = (row) => [named("key_list", row.list), row.order_number, row.title, row.org, row.removal];
  const columns = ["oversight.list_name", "oversight.number", "oversight.subject", "oversight.org", "oversight.removal"];
  return [
    section("oversight.week_counts", table(["oversight.org", "oversight.list_name", "oversight.count"], pack.counts.map((row) => [row.org, named("key_list", row.list), row.count]))),
    section("oversight.week_added", table(columns, pack.added.map(line))),
    section("oversight.week_removed", table(columns, pack.removed.map(line))),
  ];
}

async function topics(_, again) {
  const { items } = await call("GET", "/api/joint-candidates");
  const one = (row) => h("li", { class: "line", data: { line: row.id } },
    h("span", { class: "top" }, h("span", { class: "title" }, `${row.category} ${row.place}`), tag(t(`oversight.topic.${row.kind}`), row.kind === "difficult" ? "warn" : "accent")),
    sub(row.org, t("oversight.week", { day: row.week }), t("oversight.agenda_of", { n: row.orders.length })),
    h("span", { class: "sub" }, row.numbers.map((number, at) => link(row.orders[at], number))),
    doing([holds(...OVERSEERS) && ["oversight.call_meeting", () => calling({ title: `${row.category} ${row.place}`.trim(), numbers: row.numbers }), convene]], again));
  return items.length ? h("ul", { class: "lines" }, items.map(one)) : h("p", { class: "empty" }, t("oversight.none"));
}

async function bulletin(period) {
  const { items } = await get("/api/bulletin", period);
  const papers = ["docx", "pdf"].map((form) => h("a", { class: "btn", href: `/api/interview-circular/${form}?${new URLSearchParams(period)}`, download: true }, `${t("oversight.circular")} ${form.toUpperCase()}`));
  return [
    holds("supervisor", "deputy", "leader", "inspector", "discipline") && h("span", { class: "actions" }, papers),
    section("oversight.bulletin", table(["oversight.org", "oversight.item", "oversight.source", "oversight.item_due", "oversight.outcome", "oversight.number"],
      items.map((row) => [row.org, row.matter, row.meeting, row.due_on, row.done_at ? tag(`${t("oversight.done")} ${moment(row.done_at)}`, "ok") : tag(t("oversight.not_done"), "bad"), row.order_number ?? ""]))),
  ];
}

async function late(period) {
  const lists = await Promise.all(["accept", "handling"].map((list) => get("/api/late", { ...period, list })));
  const columns = ["oversight.org", "oversight.flag", "oversight.number", "oversight.was_due", "oversight.was_done", "oversight.delay", "oversight.in_year"];
  const line = (row) => [row.org, named("flag", row.flag), row.order_number, row.due_at ? last(row.due_at) : "", row.stopped_at ? moment(row.stopped_at) : tag(t("oversight.not_done"), "bad"), row.delay_days, row.in_year];
  return ["accept", "handling"].map((list, at) => section(`oversight.late.${list}`, table(columns, lists[at].items.map(line))));
}

async function problems(period) {
  const [{ items }, open, solved] = await Promise.all([get("/api/conversion", period), ...[false, true].map((satisfied) => get("/api/problems", { ...period, satisfied, limit: 100 }))]);
  const columns = ["oversight.number", "oversight.subject", "oversight.category", "oversight.org", "oversight.stage"];
  const line = (row) => [link(row.id, row.number), row.title, row.category, row.org, named("stage", row.stage)];
  return [
    section("oversight.conversion", table(["oversight.org", "oversight.problems", "oversight.solved", "oversight.rate"], items.map((row) => [row.org, row.problems, row.satisfied, share(row.rate)]))),
    section("oversight.problem_list", table(columns, open.items.map(line))),
    section("oversight.satisfied_list", table(columns, solved.items.map(line))),
  ];
}

async function ledger() {
  const { items } = await get("/api/live-ledger", { limit: 100 });
  return table(["oversight.number", "oversight.subject", "oversight.org", "oversight.stage", "oversight.clock", "oversight.was_due"],
    items.map((row) => [link(row.order_id, row.number), row.title, row.org, named("stage", row.stage), named("timer", row.timer), tag(last(row.due_at), COLOUR[row.colour])]));
}

async function days() {
  const found = await call("GET", "/api/oversight");
  return [
    section("oversight.waiting_list", table(["oversight.number", "oversight.subject", "oversight.org", "oversight.dissatisfied_at", "oversight.days"], found.waiting.map((row) => [link(row.order_id, row.number), row.title, row.org, moment(row.dissatisfied_at), row.days]))),
    section("oversight.supervised_list", told("oversight.median", found.median_days === null ? "–" : String(found.median_days)),
      table(["oversight.number", "oversight.dissatisfied_at", "oversight.opened_at", "oversight.days"], found.supervised.map((row) => [link(row.order_id, row.number), moment(row.dissatisfied_at), moment(row.opened_at), row.days]))),
  ];
}

const TABS = [["week", week, "week"], ["topics", topics], ["bulletin", bulletin, "period"], ["late", late, "period"], ["problems", problems, "period"], ["ledger", ledger], ["days", days]];

export class OversightLists extends Page {
  constructor(live, hooks) {
    super(live, hooks, "oversight.lists");
    const today = day(new Date());
    this.asked = { week: today, since: `${today.slice(0, 8)}01`, until: today };
    this.tab = TABS[0];
    this.tabs = h("div", { class: "tabs", role: "tablist" });
    this.dates = h("div", { class: "group dates" });
    this.body = h("div", { class: "body told" });
    this.show(h("div", { class: "mailgrid overseeing" }, h("section", { class: "panel", "aria-label": t("oversight.lists") }, h("header", {}, this.tabs, h("span", { class: "spring" }), this.dates), this.body)));
    this.choose(this.tab);
  }

  choose(tab) {
    this.tab = tab;
    const [, , kind] = tab;
    fill(this.tabs, TABS.map((one) => h("button", { type: "button", role: "tab", "aria-selected": String(one === tab), data: { focus: `tab-${one[0]}` }, on: { click: () => this.choose(one) } }, t(`oversight.told.${one[0]}`))));
    fill(this.dates, kind === "week" && this.date("week", "oversight.week_of"), kind === "period" && ["since", "until"].map((name) => this.date(name, `oversight.${name}`)));
    fill(this.body);
    this.read();
  }

  date(name, key) {
    const change = (event) => { if (event.target.value) { this.asked = { ...this.asked, [name]: event.target.value }; this.read(); } };
    return h("label", {}, t(key), h("input", { type: "date", value: this.asked[name], data: { focus: name }, on: { change } }));
  }

  async read() {
    const [, draw, kind] = this.tab;
    const tab = this.tab;
    const { week: asked, since, until } = this.asked;
    try {
      const parts = await draw(kind === "week" ? { week: asked } : { since, until }, () => this.read());
      if (tab !== this.tab) return;
      fill(this.body, parts);
      this.tell("");
    } catch (problem) {
      if (tab === this.tab) this.tell(problem.message);
    }
  }
}
