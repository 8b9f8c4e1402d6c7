// The caller of a card for the lists: into special care at once, under a restraint when a second person approves.

import { call } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { complete, field, read, refuse } from "./fields.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";

export const CATEGORIES = ["elderly", "disabled", "minor", "expecting", "crisis", "hardship", "other"];
const POLICIES = ["notice", "lower", "refuse"];
const days = (given) => field({ name: "days", key: "numbers.days", must: true, width: "w3", type: "number" }, given);

export class CallerLists {
  constructor(offer) {
    this.call = offer.call_id;
    this.inCare = Boolean(offer.card.care);
    this.earlier = offer.card.recent_calls.filter((past) => past.direction === "inbound" && past.id !== offer.call_id);
    this.said = "";
    this.el = h("section", { class: "section callerlists", "aria-label": t("lists.title") });
    this.draw();
  }

  draw(form = null) {
    const button = (name, make) => h("button", { class: "btn", type: "button", data: { focus: `list-${name}` }, on: { click: () => { this.said = ""; this.draw(make()); this.el.querySelector("form select")?.focus(); } } }, t(`lists.${name}`));
    fill(this.el,
      h("h3", {}, t("lists.title")),
      this.said && h("p", { class: "alert ok", role: "status" }, this.said),
      form ?? h("div", { class: "group" }, !this.inCare && button("care", () => this.care()), button("harassment", () => this.harassment())));
  }

  care() {
    const fields = [
      field({ name: "category", key: "numbers.category", kind: "choice", width: "w3", options: CATEGORIES.map((code) => [code, named("care", code)]) }),
      days("180"),
      field({ name: "note", key: "numbers.note", max: 200 }),
    ];
    return this.form("care", fields, (values) => call("POST", "/api/care", { call_id: this.call, ...values }), () => { this.inCare = true; });
  }

  harassment() {
    const fields = [
      field({ name: "policy", key: "lists.policy", kind: "choice", width: "w3", options: POLICIES.map((code) => [code, named("policy", code)]) }, "lower"),
      days("30"),
      field({ name: "reason", key: "lists.reason", must: true, max: 500 }),
    ];
    const ticks = this.earlier.map((past) => ({ id: past.id, box: h("input", { type: "checkbox", checked: true, data: { focus: `evidence-${past.id}` } }), at: moment(past.started_at) }));
    const evidence = h("fieldset", { class: "evidence" }, h("legend", {}, t("lists.evidence")),
      h("span", {}, t("lists.this_call")),
      ticks.map(({ box, at }) => h("label", { class: "check num" }, box, at)));
    const send = (values) => call("POST", "/api/harassment", { evidence: [this.call, ...ticks.filter(({ box }) => box.checked).map(({ id }) => id)], ...values });
    return this.form("harassment", fields, send, () => undefined, evidence);
  }

  form(name, fields, send, done, more = null) {
    const alert = h("div", { class: "alert", role: "alert", hidden: true });
    const button = h("button", { class: "btn primary", type: "submit", data: { focus: "list-send" } }, t(`lists.send_${name}`));
    const submit = async (event) => {
      event.preventDefault();
      if (!complete(fields)) return;
      const values = read(fields);
      button.disabled = true;
      try {
        await send({ ...values, days: Number(values.days) });
        done();
        this.said = t(`lists.done_${name}`);
        announce(this.said);
        this.draw();
      } catch (problem) {
        alert.textContent = refuse(fields, problem);
        alert.hidden = false;
        button.disabled = false;
      }
    };
    return h("form", { class: "step", novalidate: true, on: { submit }, "aria-label": t(`lists.${name}`) },
      alert, h("div", { class: "grid" }, fields.map((one) => one.el)), more,
      h("div", { class: "actions" }, button,
        h("button", { class: "btn", type: "button", data: { focus: "list-cancel" }, on: { click: () => this.draw() } }, t("form.cancel"))));
  }
}
