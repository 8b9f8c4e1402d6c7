// What the list of orders is cut by: the ready lists, words, filters that are kept, a file of it all, a caller's number.

import { call, holds, session } from "./api.js";
import { fill, h } from "./dom.js";
import { download } from "./download.js";
import { named, t } from "./i18n.js";

const VIEWS = ["visible", "mine", "unit", "helping", "waiting", "owned", "centre", "followup", "warned", "supervised", "ledger", "key", "problems", "satisfied"];
const STAGES = ["triage", "pending_dispatch", "dispatched", "accepted", "return_requested", "redispatch", "sign_pending", "handling", "collab", "submitted", "callback", "warned", "rehandling", "ledger", "close_pending", "closed"];
const KINDS = ["ordinary", "urgent", "semi_urgent", "snapshot", "city_review"];
const REQUESTS = ["inquiry", "help", "complaint", "report", "suggestion", "praise"];
const COLOURS = ["red", "yellow", "green"];
const PURPOSES = ["contact", "verify", "supervise", "discipline", "law"];
const PAUSE = 350; // ms after the last key before words are searched for

export class OrderFilters {
  constructor({ changed, choose, asked, open }) {
    Object.assign(this, { changed, choose, all: asked, open });
    this.parts = { stages: "", kinds: "", request_types: "", colour: "", category: "", sort: "" };
    this.text = "";
    this.saved = [];
    this.wide = false;
    this.said = "";
    this.found = null;
    this.viewed = h("select", { "aria-label": t("lists.view"), data: { focus: "view" }, on: { change: () => this.pick() } });
    this.words = h("input", { type: "search", "aria-label": t("lists.search_label"), placeholder: t("lists.search"), maxlength: "100", data: { focus: "words" }, on: { input: () => this.typed(), keydown: (key) => key.key === "Enter" && this.search() } });
    this.more = h("div", { class: "filters", hidden: true });
    this.el = h("div", { class: "finder" },
      h("div", { class: "row" }, this.viewed,
        h("button", { class: "btn quiet", type: "button", "aria-expanded": "false", data: { focus: "filter" }, on: { click: (click) => this.toggle(click.currentTarget) } }, t("lists.filter"))),
      h("div", { class: "row" }, this.words), this.more);
    this.drawViews();
  }

  // What the server is asked for; empty parts are left out.
  asked() {
    const { stages, kinds, request_types: requests, colour, category, sort } = this.parts;
    const several = Object.entries({ stages, kinds, request_types: requests }).filter(([, value]) => value).map(([name, value]) => [name, [value]]);
    const single = Object.entries({ colour, category, sort, text: this.text }).filter(([, value]) => value);
    return Object.fromEntries([...several, ...single]);
  }

  show(view) {
    this.viewed.value = view;
  }

  pick() {
    const [kind, name] = this.viewed.value.split(":");
    if (kind !== "saved") return this.choose(kind);
    const kept = this.saved.find((one) => one.id === name)?.filter ?? {};
    for (const part of Object.keys(this.parts)) this.parts[part] = [kept[part] ?? ""].flat()[0] ?? "";
    this.text = this.words.value = kept.text ?? "";
    this.drawMore();
    return this.choose(kept.view ?? "visible");
  }

