// An activity about a topic: its form, and what came of it (SG-41).

import { call, holds } from "./api.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";
import { newKey } from "./order_form.js";
import { stageTag } from "./order_list.js";
import { stepBar } from "./step_forms.js";
import { upload } from "./upload.js";

const MATTERS = ["agent", "dispatcher", "reviewer", "supervisor", "unit_operator", "unit_head", "deputy", "leader", "inspector"];
const people = (value) => ({ name: "participants", key: "fieldwork.participants", type: "number", inputmode: "numeric", must: true, width: "w3", ...value });
const who = { name: "who", key: "fieldwork.who", max: 500 };

export function activityForm(kinds) {
  const id = newKey();
  return {
    name: "note", key: "fieldwork.note",
    fields: async () => {
      const matters = holds(...MATTERS) ? (await call("GET", "/api/order-matters?limit=100")).items : [];
      return [
        { name: "kind", key: "fieldwork.kind", kind: "choice", width: "w3", options: kinds.map((code) => [code, named("activity", code)]) },
        { name: "title", key: "fieldwork.name", must: true, max: 120 },
        { name: "held_on", key: "fieldwork.day", type: "date", must: true, width: "w3" },
        { name: "place", key: "fieldwork.place", must: true, max: 300 },
        people(), who,
        { name: "category", key: "fieldwork.topic", max: 120, width: "w3" },
        { name: "matter_id", key: "fieldwork.matter", kind: "choice", width: "w3", options: [["", t("fieldwork.no_matter")], ...matters.map((one) => [one.id, one.title])] },
        { name: "outcome", key: "fieldwork.outcome", kind: "text", rows: 3, max: 8000 },
      ];
    },
    send: (values) => call("POST", "/api/activities", { id, ...values, participants: Number(values.participants), matter_id: values.matter_id || null }),
  };
}

export function drawActivity(one, done) {
  const path = `/api/activities/${one.id}`;
  const tile = (key, value) => h("div", { class: "figure" }, h("strong", { class: "num" }, value), h("span", {}, t(key, { n: one.days })));
  const picture = h("input", { type: "file", accept: "image/*", "aria-label": t("fieldwork.photo"), data: { focus: "activity-photo" } });
  const wrong = h("div", { class: "alert", role: "alert", hidden: true });
  const send = async (event) => {
    if (picture.files.length === 0) return;
    event.target.disabled = true;
    try {
      await upload(`${path}/pictures`, picture.files[0]);
      await done();
    } catch (problem) {
      wrong.hidden = false;
      wrong.textContent = problem.message;
      event.target.disabled = false;
    }
  };
  const outcome = { name: "outcome", key: "fieldwork.put_outcome",
    fields: () => [people(), who, { name: "outcome", key: "fieldwork.outcome", kind: "text", rows: 4, must: true, max: 8000 }],
    send: (values) => call("PUT", `${path}/outcome`, { ...values, participants: Number(values.participants) }) };
  const bar = stepBar([outcome], done);
  const open = h("button", { class: "btn", type: "button", on: { click: () => bar.open("outcome", one) } }, t("fieldwork.put_outcome"));
  bar.el.querySelector(".steps").replaceChildren(open);
  return h("div", {},
    h("div", { class: "order-head" }, h("h2", {}, one.title), h("span", { class: "tag" }, named("activity", one.kind))),
    h("p", { class: "said" }, h("span", { class: "num" }, one.held_on), ` · ${one.place} · ${t("fieldwork.took_part", { n: one.participants })}${one.who ? `（${one.who}）` : ""} · ${one.org} ${one.noter}`),
    h("p", { class: "said" }, t("fieldwork.about"), "：", [one.category, one.matter].filter(Boolean).join("、")),
    one.outcome ? h("p", { class: "content" }, one.outcome) : h("p", { class: "empty" }, t("fieldwork.no_outcome")),
    one.may_write && bar.el,
    h("div", { class: "matter-figures" }, tile("fieldwork.before", one.before), tile("fieldwork.after", one.after)),
    h("h3", {}, t("fieldwork.pictures")),
    h("div", { class: "pictures" }, one.pictures.map((each) => h("a", { href: `${path}/pictures/${each.id}`, download: each.name },
      h("img", { src: `${path}/pictures/${each.id}`, alt: each.name, loading: "lazy" })))),
    one.may_write && h("div", { class: "row" }, picture, h("button", { class: "btn", type: "button", on: { click: send } }, t("files.send"))), wrong,
    h("h3", {}, t("fieldwork.later"), " ", h("span", { class: "num" }, one.later.length)),
    one.later.length === 0 ? h("p", { class: "empty" }, t("fieldwork.none_later")) : h("ul", { class: "lines" }, one.later.map((order) => h("li", { class: "line" },
      h("span", { class: "top" }, h("a", { class: "title num", href: `#/order/${order.id}` }, order.number), stageTag(order.stage)),
      h("span", { class: "sub" }, order.unit, " ", h("span", { class: "num" }, moment(order.created_at)))))));
}
