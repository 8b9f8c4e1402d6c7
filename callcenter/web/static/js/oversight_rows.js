// The lines of oversight's lists, with what may be done to each.

import { call, holds } from "./api.js";
import { h } from "./dom.js";
import { field } from "./fields.js";
import { moment, separator } from "./format.js";
import { language, named, t } from "./i18n.js";
import { doing, pressing } from "./oversight_forms.js";

const TONE = { to_hold: "warn", proposed: "warn", open: "accent", replied: "accent", closed: "", dismissed: "", pending: "warn", submitted: "accent", returned: "bad", accepted: "ok", held: "accent", sent: "accent", confirmed: "bad", listed: "bad", removed: "ok", reviewed: "ok" };
const OVERSEERS = ["supervisor", "deputy", "leader", "inspector"];
const LISTERS = ["supervisor", "dispatcher", "inspector", "deputy", "leader"];

const state = (value) => h("span", { class: `tag ${TONE[value] ?? ""}` }, t(`oversight.state.${value}`));
const top = (title, ...tags) => h("span", { class: "top" }, h("span", { class: "title" }, title), tags);
const sub = (...parts) => h("span", { class: "sub" }, parts.filter(Boolean).map((part) => h("span", {}, part)));
const papers = (path) => ["docx", "pdf"].map((form) => h("a", { class: "btn quiet", href: `${path}/${form}`, download: true }, form.toUpperCase()));
// A due time is the first instant that is late: people are told the last one in time.
const lastly = (due) => t("oversight.due", { day: moment(new Date(Date.parse(due) - 60_000).toISOString()) });
const line = (id, ...parts) => h("li", { class: "line", data: { line: id } }, parts);
const said = (key) => [field({ name: "text", key, kind: "text", rows: 3, must: true, max: 4000 })];
const due = (must = false) => field({ name: "due_on", key: "oversight.due_on", type: "date", must });
const choice = (name, key, values, group) => field({ name, key, kind: "choice", options: values.map((value) => [value, named(group, value)]) });
export const MODES = ["urge", "phone", "written", "joint_meeting", "on_site", "escalated"];

export const supervising = () => [
  choice("mode", "oversight.mode", MODES, "supervise_mode"),
  field({ name: "requirement", key: "oversight.requirement", kind: "text", rows: 3, must: true, max: 4000 }),
  due(true),
];

export const supervisions = {
  name: "supervisions", path: "/api/supervisions", filters: ["proposed", "open", "replied", "closed", ""],
  line(row, again) {
    const path = `/api/supervisions/${row.id}`;
    const mine = holds(...OVERSEERS);
    const close = () => [
      field({ name: "verdict", key: "oversight.verdict", kind: "choice", options: [["fulfilled", t("oversight.fulfilled")], ["poor", t("oversight.poor")]] }),
      field({ name: "result", key: "oversight.result", kind: "text", rows: 2, must: true, max: 4000 }),
      field({ name: "record", key: "oversight.record", kind: "text", rows: 2, max: 4000 }),
    ];
    return line(row.id,
      top(`${row.number} ${row.title}`, h("span", { class: "tag accent" }, named("supervise_mode", row.mode)), state(row.state), row.verdict === "poor" && h("span", { class: "tag bad" }, t("oversight.poor"))),
      sub(row.order_number, row.target_org, named("supervise_trigger", row.trigger), row.due_on && t("oversight.due", { day: row.due_on }), row.initiator),
      row.requirement && h("p", { class: "said" }, row.requirement),
      row.reply && h("p", { class: "said" }, `${t("oversight.reply")}：${row.reply}`),
      doing([
        mine && row.state === "proposed" && ["oversight.confirm", supervising, (body) => call("POST", `${path}/confirm`, body)],
        mine && row.state === "proposed" && ["oversight.dismiss", () => said("oversight.reason"), (body) => call("POST", `${path}/dismiss`, body)],
        holds("unit_operator", "unit_head") && ["open", "replied"].includes(row.state) && ["oversight.reply", () => said("oversight.reply"), (body) => call("POST", `${path}/reply`, body)],
        mine && ["open", "replied"].includes(row.state) && ["oversight.close", close, (body) => call("POST", `${path}/close`, body)],
      ], again, row.number ? papers(path) : []));
  },
};

const CHECKS = ["complete", "basis", "contacted", "reason_given", "reply", "evidence", "consistent"];
const inspecting = (row, lists) => [
  ...(lists[row.hook] ?? []).map((one) => field({ name: `check.${one.code}`, key: one[language], kind: "check" })),
  field({ name: "focus", key: "oversight.focus", must: true, max: 200 }),
  field({ name: "indicator", key: "oversight.indicator", must: true, max: 200 }),
  field({ name: "finding", key: "oversight.finding", kind: "text", rows: 2, must: true, max: 4000 }),
  choice("severity", "oversight.severity", ["none", "minor", "serious"], "severity"),
  choice("verdict", "oversight.verdict", row.qc_class === "Q2" ? ["far_fetched", "justified"] : ["passed", "rectify"], "qc_verdict"),
  field({ name: "action", key: "oversight.action", kind: "text", rows: 2, max: 4000 }),
  due(),
];

