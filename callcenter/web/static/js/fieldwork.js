// Field work, on a telephone, too: patrols with check-ins and findings (SG-21), activities and their topics (SG-41).

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { activityForm, drawActivity } from "./fieldwork_activities.js";
import { field } from "./fields.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";
import { newKey } from "./order_form.js";
import { Page } from "./page.js";
import { position } from "./position.js";
import { instant, several, stepBar } from "./step_forms.js";
import { upload } from "./upload.js";

const READ_EVERY = 30_000;
const PLANNERS = ["dispatcher", "supervisor"];
const WALKERS = ["field", "unit_operator", "unit_head"];
const COUNTERS = [...PLANNERS, "deputy", "leader", "reviewer", "inspector"];
const NOTERS = [...PLANNERS, ...WALKERS, "deputy", "leader"];
const STATE = { planned: "", running: "accent", done: "ok", unreported: "warn", missed: "bad", cancelled: "" };
export const RESULTS = ["none", "persuaded", "corrected", "ordered", "fined", "referred"];
const KINDS = ["forum", "negotiation", "welfare"];

export class Fieldwork extends Page {
  constructor(live, hooks) {
    super(live, hooks, "fieldwork.title", READ_EVERY);
    this.tab = holds(...PLANNERS) || !holds(...WALKERS) ? "patrols" : "mine";
    this.one = null;
    this.asked = 0;
    this.tabs = h("div", { class: "tabs", role: "tablist" });
    this.head = h("div", { class: "dutyhead" });
    this.list = h("div", { class: "body flush list" });
    this.detail = h("div", { class: "body" }, h("p", { class: "empty" }, t("fieldwork.choose")));
    this.figures = h("div", { class: "matter-figures" });
    this.show(this.figures, h("div", { class: "dutygrid fieldwork" },
      h("section", { class: "panel", "aria-label": t("fieldwork.title") }, h("header", {}, this.tabs), this.head, this.list),
      h("section", { class: "panel", "aria-label": t("fieldwork.detail") }, this.detail)));
    this.read();
  }

  choose(tab) {
    this.tab = tab;
    this.one = null;
    fill(this.detail, h("p", { class: "empty" }, t("fieldwork.choose")));
    this.read();
  }

