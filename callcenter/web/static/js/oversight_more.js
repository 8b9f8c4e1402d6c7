// Meetings with their items, leaders' instructions, rulings: the lines of oversight that are about more than one order.

import { call, holds } from "./api.js";
import { h } from "./dom.js";
import { field } from "./fields.js";
import { moment, separator } from "./format.js";
import { named, t } from "./i18n.js";
import { doing, pressing } from "./oversight_forms.js";

const OWNERS = ["unit_head", "unit_operator", "dispatcher", "supervisor"];
const said = (key) => [field({ name: "text", key, kind: "text", rows: 3, must: true, max: 4000 })];
const sub = (...parts) => h("span", { class: "sub" }, parts.filter(Boolean).map((part) => h("span", {}, part)));
const top = (title, tone, state) => h("span", { class: "top" }, h("span", { class: "title" }, title), state && h("span", { class: `tag ${tone}` }, state));
const line = (id, ...parts) => h("li", { class: "line", data: { line: id } }, parts);

export const meetings = {
  name: "meetings", path: "/api/meetings", filters: [""],
  line(row) {
    const people = row.participants.map((one) => one.body + (one.external ? `（${t("oversight.external")}）` : ""));
    return line(row.id,
      top(row.title, "accent", named("meeting", row.kind)),
      sub(moment(row.held_at), row.place, row.convener_org, row.caller, people.join(separator())),
      row.minutes && h("p", { class: "said" }, row.minutes),
      h("span", { class: "actions" }, ["docx", "pdf"].map((form) => h("a", { class: "btn quiet", href: `/api/meetings/${row.id}/${form}`, download: true }, form.toUpperCase()))));
  },
};

export const instructions = {
  name: "instructions", path: "/api/instructions", filters: [""],
  line(row, again) {
    const answered = row.fed_back_at !== null;
    return line(row.id,
      top(row.text, answered ? "ok" : "warn", t(answered ? "oversight.fed_back" : "oversight.waiting")),
      sub(row.leader, moment(row.at), row.target_org, t("oversight.due", { day: row.due_on }), row.order_number),
      h("p", { class: "said" }, row.requirement),
      row.feedback && h("p", { class: "said" }, `${t("oversight.reply")}：${row.feedback}`),
      doing([holds(...OWNERS) && !answered && ["oversight.reply", () => said("oversight.reply"), (body) => call("POST", `/api/instructions/${row.id}/feedback`, body)]], again));
  },
};

export const rulings = {
  name: "rulings", path: "/api/rulings", filters: ["draft", "approved", "withdrawn", ""],
  line(row, again) {
    const path = `/api/rulings/${row.id}`;
    const draft = row.state === "draft";
    const from = () => [field({ name: "effective_from", key: "oversight.effective_from", type: "date", must: true })];
    const parties = row.parties.map((one) => `${one.org} ${one.agreed_at ? "✓" : "…"}`);
    return line(row.id,
      top(`${row.number} ${row.question}`, row.state === "approved" ? "ok" : "warn", t(`oversight.state.${row.state}`)),
      sub(row.category, row.place, row.duty_org, row.drafter, row.effective_from),
      h("p", { class: "said" }, row.text),
      sub(parties.join(separator())),
      draft && holds("unit_head", "dispatcher", "supervisor") && h("span", { class: "actions" }, pressing("oversight.agree", () => call("POST", `${path}/agree`), again, "primary")),
      doing([draft && holds("deputy", "leader") && ["oversight.approve", from, (body) => call("POST", `${path}/approve`, body)]], again));
  },
};
