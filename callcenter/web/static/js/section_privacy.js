// On an order's page: the caller revealed for a purpose, the link to rate by, and who saw the caller.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { moment, phone } from "./format.js";
import { language, t } from "./i18n.js";

const CENTRE = ["agent", "dispatcher", "reviewer", "supervisor"];
const READERS = ["auditor", "supervisor", "discipline"];

export async function privacySection(order) {
  const rights = await call("GET", `/api/orders/${order.id}/caller`);
  const rates = order.stage === "callback" && holds(...CENTRE);
  const reads = holds(...READERS);
  if (!rights.hidden && !rates && !reads) return null;
  const refused = rights[`refused_${language}`];
  const wrong = h("div", { class: "alert", role: "alert", hidden: true });
  const seen = h("div", { class: "said", role: "status" });
  const views = h("ul", { class: "lines" });
  const tried = async (work) => {
    wrong.hidden = true;
    try {
      await work();
    } catch (problem) {
      wrong.hidden = false;
      wrong.textContent = problem.message;
    }
  };
  const look = async () => reads && fill(views, (await call("GET", `/api/orders/${order.id}/views`)).items.map(view));
  await look();
  return h("section", { class: "section privacy" },
    h("h3", {}, t("privacy.title")), wrong,
    refused && h("p", { class: "muted" }, refused),
    rights.hidden && !refused && reveal(rights.purposes, async (wanted) => tried(async () => {
      const caller = await call("POST", `/api/orders/${order.id}/caller`, wanted);
      fill(seen, caller.name || t("privacy.no_name"), " ", h("span", { class: "num" }, caller.number ? phone(caller.number) : t("privacy.no_number")));
      await look();
    })),
    seen,
    rates && h("p", {}, h("button", { class: "btn", type: "button", on: { click: () => tried(async () => {
      const link = await call("POST", `/api/orders/${order.id}/rating-link`);
      fill(seen, t("privacy.link"), " ", h("span", { class: "num" }, link.url.startsWith("/") ? location.origin + link.url : link.url));
    }) } }, t("privacy.make_link"))),
    reads && h("div", {}, h("h4", {}, t("privacy.views")), views));
}

function reveal(purposes, ask) {
  const purpose = h("select", { "aria-label": t("privacy.purpose") }, purposes.map((one) => h("option", { value: one }, t(`privacy.purpose.${one}`))));
  const reason = h("input", { type: "text", minlength: 4, maxlength: 300, required: true, placeholder: t("privacy.reason"), "aria-label": t("privacy.reason") });
  const form = h("form", { class: "actions" }, purpose, reason, h("button", { class: "btn", type: "submit" }, t("privacy.reveal")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask({ purpose: purpose.value, reason: reason.value });
  });
  return form;
}

function view(one) {
  const why = one.purpose && one.purpose !== "work" ? [h("span", { class: "tag" }, t(`privacy.purpose.${one.purpose}`)), " ", one.reason] : null;
  return h("li", { class: "line" },
    h("span", { class: "top" }, h("span", { class: "title" }, one.actor_name ?? t("privacy.machine"), " ", one.org_name ?? ""), h("span", { class: "tag" }, t(`privacy.action.${one.action}`))),
    h("span", { class: "sub" }, h("span", { class: "num" }, moment(one.at)), " ", why));
}
