// On an order's page: its supervisions, flags and quality tasks, and what the reader may begin.

import { call, holds } from "./api.js";
import { h } from "./dom.js";
import { field } from "./fields.js";
import { named, t } from "./i18n.js";
import { doing } from "./oversight_forms.js";
import { loadChecklists, supervising, supervisions, tasks, violations } from "./oversight_rows.js";

const READERS = ["supervisor", "dispatcher", "reviewer", "inspector", "deputy", "leader", "discipline", "unit_operator", "unit_head", "auditor"];
const FLAGS = ["perfunctory", "passing_buck", "pushing_up", "hasty_close", "inaction", "slow", "bad_attitude"];

const flagging = () => [
  field({ name: "flag", key: "oversight.flag", kind: "choice", options: FLAGS.map((flag) => [flag, named("flag", flag)]) }),
  field({ name: "reason", key: "oversight.reason", kind: "text", rows: 2, must: true, max: 4000 }),
];
const looking = () => [field({ name: "hook", key: "oversight.hook", kind: "choice", options: ["after", "during", "before"].map((hook) => [hook, named("qc_hook", hook)]) })];

export async function oversightSection(order, done) {
  if (!holds(...READERS)) return null;
  const of = (path) => call("GET", `${path}?order_id=${order.id}&limit=20`).then((page) => page.items);
  const [supervised, blamed, looked] = await Promise.all([of("/api/supervisions"), of("/api/violations"), of("/api/quality/tasks"), loadChecklists()]);
  const begin = doing([
    holds("supervisor", "deputy", "leader", "inspector", "dispatcher", "reviewer") && ["oversight.open", supervising, (body) => call("POST", `/api/orders/${order.id}/supervisions`, body)],
    holds("inspector", "supervisor", "reviewer", "dispatcher", "deputy", "leader", "discipline") && ["oversight.blame", flagging, (body) => call("POST", `/api/orders/${order.id}/flags`, body)],
    holds("inspector") && ["oversight.look", looking, (body) => call("POST", `/api/orders/${order.id}/quality`, body)],
  ], done);
  const lines = [...supervised.map((row) => supervisions.line(row, done)), ...blamed.map((row) => violations.line(row, done)), ...looked.map((row) => tasks.line(row, done))];
  if (!begin && !lines.length) return null;
  return h("section", { class: "section oversight" }, h("h3", {}, t("oversight.title")), lines.length > 0 && h("ul", { class: "lines" }, lines), begin);
}
