// 责任清单: its items with versions and the named units' agreement, what it lacks, who answers for what, the stations.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { complete, field, read, refuse } from "./fields.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";
import { Page } from "./page.js";
import { bodies } from "./step_forms.js";

const TABS = ["list", "gaps", "coverage", "contacts", "stations"];
const STATE = { in_force: "ok", waiting: "warn", refused: "bad", scheduled: "accent", expired: "", retired: "" };
const words = (value) => value.split(/[、,，;；\s]+/).map((one) => one.trim()).filter(Boolean);
const keeps = () => holds("dispatcher", "supervisor");

export class Duties extends Page {
  constructor(live, hooks) {
    super(live, hooks, "duties.title");
    this.tab = "list";
    this.words = "";
    this.tabs = h("div", { class: "tabs", role: "tablist" });
    this.list = h("div", { class: "body flush list" });
    this.detail = h("div", { class: "body" });
    this.show(h("div", { class: "dutygrid" },
      h("section", { class: "panel", "aria-label": t("duties.title") }, h("header", {}, this.tabs), this.list),
      h("section", { class: "panel", "aria-label": t("duties.detail") }, this.detail)));
    this.read();
  }

  choose(tab) {
    this.tab = tab;
    fill(this.detail, h("p", { class: "empty" }, t("duties.choose")));
    this.read();
  }

