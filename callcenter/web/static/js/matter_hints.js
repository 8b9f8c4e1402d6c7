// While an order is being written: orders that may be about the same, so that nobody enters it twice without knowing.
// Nothing is kept of what is looked up, and nothing keeps the agent from entering the order.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { orderLine } from "./section_matter.js";

const QUIET = 900;
const ENOUGH = 6;

export function matterHints(form) {
  const box = h("section", { class: "section matter", "aria-live": "polite" });
  let timer = null;
  let asked = 0;
  const look = async () => {
    const { title = "", content = "", category = "", address = "", caller_number: number = "" } = form.values();
    const text = `${title}\n${content}`.trim();
    const mine = (asked += 1);
    if (text.length < ENOUGH) return fill(box);
    try {
      const { items } = await call("POST", "/api/order-matters/candidates", { text, category, address, number });
      if (mine === asked) draw(items);
    } catch {
      fill(box);
    }
  };
  const draw = (items) => {
    if (items.length === 0) return fill(box);
    fill(box, h("h4", {}, t("matter.alike")), h("ul", { class: "lines" }, items.slice(0, 4).map((one) => orderLine(one,
      one.same_caller && h("span", { class: "tag warn" }, t("matter.same_caller")),
      one.callers > 1 && h("span", { class: "tag" }, t("matter.callers", { n: one.callers }))))));
    form.el.append(box);
  };
  form.el.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, QUIET);
  });
}