// What was ticked of the checklist goes together.
function checked(body) {
  const answers = Object.entries(body).filter(([name]) => name.startsWith("check."));
  const rest = Object.entries(body).filter(([name]) => !name.startsWith("check."));
  return { ...Object.fromEntries(rest), checklist: Object.fromEntries(answers.map(([name, yes]) => [name.slice(6), yes])) };
}

let lists = {};
export async function loadChecklists() {
  if (holds("inspector")) lists = (await call("GET", "/api/quality/checklists")).hooks;
}

export const tasks = {
  name: "tasks", path: "/api/quality/tasks", filters: ["open", "reviewed", ""],
  line(row, again) {
    const failed = row.checks.filter((check) => !check.passed && CHECKS.includes(check.code));
    return line(row.id,
      top(row.title, row.qc_class && h("span", { class: "tag warn" }, named("qc_class", row.qc_class)), h("span", { class: "tag" }, named("qc_hook", row.hook)), h("span", { class: "tag" }, named("qc_origin", row.origin)), state(row.state)),
      sub(row.order_number, row.org, row.due_at && lastly(row.due_at), row.inspector, row.verdict && named("qc_verdict", row.verdict)),
      failed.length > 0 && h("p", { class: "said bad" }, `${t("oversight.failed")}：${failed.map((check) => named("qc_check", check.code)).join(separator())}`),
      Object.entries(row.diff).map(([column, [before, after]]) => h("p", { class: "said" }, `${named("qc_column", column)}：${before} → ${after}`)),
      row.hints.length > 0 && h("p", { class: "said" }, `${t("oversight.against")}：${row.hints.map(([kind, , text]) => `${named("qc_hint", kind)} ${text}`).join(separator())}`),
      row.finding && h("p", { class: "said" }, row.finding),
      doing([holds("inspector") && row.state === "open" && ["oversight.review", () => inspecting(row, lists), (body) => call("POST", `/api/quality/tasks/${row.id}/review`, checked(body))]], again));
  },
};

export const violations = {
  name: "violations", path: "/api/violations", filters: ["proposed", "confirmed", "dismissed", ""],
  line(row, again) {
    const decide = (confirmed) => () => call("POST", `/api/violations/${row.id}/decision`, { confirmed });
    const may = holds(...OVERSEERS) && row.state === "proposed";
    return line(row.id,
      top(row.title, h("span", { class: "tag bad" }, named("flag", row.flag)), state(row.state)),
      sub(row.order_number, row.org, moment(row.at), row.person && `${named("slot", row.slot)} ${row.person}`, row.proposer),
      row.reason && h("p", { class: "said" }, row.reason),
      may && h("span", { class: "actions" }, pressing("oversight.confirm", decide(true), again, "primary"), pressing("oversight.dismiss", decide(false), again)));
  },
};

const SPOKEN = ["reminder", "interview", "reminding_interview", "leader_interview"];
const ACTED = { hold: ["text", "commitments", "due_on"], close: ["text", "poor"], confirm: [] };
const acting = (act) => () => (ACTED[act] ?? ["text"]).map((name) => ({
  text: () => field({ name: "text", key: "oversight.text", kind: "text", rows: 4, must: !["accept", "confirm"].includes(act), max: 4000 }),
  commitments: () => field({ name: "commitments", key: "oversight.commitments", kind: "text", rows: 2, max: 4000 }),
  due_on: () => due(),
  poor: () => field({ name: "poor", key: "oversight.poor", kind: "check" }),
})[name]());

export const cases = {
  name: "cases", path: "/api/cases", filters: ["", "pending", "submitted", "proposed", "closed"],
  line(row, again) {
    return line(row.id,
      top(`${row.number} ${named("case", row.kind)}`, state(row.state === "pending" && SPOKEN.includes(row.kind) ? "to_hold" : row.state), row.outcome === "poor" && h("span", { class: "tag bad" }, t("oversight.poor"))),
      sub(row.org, row.person && `${named("slot", row.slot)} ${row.person}`, row.order_number, row.due_at && lastly(row.due_at), row.opener),
      h("p", { class: "said" }, row.reason),
      row.text && h("p", { class: "said" }, row.text),
      row.opinion && h("p", { class: "said" }, `${t("oversight.opinion")}：${row.opinion}`),
      doing(row.acts.map((act) => [`oversight.act.${act}`, acting(act), (body) => call("POST", `/api/cases/${row.id}/${act}`, body)]), again, papers(`/api/cases/${row.id}/form`)));
  },
};

export const entries = {
  name: "entries", path: "/api/key-list", filters: ["proposed", "listed", "removed", ""],
  line(row, again) {
    const path = `/api/key-list/${row.id}`;
    const may = holds(...LISTERS);
    return line(row.id,
      top(row.title, h("span", { class: "tag warn" }, named("key_list", row.list)), state(row.state)),
      sub(row.order_number, row.org, t("oversight.week", { day: row.week }), row.decider),
      row.removal && h("p", { class: "said" }, row.removal),
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
    tile("days", found.median_days ?? "–"), tile("duty", share), tile("templates", found.templates),
  ];
}

