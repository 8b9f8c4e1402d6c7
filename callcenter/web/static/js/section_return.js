// Returns and signed dispatch on an order's page: the window, Form 1, the head's signature, opinion and approval.

import { call } from "./api.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";
import { bodies, ids, instant, orgChoice, several, stepBar } from "./step_forms.js";

const REASONS = ["not_our_duty", "not_our_area", "other_owner", "wrong_matter", "several_units"];
const units = async () => (await bodies()).filter((org) => ["unit", "village", "station", "team"].includes(org.kind));

export async function returnSection(order, done) {
  const seen = await call("GET", `/api/orders/${order.id}/returning`);
  const steps = stepsOf(order, seen).filter((step) => seen.actions.includes(step.name));
  const holds = seen.window_due_at && ["dispatched", "accepted", "return_requested"].includes(order.stage);
  if (steps.length + seen.returns.length + seen.signs.length === 0 && !holds) return null;
  return h("section", { class: "section returning" },
    h("h3", {}, t("return.title"),
      holds && h("span", { class: `tag ${seen.window_open ? "ok" : "bad"}` }, t(seen.window_open ? "return.until" : "return.over", { at: moment(seen.window_due_at) })),
      seen.dispute && h("span", { class: "tag bad" }, named("dispute", seen.dispute))),
    steps.length > 0 && stepBar(steps, done).el,
    seen.returns.length > 0 && h("ul", { class: "lines" }, seen.returns.map((form) => returned(order, form))),
    seen.signs.length > 0 && h("ul", { class: "lines" }, seen.signs.map((form) => signed(order, form))));
}

function stepsOf(order, seen) {
  const post = (path, body) => call("POST", `/api/orders/${order.id}/${path}`, body);
  const draft = seen.returns.find((form) => form.state === "draft");
  const open = seen.signs.find((form) => form.state === "proposed" || form.state === "open");
  const arranged = async () => {
    const all = await units();
    return [orgChoice("lead_org_id", "sign.lead", all), { name: "due", key: "dispatch.due", type: "datetime-local", width: "w3" }, several("orgs", "dispatch.co", all)];
  };
  const proposal = (values) => ({ lead_org_id: values.lead_org_id, co_org_ids: ids(values.orgs), due_at: instant(values.due) });
  return [
    { name: "draft", key: draft ? "return.redraft" : "return.draft", fields: async () => [
      { name: "reason_code", key: "return.reason_code", kind: "choice", width: "w3", options: REASONS.map((code) => [code, named("return_reason", code)]) },
      orgChoice("suggested_org_id", "return.suggested", (await units()).filter((org) => org.id !== order.owner_org_id), { must: true }),
      { name: "reason_text", key: "return.reason_text", kind: "text", rows: 3, must: true, max: 2000 },
      { name: "basis", key: "return.basis", kind: "text", rows: 2, must: true, max: 1000 }], send: (values) => post("return", values) },
    { name: "sign", key: "return.sign", fields: () => [], send: () => post("return/sign", { form_id: draft.id, drafted_at: draft.drafted_at }) },
    { name: "withdraw", key: "return.withdraw", fields: () => [], send: () => post("return/withdraw") },
    { name: "decide", key: "return.decide", fields: () => [
      { name: "granted", key: "return.granted", kind: "choice", width: "w2", must: true, options: [["", t("form.choose")], ["yes", t("return.grant")], ["no", t("return.reject")]] },
      { name: "opinion", key: "step.opinion", kind: "text", rows: 2, must: true, max: 2000 }], send: (values) => post("return/decision", { granted: values.granted === "yes", opinion: values.opinion }) },
    { name: "propose", key: "sign.propose", fields: async () => [{ name: "opinion", key: "sign.opinion", kind: "text", rows: 3, must: true, max: 2000 }, ...(await arranged())], send: (values) => post("sign/opinion", { opinion: values.opinion, ...proposal(values) }) },
    { name: "approve", key: "sign.approve", fields: async () => [
      { name: "decision", key: "sign.decision", kind: "choice", width: "w3", options: ["approve", "modify", "reject"].map((code) => [code, named("sign_decision", code)]) },
      { name: "instruction", key: "sign.instruction", kind: "text", rows: 2, max: 2000 }, ...(await arranged())],
      send: (values) => post("sign/decision", { decision: values.decision, instruction: values.instruction, modified: values.decision === "modify" ? { ...proposal(values), due_at: instant(values.due) ?? open.due_at } : null }) },
  ];
}

const papers = (order, kind, form) => ["pdf", "docx"].map((form_) => h("a", { class: "btn quiet", href: `/api/orders/${order.id}/${kind}/${form.id}/form.${form_}`, download: true }, form_.toUpperCase()));

function returned(order, form) {
  const state = { draft: "", signed: "accent", granted: "ok", rejected: "bad", withdrawn: "" }[form.state];
  return h("li", { class: "line", data: { return: form.id } },
    h("span", { class: "top" }, h("span", { class: "title" }, t("return.line", { org: form.org, to: form.suggested_org })), h("span", { class: `tag ${state}` }, named("return_state", form.state)), papers(order, "returns", form)),
    h("span", { class: "sub" }, `${named("return_reason", form.reason_code)}：${form.reason_text}`),
    h("span", { class: "sub" }, t("return.basis_said", { said: form.basis })),
    h("span", { class: "sub num" }, t("return.drafted", { by: form.drafted_by, at: moment(form.drafted_at) }),
      form.signed_by && ` · ${t("return.signed", { by: form.signed_by, at: moment(form.signed_at), digest: form.digest.slice(0, 8) })}`,
      form.delegated_by && ` · ${t("return.delegated", { by: form.delegated_by })}`),
    form.decided_by && h("span", { class: "sub" }, t("return.decided", { by: form.decided_by, at: moment(form.decided_at), said: form.opinion })));
}

function signed(order, form) {
  const state = { open: "warn", proposed: "accent", approved: "ok", modified: "ok", ended: "" }[form.state];
  return h("li", { class: "line", data: { sign: form.id } },
    h("span", { class: "top" }, h("span", { class: "title" }, t("sign.line", { cause: named("sign_cause", form.cause) })), h("span", { class: `tag ${state}` }, named("sign_state", form.state)), papers(order, "signs", form)),
    form.cause_text && h("span", { class: "sub" }, form.cause_text),
    form.opinion && h("span", { class: "sub" }, t("sign.proposed", { by: form.proposed_by ?? "", lead: form.lead_org, co: form.co_orgs.join("、") || "–", said: form.opinion })),
    form.refusals.map((one) => h("span", { class: "sub" }, t("sign.refused", { at: moment(one.at), said: one.instruction }))),
    form.decided_by && h("span", { class: "sub" }, t("sign.decided", { by: form.decided_by, at: moment(form.decided_at), said: form.instruction })));
}
