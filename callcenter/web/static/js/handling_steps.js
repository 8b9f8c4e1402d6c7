// What may be written on an order at work: one form each, offered when the server lists its act.

import { call } from "./api.js";
import { named, t } from "./i18n.js";
import { orgs } from "./orgs.js";
import { instant, orgChoice } from "./step_forms.js";

const choice = (name, key, family, codes, more = {}) => ({ name, key, kind: "choice", width: "w3", options: codes.map((code) => [code, named(family, code)]), ...more });
const text = (name, key, more = {}) => ({ name, key, kind: "text", rows: 2, must: true, max: 4000, ...more });
const when = (name, key, more = {}) => ({ name, key, type: "datetime-local", width: "w3", must: true, ...more });
const day = (name, key, more = {}) => ({ name, key, type: "date", width: "w3", must: true, ...more });
const line = (name, key, more = {}) => ({ name, key, width: "w3", max: 200, must: true, ...more });
const yesNo = (name, key) => ({ name, key, kind: "choice", width: "w3", must: true, options: [["", t("form.choose")], ["yes", t("form.yes")], ["no", t("form.no")]] });
const pick = (name, key, rows, label) => ({ name, key, kind: "choice", width: "w3", must: true, options: rows.map((row) => [row.id, label(row)]) });

const CAUSES = ["facility", "maintenance", "supervision", "unclear_duty", "policy", "third_party", "conduct", "nature", "misunderstanding", "other"];
const STANCES = ["understands", "does_not"];
const names = (value) => value.split(/[、，,;；\s]+/).filter(Boolean);
const number = (value) => (value === "" ? null : Number(value));

const DEPARTURES = { reasonableness: ["partly", "unreasonable", "litigation"], solvability: ["hard_now"], fault: ["unfounded"], responsibility: ["other_level", "other_body"] };
const departures = () => Object.entries(DEPARTURES).flatMap(([matter, values]) => values.map((value) => [`${matter}/${value}`, `${named("presumption", matter)}：${named("departure", value)}`]));

// Each paper: its fields, and how what was typed becomes the body.
const PAPERS = {
  site_visit: [() => [when("visited_at", "paper.at"), line("place", "paper.place"), line("people", "paper.people"), choice("root_cause", "paper.root_cause", "root_cause", CAUSES), line("witnesses", "paper.witnesses", { type: "number", must: false }), text("findings", "paper.findings")],
    (v) => ({ ...v, visited_at: instant(v.visited_at), people: names(v.people), witnesses: number(v.witnesses) ?? 0 })],
  exemption: [() => [text("reason", "paper.exempt_reason")], (v) => v],
  coordination: [() => [when("held_at", "paper.at"), line("bodies", "paper.bodies"), text("outcome", "paper.outcome")], (v) => ({ ...v, held_at: instant(v.held_at), bodies: names(v.bodies) })],
  work_plan: [() => [text("content", "paper.plan", { rows: 4 })], (v) => v],
  explanation: [() => [when("told_at", "paper.at"), choice("channel", "contact.channel", "contact_channel", ["phone", "visit", "message", "letter"]), choice("stance", "paper.stance", "stance", STANCES), line("basis", "paper.basis"), text("content", "paper.content")],
    (v) => ({ ...v, told_at: instant(v.told_at) })],
  face_to_face: [() => [when("met_at", "paper.at"), line("place", "paper.place"), line("people", "paper.people"), choice("stance", "paper.stance", "stance", STANCES), text("content", "paper.content")],
    (v) => ({ ...v, met_at: instant(v.met_at), people: names(v.people) })],
  mediation: [() => [line("parties", "paper.parties"), line("amount", "paper.amount", { must: false, type: "number" }), day("follow_up_on", "paper.follow_up", { must: false }), text("conflict", "paper.conflict"), text("measures", "paper.measures"), text("agreement", "paper.agreement")],
    (v) => ({ ...v, parties: names(v.parties), amount: v.amount === "" ? null : v.amount, follow_up_on: v.follow_up_on || null })],
  joint_visit: [() => [choice("form", "paper.form", "joint", ["visit", "talk", "negotiation"]), when("held_at", "paper.at"), line("participants", "paper.participants"), day("implement_on", "paper.implement_on", { must: false }), text("outcome", "paper.outcome")],
    (v) => ({ ...v, held_at: instant(v.held_at), participants: names(v.participants), implement_on: v.implement_on || null })],
  work_record: [() => [text("measures", "paper.measures"), text("result", "paper.result"), line("opinion", "paper.opinion"), line("participants", "paper.participants")],
    (v) => ({ ...v, participants: names(v.participants) })],
};

export function paperSteps(order, view) {
  if (!view.acts.includes("paper_written")) return [];
  return Object.entries(PAPERS).map(([kind, [fields, body]]) => ({ name: kind, key: `paper.${kind}`, fields, send: (values) => call("POST", `/api/orders/${order.id}/papers`, { kind, ...body(values) }) }));
}

