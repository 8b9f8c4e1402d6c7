// Rows of the board: callers who wait, agents, and what stands beside them. `acts` is null for those who only look.

import { lateness, percent } from "./board_tiles.js";
import { h } from "./dom.js";
import { named, t } from "./i18n.js";

const clockOf = (since) => h("span", { class: "big num", data: { since } });

export function queueTags(queues) {
  return queues.filter((one) => one.queue).map((one) => h("span", { class: `tag ${one.waiting && !one.ready ? "bad" : one.waiting ? "warn" : ""}` },
    t("board.queue", { queue: named("queue", one.queue), waiting: one.waiting, ready: one.ready, busy: one.in_call })));
}

export function waitingRows(waiting, now, acts) {
  if (!waiting.length) return h("p", { class: "empty" }, t("board.none_waiting"));
  const row = (caller) => h("tr", { class: lateness(caller.since, now), data: { call: caller.call_id } },
    h("td", {}, clockOf(caller.since)),
    h("td", {}, h("div", { class: "num" }, caller.number || t("caller.withheld")), h("div", { class: "sub" }, caller.region)),
    h("td", {}, h("div", {}, caller.hotline), h("div", { class: "sub" }, [caller.queue && named("queue", caller.queue), caller.ringing && t("board.rings")].filter(Boolean).join(" · "))),
    acts && h("td", { class: "act" }, button(`front-${caller.call_id}`, "board.act.front", () => acts.front(caller))),
  );
  return table(["board.col.wait", "board.col.caller", "board.col.hotline", acts && "board.col.act"], waiting.map(row));
}

export function agentRows(agents, acts) {
  if (!agents.length) return h("p", { class: "empty" }, t("board.no_agents"));
  const row = (agent) => h("tr", { class: agent.presence === "offline" ? "away" : "", data: { agent: agent.extension } },
    h("td", {}, h("div", { class: "name" }, agent.name), h("div", { class: "sub num" }, agent.extension, !agent.reachable && agent.presence !== "offline" && ` · ${t("board.phone_away")}`)),
    h("td", {}, h("span", { class: `dot ${agent.presence}` }, named("presence", agent.presence)), agent.reason && h("div", { class: "sub" }, acts?.reasonName(agent.reason) ?? named("reason", agent.reason))),
    h("td", {}, clockOf(agent.since)),
    h("td", {}, agent.call_id && h("div", { class: "num" }, agent.number || t("caller.withheld")), h("div", { class: "sub" }, agent.hotline), agent.intrusions.map(intrusion)),
    acts && h("td", { class: "act" }, acts.sure(agent) || agentButtons(agent, acts)),
  );
  return table(["board.col.agent", "board.col.state", "board.col.since", "board.col.call", acts && "board.col.act"], agents.map(row));
}

const intrusion = (one) => h("span", { class: "tag accent" }, `${one.supervisor} ${named("mode", one.mode)}`);

function agentButtons(agent, acts) {
  const into = (mode) => button(`${mode}-${agent.extension}`, `mode.${mode}`, () => acts.enter(agent, mode), acts.busy);
  if (agent.presence === "talking" && agent.call_id) {
    return h("div", { class: "group" }, into("listen"), into("whisper"), into("barge"), button(`take_over-${agent.extension}`, "mode.take_over", () => acts.ask(agent, "take_over"), acts.busy));
  }
  if (agent.presence === "offline") return null;
  return h("div", { class: "group" },
    agent.presence !== "paused" && button(`pause-${agent.extension}`, "board.act.pause", () => acts.ask(agent, "paused")),
    button(`logout-${agent.extension}`, "board.act.log_out", () => acts.ask(agent, "offline")));
}

export function button(focus, key, click, disabled = false) {
  return h("button", { class: "btn", type: "button", disabled, data: { focus }, on: { click } }, t(key));
}

export function shares(hotlines) {
  if (!hotlines.length) return h("p", { class: "empty" }, t("board.no_calls"));
  const most = Math.max(...hotlines.map((line) => line.calls), 1);
  return h("ul", { class: "shares" }, hotlines.map((line) => h("li", {},
    h("div", { class: "top" }, h("span", { class: "title", title: line.hotline }, line.hotline), h("span", { class: "num" }, String(line.calls)), h("span", { class: "muted num" }, percent(line.calls ? line.answered / line.calls : null))),
    h("progress", { max: most, value: line.calls, "aria-label": line.hotline }))));
}

export function transferList(transfers) {
  if (!transfers.length) return h("p", { class: "empty" }, t("none"));
  return h("ul", { class: "shares" }, transfers.map((one) => h("li", {},
    h("div", { class: "top" }, h("span", { class: "title" }, one.target), h("span", { class: "tag" }, named("reach", one.status)), clockOf(one.since)),
    h("div", { class: "muted" }, named("transfer_mode", one.mode)))));
}

export function alarmList(alarms) {
  if (!alarms.length) return h("p", { class: "empty" }, t("board.no_alarms"));
  return h("ul", { class: "shares" }, alarms.map((one) => h("li", {},
    h("div", { class: "top" }, h("span", { class: "title alarm" }, named("alarm", one.kind)), one.count > 1 && h("span", { class: "num" }, `×${one.count}`)),
    h("div", { class: "muted" }, one.subject, " ", h("span", { class: "num", data: { since: one.since } })))));
}

function table(keys, rows) {
  return h("table", { class: "rows" }, h("thead", {}, h("tr", {}, keys.filter(Boolean).map((key) => h("th", { scope: "col" }, t(key))))), h("tbody", {}, rows));
}
