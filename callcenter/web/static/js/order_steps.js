// What this reader may do with an order now: one small form for each action that the server lists.

import { call } from "./api.js";
import { h } from "./dom.js";
import { complete, field, read, refuse } from "./fields.js";
import { named, t } from "./i18n.js";
import { bodies, orgChoice } from "./step_forms.js";

const options = (family, codes) => codes.map((code) => [code, named(family, code)]);

const kept = (family, codes) => [["", t("step.keep")], ...options(family, codes)];
const judged = () => [
  { name: "approved", key: "step.agreed", kind: "choice", width: "w2", must: true, options: [["", t("form.choose")], ["yes", t("step.agree")], ["no", t("step.disagree")]], yes: true },
  { name: "opinion", key: "step.opinion", kind: "text", rows: 2, max: 2000 },
];
const reason = () => [{ name: "reason", key: "step.reason", kind: "text", rows: 2, must: true, max: 1000 }];
const RESULTS = { suggestion: ["adopted", "partly_adopted", "not_adopted"], praise: ["noted"] };

const FIELDS = {
  classify: () => [
    { name: "level", key: "order.level", kind: "choice", width: "w2", options: kept("level", ["normal", "semi_urgent", "urgent"]), some: true },
    { name: "order_kind", key: "order.kind", kind: "choice", width: "w2", options: kept("kind", ["ordinary", "urgent", "semi_urgent", "snapshot", "city_review"]), some: true },
    { name: "category", key: "order.category", width: "w2", max: 120 },
    { name: "reason", key: "step.reason", kind: "text", rows: 2, max: 500 },
  ],
  "give-back": reason,
  "return-up": reason,
  "transfer-out": () => [
    { name: "target", key: "step.target", must: true, max: 120, width: "w3" },
    { name: "told", key: "step.told", kind: "text", rows: 2, must: true, max: 2000 },
  ],
  bounce: reason,
  "not-accept": () => [
    { name: "reason", key: "step.not_accepted_reason", kind: "choice", width: "w3", options: options("reason", ["litigation", "discipline", "classified_matter", "decided_already", "not_administrative", "unlawful", "unclear"]) },
    { name: "told", key: "step.told", kind: "text", rows: 2, must: true, max: 2000 },
  ],
  "not-accepted": judged,
  verify: () => [{ name: "note", key: "step.note", kind: "text", rows: 2, max: 2000 }],
  "close-audit": judged,
  reopen: () => [
    ...reason(),
    { name: "city_review", key: "step.city_review", kind: "check", width: "w2" },
  ],
  answer: () => [
    { name: "reply", key: "step.reply", kind: "text", must: true, max: 8000 },
    { name: "article_id", key: "step.article", width: "w4", max: 36, some: true },
  ],
  accept: () => [],
  contacts: () => [
    { name: "outcome", key: "step.outcome", kind: "choice", width: "w2", options: options("contact", ["reached", "unreachable"]) },
    { name: "note", key: "step.note", kind: "text", rows: 2, max: 2000 },
  ],
  submit: (order) => [
    { name: "solvability", key: "step.solvability", kind: "choice", width: "w3", options: options("solvability", ["solvable", "coordinate", "hard_now"]) },
    { name: "result", key: "step.result", kind: "choice", width: "w3", options: options("result", RESULTS[order.request_type] ?? ["resolved", "partly", "explained", "noted"]) },
    { name: "reply", key: "step.reply", kind: "text", must: true, max: 8000 },
    { name: "plan", key: "step.plan", kind: "text", rows: 2, max: 8000 },
  ],
  review: () => [
    { name: "approved", key: "step.approved", kind: "choice", width: "w2", must: true, options: [["", t("form.choose")], ["yes", t("step.approve")], ["no", t("step.send_back")]], yes: true },
    { name: "opinion", key: "step.opinion", kind: "text", rows: 2, max: 2000 },
  ],
  reported: async (order) => [
    orgChoice("org_id", "order.reported_org", await bodies(), { some: true, value: order.reported_org_id }),
    { name: "name", key: "step.reported_name", width: "w3", max: 120, value: order.reported_body },
  ],
  notes: () => [{ name: "note", key: "step.added", kind: "text", rows: 3, must: true, max: 2000 }],
  effect: () => [
    { name: "holds", key: "step.effect_holds", kind: "choice", width: "w2", must: true, options: [["", t("form.choose")], ["yes", t("form.yes")], ["no", t("form.no")]], yes: true },
    { name: "note", key: "step.found", kind: "text", rows: 2, max: 2000 },
  ],
  close: () => [{ name: "reason", key: "step.close_reason", kind: "text", rows: 2, must: true, max: 1000 }],
};

// Buttons of the actions; a button opens its form in place. `done` is called after the server has said yes.
export function steps(order, done) {
  const known = order.actions.filter((action) => action in FIELDS);
  if (known.length === 0) return null;
  const place = h("div");
  const show = async (action, button) => {
    for (const other of bar.children) other.setAttribute("aria-pressed", String(other === button));
    place.replaceChildren(stepForm(order, action, await FIELDS[action](order), done, () => {
      place.replaceChildren();
      for (const other of bar.children) other.setAttribute("aria-pressed", "false");
    }));
    place.querySelector("select, textarea, input, button")?.focus();
  };
  const bar = h("div", { class: "group", role: "group", "aria-label": t("step.title") }, known.map((action) => {
    const button = h("button", { class: "btn", type: "button", "aria-pressed": "false", data: { action } }, named("action", action));
    button.addEventListener("click", () => show(action, button));
    return button;
  }));
  return h("section", { class: "section" }, h("h3", {}, t("step.title")), bar, place);
}

function stepForm(order, action, specs, done, cancel) {
  const fields = specs.map((spec) => field(spec, spec.value));
  const alert = h("div", { class: "alert", role: "alert", hidden: true });
  const send = h("button", { class: "btn primary", type: "submit" }, t("step.confirm", { action: named("action", action) }));
  const submit = async (event) => {
    event.preventDefault();
    if (send.disabled || !complete(fields)) return;
    const values = read(fields);
    for (const { spec } of fields) {
      if (spec.yes) values[spec.name] = values[spec.name] === "yes";
      if (spec.some && !values[spec.name]) delete values[spec.name];
    }
    send.disabled = true;
    alert.hidden = true;
    try {
      await call("POST", `/api/orders/${order.id}/${action}`, fields.length ? values : undefined);
      await done();
    } catch (problem) {
      alert.textContent = refuse(fields, problem);
      alert.hidden = false;
      send.disabled = false;
    }
  };
  return h("form", { class: "step", novalidate: true, on: { submit }, "aria-label": named("action", action) },
    h("h3", {}, named("action", action)), alert,
    h("div", { class: "grid" }, fields.map((one) => one.el)),
    h("div", { class: "actions" }, send, h("button", { class: "btn", type: "button", on: { click: cancel } }, t("form.cancel"))),
  );
}
