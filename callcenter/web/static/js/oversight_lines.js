// The parts that every line of oversight is made of.

import { h } from "./dom.js";
import { moment } from "./format.js";
import { t } from "./i18n.js";

const TONE = { to_hold: "warn", proposed: "warn", open: "accent", replied: "accent", closed: "", dismissed: "", pending: "warn", submitted: "accent", returned: "bad", accepted: "ok", held: "accent", sent: "accent", confirmed: "bad", listed: "bad", removed: "ok", reviewed: "ok", draft: "warn", approved: "ok" };
export const OVERSEERS = ["supervisor", "deputy", "leader", "inspector"];
export const OWNERS = ["unit_head", "unit_operator", "dispatcher", "supervisor"];

export const tag = (text, tone = "") => h("span", { class: `tag ${tone}` }, text);
export const state = (value) => tag(t(`oversight.state.${value}`), TONE[value] ?? "");
export const top = (title, ...tags) => h("span", { class: "top" }, h("span", { class: "title" }, title), tags);
export const sub = (...parts) => h("span", { class: "sub" }, parts.filter(Boolean).map((part) => h("span", {}, part)));
export const line = (id, ...parts) => h("li", { class: "line", data: { line: id } }, parts);
export const told = (key, text) => text && h("p", { class: "said" }, key ? `${t(key)}：${text}` : text);
export const papers = (path) => ["docx", "pdf"].map((form) => h("a", { class: "btn quiet", href: `${path}/${form}`, download: true }, form.toUpperCase()));
export const order = (row) => row.order_id && row.order_number ? h("a", { href: `#/order/${row.order_id}` }, row.order_number) : row.order_number;
// A due time is the first instant that is late: people are told the last one in time.
export const last = (due) => moment(new Date(Date.parse(due) - 60_000).toISOString());
export const lastly = (due, key = "oversight.due") => t(key, { day: last(due) });
export const late = (due) => Boolean(due) && Date.parse(due) <= Date.now();
export const overdue = (yes) => yes && tag(t("oversight.overdue"), "bad");
export const past = (day) => Date.parse(`${day}T23:59:59+08:00`) < Date.now();
