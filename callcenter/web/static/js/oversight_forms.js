// Buttons that ask for a few fields, send them, and show a refusal beside them. A field whose spec has `when` shows only
// while what the form says makes it so, and is sent only then.

import { fill, h } from "./dom.js";
import { complete, field, read, refuse } from "./fields.js";
import { t } from "./i18n.js";

// `deeds` are [key, fields, send] or false, `fields` may promise its fields; `again` reads the list anew.
export function doing(deeds, again, beside = []) {
  const below = h("div");
  const shown = deeds.filter(Boolean);
  const open = async ([key, fields, send]) => {
    try {
      fill(below, form(key, await fields(), send, again, () => fill(below)));
      below.querySelector("select, textarea, input:not([type=hidden])")?.focus();
    } catch (problem) {
      fill(below, h("p", { class: "alert", role: "alert" }, problem.message));
    }
  };
  const button = (deed, at) => h("button", { class: `btn ${at === 0 ? "primary" : ""}`, type: "button", on: { click: () => open(deed) } }, t(deed[0]));
  if (!shown.length && !beside.length) return null;
  return h("div", {}, h("span", { class: "actions" }, shown.map(button), beside), below);
}

export function pressing(key, send, again, kind = "") {
  const wrong = h("span", { class: "tag bad", role: "alert", hidden: true });
  const press = async () => {
    try {
      await send();
      await again();
    } catch (problem) {
      wrong.hidden = false;
      wrong.textContent = problem.message;
    }
  };
  return [h("button", { class: `btn ${kind}`, type: "button", on: { click: press } }, t(key)), wrong];
}

// A field made elsewhere (step_forms.several), shown as its condition says.
export const shownWhen = (one, when) => ({ ...one, spec: { ...one.spec, when } });

export const said = (key, value = "") => [field({ name: "text", key, kind: "text", rows: 3, must: true, max: 4000 }, value)];
export const due = (must = false) => field({ name: "due_on", key: "oversight.due_on", type: "date", must });

function form(key, fields, send, again, away) {
  const wrong = h("p", { class: "alert", role: "alert", hidden: true });
  const go = h("button", { class: "btn primary", type: "submit" }, t(key));
  const asked = () => { const values = read(fields); return fields.filter(({ spec }) => !spec.when || spec.when(values)); };
  const adapt = () => { const now = new Set(asked()); for (const one of fields) one.el.hidden = !now.has(one); };
  const submit = async (event) => {
    event.preventDefault();
    const now = asked();
    if (go.disabled || !complete(now)) return;
    go.disabled = true;
    const empty = ([name, value]) => value === "" && /_(on|at|id)$/.test(name);
    try {
      await send(Object.fromEntries(Object.entries(read(now)).filter((pair) => !empty(pair))));
      away();
      await again();
    } catch (problem) {
      go.disabled = false;
      wrong.hidden = false;
      wrong.textContent = refuse(now, problem);
    }
  };
  adapt();
  return h("form", { class: "step", novalidate: true, on: { submit, input: adapt, change: adapt } }, wrong, fields.map((one) => one.el),
    h("span", { class: "actions" }, go, h("button", { class: "btn", type: "button", on: { click: away } }, t("form.cancel"))));
}
