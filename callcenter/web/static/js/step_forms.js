// Steps of a section on an order's page: one button each, its form opened in place.

import { call, events } from "./api.js";
import { fill, h } from "./dom.js";
import { complete, field, read, refuse } from "./fields.js";
import { t } from "./i18n.js";

// `steps`: {name, key, fields: () => specs or a promise of them, send: (values) => promise}. `opened` may fill a form in.
export function stepBar(steps, done) {
  const place = h("div");
  const open = async (step, given = {}) => {
    for (const other of bar.children) other.setAttribute("aria-pressed", String(other.dataset.step === step.name));
    const fields = (await step.fields()).map((spec) => (spec.made ? spec : field(spec, given[spec.name])));
    fill(place, stepForm(step, fields, done, () => { fill(place); for (const other of bar.children) other.setAttribute("aria-pressed", "false"); }));
    place.querySelector("select, textarea, input:not([type=hidden]), button")?.focus();
  };
  const bar = h("div", { class: "steps", role: "group" }, steps.map((step) =>
    h("button", { class: "btn", type: "button", "aria-pressed": "false", data: { step: step.name }, on: { click: () => open(step) } }, t(step.key))));
  return { el: h("div", {}, bar, place), open: (name, given) => open(steps.find((step) => step.name === name), given) };
}

function stepForm(step, fields, done, cancel) {
  const alert = h("div", { class: "alert", role: "alert", hidden: true });
  const send = h("button", { class: "btn primary", type: "submit" }, t("step.confirm", { action: t(step.key) }));
  const submit = async (event) => {
    event.preventDefault();
    if (send.disabled || !complete(fields)) return;
    send.disabled = true;
    alert.hidden = true;
    try {
      await step.send(read(fields));
      await done();
    } catch (problem) {
      alert.textContent = refuse(fields, problem);
      alert.hidden = false;
      send.disabled = false;
    }
  };
  return h("form", { class: "step", novalidate: true, on: { submit }, "aria-label": t(step.key) },
    h("h3", {}, t(step.key)), alert,
    h("div", { class: "grid" }, fields.map((one) => one.el)),
    h("div", { class: "actions" }, send, h("button", { class: "btn", type: "button", on: { click: cancel } }, t("form.cancel"))));
}

// Several orgs at once, as boxes; its value is their ids, parted by commas.
export function several(name, key, orgs, chosen = []) {
  const picked = new Set(chosen);
  const control = h("input", { type: "hidden", name, value: [...picked].join(",") });
  const box = (org) => h("label", {}, h("input", {
    type: "checkbox", checked: picked.has(org.id),
    on: { change: (event) => { if (event.target.checked) picked.add(org.id); else picked.delete(org.id); control.value = [...picked].join(","); } },
  }), org.name);
  const wrong = h("div", { class: "wrong", role: "alert" });
  const el = h("div", { class: "field" }, h("span", { class: "label" }, t(key)), h("div", { class: "choices" }, orgs.map(box)), control, wrong);
  return { made: true, spec: { name, key }, el, control, wrong };
}

let known = null;
events.addEventListener("left", () => { known = null; });

// Who may be named in a form: the neighbours, too, whom a unit's own org tree does not hold. Read once a log-in.
export async function bodies() {
  known ??= call("GET", "/api/dispatching/bodies").then((answer) => answer.items, (problem) => { known = null; throw problem; });
  return known;
}

export const ids = (value) => value.split(",").filter(Boolean);
// A time typed in the city's zone.
export const instant = (value) => (value ? `${value}:00+08:00` : null);
export const orgChoice = (name, key, orgs, more = {}) => ({
  name, key, kind: "choice", width: "w3", options: [["", t("form.choose")], ...orgs.map((org) => [org.id, org.name])], ...more,
});