  async read() {
    fill(this.tabs, TABS.filter((tab) => tab !== "gaps" || keeps()).map((tab) => h("button", { type: "button", role: "tab", "aria-selected": String(tab === this.tab), data: { focus: `duties-${tab}` }, on: { click: () => this.choose(tab) } }, t(`duties.tab.${tab}`))));
    try {
      await this[this.tab === "list" ? "items" : this.tab]();
      this.tell("");
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  // What a button asks for; a refusal is shown, and the page reads again.
  async act(work) {
    try {
      await work();
      await this.read();
      return true;
    } catch (problem) {
      this.tell(problem.message);
      return false;
    }
  }

  async items() {
    const page = await call("GET", `/api/duties?${new URLSearchParams({ limit: "200", words: this.words })}`);
    const search = h("input", { type: "search", value: this.words, placeholder: t("duties.search"), "aria-label": t("duties.search"), data: { focus: "duty-search" }, on: { change: (event) => { this.words = event.target.value.trim(); this.read(); } } });
    fill(this.list, h("div", { class: "dutyhead" }, search, keeps() && h("button", { class: "btn primary", type: "button", on: { click: () => this.edit() } }, t("duties.new")), keeps() && h("button", { class: "btn", type: "button", on: { click: () => this.bring() } }, t("duties.import"))),
      page.items.length === 0 ? h("p", { class: "empty" }, t("duties.none")) : page.items.map((item) => this.line(item)));
    const open = page.items.find((item) => item.id === this.chosen) ?? page.items[0];
    if (open) await this.open(open.id);
  }

  line(item) {
    return h("button", { class: "line", type: "button", "aria-current": String(item.id === this.chosen), data: { duty: item.code, focus: item.id }, on: { click: () => this.act(() => this.open(item.id)) } },
      h("span", { class: "top" }, h("span", { class: "title" }, item.title), h("span", { class: `tag ${STATE[item.state]}` }, named("duty_state", item.state))),
      h("span", { class: "sub" }, h("span", { class: "num" }, `${item.code}/${item.version}`), ` ${item.lead}`, item.co.length > 0 && ` + ${item.co.join("、")}`));
  }

  async open(id) {
    this.chosen = id;
    const whole = await call("GET", `/api/duties/${id}`);
    const { item } = whole;
    const fact = (key, value) => value && [h("dt", {}, t(key)), h("dd", {}, value)];
    const note = field({ name: "note", key: "duties.note", max: 500 });
    const answer = (agreed) => this.act(() => call("POST", `/api/duties/${id}/answer`, { agreed, note: note.control.value.trim() }));
    fill(this.detail,
      h("div", { class: "order-head" }, h("h2", {}, item.title), h("span", { class: "muted num" }, `${item.code}/${item.version}`), h("span", { class: `tag ${STATE[item.state]}` }, named("duty_state", item.state)), item.level !== "normal" && h("span", { class: "tag warn" }, named("urgency", item.level)), item.functional && h("span", { class: "tag" }, t("duties.functional"))),
      h("dl", { class: "facts" }, fact("duties.lead", item.lead), fact("duties.co", item.co.join("、")), fact("duties.category", item.category), fact("duties.keywords", item.keywords.join("、")),
        fact("duties.areas", item.areas.join("、") || t("duties.everywhere")), fact("duties.basis", item.basis), fact("duties.exceptions", item.exceptions),
        fact("duties.valid", `${item.valid_from} – ${item.valid_to ?? t("duties.open_end")}`), fact("duties.centre", item.centre), fact("duties.agreed", `${item.answers} / ${item.needed}`)),
      whole.answers.length > 0 && h("ul", { class: "lines" }, whole.answers.map((one) => h("li", { class: "line" },
        h("span", { class: "top" }, h("span", { class: "title" }, one.org), h("span", { class: `tag ${one.agreed ? "ok" : "bad"}` }, t(one.agreed ? "duties.yes" : "duties.no"))),
        h("span", { class: "sub" }, `${one.decided_by} ${moment(one.at)} ${one.note}`)))),
      item.may_answer && h("div", { class: "step" }, h("h3", {}, t("duties.answer")), note.el, h("div", { class: "actions" },
        h("button", { class: "btn primary", type: "button", on: { click: () => answer(true) } }, t("duties.agree")), h("button", { class: "btn danger", type: "button", on: { click: () => answer(false) } }, t("duties.refuse")))),
      keeps() && h("div", { class: "actions" }, h("button", { class: "btn", type: "button", on: { click: () => this.edit(item) } }, t("duties.change")), item.state !== "retired" && h("button", { class: "btn danger", type: "button", on: { click: () => this.act(() => call("POST", `/api/duties/${id}/retire`)) } }, t("duties.retire"))),
      whole.versions.length > 1 && h("section", { class: "section" }, h("h3", {}, t("duties.versions")), h("ul", { class: "lines" }, whole.versions.map((one) => this.line(one)))));
    for (const line of this.list.querySelectorAll("[data-duty]")) line.setAttribute("aria-current", String(line.dataset.focus === id));
  }

  // A changed item is a new version, which waits for the units that it names.
  async edit(item = null) {
    const all = (await bodies()).filter((org) => org.kind !== "centre");
    const code = (id) => all.find((org) => org.id === id)?.code ?? "";
    const fields = [
      field({ name: "code", key: "duties.code", must: true, max: 40, width: "w2" }, item?.code), field({ name: "title", key: "duties.matter", must: true, max: 120, width: "w4" }, item?.title),
      field({ name: "lead", key: "duties.lead", kind: "choice", must: true, width: "w3", options: [["", t("form.choose")], ...all.map((org) => [org.code, org.name])] }, item ? code(item.lead_org_id) : ""),
      field({ name: "co", key: "duties.co_codes", width: "w3", max: 300 }, item?.co_org_ids.map(code).join("、")),
      field({ name: "category", key: "duties.category", width: "w3", max: 120 }, item?.category), field({ name: "level", key: "duties.level", kind: "choice", width: "w3", options: ["normal", "semi_urgent", "urgent"].map((one) => [one, named("urgency", one)]) }, item?.level),
      field({ name: "keywords", key: "duties.keywords", must: true, max: 600 }, item?.keywords.join("、")), field({ name: "areas", key: "duties.areas", max: 600 }, item?.areas.join("、")),
      field({ name: "basis", key: "duties.basis", kind: "text", rows: 2, must: true, max: 500 }, item?.basis), field({ name: "exceptions", key: "duties.exceptions", kind: "text", rows: 2, max: 500 }, item?.exceptions),
      field({ name: "valid_from", key: "duties.from", type: "date", must: true, width: "w3" }, item?.valid_from), field({ name: "valid_to", key: "duties.to", type: "date", width: "w3" }, item?.valid_to ?? ""),
      field({ name: "functional", key: "duties.functional_long", kind: "check" }, item?.functional ?? true),
    ];
    this.form("duties.propose", fields, (values) => call("POST", "/api/duties", { items: [{ ...values, co: words(values.co), keywords: words(values.keywords), areas: words(values.areas), valid_to: values.valid_to || null }] }));
  }

  bring() {
    const file = h("input", { type: "file", accept: ".csv,.yaml,.yml", "aria-label": t("duties.file") });
    const submit = async (event) => {
      event.preventDefault();
      const [chosen] = file.files;
      if (!chosen) return;
      const form = chosen.name.endsWith(".csv") ? "csv" : "yaml";
      if (await this.act(async () => call("POST", "/api/duties/import", { form, text: await chosen.text() }))) this.bring();
    };
    fill(this.detail, h("form", { class: "step", on: { submit } }, h("h3", {}, t("duties.import")), h("p", { class: "muted" }, t("duties.import_how")), file, h("div", { class: "actions" }, h("button", { class: "btn primary", type: "submit" }, t("duties.import")))));
  }

  form(key, fields, send) {
    const alert = h("div", { class: "alert", role: "alert", hidden: true });
    const submit = async (event) => {
      event.preventDefault();
      if (!complete(fields)) return;
      try {
        await send(read(fields));
        await this.read();
      } catch (problem) {
        alert.textContent = refuse(fields, problem);
        alert.hidden = false;
      }
    };
    fill(this.detail, h("form", { class: "step", novalidate: true, on: { submit }, "aria-label": t(key) }, h("h3", {}, t(key)), alert,
      h("div", { class: "grid" }, fields.map((one) => one.el)), h("div", { class: "actions" }, h("button", { class: "btn primary", type: "submit" }, t(key)))));
  }

  async gaps() {
    const page = await call("GET", "/api/duty-gaps?limit=100");
    const settle = (gap, outcome) => this.act(() => call("POST", `/api/duty-gaps/${gap.id}/settle`, { outcome }));
    fill(this.list, page.items.length === 0 ? h("p", { class: "empty" }, t("duties.no_gaps")) : page.items.map((gap) => h("div", { class: "line" },
      h("span", { class: "top" }, h("a", { class: "title", href: `#/order/${gap.order_id}` }, gap.title), h("span", { class: "tag" }, gap.category || "–")),
      h("span", { class: "sub" }, h("span", { class: "num" }, gap.number), ` → ${gap.unit} · ${gap.reason}`),
      h("span", { class: "actions" }, h("button", { class: "btn", type: "button", on: { click: () => settle(gap, "listed") } }, t("duties.gap_listed")), h("button", { class: "btn quiet", type: "button", on: { click: () => settle(gap, "dismissed") } }, t("duties.gap_dismissed"))))));
  }

  async coverage() {
    const seen = await call("GET", "/api/duty-coverage");
    fill(this.list, h("p", { class: "dutyhead" }, t("duties.covered", { n: seen.covered, of: seen.categories, share: seen.share === null ? "–" : Math.round(seen.share * 100) })),
      seen.lines.map((line) => h("div", { class: "line" }, h("span", { class: "top" }, h("span", { class: "title" }, line.category), h("span", { class: "num" }, line.orders), h("span", { class: `tag ${line.covered ? "ok" : "bad"}` }, t(line.covered ? "duties.is_covered" : "duties.not_covered"))))));
  }

  async contacts() {
    const page = await call("GET", "/api/duty-contacts?limit=200");
    const edit = async (one = null) => {
      const all = await bodies();
      const fields = [
        field({ name: "matter", key: "duties.matter", must: true, max: 120, width: "w3" }, one?.matter), field({ name: "org_id", key: "duties.org", kind: "choice", must: true, width: "w3", options: all.map((org) => [org.id, org.name]) }, one?.org_id),
        field({ name: "contact", key: "duties.contact", must: true, max: 60, width: "w3" }, one?.contact), field({ name: "backup", key: "duties.backup", max: 60, width: "w3" }, one?.backup),
        field({ name: "phone", key: "duties.phone", must: true, max: 30, width: "w3" }, one?.phone), field({ name: "hours", key: "duties.hours", must: true, max: 120, width: "w3" }, one?.hours),
        field({ name: "keywords", key: "duties.keywords", max: 300 }, one?.keywords.join("、")),
      ];
      this.form("duties.save_contact", fields, (values) => call(one ? "PUT" : "POST", `/api/duty-contacts${one ? `/${one.id}` : ""}`, { ...values, keywords: words(values.keywords) }));
    };
    fill(this.list, keeps() && h("div", { class: "dutyhead" }, h("button", { class: "btn primary", type: "button", on: { click: () => edit() } }, t("duties.new_contact"))),
      page.items.length === 0 ? h("p", { class: "empty" }, t("duties.no_contacts")) : page.items.map((one) => h("button", { class: "line", type: "button", on: { click: () => keeps() && edit(one) } },
        h("span", { class: "top" }, h("span", { class: "title" }, one.matter), h("span", { class: "num" }, one.phone)),
        h("span", { class: "sub" }, `${one.org} · ${one.contact}${one.backup ? ` / ${one.backup}` : ""} · ${one.hours}`))));
  }

  async stations() {
    const [page, all] = [await call("GET", "/api/stations"), (await bodies()).filter((org) => org.kind === "station")];
    const area = (id) => page.items.find((one) => one.org_id === id);
    const edit = (org) => this.form("duties.save_station", [
      field({ name: "roads", key: "duties.roads", kind: "text", rows: 3, max: 4000 }, area(org.id)?.roads.join("、")), field({ name: "grid_codes", key: "duties.grids", kind: "text", rows: 2, max: 4000 }, area(org.id)?.grid_codes.join("、")),
    ], (values) => call("PUT", `/api/stations/${org.id}`, { roads: words(values.roads), grid_codes: words(values.grid_codes) }));
    fill(this.list, all.length === 0 ? h("p", { class: "empty" }, t("duties.no_stations")) : all.map((org) => h("button", { class: "line", type: "button", on: { click: () => keeps() && edit(org) } },
      h("span", { class: "top" }, h("span", { class: "title" }, org.name)),
      h("span", { class: "sub" }, area(org.id) ? [...area(org.id).roads, ...area(org.id).grid_codes].join("、") : t("duties.no_area")))));
  }
}