  // Never under the hands of somebody who fills in a form, and never what was asked before the reader went on.
  async read() {
    const asked = (this.asked += 1);
    const tabs = [holds(...WALKERS) && "mine", "patrols", "activities"].filter(Boolean);
    fill(this.tabs, tabs.map((tab) => h("button", { type: "button", role: "tab", "aria-selected": String(tab === this.tab), data: { focus: `fieldwork-${tab}` }, on: { click: () => this.choose(tab) } }, t(`fieldwork.tab.${tab}`))));
    try {
      const page = await call("GET", this.tab === "activities" ? "/api/activities?limit=50" : `/api/patrols?limit=50&mine=${this.tab === "mine"}`);
      if (asked !== this.asked) return;
      if (this.tab === "activities") this.activities(page);
      else this.patrols(page);
      this.figures.hidden = this.tab !== "patrols" || !holds(...COUNTERS);
      if (!this.figures.hidden) await this.count();
      if (asked !== this.asked) return;
      if (this.one && !this.detail.querySelector("form.step")) await this.open(this.one);
      this.tell("");
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  patrols(page) {
    fill(this.head, holds(...PLANNERS) && h("button", { class: "btn primary", type: "button", on: { click: () => this.plan() } }, t("fieldwork.plan")));
    this.head.hidden = !holds(...PLANNERS);
    fill(this.list, page.items.length === 0 ? h("p", { class: "empty" }, t("fieldwork.no_patrols")) : page.items.map((one) => h("button", { class: "line", type: "button", "aria-current": String(one.id === this.one), data: { focus: one.id, patrol: one.id }, on: { click: () => this.look(one.id) } },
      h("span", { class: "top" }, h("span", { class: "title" }, one.area), h("span", { class: `tag ${STATE[one.state]}` }, named("patrol_state", one.state))),
      h("span", { class: "sub" }, h("span", { class: "num" }, `${moment(one.begins_at)} – ${moment(one.ends_at)}`), ` ${one.patrollers.join("、")}`),
      h("span", { class: "sub" }, t("fieldwork.counts", { check_ins: one.check_ins, findings: one.findings })))));
  }

  // The last thirty days of the reader's subtree: whether patrols are walked, and what comes of what they find.
  async count() {
    const until = new Date(this.live.now() + 86_400_000);
    const between = `since=${day(new Date(until - 30 * 86_400_000))}&until=${day(until)}`;
    const seen = await call("GET", `/api/patrol-figures?${between}`);
    const tile = (key, value) => h("div", { class: "figure" }, h("strong", { class: "num" }, value), h("span", {}, t(key)));
    fill(this.figures, tile("fieldwork.figure_walked", `${seen.walked} / ${seen.patrols}`), tile("fieldwork.figure_findings", seen.findings), tile("fieldwork.figure_closed", `${seen.closed} / ${seen.orders}`),
      RESULTS.filter((code) => seen.enforcement[code]).map((code) => h("div", { class: "figure" }, h("strong", { class: "num" }, seen.enforcement[code]), h("span", {}, named("enforcement", code)))));
  }

  activities(page) {
    fill(this.head, holds(...NOTERS) && h("button", { class: "btn primary", type: "button", on: { click: () => this.note() } }, t("fieldwork.note")));
    this.head.hidden = !holds(...NOTERS);
    fill(this.list, page.items.length === 0 ? h("p", { class: "empty" }, t("fieldwork.no_activities")) : page.items.map((one) => h("button", { class: "line", type: "button", "aria-current": String(one.id === this.one), data: { focus: one.id, activity: one.id }, on: { click: () => this.look(one.id) } },
      h("span", { class: "top" }, h("span", { class: "title" }, one.title), h("span", { class: "tag" }, named("activity", one.kind))),
      h("span", { class: "sub" }, h("span", { class: "num" }, one.held_on), ` ${one.place} · ${t("fieldwork.took_part", { n: one.participants })}`))));
  }

  async look(id) {
    this.one = id;
    try {
      await this.open(id);
      for (const line of this.list.querySelectorAll(".line")) line.setAttribute("aria-current", String(line.dataset.focus === id));
      if (innerWidth <= 760) this.detail.scrollIntoView({ block: "start" });
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  async open(id) {
    if (this.tab === "activities") fill(this.detail, drawActivity(await call("GET", `/api/activities/${id}`), () => this.done()));
    else this.draw(await call("GET", `/api/patrols/${id}`));
  }

  async done() {
    fill(this.detail);
    await this.read();
  }

  // A form of its own, opened at once; what was made is looked at.
  begin(step) {
    const bar = stepBar([{ ...step, send: async (values) => { this.one = (await step.send(values)).id; } }], () => this.done());
    bar.el.querySelector(".steps").hidden = true;
    fill(this.detail, bar.el);
    bar.open(step.name);
    if (innerWidth <= 760) this.detail.scrollIntoView({ block: "start" });
  }

  plan() {
    const id = newKey();
    this.begin({
      name: "plan", key: "fieldwork.plan",
      fields: async () => [
        { name: "area", key: "fieldwork.area", must: true, max: 200 },
        { name: "task", key: "fieldwork.task", kind: "text", rows: 2, must: true, max: 2000 },
        { name: "category", key: "fieldwork.category", max: 120, width: "w3" },
        { name: "begins_at", key: "fieldwork.begins", type: "datetime-local", must: true, width: "w3" },
        { name: "ends_at", key: "fieldwork.ends", type: "datetime-local", must: true, width: "w3" },
        several("people", "fieldwork.people", (await call("GET", "/api/patrol-people")).items.map((one) => ({ id: one.id, name: `${one.name}（${one.org}）` }))),
      ],
      send: (values) => call("POST", "/api/patrols", { ...values, id, begins_at: instant(values.begins_at), ends_at: instant(values.ends_at), people: values.people.split(",").filter(Boolean) }),
    });
  }

  note() {
    this.begin(activityForm(KINDS));
  }

  draw(one) {
    const path = `/api/patrols/${one.id}`;
    const place = { name: "place", key: "fieldwork.place", max: 300 };
    const results = [["", t("fieldwork.no_result")], ...RESULTS.map((code) => [code, named("enforcement", code)])];
    const photo = () => field({ name: "photo", key: "fieldwork.photo", type: "file" });
    const steps = {
      check_in: { key: "fieldwork.check_in", fields: () => [place, { name: "note", key: "fieldwork.situation", kind: "text", rows: 2, max: 1000 }], send: once(async (id, values) => call("POST", `${path}/check-ins`, { id, ...values, ...(await position()) })) },
      find: { key: "fieldwork.find", fields: () => [{ ...place, must: true }, { name: "content", key: "fieldwork.content", kind: "text", rows: 3, must: true, max: 4000 }, { name: "category", key: "fieldwork.category", max: 120, width: "w3" }, { name: "result", key: "fieldwork.result", kind: "choice", options: results, width: "w3" }, { name: "note", key: "fieldwork.result_note", max: 2000 }, pictured(photo())], send: once((id, values) => found(path, id, values, this.detail)) },
      end: { key: "fieldwork.end", fields: () => [{ name: "summary", key: "fieldwork.summary", kind: "text", rows: 3, must: true, max: 4000 }], send: (values) => call("POST", `${path}/end`, values) },
      cancel: { key: "fieldwork.cancel", fields: () => [{ name: "reason", key: "fieldwork.reason", kind: "text", rows: 2, must: true, max: 500 }], send: (values) => call("POST", `${path}/cancel`, values) },
    };
    const offered = Object.entries(steps).filter(([name]) => one.may.includes(name)).map(([name, step]) => ({ name, ...step }));
    fill(this.detail,
      h("div", { class: "order-head" }, h("h2", {}, one.area), h("span", { class: `tag ${STATE[one.state]}` }, named("patrol_state", one.state))),
      h("p", { class: "said" }, h("span", { class: "num" }, `${moment(one.begins_at)} – ${moment(one.ends_at)}`), ` · ${one.patrollers.join("、")} · ${t("fieldwork.planned_by", { name: one.planner })}`),
      h("p", { class: "said" }, one.task, one.category && h("span", { class: "tag" }, one.category)),
      (one.summary || one.cancel_reason) && h("p", { class: "content" }, one.summary || one.cancel_reason),
      offered.length > 0 && stepBar(offered, () => this.done()).el,
      h("h3", {}, t("fieldwork.found"), " ", h("span", { class: "num" }, one.found.length)),
      one.found.length === 0 ? h("p", { class: "empty" }, t("fieldwork.nothing_found")) : h("ul", { class: "lines" }, one.found.map((finding) => this.finding(finding, one.may, results.slice(1)))),
      h("h3", {}, t("fieldwork.checked"), " ", h("span", { class: "num" }, one.checked.length)),
      one.checked.length === 0 ? h("p", { class: "empty" }, t("fieldwork.nobody_yet")) : h("ul", { class: "lines" }, one.checked.map((here) => h("li", { class: "line" },
        h("span", { class: "top" }, h("span", { class: "title" }, here.place || t("fieldwork.located")), h("span", { class: "num" }, moment(here.at))),
        h("span", { class: "sub" }, here.by_name, " ", spot(here), here.note && ` · ${here.note}`)))));
  }

  finding(one, may, results) {
    return h("li", { class: "line", data: { finding: one.id } },
      h("span", { class: "top" }, h("span", { class: "title" }, one.content), one.stage && h("span", { class: "tag" }, named("stage", one.stage))),
      h("span", { class: "sub" }, one.number && h("a", { class: "num", href: `#/order/${one.order_id}` }, one.number), ` ${one.place} · ${one.by_name} `, h("span", { class: "num" }, moment(one.at)), " ", spot(one)),
      h("span", { class: "sub" }, h("span", { class: `tag ${one.result ? "ok" : "warn"}` }, one.result ? named("enforcement", one.result) : t("fieldwork.no_result")), one.note && ` ${one.note}`),
      may.includes("enforce") && stepBar([{
        name: "enforce", key: "fieldwork.enforce", fields: () => [{ name: "result", key: "fieldwork.result", kind: "choice", options: results, width: "w3" }, { name: "note", key: "fieldwork.result_note", max: 2000 }],
        send: (values) => call("POST", `/api/patrol-findings/${one.id}/enforcement`, values),
      }], () => this.done()).el);
  }
}

const day = (at) => at.toISOString().slice(0, 10);
const spot = (where) => where.latitude !== null && h("a", { class: "num", href: `geo:${where.latitude},${where.longitude}` }, `${where.latitude.toFixed(4)}, ${where.longitude.toFixed(4)}`);

// What is sent again after a lost answer carries the same id.
function once(send) {
  const id = newKey();
  return (values) => send(id, values);
}

// A telephone takes the picture at once.
function pictured(one) {
  one.control.setAttribute("accept", "image/*");
  one.control.setAttribute("capture", "environment");
  return { made: true, ...one };
}

async function found(path, id, values, form) {
  const [picture] = form.querySelector("[name=photo]").files;
  const { photo, ...told } = values;
  const seen = await call("POST", `${path}/findings`, { id, ...told, result: told.result || null, ...(await position()) });
  const made = seen.found.find((one) => one.id === id);
  if (picture && made) await upload(`/api/orders/${made.order_id}/files`, picture, { kind: "evidence" });
}
