// What my organisation was asked to help with: for co-handlers, stations and guests, on a telephone, too. No caller.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { complete, field, read } from "./fields.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";
import { Page } from "./page.js";
import { position } from "./position.js";

const READ_EVERY = 30_000;

export class Tasks extends Page {
  constructor(live, hooks) {
    super(live, hooks, "tasks.title", READ_EVERY);
    this.wanted = location.hash.split("/")[2] ?? null;
    this.open = this.wanted === null;
    this.tabs = h("div", { class: "tabs", role: "tablist" });
    this.list = h("div", { class: "body flush list" });
    this.show(h("div", { class: "mailgrid" }, h("section", { class: "panel", "aria-label": t("tasks.title") }, h("header", {}, this.tabs), this.list)));
    this.read();
  }

  // Never under the hands of somebody who is filling in a result.
  async read() {
    if (this.list.querySelector("form.step")) return;
    try {
      this.items = this.claims ? [] : (await call("GET", `/api/tasks?limit=100&only_open=${this.open}`)).items;
      if (this.wanted && !this.claims && !this.items.some((one) => one.task.id === this.wanted)) this.items = [await call("GET", `/api/tasks/${this.wanted}`), ...this.items];
      this.offers = this.claims ? (await call("GET", "/api/claimable?limit=100")).items : [];
      this.tell("");
      this.draw();
      this.point();
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  // The task that the address names, once.
  point() {
    if (!this.wanted) return;
    this.list.querySelector(`[data-task="${CSS.escape(this.wanted)}"]`)?.scrollIntoView({ block: "center" });
    this.wanted = null;
  }

  async act(work) {
    try {
      await work();
      fill(this.list);
      await this.read();
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  draw() {
    const tab = (name, open, claims) => h("button", {
      type: "button", role: "tab", "aria-selected": String(Boolean(this.claims) === claims && (claims || this.open === open)), data: { focus: `tasks-${name}` },
      on: { click: () => { this.open = open; this.claims = claims; fill(this.list); this.read(); } } }, t(`tasks.${name}`));
    fill(this.tabs, tab("open", true, false), tab("all", false, false), holds("unit_operator", "unit_head") && tab("claimable", true, true));
    const rows = this.claims ? this.offers.map((one) => this.offer(one)) : this.items.map((one) => this.line(one));
    fill(this.list, rows.length === 0 ? h("p", { class: "empty" }, t(this.claims ? "tasks.none_claimable" : "tasks.none")) : rows);
  }

  line(one) {
    const { task } = one;
    const late = task.late_at || (!task.done_at && Date.parse(task.due_at) < this.live.now());
    const row = h("div", { class: "line", "aria-current": String(task.id === this.wanted), data: { task: task.id } },
      h("span", { class: "top" }, h("span", { class: "title" }, task.task), h("span", { class: "tag" }, named("task_kind", task.kind)), h("span", { class: `tag ${task.done_at ? "ok" : late ? "bad" : ""}` }, task.done_at ? named("task_state", "done") : t("dispatch.task_due", { at: moment(task.due_at) }))),
      h("span", { class: "sub" }, h("span", { class: "num" }, one.number), ` ${one.category} · ${t("tasks.asked_by", { org: task.asked_org, at: moment(task.asked_at) })}`),
      one.title && h("strong", {}, one.title), one.demand && h("div", { class: "content" }, one.demand),
      one.address && h("span", { class: "sub" }, `${one.address} `, one.latitude && h("a", { href: `geo:${one.latitude},${one.longitude}` }, t("tasks.navigate"))),
      task.result && h("span", { class: "sub" }, [task.opinion, task.result].filter(Boolean).join("；")));
    const step = (name, work, kind = "") => one.actions.includes(name) && h("button", { class: `btn ${kind}`, type: "button", on: { click: work } }, t(`tasks.${name}`));
    const path = `/api/tasks/${task.id}`;
    row.append(h("span", { class: "actions" },
      step("accept", () => this.act(() => call("POST", `${path}/accept`))) || "",
      step("attend", () => this.act(async () => call("POST", `${path}/attend`, await position()))) || "",
      step("finish", () => this.write(row, [{ name: "opinion", key: "tasks.opinion", kind: "text", rows: 2, max: 4000 }, { name: "result", key: "tasks.result", kind: "text", rows: 3, must: true, max: 4000 }], (values) => call("POST", `${path}/finish`, values)), "primary") || ""));
    return row;
  }

  offer(one) {
    const row = h("div", { class: "line" },
      h("span", { class: "top" }, h("span", { class: "title" }, one.title), h("span", { class: "tag" }, named("stage", one.stage))),
      h("span", { class: "sub" }, h("span", { class: "num" }, one.number), ` ${one.category} ${one.place}`));
    row.append(h("span", { class: "actions" }, h("button", { class: "btn primary", type: "button", on: { click: () => this.write(row, [{ name: "reason", key: "tasks.claim_reason", kind: "text", rows: 2, must: true, max: 4000 }], (values) => call("POST", `/api/orders/${one.id}/claims`, values)) } }, t("tasks.claim"))));
    return row;
  }

  write(row, specs, send) {
    const fields = specs.map((spec) => field(spec));
    const submit = (event) => {
      event.preventDefault();
      if (complete(fields)) this.act(() => send(read(fields)));
    };
    row.querySelector("form")?.remove();
    row.append(h("form", { class: "step", novalidate: true, on: { submit } }, fields.map((one) => one.el), h("div", { class: "actions" }, h("button", { class: "btn primary", type: "submit" }, t("tasks.send")))));
    fields[0].control.focus();
  }
}
