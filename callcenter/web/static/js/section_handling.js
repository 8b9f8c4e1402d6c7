// How an order is being handled: what is still open before it can be submitted, what was written, what may be written.

import { call } from "./api.js";
import { h } from "./dom.js";
import { lasting, moment } from "./format.js";
import { moveSteps } from "./handling_moves.js";
import { paperSteps, workSteps } from "./handling_steps.js";
import { language, named, t } from "./i18n.js";
import { stepBar } from "./step_forms.js";

const HERE = ["accepted", "return_requested", "handling", "collab", "submitted", "reviewed", "callback", "warned", "rehandling", "ledger", "close_pending", "closed"];
const IN_HAND = ["accepted", "handling", "collab", "rehandling"];
const TONES = { under_way: "", replied_under_way: "warn", solved: "ok", closed: "ok" };

export async function handlingSection(order, done) {
  if (!HERE.includes(order.stage)) return null;
  const view = await call("GET", `/api/orders/${order.id}/handling`);
  const work = workSteps(order, view);
  const papers = paperSteps(order, view);
  const moves = moveSteps(order);
  return h("section", { class: "section handling" },
    h("h3", {}, t("handling.title"),
      h("span", { class: `tag ${TONES[view.standing]}` }, named("standing", view.standing)),
      view.case_owner && h("span", { class: "tag" }, t("handling.owner", { name: view.case_owner }))),
    owed(view),
    moves.length > 0 && h("div", { class: "carebox" }, h("span", { class: "label" }, t("move_form.title")), stepBar(moves, done).el),
    IN_HAND.includes(order.stage) && lacks(view),
    perfunctory(view),
    work.length > 0 && stepBar(work, done).el,
    papers.length > 0 && h("details", {}, h("summary", {}, t("handling.papers")), stepBar(papers, done).el),
    list(view.contacts, contact), list(view.tasks, task), list(view.options, option), list(view.milestones, milestone),
    view.interim_due_at && h("p", { class: "muted" }, t("handling.interim", { at: moment(view.interim_due_at) })),
    list(view.papers, paper), list(view.departures, departure), list(rounds(order, view), round(order)),
    view.exclusion && list([view.exclusion], exclusion));
}

const list = (rows, one) => rows.length > 0 && h("ul", { class: "lines" }, rows.map(one));
const row = (title, tags, ...subs) => h("li", { class: "line" }, h("span", { class: "top" }, h("span", { class: "title" }, title), tags), subs.filter(Boolean).map((sub) => h("span", { class: "sub" }, sub)));
const tag = (text, tone = "") => text && h("span", { class: `tag ${tone}` }, text);
const word = (one) => (language === "en" ? one.en : one.zh);

function lacks(view) {
  if (view.lacks.length === 0) return h("p", { class: "muted" }, t("handling.ready"));
  return h("div", { class: "lacks" }, h("span", { class: "label" }, t("handling.lacks")),
    h("ul", {}, view.lacks.map((one) => h("li", {}, word(one), " ", tag(one.rule, one.blocks ? "bad" : "warn")))));
}

// What a leader owes a decision on (A-10).
const owed = (view) => view.decisions.map((one) => h("div", { class: "carebox" }, h("strong", {}, t("warnings.owed")), "：", named("decision", one.cause), " ",
  h("span", { class: `tag ${one.lapsed_at ? "bad" : "warn"}` }, t("warnings.due", { at: moment(one.due_at) }), one.lapsed_at && ` · ${t("warnings.lapsed")}`), ` ${one.leader || t("warnings.any_leader", { org: one.org })}`));

function perfunctory(view) {
  const found = view.perfunctory;
  if (!found || found.signals.length === 0) return null;
  return h("div", { class: "banner" }, h("span", { class: `tag ${found.likely ? "bad" : "warn"}` }, t("handling.perfunctory", { score: found.score })), " ", found.signals.map(word).join("；"), " ", h("span", { class: "muted" }, t("handling.perfunctory_note")));
}

const contact = (one) => row(one.note || named("contact_purpose", one.purpose || "progress"),
  [tag(one.counterpart_name || named("counterpart", one.counterpart)), tag(named("contact_channel", one.channel)), tag(named("contact", one.outcome), one.outcome === "reached" ? "ok" : "warn"), one.purpose && tag(named("contact_purpose", one.purpose))],
  `${moment(one.at)} ${one.actor} ${named("contact_direction", one.direction)}${one.duration_s ? ` · ${lasting(one.duration_s)}` : ""}`);

const task = (one) => row(`${one.place}. ${one.title}`, [tag(named("task_aim", one.aim)), tag(named("task_state", one.state), one.state === "open" ? "warn" : "ok")],
  `${one.org}${one.due_at ? ` · ${moment(one.due_at)}` : ""}`, one.note);

const option = (one) => row(one.proposal, [one.feasible !== null && tag(t(one.feasible ? "option.yes" : "option.no"), one.feasible ? "ok" : "bad"), one.chosen && tag(t("option.chosen"), "accent")],
  `${one.proposer}${one.verdict_reason ? ` · ${one.verdict_reason}` : ""}`);

const milestone = (one) => row(one.title, tag(one.done_at ? t("milestone.done", { at: moment(one.done_at) }) : t("milestone.by", { day: one.due_on }), one.done_at ? "ok" : "warn"));

function paper(one) {
  const said = ["findings", "outcome", "content", "agreement", "measures", "reason"].map((name) => one.body[name]).filter(Boolean).join("；");
  return row(said, [tag(t(`paper.${one.kind}`), "accent"), one.body.root_cause && tag(named("root_cause", one.body.root_cause)), one.body.stance && tag(named("stance", one.body.stance))],
    `${moment(one.at)} ${one.actor}${one.body.place ? ` · ${one.body.place}` : ""}${one.body.people ? ` · ${one.body.people.join("、")}` : ""}${one.body.witnesses ? ` · ${t("paper.witnessed", { n: one.body.witnesses })}` : ""}`);
}

const departure = (one) => row(`${named("presumption", one.matter)}：${named("departure", one.value)}`,
  tag(t(one.upheld === null ? "presumption.waiting" : one.upheld ? "presumption.yes" : "presumption.no"), one.upheld === null ? "warn" : one.upheld ? "ok" : "bad"),
  `${one.reason}（${one.evidence}）`, `${one.proposed_by}${one.decided_by ? ` → ${one.decided_by}：${one.opinion}` : ""}`);

const rounds = (order, view) => Array.from({ length: order.round_no }, (_, i) => view.rounds.find((one) => one.round_no === i + 1) ?? { round_no: i + 1, head: "", confirmed_at: null });

const round = (order) => (one) => row(t("handling.round", { n: one.round_no }),
  [one.head && tag(t("handling.head_is", { name: one.head }), one.confirmed_at ? "ok" : "warn"),
    ["pdf", "docx"].map((form) => h("a", { class: "btn quiet", href: `/api/orders/${order.id}/form2.${form}?round=${one.round_no}`, download: true }, `${t("handling.form2")} ${form.toUpperCase()}`))]);

const exclusion = (one) => row(t("handling.exclude"), tag(named("exclusion_state", one.state), { signed: "ok", rejected: "bad" }[one.state] ?? "warn"),
  `${named("exclusion_reason", one.reason_code)}：${one.reason}`, [one.proposer, one.confirmer, one.superior_ref, one.signer && `${one.signer} ${one.digest.slice(0, 8)}`, one.rejected_why].filter(Boolean).join(" → "));
