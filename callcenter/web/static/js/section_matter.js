// On an order's page: the matter it belongs to, what may be about the same, repeats and urging.

import { call, holds } from "./api.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { language, t } from "./i18n.js";
import { stageTag } from "./order_list.js";

const READERS = ["agent", "dispatcher", "reviewer", "supervisor", "unit_operator", "unit_head", "deputy", "leader", "inspector"];
const CENTRE = ["agent", "dispatcher", "reviewer", "supervisor"];
const ENDED = ["closed", "returned_up"];

export const reasons = (list) => list.map((reason) => h("span", { class: "tag" }, reason[language] ?? reason.zh));

const link = (id, text) => h("a", { class: "num", href: `#/order/${id}` }, text);

// One order that may join, or has joined: what it is, how alike, and what may be pressed.
export function orderLine(one, ...beside) {
  return h("li", { class: "line", data: { order: one.order_id ?? one.id } },
    h("span", { class: "top" }, h("span", { class: "title" }, one.title), stageTag(one.stage), beside),
    h("span", { class: "sub" }, link(one.order_id ?? one.id, one.number), ` ${moment(one.created_at)}`),
    h("span", { class: "reasons" }, one.score < 100 && h("span", { class: "tag accent num" }, t("matter.score", { n: one.score })), reasons(one.reasons)));
}

export async function matterSection(order, done) {
  if (!holds(...READERS)) return null;
  const found = await call("GET", `/api/orders/${order.id}/matter`);
  const open = !ENDED.includes(order.stage);
  const centre = holds(...CENTRE);
  const alike = centre && open && (!found.matter || found.matter.master_id === order.id)
    ? (await call("GET", `/api/orders/${order.id}/candidates`)).items.filter((one) => one.matter_id === null || one.matter_id !== found.matter?.id) : [];
  if (!found.matter && !alike.length && !found.urges && !found.repeats.length && !found.repeat_of && !(centre && open)) return null;
  const wrong = h("div", { class: "alert", role: "alert", hidden: true });
  const press = (key, act, tone = "") => h("button", { class: `btn ${tone}`, type: "button", on: { click: async (event) => {
    event.target.disabled = true;
    wrong.hidden = true;
    try {
      await act();
      await done();
    } catch (problem) {
      event.target.disabled = false;
      wrong.hidden = false;
      wrong.textContent = problem.message;
    }
  } } }, t(key));
  const merge = (master, other) => call("POST", "/api/order-matters", { master_id: master, order_ids: [other] });
  return h("section", { class: "section matter" },
    h("h3", {}, t("matter.title"), " ", found.matter?.group && h("span", { class: "tag bad" }, t("matter.group")),
      found.urges > 0 && h("span", { class: "tag warn" }, t("matter.urged", { n: found.urges }))),
    wrong,
    found.repeat_of && h("p", { class: "said" }, t("matter.repeat_of"), " ", link(found.repeat_of_id, found.repeat_of)),
    found.repeats.length > 0 && h("p", { class: "said" }, t("matter.repeats", { n: found.repeats.length, numbers: found.repeats.join("、") })),
    found.matter && matter(found.matter, order, centre, press),
    alike.length > 0 && h("div", {}, h("h4", {}, t("matter.alike")), h("ul", { class: "lines" }, alike.map((one) => orderLine(one,
      one.same_caller && h("span", { class: "tag warn" }, t("matter.same_caller")),
      one.callers > 1 && h("span", { class: "tag" }, t("matter.callers", { n: one.callers })),
      one.matter_id && !found.matter ? press("matter.join_theirs", async () => merge((await call("GET", `/api/order-matters/${one.matter_id}`)).master_id, order.id))
        : press("matter.merge", () => merge(order.id, one.id)))))),
    centre && open && h("span", { class: "actions" }, urging(order, press)));
}

function matter(one, order, centre, press) {
  return h("div", {},
    h("p", { class: "said" }, t("matter.summary", { title: one.title, orders: one.orders, callers: one.callers, calls: one.calls }), " ",
      t("matter.span", { first: moment(one.first_at), last: moment(one.last_at) })),
    one.plan && h("p", { class: "said" }, `${t("matter.plan")}：${one.plan}`),
    h("ul", { class: "lines" }, one.members.map((member) => orderLine(member,
      member.master && h("span", { class: "tag ok" }, t("matter.master")),
      member.waits && h("span", { class: "tag warn" }, t(member.waits === "contact-missing" ? "matter.waits_contact" : "matter.waits")),
      centre && !member.master && press("matter.take_out", () => call("POST", `/api/order-matters/${one.id}/take-out`, { order_id: member.order_id, why: t("matter.not_same") }))))));
}

function urging(order, press) {
  const note = h("input", { type: "text", maxlength: 2000, placeholder: t("matter.urge_note"), "aria-label": t("matter.urge_note"), data: { focus: "urge" } });
  return [note, press("matter.urge", () => call("POST", `/api/orders/${order.id}/urge`, { note: note.value.trim() }))];
}
