// Call-backs of an order: each dial of the machine, what people heard, what to say, and the questionnaire.

import { call, holds } from "./api.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { language, named, t } from "./i18n.js";
import { stepBar } from "./step_forms.js";

const STAGES = ["callback", "warned", "rehandling", "ledger", "close_pending", "closed", "submitted"];
const GRADES = ["attitude", "timeliness", "service", "measures"];
const choice = (name, key, family, codes, empty = true) => ({ name, key, kind: "choice", width: "w3", options: [...(empty ? [["", t("form.choose")]] : []), ...codes.map((code) => [code, named(family, code)])] });
const yesNo = (name, key) => ({ name, key, kind: "choice", width: "w3", options: [["", t("form.choose")], ["yes", t("form.yes")], ["no", t("form.no")]] });
const bool = (value) => (value === "" ? null : value === "yes");

const answers = () => [
  yesNo("resolved", "step.resolved"), choice("satisfied", "step.satisfied", "satisfaction", ["satisfied", "basic", "dissatisfied"]),
  ...GRADES.map((name) => ({ name, key: `grade.${name}`, kind: "choice", width: "w2", options: [["", "–"], ...[5, 4, 3, 2, 1].map((n) => [String(n), String(n)])] })),
  yesNo("first_contacted", "callback.first_contacted"), yesNo("told", "callback.told"),
  choice("emotion", "callback.emotion", "emotion", ["calm", "low", "irritated", "fierce"], false),
  { name: "tendency", key: "callback.tendency", kind: "check" }, { name: "praise", key: "callback.praise", kind: "check" },
  { name: "reason", key: "callback.reason", kind: "text", rows: 2, max: 500 }, { name: "comment", key: "callback.comment", kind: "text", rows: 2, max: 2000 },
];
const body = (v) => ({
  ...v, resolved: bool(v.resolved), satisfied: v.satisfied || null, first_contacted: bool(v.first_contacted), told: bool(v.told),
  ...Object.fromEntries(GRADES.map((name) => [name, v[name] === "" ? null : Number(v[name])])),
});

export async function callbackSection(order, done) {
  if (!STAGES.includes(order.stage)) return null;
  const of = (path) => call("GET", `/api/orders/${order.id}/${path}`).then((page) => page.items);
  const centre = holds("reviewer", "supervisor", "agent", "dispatcher");
  const rings = order.stage === "callback" && centre;
  const [dialled, records, phrases] = await Promise.all([of("callbacks"), of("callback-records"), rings ? of("callback-phrases") : []]);
  const latest = records.filter((one) => one.reached === "reached" && !one.corrected).at(-1);
  const steps = [
    rings && { name: "record", key: "callback.record", fields: () => [choice("reached", "callback.reached", "heard", ["reached", "unreached", "refused", "exempt"], false), ...answers()], send: (v) => call("POST", `/api/orders/${order.id}/callback-records`, body(v)) },
    holds("reviewer", "supervisor") && latest && { name: "correct", key: "callback.correct", fields: () => [{ name: "recording_id", key: "callback.recording", width: "w3", must: true }, ...answers()], send: (v) => call("POST", `/api/orders/${order.id}/callback-corrections`, { ...body(v), reached: "reached", of: latest.id }) },
  ].filter(Boolean);
  if (dialled.length + records.length + steps.length === 0) return null;
  return h("section", { class: "section callbacks" }, h("h3", {}, t("callback.title")),
    phrases.length > 0 && h("details", { class: "phrases" }, h("summary", {}, t("callback.phrases")), phrases.map((one) => h("p", {}, language === "en" ? one.en : one.zh))),
    steps.length > 0 && stepBar(steps, done).el,
    h("ul", { class: "lines" }, records.map(record), dialled.map(machine)));
}

function record(one) {
  const grades = GRADES.filter((name) => one[name] !== null).map((name) => `${t(`grade.${name}`)} ${one[name]}`).join(" · ");
  const tone = one.resolved && one.satisfied === "satisfied" && !one.tendency ? "ok" : "warn";
  return h("li", { class: "line" },
    h("span", { class: "top" }, h("span", { class: "title" }, one.comment || one.reason || named("heard", one.reached)),
      h("span", { class: `tag ${one.reached === "reached" ? tone : ""}` }, named("heard", one.reached)),
      one.resolved !== null && h("span", { class: "tag" }, t(one.resolved ? "callback.solved" : "callback.unsolved")),
      one.satisfied && h("span", { class: "tag" }, named("satisfaction", one.satisfied)),
      one.tendency && h("span", { class: "tag bad" }, t("callback.tendency")), one.praise && h("span", { class: "tag ok" }, t("callback.praise")),
      one.told === false && h("span", { class: "tag bad" }, t("callback.untold")), one.corrected && h("span", { class: "tag" }, t("callback.corrected")), one.corrects && h("span", { class: "tag accent" }, t("callback.correction"))),
    h("span", { class: "sub" }, `${moment(one.at)} ${one.by_name} · ${t("callback.tier", { n: t(`level.${one.tier}`) })} · ${t("handling.round", { n: one.round_no })}${grades ? ` · ${grades}` : ""}`));
}

const machine = (one) => h("li", { class: "line" },
  h("span", { class: "top" }, h("span", { class: "title" }, t("callback.machine", { n: one.round_no })), h("span", { class: "tag" }, named("callback_status", one.status)), one.outcome && h("span", { class: "tag" }, named("callback_outcome", one.outcome))),
  h("span", { class: "sub num" }, one.attempts.map((dial) => `${dial.no}. ${moment(dial.claimed_at)} ${named("callback_outcome", dial.outcome ?? dial.status)}`).join(" · ") || (one.next_at && t("callback.next", { at: moment(one.next_at) }))));
