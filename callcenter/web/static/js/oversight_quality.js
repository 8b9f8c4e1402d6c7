// Tasks of quality control before, during and after, and the rulings that come of disputes (SJ-22..27).

import { call, holds, session } from "./api.js";
import { h } from "./dom.js";
import { field } from "./fields.js";
import { separator } from "./format.js";
import { language, named, t } from "./i18n.js";
import { choice, choices, orderIds, pick } from "./oversight_choices.js";
import { doing, pressing, said } from "./oversight_forms.js";
import { late, lastly, line, order, overdue, past, state, sub, tag, told, top } from "./oversight_lines.js";
import { ids, several } from "./step_forms.js";

const CHECKS = ["complete", "basis", "contacted", "reason_given", "reply", "evidence", "consistent"];
const CODED = { solvability: "solvability", result_type: "result" };

let lists = {};
export async function loadChecklists() {
  if (holds("inspector")) lists = (await call("GET", "/api/quality/checklists")).hooks;
}

const inspecting = (row) => {
  const rectify = (values) => values.verdict === "rectify";
  return [
    ...(lists[row.hook] ?? []).map((one) => field({ name: `check.${one.code}`, key: one[language], kind: "check" })),
    field({ name: "focus", key: "oversight.focus", must: true, max: 200 }),
    field({ name: "indicator", key: "oversight.indicator", must: true, max: 200 }),
    field({ name: "finding", key: "oversight.finding", kind: "text", rows: 2, must: true, max: 4000 }),
    choice("severity", "oversight.severity", ["none", "minor", "serious"], "severity"),
    choice("verdict", "oversight.verdict", row.qc_class === "Q2" ? ["far_fetched", "justified"] : ["passed", "rectify"], "qc_verdict"),
    field({ name: "action", key: "oversight.action", kind: "text", rows: 2, must: true, max: 4000, when: rectify }),
    field({ name: "due_on", key: "oversight.due_on", type: "date", must: true, when: rectify }),
  ];
};

// What was ticked of the checklist goes together.
function checked(body) {
  const answers = Object.entries(body).filter(([name]) => name.startsWith("check."));
  const rest = Object.entries(body).filter(([name]) => !name.startsWith("check."));
  return { ...Object.fromEntries(rest), checklist: Object.fromEntries(answers.map(([name, yes]) => [name.slice(6), yes])) };
}

// `about`: the dispute that the ruling settles, else empty.
export async function ruling(about = {}) {
  const { orgs } = await choices();
  return [
    field({ name: "question", key: "oversight.question", must: true, max: 90 }),
    field({ name: "text", key: "oversight.ruling_text", kind: "text", rows: 3, must: true, max: 4000 }),
    field({ name: "category", key: "oversight.category", must: true, max: 60 }, about.category),
    field({ name: "place", key: "oversight.place", max: 200 }),
    pick("duty_id", "oversight.duty", orgs, undefined, { must: true }),
    several("parties", "oversight.ruling_parties", orgs, about.org_id && orgs.some((org) => org.id === about.org_id) ? [about.org_id] : []),
    field({ name: "number", key: "oversight.order_number", max: 40 }, about.order_number),
  ];
}

export async function draft({ parties, number, ...body }) {
  const [order_id = null] = await orderIds(number);
  return call("POST", "/api/rulings", { ...body, party_ids: ids(parties), order_id });
}

const valued = (column, value) => (CODED[column] ? named(CODED[column], value) : value);

export const tasks = {
  name: "tasks", path: "/api/quality/tasks", filters: ["open", "reviewed", ""],
  more: { qc_class: ["", "Q1", "Q2", "Q3"], hook: ["", "before", "during", "after"] },
  line(row, again) {
    const failed = row.checks.filter((check) => !check.passed && CHECKS.includes(check.code));
    const mine = holds("inspector");
    return line(row.id,
      top(row.title, row.qc_class && tag(named("qc_class", row.qc_class), "warn"), tag(named("qc_hook", row.hook)), tag(named("qc_origin", row.origin)), state(row.state), overdue((row.state === "open" && late(row.due_at)) || (row.verdict === "rectify" && !row.answered_at && past(row.action_due)))),
      sub(order(row), row.org, row.due_at && lastly(row.due_at), row.inspector, row.verdict && named("qc_verdict", row.verdict), row.severity && named("severity", row.severity)),
      failed.length > 0 && h("p", { class: "said bad" }, `${t("oversight.failed")}：${failed.map((check) => named("qc_check", check.code)).join(separator())}`),
      Object.entries(row.diff).map(([column, [before, after]]) => h("p", { class: "said" }, `${named("qc_column", column)}：${valued(column, before)} → ${valued(column, after)}`)),
      row.hints.length > 0 && told("oversight.against", row.hints.map(([kind, , text]) => `${named("qc_hint", kind)} ${text}`).join(separator())),
      told("oversight.finding", row.finding), row.action && told("oversight.action", `${row.action}（${t("oversight.due", { day: row.action_due })}）`), told("oversight.put_right", row.answer),
      doing([
        mine && row.state === "open" && ["oversight.review", () => inspecting(row), (body) => call("POST", `/api/quality/tasks/${row.id}/review`, checked(body))],
        holds("unit_operator", "unit_head") && row.verdict === "rectify" && !row.answered_at && session.me.org_id === row.org_id && ["oversight.put_right", () => said("oversight.put_right"), (body) => call("POST", `/api/quality/tasks/${row.id}/answer`, body)],
        mine && row.qc_class === "Q1" && ["oversight.draft", () => ruling(row), draft],
      ], again));
  },
};

export const rulings = {
  name: "rulings", path: "/api/rulings", filters: ["draft", "approved", "withdrawn", ""],
  begin: () => [holds("inspector") && ["oversight.draft", ruling, draft]],
  line(row, again) {
    const path = `/api/rulings/${row.id}`;
    const [drafted, leads] = [row.state === "draft", holds("deputy", "leader")];
    const from = () => [field({ name: "effective_from", key: "oversight.effective_from", type: "date", must: true })];
    const parties = row.parties.map((one) => `${one.org} ${one.agreed_at ? "✓" : "…"}`);
    return line(row.id,
      top(`${row.number} ${row.question}`, state(row.state)),
      sub(row.category, row.place, t("oversight.duty_is", { org: row.duty_org }), row.drafter, row.approver, row.effective_from),
      told("", row.text),
      told("oversight.party_list", parties.join(separator())),
      drafted && holds("unit_head", "dispatcher", "supervisor") && h("span", { class: "actions" }, pressing("oversight.agree", () => call("POST", `${path}/agree`), again, "primary")),
      doing([
        drafted && leads && ["oversight.approve", from, (body) => call("POST", `${path}/approve`, body)],
        row.state !== "withdrawn" && leads && ["oversight.withdraw", () => [], () => call("POST", `${path}/withdraw`)],
      ], again));
  },
};

