// Call-backs of an order: each dial of the machine, what people heard, what to say, and the questionnaire.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { field } from "./fields.js";
import { moment } from "./format.js";
import { language, named, t } from "./i18n.js";
import { stepBar } from "./step_forms.js";

const STAGES = ["callback", "warned", "rehandling", "ledger", "close_pending", "closed", "submitted"];
const GRADES = ["attitude", "timeliness", "service", "measures"];
const choice = (name, key, family, codes, empty = true) => ({ name, key, kind: "choice", width: "w3", options: [...(empty ? [["", t("form.choose")]] : []), ...codes.map((code) => [code, named(family, code)])] });
const yesNo = (name, key) => ({ name, key, kind: "choice", width: "w3", options: [["", t("form.choose")], ["yes", t("form.yes")], ["no", t("form.no")]] });
const bool = (value) => (value === "" ? null : value === "yes");

const NEEDS = ["hard_of_hearing", "dialect", "proxy"];
const EMOTIONS = ["calm", "low", "irritated", "fierce"];
const WAYS = ["phone", "message", "visit"];
const names = (value) => value.split(/[、，,;；\s]+/).filter(Boolean);
const word = (one) => (language === "en" ? one.en : one.zh);

const asking = (care) => [
  { ...choice("way", "callback.way", "callback_way", care.ways, false) }, { name: "officers", key: "callback.officers", width: "w3", max: 200 },
  care.read_back && { name: "read_back", key: "callback.read_back", kind: "check" },
].filter(Boolean);
const answers = () => [
  yesNo("resolved", "step.resolved"), choice("satisfied", "step.satisfied", "satisfaction", ["satisfied", "basic", "dissatisfied"]),
  ...GRADES.map((name) => ({ name, key: `grade.${name}`, kind: "choice", width: "w2", options: [["", "–"], ...[5, 4, 3, 2, 1].map((n) => [String(n), String(n)])] })),
  yesNo("first_contacted", "callback.first_contacted"), yesNo("told", "callback.told"),
  choice("emotion", "callback.emotion", "emotion", EMOTIONS, false),
  { name: "tendency", key: "callback.tendency", kind: "check" }, { name: "praise", key: "callback.praise", kind: "check" },
  { name: "reason", key: "callback.reason", kind: "text", rows: 2, max: 500 }, { name: "comment", key: "callback.comment", kind: "text", rows: 2, max: 2000 },
];
const body = ({ officers = "", ...v }) => ({
  ...v, officers: names(officers), resolved: bool(v.resolved), satisfied: v.satisfied || null, first_contacted: bool(v.first_contacted), told: bool(v.told),
  ...Object.fromEntries(GRADES.map((name) => [name, v[name] === "" ? null : Number(v[name])])),
});

export async function callbackSection(order, done) {
  if (!STAGES.includes(order.stage)) return null;
  const of = (path) => call("GET", `/api/orders/${order.id}/${path}`).then((page) => page.items);
  const centre = holds("reviewer", "supervisor", "agent", "dispatcher");
  const rings = order.stage === "callback" && centre;
  const look = (path) => call("GET", `/api/orders/${order.id}/${path}`);
  const [dialled, records, care, heard] = await Promise.all([of("callbacks"), of("callback-records"), rings ? look("callback-care") : null, rings ? of("callback-hints") : []]);
  const latest = records.filter((one) => one.reached === "reached" && !one.corrected).at(-1);
  const steps = [
    rings && { name: "record", key: "callback.record", fields: () => [choice("reached", "callback.reached", "heard", ["reached", "unreached", "refused", "exempt"], false), ...asking(care), ...answers()], send: (v) => call("POST", `/api/orders/${order.id}/callback-records`, body(v)) },
    holds("reviewer", "supervisor") && latest && { name: "correct", key: "callback.correct", fields: () => [{ name: "recording_id", key: "callback.recording", width: "w3", must: true }, ...answers()], send: (v) => call("POST", `/api/orders/${order.id}/callback-corrections`, { ...body(v), reached: "reached", of: latest.id }) },
    rings && { name: "care", key: "callback.care", fields: () => noting(care), send: (v) => call("POST", `/api/orders/${order.id}/care`, { needs: NEEDS.filter((need) => v[need]), emotion: v.emotion, wish: v.wish || null }) },
  ].filter(Boolean);
  if (dialled.length + records.length + steps.length === 0) return null;
  return h("section", { class: "section callbacks" }, h("h3", {}, t("callback.title")),
    care && careBox(care),
    heard.length > 0 && hintBox(heard, t("callback.hints_said")),
    steps.length > 0 && hinting(stepBar(steps, done).el),
    h("ul", { class: "lines" }, records.map(record), dialled.map(machine)));
}

