// The big numbers of the board. Each says by colour and by words whether it is as it should be.

import { h } from "./dom.js";
import { t } from "./i18n.js";

const PROMPT = 15_000;
export const VERY_LATE = 60_000;

// How late a caller is who waits since then: "", "late" (over 15 s, GB/T 33358) or "verylate" (over a minute).
export function lateness(since, now) {
  const waits = now - Date.parse(since);
  return waits > VERY_LATE ? "verylate" : waits > PROMPT ? "late" : "";
}

export const percent = (share) => (share === null ? "—" : `${(Math.floor(share * 1000) / 10).toFixed(1)}%`);

export function tiles(board, now) {
  const { rates, agents } = board;
  const count = (...presences) => agents.filter((agent) => presences.includes(agent.presence)).length;
  const longest = board.waiting[0]?.since ?? null;
  const late = longest ? lateness(longest, now) : "";
  const ready = count("ready");
  const starved = board.waiting.length > 0 && ready === 0;
  return [
    tile("waiting", String(board.waiting.length), starved ? "bad" : "", starved ? t("board.nobody_ready") : "", t("board.queues", { n: board.queues.filter((one) => one.waiting).length })),
    tile("longest", longest ? h("span", { data: { since: longest } }) : "00:00", { late: "warn", verylate: "bad" }[late] ?? "ok", t(`board.wait.${late || "fine"}`), ""),
    tile("agents", `${ready} / ${count("ringing", "talking")}`, "", "", t("board.agents_note", { paused: count("paused", "after_call"), off: count("offline") })),
    rate("connect", rates.connect, rates.connect_line, t("board.of", { n: rates.answered, all: rates.requested })),
    rate("prompt", rates.prompt, rates.prompt_line, t("board.of", { n: rates.prompt_calls, all: rates.answered })),
    tile("abandon", percent(rates.abandon), "", "", t("board.of", { n: rates.abandoned, all: rates.requested })),
    tile("missed", String(board.missed_open), board.missed_open ? "warn" : "ok", t(board.missed_open ? "board.missed.open" : "board.missed.none"), ""),
  ];
}

function rate(name, share, line, note) {
  const below = share !== null && share < line;
  const verdict = share === null ? "" : t(below ? "board.below" : "board.reached", { line: percent(line) });
  return tile(name, percent(share), share === null ? "" : below ? "bad" : "ok", verdict, note);
}

function tile(name, value, state, verdict, note) {
  return h("div", { class: `tile ${state}`, data: { tile: name } },
    h("div", { class: "name" }, t(`board.tile.${name}`)),
    h("div", { class: "value" }, value),
    verdict && h("div", { class: "note verdict" }, verdict),
    note && h("div", { class: "note" }, note),
  );
}
