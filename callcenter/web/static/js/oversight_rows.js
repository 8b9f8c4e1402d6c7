// Supervisions, violations and the key list, with what may be done to each.

import { call, holds } from "./api.js";
import { h } from "./dom.js";
import { field } from "./fields.js";
import { moment, separator } from "./format.js";
import { named, t } from "./i18n.js";
import { at, choice, choices, leaderLabel, meetingLabel, pick, taken, taking } from "./oversight_choices.js";
import { doing, due, pressing, said, shownWhen } from "./oversight_forms.js";
import { lastly, late, line, order, overdue, OVERSEERS, papers, state, sub, tag, told, top } from "./oversight_lines.js";

const LISTERS = ["supervisor", "dispatcher", "inspector", "deputy", "leader"];
const MODES = ["urge", "phone", "written", "joint_meeting", "on_site", "escalated"];

const meetingsOf = async (orderId) => (await call("GET", "/api/meetings?limit=100")).items.filter((row) => row.orders.includes(orderId));

// `row`: the proposal that is taken up, else null. Dispatchers and reviewers may only remind.
export async function supervising(orderId, row = null) {
  const { orgs, higher, leaders } = await choices();
  const is = (...modes) => (values) => modes.includes(values.mode);
  const modes = holds(...OVERSEERS) ? MODES : ["urge"];
  const parties = taking(orgs, row?.parties ?? []).map((one) => shownWhen(one, is("on_site")));
  return [
    choice("mode", "oversight.mode", modes, "supervise_mode", {}, row?.mode),
    pick("higher_id", "oversight.higher", higher, undefined, { when: is("escalated") }),
    pick("leader_id", "oversight.leader", leaders, leaderLabel, { when: is("escalated") }),
    pick("meeting_id", "oversight.meeting", await meetingsOf(orderId), meetingLabel, { when: is("joint_meeting") }),
    field({ name: "visit_at", key: "oversight.visit_at", type: "datetime-local", when: is("on_site") }),
    ...parties,
    field({ name: "basis", key: "oversight.basis", max: 300 }),
    field({ name: "requirement", key: "oversight.requirement", kind: "text", rows: 3, must: true, max: 4000 }),
    due(true),
  ];
}

export function supervision({ orgs, bodies, visit_at, ...body }) {
  return { ...body, ...(body.mode === "on_site" && { parties: taken({ orgs, bodies }), visit_at: at(visit_at) }) };
}

const ending = async (row) => [
  choice("verdict", "oversight.verdict", ["fulfilled", "poor"], "oversight"),
  field({ name: "result", key: "oversight.result", kind: "text", rows: 2, must: true, max: 4000 }),
  row.mode === "joint_meeting" && pick("meeting_id", "oversight.meeting_held", await meetingsOf(row.order_id), meetingLabel),
  ["phone", "on_site"].includes(row.mode) && field({ name: "record", key: "oversight.record", kind: "text", rows: 2, must: !row.record, max: 4000 }),
].filter(Boolean);

export const supervisions = {
  name: "supervisions", path: "/api/supervisions", filters: ["proposed", "open", "replied", "closed", ""],
  line(row, again) {
    const path = `/api/supervisions/${row.id}`;
    const mine = holds(...OVERSEERS);
    const proposed = row.state === "proposed";
    const open = ["open", "replied"].includes(row.state);
    const ends = mine || (row.mode === "urge" && holds("dispatcher", "reviewer"));
    return line(row.id,
      top(`${row.number} ${row.title}`, tag(named("supervise_mode", row.mode), "accent"), state(row.state), row.verdict && tag(t(`oversight.${row.verdict}`), row.verdict === "poor" ? "bad" : "ok"),
        overdue((proposed && late(row.decide_by)) || (row.state === "open" && row.lapsed_at))),
      sub(order(row), row.target_org, named("supervise_trigger", row.trigger), row.basis && named("flag", row.basis), row.due_on && t("oversight.due", { day: row.due_on }),
        proposed && row.decide_by && lastly(row.decide_by, "oversight.decide_by"), row.initiator, row.higher_org, row.leader, row.meeting),
      told("", row.requirement),
      row.parties.length > 0 && told("oversight.parties", row.parties.map((one) => one.body).join(separator()) + (row.visit_at ? `（${moment(row.visit_at)}）` : "")),
      told("oversight.record", row.record), told("oversight.reply", row.reply), told("oversight.result", row.result),
      doing([
        mine && proposed && ["oversight.confirm", () => supervising(row.order_id, row), (body) => call("POST", `${path}/confirm`, supervision(body))],
        mine && proposed && ["oversight.dismiss", () => said("oversight.reason"), (body) => call("POST", `${path}/dismiss`, body)],
        holds("unit_operator", "unit_head") && open && ["oversight.reply", () => said("oversight.reply", row.reply), (body) => call("POST", `${path}/reply`, body)],
        ends && open && ["oversight.close", () => ending(row), (body) => call("POST", `${path}/close`, body)],
      ], again, row.number ? papers(path) : []));
  },
};

export const violations = {
  name: "violations", path: "/api/violations", filters: ["proposed", "confirmed", "dismissed", ""],
  line(row, again) {
    const decide = (confirmed) => () => call("POST", `/api/violations/${row.id}/decision`, { confirmed });
    const may = holds(...OVERSEERS) && row.state === "proposed";
    return line(row.id,
      top(row.title, tag(named("flag", row.flag), "bad"), state(row.state)),
      sub(order(row), row.org, moment(row.at), row.person && `${named("slot", row.slot)} ${row.person}`, row.proposer),
      told("", row.reason),
      may && h("span", { class: "actions" }, pressing("oversight.confirm", decide(true), again, "primary"), pressing("oversight.dismiss", decide(false), again)));
  },
};

export const entries = {
  name: "entries", path: "/api/key-list", filters: ["proposed", "listed", "removed", ""],
  line(row, again) {
    const path = `/api/key-list/${row.id}`;
    const may = holds(...LISTERS);
    return line(row.id,
      top(row.title, tag(named("key_list", row.list), "warn"), state(row.state)),
      sub(order(row), row.org, t("oversight.week", { day: row.week }), t("oversight.round", { n: row.round_no }), row.satisfied !== null && t(row.satisfied ? "oversight.satisfied" : "oversight.dissatisfied"), row.decider),
      told("oversight.removal", row.removal),
      doing([
        may && row.state === "proposed" && ["oversight.list", () => [due()], (body) => call("POST", `${path}/decision`, { listed: true, due_on: body.due_on })],
        may && row.state === "proposed" && ["oversight.dismiss", () => [], () => call("POST", `${path}/decision`, { listed: false })],
        may && row.state === "listed" && ["oversight.unlist", () => said("oversight.reason"), (body) => call("POST", `${path}/remove`, body)],
      ], again));
  },
};

export function figures(found) {
  const share = found.categories ? `${Math.round((100 * found.with_duty_org) / found.categories)}%` : "–";
  const tile = (key, value) => h("div", { class: "figure" }, h("strong", { class: "num" }, value), h("span", {}, t(`oversight.figure.${key}`)));
  return [
    tile("supervisions", found.open_supervisions), tile("cases", found.open_cases), tile("tasks", found.open_tasks),
    tile("days", found.median_days ?? "–"), tile("waiting", found.waiting.length), tile("duty", share), tile("templates", found.templates),
  ];
}