const noting = (care) => [
  ...NEEDS.map((need) => field({ name: need, key: `need.${need}`, kind: "check" }, care.needs.includes(need))),
  field(choice("emotion", "callback.emotion", "emotion", EMOTIONS, false), care.emotion), field(choice("wish", "callback.wish", "callback_way", WAYS), care.wish ?? ""),
].map((one) => ({ ...one, made: true }));

// Who is asked, by what, and what to say; open by itself when the citizen needs care.
function careBox(care) {
  const needs = [...care.needs.map((need) => named("need", need)), care.emotion !== "calm" && named("emotion", care.emotion)].filter(Boolean);
  return h("div", {},
    care.by_person && h("div", { class: "carebox" }, h("strong", {}, t("callback.by_person")), " ", needs.map((one) => h("span", { class: "tag warn" }, one)), h("p", {}, care.ways.map((way, i) => `${i + 1}. ${named("callback_way", way)}`).join("　"))),
    h("details", { class: "phrases", open: needs.length > 0 }, h("summary", {}, t("callback.phrases")), care.phrases.map((one) => h("p", {}, word(one)))));
}

const hintBox = (found, title) => h("div", { class: "hints" }, h("span", { class: "label" }, t("callback.hints"), " ", title),
  found.map((one) => h("p", {}, word(one), " ", one.words.map((said) => h("span", { class: "tag" }, said)))));

// Hints while somebody writes down what was said; they are shown and kept nowhere.
function hinting(bar) {
  const place = h("div", { "aria-live": "polite" });
  let waiting = null;
  bar.addEventListener("input", (event) => {
    if (!["reason", "comment"].includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const form = event.target.form;
      const text = ["reason", "comment"].map((name) => form.elements[name]?.value ?? "").join("。").slice(0, 2500);
      const found = await call("POST", "/api/callback-hints", { text }).then((page) => page.items, () => []);
      if (form.isConnected) fill(place, found.length > 0 && hintBox(found, ""));
    }, 500);
  });
  bar.addEventListener("click", () => { if (!bar.querySelector("form")) fill(place); });
  return h("div", {}, bar, place);
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
      one.told === false && h("span", { class: "tag bad" }, t("callback.untold")), one.corrected && h("span", { class: "tag" }, t("callback.corrected")), one.corrects && h("span", { class: "tag accent" }, t("callback.correction")), one.way !== "phone" && h("span", { class: "tag" }, named("callback_way", one.way)), one.read_back && h("span", { class: "tag" }, t("callback.was_read_back")), one.emotion !== "calm" && h("span", { class: "tag warn" }, named("emotion", one.emotion))),
    h("span", { class: "sub" }, `${moment(one.at)} ${one.by_name} · ${t("callback.tier", { n: t(`level.${one.tier}`) })} · ${t("handling.round", { n: one.round_no })}${grades ? ` · ${grades}` : ""}${one.officers.length > 0 ? ` · ${t("callback.visited", { names: one.officers.join("、") })}` : ""}`));
}

const machine = (one) => h("li", { class: "line" },
  h("span", { class: "top" }, h("span", { class: "title" }, t("callback.machine", { n: one.round_no })), h("span", { class: "tag" }, named("callback_status", one.status)), one.outcome && h("span", { class: "tag" }, named("callback_outcome", one.outcome))),
  h("span", { class: "sub num" }, one.attempts.map((dial) => `${dial.no}. ${moment(dial.claimed_at)} ${named("callback_outcome", dial.outcome ?? dial.status)}`).join(" · ") || (one.next_at && t("callback.next", { at: moment(one.next_at) }))));
