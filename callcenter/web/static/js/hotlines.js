// Hotline numbers: how each stands to 12345, its tests, its calls, and a merged number's way to its end.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { moment } from "./format.js";
import { HotlineDetail } from "./hotline_detail.js";
import { language, named, t } from "./i18n.js";
import { Page } from "./page.js";

const READ_EVERY = 15_000;
const TEST_SOON = 1_500;
const STANDING = { notice: "warn", closable: "bad", closed: "", cancelled: "", planned: "accent", active: "ok" };
const TESTED = { ok: "ok", failed: "bad", unknown: "warn", waiting: "accent", running: "accent" };

export class Hotlines extends Page {
  constructor(live, hooks) {
    const plan = h("span", { class: "muted num" });
    const reload = holds("admin") && h("button", { class: "btn", type: "button", on: { click: () => this.reload() } }, t("hotlines.reload"));
    super(live, hooks, "hotlines.title", READ_EVERY, [plan, reload]);
    this.plan = plan;
    this.board = null;
    this.problem = "";
    this.chosen = null;
    this.rows = h("div", { class: "body flush" });
    this.detail = new HotlineDetail((work) => this.act(work));
    this.show(
      h("div", { class: "hotgrid" },
        h("section", { class: "panel", "aria-label": t("hotlines.title") }, this.rows),
        this.detail.el));
    this.read();
  }

  gone() {
    super.gone();
    clearTimeout(this.soon);
  }

  async read() {
    try {
      this.take(await call("GET", "/api/hotlines/board"));
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  take(board) {
    this.board = board;
    this.chosen = this.chosen ?? board.alarms[0] ?? board.items[0]?.line.number;
    this.tell("");
    this.draw();
  }

  // What a button asks for: its refusal is shown, and the page reads again.
  async act(work) {
    try {
      const answer = await work();
      if (answer?.items) this.take(answer); else await this.read();
      this.watchTests();
      return true;
    } catch (problem) {
      this.tell(problem.message);
      return false;
    }
  }

  watchTests() {
    clearTimeout(this.soon);
    const waits = this.board?.items.some((item) => [item.test, item.drill].some((one) => one && ["waiting", "running"].includes(one.status)));
    if (waits) this.soon = setTimeout(async () => { await this.read(); this.watchTests(); }, TEST_SOON);
  }

  async reload() {
    await this.act(async () => {
      const taken = await call("POST", "/api/hotlines/reload");
      this.told = taken.numbers.length === 0 ? t("hotlines.reloaded_same")
        : t(taken.needs_switch ? "hotlines.reloaded_switch" : "hotlines.reloaded", { n: taken.numbers.length });
    });
    this.draw();
  }

  tell(text) {
    this.problem = text;
    const alarms = this.board?.alarms ?? [];
    const said = text || (alarms.length ? t("hotlines.alarm", { numbers: alarms.join(t("hotlines.comma")) }) : "");
    this.wrong.hidden = said === "";
    this.wrong.textContent = said;
  }

  draw() {
    if (!this.board) return;
    this.plan.textContent = this.told || t("hotlines.plan", { version: this.board.version, sha: this.board.sha256.slice(0, 8) });
    const heads = ["number", "mode", "status", "calls", "test"].map((name) => h("th", { scope: "col" }, t(`hotlines.col.${name}`)));
    fill(this.rows, h("table", { class: "rows" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, this.board.items.map((item) => this.row(item)))));
    const item = this.board.items.find((one) => one.line.number === this.chosen);
    if (item) this.detail.show(item);
  }

  row(item) {
    const { line } = item;
    const choose = () => { this.chosen = line.number; this.draw(); };
    const last = item.test ?? item.drill;
    return h("tr", { class: item.alarm ? "verylate" : "", data: { number: line.number }, "aria-current": this.chosen === line.number ? "true" : null },
      h("td", {}, h("button", { class: "pick", type: "button", data: { focus: `pick-${line.number}` }, on: { click: choose } },
        h("span", { class: "big num" }, line.number), h("span", { class: "sub" }, line.title[language]))),
      h("td", {}, named("mode_of_number", line.mode)),
      h("td", {}, h("span", { class: `tag ${STANDING[item.status]}` }, named("number_status", item.status)),
        item.status === "notice" && h("div", { class: "sub" }, t("hotlines.days_left", { n: item.days_left }))),
      h("td", { class: "num" }, line.mode === "emergency" ? "–" : h("span", { class: "big" }, item.today.calls), line.mode !== "emergency" && h("div", { class: "sub" }, t("hotlines.yesterday", { n: item.yesterday.calls }))),
      h("td", {}, last ? [h("span", { class: `tag ${TESTED[last.status]}` }, named("probe_status", last.status)), h("div", { class: "sub" }, moment(last.ended_at ?? last.asked_at))] : h("span", { class: "muted" }, "–")),
    );
  }
}
