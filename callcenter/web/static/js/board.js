// The live board: big numbers for the wall, and the supervisor's hands on calls and seats.

import { call, holds } from "./api.js";
import { agentRows, alarmList, button, queueTags, shares, transferList, waitingRows } from "./board_rows.js";
import { tiles } from "./board_tiles.js";
import { announce, fill, h } from "./dom.js";
import { clock } from "./format.js";
import { named, switchLanguage, t } from "./i18n.js";

const READ_AT_LEAST_EVERY = 10_000;
const MODES = ["listen", "whisper", "barge", "take_over"];
const WHY = ["quality", "coaching", "complaint", "emergency", "order"];

export class Board {
  constructor(live, { redraw, leave }) {
    this.live = live;
    this.now = null;
    this.problem = "";
    this.asked = null;
    this.shown = {};
    this.acts = holds("supervisor") ? this.hands() : null;
    this.link = h("span", { class: "link", role: "status" });
    this.clock = h("span", { class: "clock num" });
    this.why = h("select", { "aria-label": t("board.why") }, WHY.map((code) => h("option", { value: code }, t(`board.why.${code}`))));
    this.parts = Object.fromEntries(["tiles", "own", "queues", "waiting", "agents", "hotlines", "transfers", "alarms"].map((name) => [name, h("div")]));
    this.parts.tiles.className = "tiles";
    this.parts.queues.className = "queues";
    for (const name of ["waiting", "agents"]) this.parts[name].className = "body flush";
    this.wrong = h("div", { class: "banner bad", role: "alert", hidden: true });
    const languageButton = h("button", { class: "btn quiet", type: "button", on: { click: async () => { await switchLanguage(); redraw(); } } }, t("app.other_language"));
    this.el = h("main", { class: "board" },
      h("header", { class: "topbar" },
        h("div", { class: "brand" }, h("img", { src: "icon.svg", alt: "" })), h("h1", {}, t("board.title")),
        h("span", { class: "spring" }), this.clock, this.link,
        this.acts && h("label", { class: "reason" }, t("board.why"), this.why),
        h("a", { class: "btn quiet", href: "#/" }, t("board.back")), languageButton,
        h("button", { class: "btn quiet", type: "button", on: { click: leave } }, t("login.leave"))),
      this.wrong, this.parts.tiles, this.parts.own,
      h("div", { class: "boardgrid" },
        panel("board.waiting", this.parts.queues, this.parts.waiting),
        panel("board.agents", this.parts.agents),
        h("div", { class: "side" }, panel("board.alarms", this.parts.alarms), panel("board.transfers", this.parts.transfers), panel("board.hotlines", this.parts.hotlines))));
    // A row that is rebuilt between press and release would lose the click.
    this.el.addEventListener("pointerdown", () => { this.held = true; });
    this.released = () => { this.held = false; if (this.waits) this.draw(); };
    document.addEventListener("pointerup", this.released);
    document.addEventListener("pointercancel", this.released);
    this.timers = [setInterval(() => this.read(), READ_AT_LEAST_EVERY), setInterval(() => this.draw(), 1000)];
    this.linkCame();
    this.read();
  }

  gone() {
    this.timers.forEach(clearInterval);
    document.removeEventListener("pointerup", this.released);
    document.removeEventListener("pointercancel", this.released);
  }

  // One reading at a time; a hint that comes meanwhile makes one more.
  async read() {
    if (this.reading) { this.again = true; return; }
    this.reading = true;
    try {
      this.now = await call("GET", "/api/board");
      this.skew = Date.parse(this.now.at) - Date.now();
      this.readProblem = "";
    } catch (problem) {
      this.readProblem = problem.message;
    }
    this.reading = false;
    this.draw();
    if (this.again) { this.again = false; this.read(); }
  }

  draw() {
    if (this.held) { this.waits = true; return; }
    this.waits = false;
    const text = this.problem || this.readProblem || "";
    this.wrong.hidden = text === "";
    this.wrong.textContent = text;
    if (!this.now) return;
    const board = this.now;
    const now = Date.now() + this.skew;
    if (this.acts) this.acts.busy = board.own !== null;
    // Colours follow the time that passes: tiles and waiting rows are drawn each time, the others when they differ.
    fill(this.parts.tiles, tiles(board, now));
    fill(this.parts.waiting, waitingRows(board.waiting, now, this.acts));
    this.part("own", [board.own, board.agents.find((one) => one.user_id === board.own?.agent_id)?.name], () => this.ownLine(board));
    this.part("queues", board.queues, () => queueTags(board.queues));
    this.part("agents", [board.agents, this.asked, board.own !== null], () => agentRows(board.agents, this.acts));
    this.part("hotlines", board.hotlines, () => shares(board.hotlines));
    this.part("transfers", board.transfers, () => transferList(board.transfers));
    this.part("alarms", board.alarms, () => alarmList(board.alarms));
    this.tick();
  }