export function workSteps(order, view) {
  const post = (path, body) => call("POST", `/api/orders/${order.id}/${path}`, body);
  const may = (act) => view.acts.includes(act);
  const staff = async (heads) => (await call("GET", "/api/colleagues")).items.filter((one) => !heads || one.head);
  const open = view.tasks.filter((task) => task.state === "open");
  const waiting = view.milestones.filter((one) => !one.done_at);
  const undecided = view.departures.filter((one) => !one.decided_at);
  const steps = [
    may("contact_logged") && { name: "contact", key: "handling.contact", fields: () => [
      choice("counterpart", "contact.counterpart", "counterpart", ["citizen", "department", "enterprise"]), line("counterpart_name", "contact.counterpart_name", { must: false, max: 60 }),
      choice("purpose", "contact.purpose", "contact_purpose", ["progress", "result", "explain", "interim", "coordinate"]), choice("outcome", "step.outcome", "contact", ["reached", "unreachable"]),
      choice("channel", "contact.channel", "contact_channel", ["phone", "visit", "message", "video", "letter"]), choice("direction", "contact.direction", "contact_direction", ["out", "in"]),
      line("minutes", "contact.minutes", { type: "number", must: false }), text("note", "step.note", { must: false, max: 2000 })],
      send: ({ minutes, ...values }) => post("contact-log", { ...values, duration_s: minutes === "" ? null : Math.round(Number(minutes) * 60) }) },
    may("work_finished") && { name: "finish", key: "handling.finish", fields: () => [when("at", "handling.finished_at")], send: (v) => post("finish", { at: instant(v.at) }) },
    may("task_added") && { name: "task", key: "handling.task", fields: async () => [choice("aim", "task.aim", "task_aim", ["mitigate", "root_cause", "other"]), orgChoice("org_id", "task.org", await orgs(), { must: true }), when("due_at", "task.due", { must: false }), line("title", "task.title")],
      send: (v) => post("subtasks", { ...v, due_at: instant(v.due_at) }) },
    may("task_settled") && open.length > 0 && { name: "settle", key: "handling.settle", fields: () => [pick("id", "handling.task", open, (task) => `${task.place}. ${task.title}`), choice("state", "task.state", "task_state", ["done", "waived"]), text("note", "task.note")],
      send: ({ id, ...v }) => post(`subtasks/${id}`, v) },
    may("option_proposed") && { name: "option", key: "handling.option", fields: () => [line("proposer", "option.proposer", { max: 60 }), text("proposal", "option.proposal")], send: (v) => post("options", v) },
    may("option_judged") && view.options.length > 0 && { name: "judge", key: "handling.judge", fields: () => [pick("id", "handling.option", view.options, (one) => one.proposal), yesNo("feasible", "option.feasible"), line("reason", "handling.reason")],
      send: ({ id, feasible, reason }) => post(`options/${id}`, { feasible: feasible === "yes", reason }) },
    may("option_chosen") && view.options.some((one) => one.feasible && !one.chosen) && { name: "choose", key: "handling.choose", fields: () => [pick("id", "handling.option", view.options.filter((one) => one.feasible), (one) => one.proposal)], send: ({ id }) => post(`options/${id}/choose`) },
    may("milestone_planned") && { name: "milestone", key: "handling.milestone", fields: () => [line("title", "milestone.title"), day("due_on", "milestone.due")], send: (v) => post("milestones", v) },
    may("milestone_reached") && waiting.length > 0 && { name: "reach", key: "handling.reach", fields: () => [pick("id", "handling.milestone", waiting, (one) => `${one.title}（${one.due_on}）`)], send: ({ id }) => post(`milestones/${id}`, {}) },
    may("departure_proposed") && { name: "depart", key: "handling.depart", fields: () => [{ name: "value", key: "presumption.value", kind: "choice", width: "w3", options: departures() }, text("reason", "handling.reason"), text("evidence", "presumption.evidence")],
      send: ({ value, ...v }) => post("departures", { matter: value.split("/")[0], value: value.split("/")[1], ...v }) },
    may("departure_decided") && undecided.length > 0 && { name: "decide", key: "handling.decide", fields: () => [pick("id", "presumption.value", undecided, (one) => `${named("presumption", one.matter)}：${named("departure", one.value)}`), yesNo("upheld", "presumption.upheld"), line("opinion", "handling.opinion")],
      send: ({ id, upheld, opinion }) => post(`departures/${id}`, { upheld: upheld === "yes", opinion }) },
    may("handed_over") && { name: "hand_over", key: "handling.hand_over", fields: async () => [pick("to", "handling.to", await staff(false), (one) => one.name), text("reason", "handling.reason")], send: (v) => post("hand-over", v) },
    may("head_named") && { name: "head", key: "handling.head", fields: async () => [pick("user_id", "handling.head_user", await staff(true), (one) => one.name)], send: (v) => post("head", v) },
    may("head_confirmed") && { name: "confirm", key: "handling.confirm", fields: () => [], send: () => post("head/confirm") },
    ...exclusionSteps(view, may, post),
  ];
  return steps.filter(Boolean);
}

function exclusionSteps(view, may, post) {
  const standing = view.exclusion?.state;
  const next = { proposed: "exclusion_confirmed", confirmed: "exclusion_granted", granted: "exclusion_signed" }[standing];
  return [
    may("exclusion_proposed") && (!standing || standing === "rejected") && { name: "exclude", key: "handling.exclude", fields: () => [choice("reason_code", "exclusion.reason", "exclusion_reason", ["litigation", "beyond_authority", "malicious", "policy", "resolved_elsewhere", "other"]), text("reason", "handling.reason")], send: (v) => post("exclusion", v) },
    next && may(next) && { name: "exclusion_step", key: `handling.${next}`, fields: () => [yesNo("approved", "handling.approved"), standing === "confirmed" && line("ref", "exclusion.ref", { must: false }), text("reason", "handling.reason", { must: false })].filter(Boolean),
      send: (v) => post("exclusion/step", { approved: v.approved === "yes", ref: v.ref ?? "", reason: v.reason }) },
  ];
}
