// Form fields from descriptions: {name, key, kind, width, must, options, rows, max}. Options are [value, label] pairs.

import { h } from "./dom.js";
import { t } from "./i18n.js";

let serial = 0;

export function field(spec, value) {
  const id = `f${(serial += 1)}-${spec.name}`;
  const control = make(spec, id, value);
  const wrong = h("div", { class: "wrong", id: `${id}-wrong`, role: "alert" });
  const label = spec.kind === "check"
    ? h("label", { class: "check" }, control, t(spec.key))
    : h("label", { for: id }, t(spec.key), spec.must && h("span", { class: "must", "aria-hidden": "true" }, " *"));
  const el = h("div", { class: `field ${spec.width ?? ""}` }, label, spec.kind !== "check" && control, wrong);
  const one = { spec, el, control, wrong };
  control.addEventListener("input", () => clear([one]));
  return one;
}

function make(spec, id, value) {
  const common = { id, name: spec.name, required: spec.must, maxlength: spec.max, data: { focus: spec.name }, "aria-describedby": `${id}-wrong` };
  if (spec.kind === "check") return h("input", { ...common, type: "checkbox", checked: value === true });
  if (spec.kind === "text") return h("textarea", { ...common, rows: spec.rows ?? 4, value: value ?? "" });
  if (spec.kind !== "choice") return h("input", { ...common, type: spec.type ?? "text", inputmode: spec.inputmode, autocomplete: "off", value: value ?? "" });
  const select = h("select", common, spec.options.map(([code, label]) => h("option", { value: code }, label)));
  select.value = value ?? spec.options[0]?.[0] ?? "";
  return select;
}

export function read(fields) {
  const values = {};
  for (const { spec, control } of fields) {
    if (spec.kind === "check") values[spec.name] = control.checked;
    else values[spec.name] = control.value.trim();
  }
  return values;
}

// Marks what is wrong beside its field and puts the keyboard there; returns whether every field is filled.
export function complete(fields) {
  clear(fields);
  const missing = fields.filter(({ spec, control }) => spec.must && spec.kind !== "check" && !control.value.trim());
  for (const one of missing) mark(one, t("form.missing"));
  missing[0]?.control.focus();
  return missing.length === 0;
}

// Shows the server's refusal: at its fields where it names them. Returns the text that is left for the form's head.
export function refuse(fields, problem) {
  clear(fields);
  // `site_visit.findings`, `officers.0`: a part of the path is the name of the field.
  const known = problem.fields.map((wrong) => [fields.find(({ spec }) => wrong.field.split(".").includes(spec.name)), wrong.reason]);
  for (const [one, reason] of known) if (one) mark(one, reason);
  known.find(([one]) => one)?.[0].control.focus();
  return known.length > 0 && known.every(([one]) => one) ? t("form.check") : problem.message;
}

function clear(fields) {
  for (const { control, wrong } of fields) {
    control.removeAttribute("aria-invalid");
    wrong.textContent = "";
  }
}

function mark({ control, wrong }, reason) {
  control.setAttribute("aria-invalid", "true");
  wrong.textContent = reason;
}