  part(name, state, made) {
    const text = JSON.stringify(state);
    if (this.shown[name] === text) return;
    this.shown[name] = text;
    fill(this.parts[name], made());
  }

  ownLine(board) {
    const { own } = board;
    if (!own) return null;
    const agent = board.agents.find((one) => one.user_id === own.agent_id);
    const mode = (name) => h("button", {
      class: "btn", type: "button", "aria-pressed": String(own.mode === name), data: { focus: `own-${name}` },
      disabled: own.mode === null || own.mode === "take_over",
      on: { click: () => this.tell("POST", `/api/supervision/sessions/${own.id}/mode`, { mode: name }) },
    }, t(`mode.${name}`));
    return h("div", { class: "intrusion", role: "status" },
      h("span", {}, own.mode ? t("board.own", { mode: named("mode", own.mode), agent: agent?.name ?? "" }) : t("board.own_ringing", { mode: named("mode", own.asked) })),
      own.since && h("span", { class: "clock num", data: { since: own.since } }), h("span", { class: "spring" }),
      h("div", { class: "group", role: "group", "aria-label": t("board.why") }, MODES.map(mode)),
      h("button", { class: "btn danger", type: "button", data: { focus: "own-leave" }, on: { click: () => this.tell("DELETE", `/api/supervision/sessions/${own.id}`) } }, t("board.act.leave")));
  }

  hands() {
    return {
      busy: false,
      front: (caller) => this.tell("POST", `/api/supervision/calls/${caller.call_id}/front`, { reason: this.reason() }),
      enter: (agent, mode) => this.enter(agent, mode),
      ask: (agent, what) => { this.asked = { extension: agent.extension, what }; this.draw(); this.el.querySelector("[data-focus=sure]")?.focus(); },
      sure: (agent) => this.asked?.extension === agent.extension && this.sureLine(agent),
      reasonName: (code) => named("reason", code),
    };
  }

  // What cannot be undone asks once more, in its own row.
  sureLine(agent) {
    const { what } = this.asked;
    const done = () => { this.asked = null; this.draw(); };
    const go = () => {
      this.asked = null;
      if (what === "take_over") this.enter(agent, what);
      else this.tell("POST", `/api/seats/${agent.user_id}/presence`, { presence: what, reason: this.reason() });
    };
    return h("span", { class: "sure", role: "group" },
      h("strong", {}, t(`board.sure.${what}`)),
      h("button", { class: "btn danger", type: "button", data: { focus: "sure" }, on: { click: go } }, t("board.act.yes")),
      button("unsure", "form.cancel", done));
  }

  enter(agent, mode) {
    this.tell("POST", "/api/supervision/sessions", { call_id: agent.call_id, mode, reason: this.reason() });
  }

  reason() {
    return t(`board.why.${this.why.value}`);
  }

  async tell(method, path, body) {
    this.problem = "";
    try {
      await call(method, path, body);
    } catch (problem) {
      this.problem = problem.message;
      announce(problem.message);
    }
    await this.read();
  }

  // What was just drawn shows its time at once, not with the page's next tick.
  tick() {
    for (const place of this.el.querySelectorAll("[data-since]")) place.textContent = clock(this.live.now() - Date.parse(place.dataset.since));
    const now = new Date(Date.now() + (this.skew ?? 0));
    this.clock.textContent = new Intl.DateTimeFormat("sv", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(now);
  }

  stateCame() {}

  boardCame() {
    this.read();
  }

  linkCame() {
    this.link.className = this.live.connected ? "link" : "link lost";
    this.link.textContent = this.live.connected ? t("link.up") : t("link.lost");
    if (this.live.connected && this.now) this.read();
  }
}

function panel(key, ...content) {
  return h("section", { class: "panel", "aria-label": t(key) }, h("header", {}, h("h2", {}, t(key))), content);
}
