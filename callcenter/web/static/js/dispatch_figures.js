// 派单效能: how well orders find their unit, who returns, how long each holds an order, and where too many wait.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";
import { Page } from "./page.js";

const DAYS = [7, 30, 90, 365];
const DAY = 86_400_000;
const READ_EVERY = 60_000;
const share = (part) => (part === null ? "–" : `${Math.round(part * 1000) / 10}%`);
const size = (value, unit) => (value === null ? "–" : t(unit, { n: Math.round(value * 10) / 10 }));

export class DispatchFigures extends Page {
  constructor(live, hooks) {
    super(live, hooks, "figures.title", READ_EVERY);
    this.days = 30;
    this.tabs = h("div", { class: "tabs", role: "tablist" });
    this.tiles = h("div", { class: "matter-figures" });
    this.backlog = h("div", { class: "body flush" });
    this.returns = h("div", { class: "body flush" });
    this.holders = h("div", { class: "body flush" });
    const panel = (key, body) => h("section", { class: "panel", "aria-label": t(key) }, h("header", {}, h("h2", {}, t(key))), body);
    this.show(h("div", { class: "figurehead" }, this.tabs), this.tiles,
      h("div", { class: "figuregrid" }, panel("figures.backlog", this.backlog), panel("figures.returns", this.returns), panel("figures.holders", this.holders)));
    this.read();
  }

  async read() {
    fill(this.tabs, DAYS.map((days) => h("button", { type: "button", role: "tab", "aria-selected": String(days === this.days), data: { focus: `days-${days}` }, on: { click: () => { this.days = days; this.read(); } } }, t("figures.days", { n: days }))));
    const until = new Date(this.live.now() + DAY);
    const since = new Date(until - (this.days + 1) * DAY);
    try {
      const [found, backlog] = await Promise.all([
        call("GET", `/api/dispatching/figures?${new URLSearchParams({ since: since.toISOString(), until: until.toISOString() })}`), call("GET", "/api/dispatching/backlog")]);
      this.draw(found, backlog.items);
      this.tell("");
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  draw(found, backlog) {
    const tile = (key, value) => h("div", { class: "figure", title: t(`figures.${key}_how`) }, h("strong", { class: "num" }, value), h("span", {}, t(`figures.${key}`)));
    fill(this.tiles, tile("orders", found.orders), tile("accuracy", share(found.accuracy)), tile("median", size(found.median_minutes, "figures.minutes")), tile("p90", size(found.p90_minutes, "figures.minutes")),
      tile("accepted", share(found.suggestion_accepted)), tile("outside", share(found.outside_list)), tile("hops", found.average_hops === null ? "–" : found.average_hops.toFixed(2)), tile("ping_pong", found.ping_pong),
      tile("return_rate", share(found.return_rate)), tile("improper_rate", share(found.improper_rate)), tile("volunteered", found.volunteered));
    fill(this.backlog, table(["figures.org", "figures.waiting", "figures.since"], backlog.map((one) => [one.org, one.waiting, moment(one.since)])));
    fill(this.returns, table(["figures.org", "figures.applied", "figures.granted", "figures.rejected", "figures.late", "figures.wrong", "figures.extra_days", "figures.top_reason"],
      found.returns.map((one) => [one.org, one.applied, one.granted, one.rejected, one.late, one.wrong, size(one.extra_days, "figures.n_days"), one.top_reason ? named("return_reason", one.top_reason) : "–"])));
    fill(this.holders, table(["figures.org", "figures.orders", "figures.mean", "figures.most"],
      found.holders.map((one) => [one.org, one.orders, size(one.mean_hours, "time.hours"), size(one.most_hours, "time.hours")])));
  }
}

function table(heads, rows) {
  if (rows.length === 0) return h("p", { class: "empty" }, t("figures.none"));
  return h("table", { class: "rules" }, h("thead", {}, h("tr", {}, heads.map((key) => h("th", { scope: "col" }, t(key))))),
    h("tbody", {}, rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row" }, first), rest.map((cell) => h("td", { class: "num" }, String(cell)))))));
}