  typed() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.search(), PAUSE);
  }

  search() {
    clearTimeout(this.pause);
    const text = this.words.value.trim();
    if (text === this.text) return;
    this.text = text;
    this.changed();
  }

  async toggle(button) {
    this.wide = !this.wide;
    button.setAttribute("aria-expanded", String(this.wide));
    this.more.hidden = !this.wide;
    if (this.wide) { await this.readSaved(); this.drawMore(); }
  }

  async readSaved() {
    try {
      this.saved = (await call("GET", "/api/order-lists/filters")).items;
    } catch (problem) {
      this.said = problem.message;
    }
    this.drawViews();
  }

  drawViews() {
    const chosen = this.viewed.value;
    const ready = VIEWS.map((view) => h("option", { value: view }, t(`view.${view}`)));
    const kept = this.saved.map((one) => h("option", { value: `saved:${one.id}` }, one.mine ? one.name : `${one.name}（${one.by}）`));
    fill(this.viewed, h("optgroup", { label: t("lists.ready") }, ready), kept.length > 0 && h("optgroup", { label: t("lists.saved") }, kept));
    if (chosen) this.viewed.value = chosen;
  }

  drawMore() {
    const choice = (part, label, codes, family) => h("label", {}, h("span", {}, label),
      h("select", { data: { focus: part }, on: { change: (change) => { this.parts[part] = change.target.value; this.changed(); } } },
        h("option", { value: "" }, t("lists.any")), codes.map((code) => h("option", { value: code, selected: this.parts[part] === code }, named(family, code)))));
    fill(this.more,
      choice("stages", t("lists.stage"), STAGES, "stage"), choice("kinds", t("lists.kind"), KINDS, "kind"),
      choice("request_types", t("lists.request"), REQUESTS, "request"), choice("colour", t("lists.colour"), COLOURS, "colour"),
      choice("sort", t("lists.sort"), ["created", "due"], "sort"),
      h("label", {}, h("span", {}, t("lists.category")), h("input", { value: this.parts.category, maxlength: "40", data: { focus: "category" }, on: { change: (change) => { this.parts.category = change.target.value.trim(); this.changed(); } } })),
      this.keeping(), this.exporting(), this.byNumber(),
      this.said && h("div", { class: "alert", role: "alert" }, this.said));
  }

  keeping() {
    const name = h("input", { "aria-label": t("lists.name"), placeholder: t("lists.name"), maxlength: "40", data: { focus: "name" } });
    const shared = h("input", { type: "checkbox", data: { focus: "shared" } });
    const keep = () => this.tell(async () => {
      await call("POST", "/api/order-lists/filters", { name: name.value.trim(), shared: shared.checked, filter: this.all() });
      await this.readSaved();
    });
    const [kind, id] = this.viewed.value.split(":");
    const forget = () => this.tell(async () => {
      await call("DELETE", `/api/order-lists/filters/${id}`);
      this.viewed.value = "visible";
      await this.readSaved();
      this.pick();
    });
    return h("div", { class: "row wide" }, name, h("label", { class: "check" }, shared, t("lists.shared")),
      h("button", { class: "btn", type: "button", on: { click: keep } }, t("lists.keep")),
      kind === "saved" && this.saved.some((one) => one.id === id && one.mine) && h("button", { class: "btn quiet", type: "button", on: { click: forget } }, t("lists.forget")));
  }

  exporting() {
    if (session.me?.roles.includes("guest")) return null;
    const get = (form) => h("button", { class: "btn", type: "button", on: { click: () => this.tell(() => download("/api/order-lists/export", { ...this.all(), form }, `orders.${form}`)) } }, t(`lists.${form}`));
    return h("div", { class: "row wide" }, h("span", {}, t("lists.export")), get("xlsx"), get("csv"));
  }

  byNumber() {
    if (!holds("agent", "dispatcher", "reviewer", "supervisor", "discipline")) return null;
    const number = h("input", { type: "tel", "aria-label": t("lists.number"), placeholder: t("lists.number"), maxlength: "32", data: { focus: "number" } });
    const purpose = h("select", { "aria-label": t("lists.purpose") }, PURPOSES.map((code) => h("option", { value: code }, t(`purpose.${code}`))));
    const reason = h("input", { "aria-label": t("lists.why"), placeholder: t("lists.why"), maxlength: "200", data: { focus: "reason" } });
    const look = () => this.tell(async () => {
      this.found = (await call("POST", "/api/order-lists/by-number", { number: number.value, purpose: purpose.value, reason: reason.value.trim() })).items;
    });
    return h("details", { class: "wide", open: this.found !== null }, h("summary", {}, t("lists.by_number")),
      h("div", { class: "row" }, number, purpose), h("div", { class: "row" }, reason, h("button", { class: "btn", type: "button", on: { click: look } }, t("lists.look"))),
      this.found && (this.found.length === 0 ? h("p", { class: "muted" }, t("orders.none"))
        : h("ul", { class: "lines" }, this.found.map((order) => h("li", {}, h("button", { class: "line", type: "button", on: { click: () => this.open(order.id) } }, h("span", { class: "num" }, order.number), " ", order.title))))));
  }

  async tell(work) {
    try {
      await work();
      this.said = "";
    } catch (problem) {
      this.said = problem.message;
    }
    this.drawMore();
  }
}
