// Callers in special care, harassing callers under a restraint by two persons, and what the gate did not let be dialled.

import { call, holds, session } from "./api.js";
import { CATEGORIES } from "./caller_lists.js";
import { fill, h } from "./dom.js";
import { complete, field, read, refuse } from "./fields.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";
import { Page } from "./page.js";

const READ_EVERY = 20_000;
const LISTS = { care: "/api/care", harassment: "/api/harassment", refusals: "/api/dial-refusals" };

export class Numbers extends Page {
  constructor(live, hooks) {
    super(live, hooks, "numbers.title", READ_EVERY);
    this.lists = {};
    this.asked = null;
    this.parts = Object.fromEntries(Object.keys(LISTS).map((name) => [name, h("div", { class: "body flush" })]));
    this.adding = h("div");
    this.show(
      h("div", { class: "numbergrid" },
        h("section", { class: "panel", "aria-label": t("numbers.harassment") }, h("header", {}, h("h2", {}, t("numbers.harassment")), h("span", { class: "sub" }, t("numbers.two_persons"))), this.parts.harassment),
        h("section", { class: "panel", "aria-label": t("numbers.care") }, h("header", {}, h("h2", {}, t("numbers.care"))), this.adding, this.parts.care),
        h("section", { class: "panel", "aria-label": t("numbers.refusals") }, h("header", {}, h("h2", {}, t("numbers.refusals"))), this.parts.refusals)));
    this.drawAdding();
    this.read();
  }

  async read() {
    try {
      const pages = await Promise.all(Object.values(LISTS).map((path) => call("GET", `${path}?limit=50`)));
      Object.keys(LISTS).forEach((name, at) => { this.lists[name] = pages[at].items; });
      this.tell("");
    } catch (problem) {
      this.tell(problem.message);
    }
    this.draw();
  }

