// On an order's page: its supervisions, flags, quality tasks and instructions, and what the reader may begin.

import { call, holds } from "./api.js";
import { h } from "./dom.js";
import { field } from "./fields.js";
import { t } from "./i18n.js";
import { choice, choices, pick } from "./oversight_choices.js";
import { doing } from "./oversight_forms.js";
import { calling, convene, instructions } from "./oversight_meetings.js";
import { loadChecklists, tasks } from "./oversight_quality.js";
import { supervising, supervision, supervisions, violations } from "./oversight_rows.js";

const READERS = ["supervisor", "dispatcher", "reviewer", "inspector", "deputy", "leader", "discipline", "unit_operator", "unit_head", "auditor"];
const FLAGS = ["perfunctory", "passing_buck", "pushing_up", "hasty_close", "inaction", "slow", "bad_attitude"];

const flagging = () => [
  choice("flag", "oversight.flag", FLAGS, "flag"),
  field({ name: "reason", key: "oversight.reason", kind: "text", rows: 2, must: true, max: 4000 }),
];
const looking = () => [choice("hook", "oversight.hook", ["after", "during", "before"], "qc_hook")];
const forcing = async () => [
  pick("org_id", "oversight.duty", (await choices()).orgs, undefined, { must: true }),
  field({ name: "reason", key: "oversight.reason", kind: "text", rows: 2, must: true, max: 4000 }),
];

export async function oversightSection(order, done) {
  if (!holds(...READERS)) return null;
  const of = (path) => call("GET", `${path}?order_id=${order.id}&limit=20`).then((page) => page.items);
  const [supervised, blamed, looked, told] = await Promise.all([of("/api/supervisions"), of("/api/violations"), of("/api/quality/tasks"), of("/api/instructions"), loadChecklists()]);
  const open = order.stage !== "closed";
  const begin = doing([
    holds("supervisor", "deputy", "leader", "inspector", "dispatcher", "reviewer") && open && ["oversight.open", () => supervising(order.id), (body) => call("POST", `/api/orders/${order.id}/supervisions`, supervision(body))],
    holds("inspector", "supervisor", "reviewer", "dispatcher", "deputy", "leader", "discipline") && ["oversight.blame", flagging, (body) => call("POST", `/api/orders/${order.id}/flags`, body)],
    holds("inspector") && ["oversight.look", looking, (body) => call("POST", `/api/orders/${order.id}/quality`, body)],
    holds("inspector") && open && ["oversight.force_duty", forcing, (body) => call("POST", `/api/orders/${order.id}/duty-org`, body)],
    holds("supervisor", "deputy", "leader", "inspector") && ["oversight.call_meeting", () => calling({ numbers: [order.number] }), convene],
  ], done);
  const lines = [...supervised.map((row) => supervisions.line(row, done)), ...blamed.map((row) => violations.line(row, done)), ...looked.map((row) => tasks.line(row, done)), ...told.map((row) => instructions.line(row, done))];
  if (!begin && !lines.length) return null;
  return h("section", { class: "section oversight" }, h("h3", {}, t("oversight.title")), lines.length > 0 && h("ul", { class: "lines" }, lines), begin);
}
