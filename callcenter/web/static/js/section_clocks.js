// An order's clocks: level, due, colour by what is left, why day by day; extensions where the rule set knows them.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { complete, field, read, refuse } from "./fields.js";
import { left, moment } from "./format.js";
import { language, named, t } from "./i18n.js";
import { instant } from "./step_forms.js";

const say = (thing, name) => thing[`${name}_${language}`];

function days(clock) {
  if (clock.days.length === 0) return h("p", { class: "muted" }, t("clocks.no_days"));
  return h("table", { class: "days" }, h("tbody", {}, clock.days.map((day) =>
    h("tr", { class: day.counts ? "counts" : "free" },
      h("td", { class: "num" }, day.date.slice(5)), h("td", {}, say(day, "weekday")),
      h("td", { class: "num" }, day.number ?? "–"), h("td", {}, say(day, "why"))))));
}

function clockLine(clock, now) {
  const state = clock.stopped_at ? (clock.breached_at ? "late" : "done") : clock.breached_at ? "late" : clock.colour;
  return h("li", { class: `clock ${state}`, data: { clock: clock.public } },
    h("details", {},
      h("summary", {},
        h("span", { class: "name" }, say(clock, "name"), clock.round_no > 1 && ` ×${clock.round_no}`),
        h("span", { class: "tag" }, named("level", clock.level)),
        !clock.stopped_at && Date.parse(clock.started_at) > now && h("span", { class: "tag" }, t("clocks.ahead")),
        clock.effective && h("span", { class: "tag accent" }, t("clocks.effective")),
        h("span", { class: "spring" }),
        h("span", { class: "due num" }, clock.stopped_at ? t("timer.stopped", { at: moment(clock.stopped_at) }) : left(clock.due_at, now)),
        h("span", { class: "due num" }, t("timer.due", { at: clock.due_day }))),
      h("p", { class: "muted" }, `${clock.public} · ${clock.owner} → ${named("owed", clock.owed_to)} · ${clock.ruleset} ${clock.source}`,
        clock.reading && ` · ${t("clocks.reading", { reading: clock.reading })}`),
      h("p", { class: "muted num" }, t("clocks.from", { at: moment(clock.started_at), move: named("move", clock.start_event), length: say(clock, "length") })),
      clock.cut_by && h("p", { class: "muted" }, t("clocks.cut")),
      days(clock)));
}

function pastLine(clock) {
  const how = clock.breached_at ? "clocks.past_late" : "clocks.past_kept";
  return h("li", { class: "muted" }, `${say(clock, "name")} · ${clock.owner} · ${t(how)} · ${moment(clock.replaced_at)}`);
}

// A folded form: `send` gets what was filled in.
function folded(summary, fields, action, post, done) {
  const wrong = h("div", { class: "alert", role: "alert", hidden: true });
  const send = async (event) => {
    event.preventDefault();
    if (!complete(fields)) return;
    try {
      await post(read(fields));
      await done();
    } catch (problem) {
      fill(wrong, refuse(fields, problem));
      wrong.hidden = false;
    }
  };
  return h("details", { class: "extend" }, h("summary", {}, t(summary)),
    h("form", { class: "step", novalidate: true, on: { submit: send } }, wrong, fields.map(({ el }) => el),
      h("div", { class: "actions" }, h("button", { class: "btn primary", type: "submit" }, t(action)))));
}

function asking(order, done) {
  const fields = [
    field({ name: "working_days", key: "clocks.extend_days", type: "number", inputmode: "numeric", must: true }),
    field({ name: "reason", key: "clocks.extend_reason", kind: "text", rows: 2, must: true, max: 1000 }),
  ];
  const post = ({ working_days, reason }) => call("POST", `/api/orders/${order.id}/extension`, { working_days: Number(working_days), reason });
  return folded("clocks.extend", fields, "clocks.extend_ask", post, done);
}

