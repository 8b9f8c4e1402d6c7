// On an order's page: the patrol that found it, and what was held about its topic (SG-21, SG-41).

import { call, holds } from "./api.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";

const READERS = ["agent", "dispatcher", "supervisor", "reviewer", "inspector", "field", "unit_operator", "unit_head", "deputy", "leader"];

export async function fieldworkSection(order) {
  if (!holds(...READERS)) return null;
  const found = await call("GET", `/api/orders/${order.id}/fieldwork`);
  if (!found.finding_id && found.activities.length === 0) return null;
  return h("section", { class: "section fieldwork" }, h("h3", {}, h("a", { href: "#/fieldwork" }, t("fieldwork.title"))),
    found.finding_id && h("p", { class: "said" }, t("fieldwork.found_on", { area: found.area, name: found.found_by }), " ", h("span", { class: "num" }, moment(found.found_at)), " ",
      h("span", { class: `tag ${found.result ? "ok" : "warn"}` }, found.result ? named("enforcement", found.result) : t("fieldwork.no_result")), found.note && ` ${found.note}`),
    found.activities.length > 0 && h("ul", { class: "lines" }, found.activities.map((one) => h("li", { class: "line" },
      h("span", { class: "top" }, h("span", { class: "title" }, one.title), h("span", { class: "tag" }, named("activity", one.kind))),
      h("span", { class: "sub" }, h("span", { class: "num" }, one.held_on), ` ${one.place} · ${t("fieldwork.took_part", { n: one.participants })}`),
      one.outcome && h("span", { class: "sub" }, one.outcome)))));
}
