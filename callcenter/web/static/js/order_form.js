// The order form of the call on the desk. What is typed is kept as a draft until it is sent.

import { call, session } from "./api.js";
import { careHint } from "./care_hint.js";
import { h, fill } from "./dom.js";
import { dropDraft, keepDraft, readDraft } from "./drafts.js";
import { complete, field, read, refuse } from "./fields.js";
import { phone } from "./format.js";
import { named, t } from "./i18n.js";
import { centres } from "./orgs.js";
import { bodies, orgChoice } from "./step_forms.js";

const options = (family, codes) => codes.map((code) => [code, named(family, code)]);
export const newKey = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

// Ticks become the list they stand for; tags are separated by what people type between words.
function sent(values) {
  const body = { tags: values.tags.split(/[\s、，,]+/).filter(Boolean), caller_needs: [], special_groups: [] };
  for (const [name, value] of Object.entries(values)) {
    const [list, code] = name.split(":");
    if (code) { if (value) body[list].push(code); }
    else if (name !== "tags") body[name] = value;
  }
  return body;
}

export class OrderForm {
  constructor({ created }) {
    this.created = created;
    this.call = undefined;
    this.el = h("div");
    this.centres = [];
    this.bodies = [];
    this.bind(null);
    Promise.all([centres(), bodies().catch(() => [])]).then(([found, named]) => {
      [this.centres, this.bodies] = [found, named];
      this.draw(readDraft(this.call)?.fields ?? this.values());
    });
  }

  // Belongs to this offer's call from now on; the draft of the call comes back.
  bind(offer) {
    const next = offer?.call_id ?? null;
    if (next === this.call) return;
    this.call = next;
    this.offer = offer;
    const draft = readDraft(next);
    this.key = draft?.key ?? newKey();
    this.draw(draft?.fields ?? { caller_number: offer?.card.caller_number ?? "" });
  }

  specs() {
    return [
      { name: "request_type", key: "order.request_type", kind: "choice", width: "w2", options: options("request", ["help", "inquiry", "complaint", "report", "suggestion", "praise"]) },
      { name: "urgency", key: "order.urgency", kind: "choice", width: "w2", options: options("urgency", ["normal", "semi_urgent", "urgent", "critical"]) },
      { name: "centre_id", key: "order.centre", kind: "choice", width: "w2", options: this.centres.map((org) => [org.id, org.name]) },
      { name: "title", key: "order.title", must: true, max: 120 },
      { name: "content", key: "order.content", kind: "text", must: true, rows: 7, max: 8000 },
      { name: "category", key: "order.category", width: "w2", max: 120 },
      { name: "address", key: "order.address", width: "w4", max: 300 },
      { name: "caller_name", key: "order.caller_name", width: "w2", max: 60 },
      { name: "caller_number", key: "order.caller_number", width: "w2", max: 32, type: "tel", inputmode: "tel" },
      { name: "confidential", key: "order.confidential", kind: "check", width: "w2" },
    ];
  }

  // What a call seldom needs (B-44); a list of codes is a row of ticks.
  moreSpecs() {
    const choice = (name, family, codes, key = `order.${name}`) => ({ name, key, kind: "choice", width: "w2", options: options(family, codes) });
    const ticks = (name, family, codes) => codes.map((code) => ({ name: `${name}:${code}`, key: `${family}.${code}`, kind: "check", width: "w2" }));
    return [
      choice("level", "level", ["normal", "semi_urgent", "urgent"]),
      choice("kind", "kind", ["ordinary", "urgent", "semi_urgent", "snapshot", "city_review"]),
      choice("origin", "origin", ["demand", "proactive"]),
      choice("caller_type", "caller_type", ["person", "enterprise", "other"]),
      choice("emotion", "emotion", ["calm", "low", "irritated", "fierce"]),
      choice("location_type", "location", ["", "street_surface", "estate", "village", "site", "shop", "other"]),
      { name: "reported_body", key: "order.reported_body", width: "w2", max: 120 },
      orgChoice("reported_org_id", "order.reported_org", this.bodies),
      { name: "grid_code", key: "order.grid_code", width: "w2", max: 40 },
      { name: "season", key: "order.season", width: "w2", max: 40 },
      { name: "tags", key: "order.tags_entered", width: "w4", max: 200 },
      ...ticks("caller_needs", "need", ["hard_of_hearing", "dialect", "proxy"]),
      ...ticks("special_groups", "group", ["elderly", "disabled", "minor", "low_income", "veteran"]),
      { name: "anonymous", key: "order.anonymous", kind: "check", width: "w2" },
    ];
  }

  draw(values) {
    const chosen = { centre_id: this.centres.find((org) => org.id === session.me?.org_id)?.id, ...values };
    if (!this.centres.some((org) => org.id === chosen.centre_id)) delete chosen.centre_id;
    const main = this.specs().map((spec) => field(spec, chosen[spec.name]));
    const more = this.moreSpecs().map((spec) => field(spec, chosen[spec.name]));
    this.fields = [...main, ...more];
    this.alert = h("div", { class: "alert", role: "alert", hidden: true });
    this.send = h("button", { class: "btn primary", type: "submit" }, t("order.create"));
    this.form = h("form", { class: "workform", novalidate: true, on: { submit: (event) => this.submit(event), input: () => { this.keep(); this.fit(); } }, "aria-label": t("order.new") },
      h("p", { class: "muted formhead" }, this.offer ? t("order.of_call", { number: phone(this.offer.card.caller_number) }) : t("order.without_call")),
      this.alert,
      h("div", { class: "grid" }, main.map((one) => one.el)),
      h("details", { class: "more" }, h("summary", {}, t("order.more")), h("div", { class: "grid" }, more.map((one) => one.el))),
      h("div", { class: "actions" }, this.send,
        h("button", { class: "btn", type: "button", on: { click: () => this.reset() } }, t("order.clear")),
        h("span", { class: "muted" }, t("order.draft_kept"))),
    );
    this.form.querySelector("details.more").after(careHint(this.form));
    fill(this.el, this.form);
    this.fit();
  }

  // Only a report names an org that is kept out.
  fit() {
    const of = (name) => this.fields.find(({ spec }) => spec.name === name);
    const [type, org] = [of("request_type"), of("reported_org_id")];
    org.el.hidden = type.control.value !== "report";
    if (org.el.hidden) org.control.value = "";
  }

  values() {
    return read(this.fields);
  }

  keep() {
    keepDraft(this.call, this.values(), this.key);
  }

  reset() {
    dropDraft(this.call);
    this.key = newKey();
    this.draw({ caller_number: this.offer?.card.caller_number ?? "" });
  }

  async submit(event) {
    event.preventDefault();
    if (this.send.disabled || !complete(this.fields)) return;
    const bound = this.call;
    const entered = sent(this.values());
    for (const name of ["centre_id", "reported_org_id"]) if (!entered[name]) delete entered[name];
    this.send.disabled = true;
    this.alert.hidden = true;
    try {
      const order = await call("POST", "/api/orders", { ...entered, call_id: bound, idempotency_key: this.key });
      dropDraft(bound);
      if (bound === this.call) this.reset();
      this.created(order);
    } catch (problem) {
      this.alert.textContent = refuse(this.fields, problem);
      this.alert.hidden = false;
      this.alert.scrollIntoView({ block: "nearest" });
    } finally {
      this.send.disabled = false;
    }
  }
}
