// Buttons that ask for a few fields, send them, and show a refusal beside them.

import { fill, h } from "./dom.js";
import { complete, read, refuse } from "./fields.js";
import { t } from "./i18n.js";

// `deeds` are [key, fields, send] or false; `again` reads the list anew.
export function doing(deeds, again, beside = []) {
  const below = h("div");
  const shown = deeds.filter(Boolean);
  const button = ([key, fields, send], at) => h("button", {
    class: `btn ${at === 0 ? "primary" : ""}`, type: "button", on: { click: () => fill(below, form(key, fields(), send, again, () => fill(below))) },
  }, t(key));
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

function form(key, fields, send, again, away) {
  const wrong = h("p", { class: "alert", role: "alert", hidden: true });
  const submit = async (event) => {
    event.preventDefault();
    if (!complete(fields)) return;
    const values = Object.fromEntries(Object.entries(read(fields)).filter(([name, value]) => value !== "" || !name.endsWith("_on")));
    try {
      await send(values);
      away();
      await again();
    } catch (problem) {
      wrong.hidden = false;
      wrong.textContent = refuse(fields, problem);
    }
  };
  return h("form", { class: "step", novalidate: true, on: { submit } }, wrong, fields.map((one) => one.el),
    h("span", { class: "actions" }, h("button", { class: "btn primary", type: "submit" }, t(key)),
      h("button", { class: "btn", type: "button", on: { click: away } }, t("form.cancel"))));
}