  async act(work) {
    try {
      await work();
      this.asked = null;
      await this.read();
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  draw() {
    if (!this.lists.care || this.el.querySelector("form.decide:focus-within")) return;
    fill(this.parts.harassment, this.lines("harassment", (entry) => this.harasser(entry)));
    fill(this.parts.care, this.lines("care", (entry) => this.cared(entry)));
    fill(this.parts.refusals, this.refused());
  }

  lines(name, line) {
    const found = this.lists[name];
    return found.length === 0 ? h("p", { class: "empty" }, t(`numbers.no_${name}`)) : h("ul", { class: "lines" }, found.map(line));
  }

  who(entry) {
    return [h("span", { class: "title num" }, entry.number), entry.region && h("span", { class: "sub" }, entry.region)];
  }

  cared(entry) {
    return h("li", { class: "line" },
      h("span", { class: "top" }, this.who(entry), h("span", { class: "tag accent" }, named("care", entry.category)),
        !entry.standing && h("span", { class: "tag" }, t("numbers.over"))),
      entry.note && h("span", {}, entry.note),
      h("span", { class: "sub" }, t("numbers.set_by", { by: entry.set_by, at: moment(entry.set_at) }), h("span", { class: "spring" }), t("numbers.until", { at: moment(entry.expires_at) }),
        entry.standing && holds("supervisor") && h("button", { class: "btn quiet", type: "button", data: { focus: `end-${entry.id}` }, on: { click: () => this.act(() => call("DELETE", `/api/care/${entry.id}`)) } }, t("numbers.end_care"))));
  }

  harasser(entry) {
    const state = entry.due_for_review ? ["bad", t("numbers.due_for_review")] : entry.state === "proposed" ? ["warn", named("entry", "proposed")]
      : entry.standing ? ["ok", t("numbers.standing")] : ["", entry.reviewed_at ? t("numbers.reviewed") : entry.state === "approved" ? t("numbers.over") : named("entry", entry.state)];
    return h("li", { class: "line", data: { entry: entry.id } },
      h("span", { class: "top" }, this.who(entry), h("span", { class: "tag" }, named("policy", entry.policy)), h("span", { class: `tag ${state[0]}` }, state[1])),
      h("span", {}, entry.reason),
      h("span", { class: "sub" }, t("numbers.proposed_by", { by: entry.proposed_by, at: moment(entry.proposed_at), n: entry.evidence.length, days: entry.days })),
      entry.decided_by && h("span", { class: "sub" }, t("numbers.decided_by", { by: entry.decided_by, at: moment(entry.decided_at), said: entry.opinion })),
      entry.expires_at && h("span", { class: "sub" }, t("numbers.until", { at: moment(entry.expires_at) })),
      entry.finding && h("span", { class: "sub" }, t("numbers.finding", { said: entry.finding })),
      holds("supervisor") && this.choices(entry));
  }

  // What may be done with an entry now; every step asks for its words first.
  choices(entry) {
    const own = entry.proposed_by_id === session.me.id;
    const can = [
      entry.state === "proposed" && !own && "approve", entry.state === "proposed" && !own && "reject",
      (entry.state === "proposed" || entry.standing) && "lift", entry.due_for_review && "review",
    ].filter(Boolean);
    if (this.asked?.id === entry.id) return this.words(entry, this.asked.what);
    return h("span", { class: "actions" },
      entry.state === "proposed" && own && h("span", { class: "sub" }, t("numbers.not_own")),
      can.map((what) => h("button", { class: `btn ${what === "approve" ? "danger" : ""}`, type: "button", data: { focus: `${what}-${entry.id}` }, on: { click: () => { this.asked = { id: entry.id, what }; this.draw(); this.el.querySelector("form.decide input")?.focus(); } } }, t(`numbers.act.${what}`))));
  }

  words(entry, what) {
    const decides = what === "approve" || what === "reject";
    const said = field({ name: decides ? "opinion" : "finding", key: decides ? "numbers.opinion" : "numbers.words", must: true, max: 500 });
    const submit = (event) => {
      event.preventDefault();
      if (!complete([said])) return;
      const path = `/api/harassment/${entry.id}/${decides ? "decision" : what === "lift" ? "end" : "review"}`;
      document.activeElement?.blur();
      this.act(() => call("POST", path, decides ? { approved: what === "approve", ...read([said]) } : read([said])));
    };
    return h("form", { class: "decide", novalidate: true, on: { submit } }, said.el,
      h("span", { class: "actions" }, h("button", { class: "btn primary", type: "submit" }, t(`numbers.act.${what}`)),
        h("button", { class: "btn", type: "button", on: { click: () => { document.activeElement?.blur(); this.asked = null; this.draw(); } } }, t("form.cancel"))));
  }

  refused() {
    if (this.lists.refusals.length === 0) return h("p", { class: "empty" }, t("numbers.no_refusals"));
    const heads = ["at", "source", "reason", "number", "who"].map((name) => h("th", { scope: "col" }, t(`numbers.col.${name}`)));
    const row = (one) => h("tr", {},
      h("td", { class: "num" }, moment(one.at)),
      h("td", {}, h("span", { class: `tag ${one.source === "gate" ? "" : "bad"}` }, named("refusal_source", one.source))),
      h("td", {}, named("dial_reason", one.reason), one.purpose && h("div", { class: "sub" }, named("dial_purpose", one.purpose))),
      h("td", { class: "num" }, one.number || "–"),
      h("td", {}, one.actor ?? (one.place || t("order.machine"))));
    return h("table", { class: "rows" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, this.lists.refusals.map(row)));
  }

  // A number that a citizen or a family gave; callers on the line are set from the call's card.
  drawAdding() {
    if (!holds("supervisor")) return;
    const fields = [
      field({ name: "number", key: "numbers.number", must: true, max: 30, width: "w2", inputmode: "tel" }),
      field({ name: "category", key: "numbers.category", kind: "choice", width: "w2", options: CATEGORIES.map((code) => [code, named("care", code)]) }),
      field({ name: "days", key: "numbers.days", must: true, width: "w2", type: "number" }, "180"),
      field({ name: "note", key: "numbers.note", max: 200 }),
    ];
    const alert = h("div", { class: "alert", role: "alert", hidden: true });
    const submit = async (event) => {
      event.preventDefault();
      if (!complete(fields)) return;
      const values = read(fields);
      try {
        await call("POST", "/api/care", { ...values, days: Number(values.days) });
        this.drawAdding();
        await this.read();
      } catch (problem) {
        alert.textContent = refuse(fields, problem);
        alert.hidden = false;
      }
    };
    fill(this.adding, h("form", { class: "step", novalidate: true, on: { submit }, "aria-label": t("numbers.add_care") },
      alert, h("div", { class: "grid" }, fields.map((one) => one.el)),
      h("div", { class: "actions" }, h("button", { class: "btn primary", type: "submit" }, t("numbers.add_care")))));
  }
}
