// Cases (约谈、书面说明、问责、移送): opened by hand, acted on, with their evidence.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { field } from "./fields.js";
import { moment, separator } from "./format.js";
import { named, t } from "./i18n.js";
import { choice, choices, meetingLabel, orderIds, pick, words } from "./oversight_choices.js";
import { doing, due } from "./oversight_forms.js";
import { late, lastly, line, order, overdue, papers, state, sub, tag, told, top } from "./oversight_lines.js";

const SPOKEN = ["reminder", "interview", "reminding_interview", "leader_interview"];
// Who opens which kind by hand (A3.6).
const BY_HAND = {
  reminder: ["supervisor", "deputy", "leader"],
  leader_interview: ["deputy", "leader"],
  accountability: ["deputy", "leader", "discipline"],
  referral: ["inspector", "supervisor", "deputy", "leader", "discipline"],
  police: ["supervisor", "deputy", "leader"],
  criticism: ["deputy", "leader", "discipline"],
  interview: ["discipline"],
  written_explanation: ["discipline"],
};
const kinds = () => Object.keys(BY_HAND).filter((kind) => holds(...BY_HAND[kind]));
const items = async (path) => (await call("GET", `${path}&limit=100`)).items;
const caseLabel = (row) => `${row.number} ${row.org}`;

async function opening() {
  const [{ orgs }, offices, supervised, interviews] = await Promise.all([choices(), items("/api/meetings?kind=office"), items("/api/supervisions?state=closed"), items("/api/cases?kind=leader_interview&state=closed")]);
  const is = (...wanted) => (values) => wanted.includes(values.kind);
  const poor = (rows, key) => rows.filter((row) => row[key] === "poor");
  return [
    choice("kind", "oversight.case_kind", kinds(), "case"),
    pick("org_id", "oversight.org", orgs, undefined, { must: true, when: (values) => values.kind !== "police" }),
    choice("reason_code", "oversight.reason_code", ["passing_buck", "inaction", "slow"], "flag", { when: is("reminder") }),
    choice("reason_code", "oversight.reason_code", ["inaction", "bad_attitude", "slow"], "flag", { when: is("referral") }),
    pick("meeting_id", "oversight.office", offices, meetingLabel, { must: true, when: is("reminder") }),
    pick("supervision_id", "oversight.poor_supervision", poor(supervised, "verdict"), (row) => `${row.number} ${row.target_org} ${row.order_number}`, { must: true, when: is("leader_interview") }),
    pick("previous_id", "oversight.poor_interview", poor(interviews, "outcome"), caseLabel, { must: true, when: is("accountability") }),
    field({ name: "reason", key: "oversight.reason", kind: "text", rows: 3, must: true, max: 4000 }),
    field({ name: "number", key: "oversight.order_number", max: 40, when: (values) => values.kind !== "police" }),
    field({ name: "evidence", key: "oversight.evidence_orders", max: 1000, when: is("referral", "police") }),
    field({ name: "calls", key: "oversight.evidence_calls", max: 2000, when: is("referral", "police") }),
    due(),
  ];
}

async function open({ number, evidence, calls, ...body }) {
  const [order_id = null] = await orderIds(number);
  const orders = (await orderIds(evidence)).map((id) => ["order", id]);
  return call("POST", "/api/cases", { ...body, order_id, references: [...orders, ...words(calls).map((id) => ["call", id])] });
}

const ACTED = { hold: ["text", "commitments", "due_on"], close: ["text", "poor"], confirm: [] };
const acting = (act) => () => (ACTED[act] ?? ["text"]).map((name) => ({
  text: () => field({ name: "text", key: "oversight.text", kind: "text", rows: 4, must: !["accept", "confirm"].includes(act), max: 4000 }),
  commitments: () => field({ name: "commitments", key: "oversight.commitments", kind: "text", rows: 2, max: 4000 }),
  due_on: () => due(),
  poor: () => field({ name: "poor", key: "oversight.poor", kind: "check" }),
})[name]());

// The evidence is read when it is asked for.
function evidence(row) {
  const place = h("div");
  const show = async () => {
    const found = await call("GET", `/api/cases/${row.id}`);
    const violation = (one) => h("li", {}, order(one), ` ${named("flag", one.flag)} `, moment(one.at), one.due_at && ` · ${lastly(one.due_at)}`, one.reason && ` · ${one.reason}`);
    const reference = ([kind, id]) => h("li", {}, kind === "order" ? h("a", { href: `#/order/${id}` }, t("oversight.evidence_order")) : `${t(`oversight.evidence_${kind}`)} ${id}`);
    const lines = [...found.evidence.map(violation), ...found.references.map(reference)];
    fill(place, lines.length ? h("ol", { class: "evidence" }, lines) : h("p", { class: "muted" }, t("oversight.no_evidence")));
  };
  const press = () => (place.childElementCount ? fill(place) : show().catch((problem) => fill(place, h("p", { class: "alert" }, problem.message))));
  return { button: h("button", { class: "btn quiet", type: "button", on: { click: press } }, t("oversight.evidence")), place };
}

export const cases = {
  name: "cases", path: "/api/cases", filters: ["", "pending", "submitted", "returned", "held", "proposed", "sent", "closed"],
  begin: () => [kinds().length > 0 && ["oversight.open_case", opening, open]],
  line(row, again) {
    const proof = evidence(row);
    return line(row.id,
      top(`${row.number} ${named("case", row.kind)}`, state(row.state === "pending" && SPOKEN.includes(row.kind) ? "to_hold" : row.state), row.outcome === "poor" && tag(t("oversight.poor"), "bad"),
        overdue(["pending", "returned"].includes(row.state) && late(row.due_at))),
      sub(row.org, row.person && `${named("slot", row.slot)} ${row.person}`, order(row), row.meeting, row.due_at && lastly(row.due_at), [row.opener, row.second].filter(Boolean).join(separator())),
      told("", row.reason_code ? `${named("flag", row.reason_code)}：${row.reason}` : row.reason),
      told("oversight.text", row.text), told("oversight.commitments", row.commitments), told("oversight.opinion", row.opinion),
      doing(row.acts.map((act) => [`oversight.act.${act}`, acting(act), (body) => call("POST", `/api/cases/${row.id}/${act}`, body)]), again, [proof.button, ...papers(`/api/cases/${row.id}/form`)]),
      proof.place);
  },
};
