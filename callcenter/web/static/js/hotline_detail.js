// One hotline number: what it is, what stands open for it, and what has happened.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { lasting, moment, separator } from "./format.js";
import { language, named, t } from "./i18n.js";

const DAYS = 14;

export class HotlineDetail {
  constructor(act) {
    this.act = act;
    this.may = holds("supervisor");
    this.body = h("div", { class: "body" }, h("p", { class: "empty" }, t("hotlines.choose")));
    this.el = h("section", { class: "panel", "aria-label": t("hotlines.detail") }, this.body);
    this.days = h("div");
    this.past = h("div");
  }

  show(item) {
    const other = this.item?.line.number !== item.line.number;
    const ended = this.item?.test?.ended_at !== item.test?.ended_at || this.item?.drill?.ended_at !== item.drill?.ended_at;
    this.item = item;
    this.draw();
    if (other || ended) this.load(item.line.number);
  }

  async load(number) {
    const [days, tests, changes] = await Promise.all([
      call("GET", `/api/hotlines/${number}/days?days=${DAYS}`),
      call("GET", `/api/hotlines/probes?number=${number}&limit=6`),
      call("GET", `/api/hotlines/changes?number=${number}&limit=6`),
    ]).catch(() => []);
    if (!days || this.item.line.number !== number) return;
    fill(this.days, this.item.line.mode === "emergency" ? null : chart(days.items));
    fill(this.past, section("hotlines.tests", tests.items.map(testLine), "hotlines.no_tests"), section("hotlines.changes", changes.items.map(changeLine), "hotlines.no_changes"));
  }

  draw() {
    const { line, status } = this.item;
    fill(this.body,
      h("div", { class: "order-head" },
        h("h2", {}, h("span", { class: "num" }, line.number), " ", line.title[language]),
        h("span", { class: "tag accent" }, named("mode_of_number", line.mode)), h("span", { class: "tag" }, named("number_status", status)),
        this.buttons()),
      this.facts(),
      line.mode === "merged" && this.merge(),
      this.days, this.past);
  }

  buttons() {
    const { line } = this.item;
    if (!this.may) return null;
    const ask = (key, path) => h("button", { class: "btn", type: "button", data: { focus: key }, on: { click: () => this.act(() => call("POST", path)) } }, t(key));
    return [
      ["main", "merged", "dual"].includes(line.mode) && ask("hotlines.test_now", `/api/hotlines/${line.number}/tests`),
      line.link?.drill && ask("hotlines.drill_now", `/api/links/${line.number}/drills`),
    ];
  }

  facts() {
    const { line, answers_now: answers } = this.item;
    const link = line.link;
    const pairs = [
      ["owner", line.owner?.[language]],
      ["queue", line.queue && named("queue", line.queue)],
      ["seats", line.seats],
      ["scope", line.scope.join(separator())],
      ["notice", line.since && (line.until ? `${line.since} — ${line.until}` : line.since)],
      ["key", line.key],
      ["transfer", link && [link.transfer, link.fallback && t("hotlines.fallback", { number: link.fallback })].filter(Boolean).join(separator())],
      ["group", link && named("trunk_group", link.group)],
      ["hours", link && [link.hours ? t("hotlines.hours", { days: link.hours.days.join(" "), begin: link.hours.begin.slice(0, 5), end: link.hours.end.slice(0, 5) }) : t("hotlines.always"), t(answers ? "hotlines.answers" : "hotlines.shut")].join(" · ")],
      ["drill_target", link?.drill],
      ["orders_to", link?.orders_to],
    ].filter(([, value]) => value !== null && value !== undefined && value !== "");
    return h("dl", { class: "facts" }, pairs.map(([name, value]) => [h("dt", {}, t(`hotlines.fact.${name}`)), h("dd", {}, value)]));
  }

  merge() {
    const { line, checklist, closing } = this.item;
    const done = checklist.every((check) => check.done);
    const over = Boolean(closing?.closed_at);
    const set = (check, value) => this.act(() => call("PUT", `/api/hotlines/${line.number}/checklist/${check.item}`, { done: value }));
    const tick = (check) => h("li", {}, h("label", { class: "check" },
      h("input", { type: "checkbox", checked: check.done, disabled: !this.may || over, data: { focus: `check-${check.item}` },
        on: { change: async (event) => { if (!(await set(check, event.target.checked))) event.target.checked = check.done; } } }),
      named("merge_item", check.item)), check.done && h("div", { class: "sub muted" }, t("hotlines.ticked", { by: check.by, at: moment(check.at) })));
    return h("div", { class: "step" },
      h("h3", {}, t("hotlines.merge")), h("ul", { class: "lines" }, checklist.map(tick)),
      closing && h("p", { class: over ? "alert ok" : "note" }, over ? t("hotlines.closed", { by: closing.closed_by, at: moment(closing.closed_at) }) : t("hotlines.closing", { by: closing.opened_by, at: moment(closing.opened_at) })),
      this.may && !over && this.closingButton(line, closing, done));
  }

  closingButton(line, closing, done) {
    const early = this.item.status === "notice" || this.item.status === "planned";
    const why = early ? t("hotlines.too_early", { date: line.until }) : done ? "" : t("hotlines.unfinished");
    const path = `/api/hotlines/${line.number}/closing${closing ? "/complete" : ""}`;
    return h("div", { class: "actions" },
      h("button", { class: "btn primary", type: "button", disabled: why !== "", data: { focus: "closing" }, on: { click: () => this.act(() => call("POST", path, closing ? undefined : {})) } }, t(closing ? "hotlines.complete_closing" : "hotlines.open_closing")),
      why && h("span", { class: "muted" }, why));
  }
}

function section(key, lines, none) {
  return h("div", { class: "section" }, h("h3", {}, t(key)), lines.length ? h("ul", { class: "timeline" }, lines) : h("p", { class: "muted" }, t(none)));
}

function testLine(one) {
  const result = [named("probe_status", one.status), one.reason && named("probe_reason", one.reason), one.answer_seconds !== null && t("hotlines.answered_in", { span: lasting(one.answer_seconds) })].filter(Boolean).join(separator());
  return h("li", {}, h("div", { class: "what" }, named("probe_kind", one.kind), " ", h("span", { class: `tag ${one.status === "ok" ? "ok" : one.status === "failed" ? "bad" : ""}` }, result)),
    h("div", { class: "when num" }, moment(one.ended_at ?? one.asked_at), one.by && ` · ${one.by}`));
}

function changeLine(change) {
  const what = change.kind === "changed" ? t("hotlines.changed", { fields: change.fields.map((name) => named("hotline_field", name)).join(separator()) }) : named("change_kind", change.kind);
  return h("li", {}, h("div", { class: "what" }, what), h("div", { class: "when num" }, moment(change.at), ` · ${change.by ?? t("hotlines.at_start")} · v${change.version} ${change.sha256.slice(0, 8)}`));
}

// Calls a day as bars; the number itself stands above each.
function chart(days) {
  const most = Math.max(1, ...days.map((day) => day.calls));
  const bar = (day) => h("li", { title: t("hotlines.day", { day: day.day, calls: day.calls, asked: day.asked_person, answered: day.answered, abandoned: day.abandoned }) },
    h("span", { class: "num" }, day.calls || ""), h("meter", { min: 0, max: most, value: day.calls, "aria-label": `${day.day}: ${day.calls}` }), h("span", { class: "day num" }, day.day.slice(8)));
  return h("div", { class: "section" }, h("h3", {}, t("hotlines.days")), h("ol", { class: "days" }, days.map(bar)));
}