function settingUpper(order, done) {
  const fields = [
    field({ name: "due_at", key: "clocks.upper_due", type: "datetime-local", must: true }),
    field({ name: "reason", key: "clocks.upper_reason", kind: "text", rows: 2, must: true, max: 1000 }),
  ];
  const post = ({ due_at, reason }) => call("POST", `/api/orders/${order.id}/upper-due`, { due_at: instant(due_at), reason });
  return folded("clocks.upper", fields, "clocks.upper_set", post, done);
}

function reboundLine(one) {
  const shift = t("clocks.rebound", { name: say(one, "name"), before: moment(one.before), after: moment(one.after) });
  return h("li", { class: "muted" }, shift, ` · ${one.reason ? `${one.by}：${one.reason}` : t("clocks.rebound_sent")} · ${moment(one.at)}`);
}

function extensionLine(order, one, done) {
  const decide = async (granted) => {
    await call("POST", `/api/orders/${order.id}/extension/${one.id}`, { granted, opinion: "" });
    await done();
  };
  const state = one.granted === null ? "clocks.open" : one.granted ? "clocks.granted" : "clocks.refused";
  return h("li", { class: "line" },
    h("span", { class: "top" }, h("span", { class: "title" }, t("clocks.extension", { name: say(one, "name"), at: moment(one.due_after) })), h("span", { class: "tag" }, t(state))),
    h("span", { class: "sub" }, `${one.asked_by} ${moment(one.asked_at)} · ${one.reason}`),
    one.may_decide && h("span", { class: "actions" },
      h("button", { class: "btn primary", type: "button", on: { click: () => decide(true) } }, t("clocks.grant")),
      h("button", { class: "btn", type: "button", on: { click: () => decide(false) } }, t("clocks.refuse"))));
}

// JC-21: what the rule set says for the order's category and level.
export function standardLine(one) {
  const parts = [one.scope_in && t("standard.in", { said: one.scope_in }), one.scope_out && t("standard.out", { said: one.scope_out }),
    one.duty && t("standard.duty", { said: one.duty }), ...one[`limits_${language}`],
    one.supervise && t("standard.supervise", { said: named("supervise_mode", one.supervise) }), one.callback && t("standard.callback", { said: named("rings", one.callback) }),
    one.notify.length > 0 && t("standard.notify", { said: one.notify.map((role) => named("role", role)).join("、") })];
  return h("p", { class: "muted", data: { standard: one.category } }, `${t("rules.matrix")}：${one.category}${one.level && ` · ${named("urgency", one.level)}`} — ${parts.filter(Boolean).join("；")}`);
}

export async function clocksSection(order, done) {
  const found = await call("GET", `/api/orders/${order.id}/clocks`);
  if (found.clocks.length === 0 && !found.may_set_upper) return null;
  const now = Date.parse(found.now);
  const running = found.clocks.filter((clock) => !clock.stopped_at);
  const over = found.clocks.filter((clock) => clock.stopped_at);
  const list = h("ul", { class: "clocks" });
  fill(list, [...running, ...over].map((clock) => clockLine(clock, now)));
  return h("section", { class: "section clock-section" },
    h("h3", {}, t("timer.title"), found.order_class && h("span", { class: "tag" }, t("rules.class", { classes: found.order_class }))),
    h("p", { class: "muted" },
      found.return_until && t("clocks.return_until", { at: moment(found.return_until) }), " ",
      found.target_day && t("clocks.target", { at: found.target_day })),
    found.standard && standardLine(found.standard),
    list,
    found.past.length > 0 && h("ul", { class: "past" }, found.past.map(pastLine)),
    found.extensions.length > 0 && h("ul", { class: "lines" }, found.extensions.map((one) => extensionLine(order, one, done))),
    found.rebounds.length > 0 && h("ul", { class: "past" }, found.rebounds.map(reboundLine)),
    found.may_extend && asking(order, done),
    found.may_set_upper && settingUpper(order, done));
}
