// While an order is being written: whether it should be kept confidential, and why (SG-22). The box follows the
// suggestion until the agent has ticked or cleared it by hand; nothing of what is looked up is kept.

import { call } from "./api.js";
import { h } from "./dom.js";
import { language } from "./i18n.js";

const QUIET = 500;
const ENOUGH = 2;

export function privacyHint(form) {
  const why = h("div", { class: "muted", "aria-live": "polite" });
  let timer = null;
  let asked = 0;
  let decided = null; // the draft whose box was set by hand
  const look = async () => {
    const { request_type, category = "", content = "" } = form.values();
    const mine = (asked += 1);
    if (request_type !== "report" && `${category}${content}`.trim().length < ENOUGH) return show(null);
    try {
      const found = await call("POST", "/api/confidential-suggestion", { request_type, category, content });
      if (mine === asked) show(found);
    } catch {
      if (mine === asked) show(null);
    }
  };
  const show = (found) => {
    const box = form.fields.find(({ spec }) => spec.name === "confidential");
    why.textContent = (language === "en" ? found?.reason_en : found?.reason_zh) ?? "";
    box.el.append(why);
    if (decided === form.key || box.control.checked === Boolean(found?.confidential)) return;
    box.control.checked = Boolean(found?.confidential);
    form.keep();
  };
  form.el.addEventListener("input", ({ target }) => {
    if (target.name === "confidential") decided = form.key;
    clearTimeout(timer);
    timer = setTimeout(look, QUIET);
  });
}
