// Where the call can be passed on to: what was typed in the order says which lines come first.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { language, named, t } from "./i18n.js";

const ASK_AFTER = 400;

const nameOf = (title) => title?.[language] ?? "";

// `press(target, mode)` passes the call on, `consult(target)` asks there first; both take a target of the API.
export class TargetsPanel {
  constructor(callId, { said, press, consult }) {
    this.call = callId;
    this.said = said;
    this.press = press;
    this.consult = consult;
    this.offered = null;
    this.found = null;
    this.el = h("div", { class: "targets" });
    this.search = h("input", { type: "search", class: "search", placeholder: t("targets.search"), "aria-label": t("targets.search"), maxlength: 40, data: { focus: "target-search" }, on: { input: () => this.look() } });
    this.list = h("div");
    fill(this.el, this.search, this.list);
    this.load();
  }

  gone() {
    clearTimeout(this.typing);
  }

  async load() {
    try {
      this.offered = await call("POST", `/api/calls/${this.call}/targets`, { text: this.said().slice(0, 4000) });
      this.problem = "";
    } catch (problem) {
      this.problem = problem.message;
    }
    this.draw();
  }

  look() {
    clearTimeout(this.typing);
    this.typing = setTimeout(async () => {
      const word = this.search.value.trim();
      try {
        this.found = word ? (await call("GET", `/api/transfer-lines?search=${encodeURIComponent(word)}`)).items : null;
      } catch (problem) {
        this.problem = problem.message;
      }
      this.draw();
    }, ASK_AFTER);
  }

  draw() {
    const { offered } = this;
    fill(this.list,
      this.problem && h("p", { class: "alert", role: "alert" }, this.problem),
      this.found && this.group("targets.found", this.found.map((one) => this.line(one))),
      offered && !this.found && this.group("targets.proposed", offered.proposed.map((one) => this.line(one))),
      offered && !this.found && offered.experts.length > 0 && this.group("targets.experts", offered.experts.map((one) => this.expert(one))),
      offered && !this.found && this.group("targets.seats", offered.seats.map((one) => this.seat(one))));
  }

  group(key, lines) {
    return h("section", {}, h("h4", {}, t(key)), lines.length ? h("ul", { class: "lines" }, lines) : h("p", { class: "muted" }, t("none")));
  }

  // The first mode is proposed: it is the big button. The others stand beside it.
  line(one) {
    const [first, ...others] = one.modes;
    const why = [nameOf(one.matter_title), one.doubtful && t("targets.doubtful"), !one.open && t("targets.closed")].filter(Boolean).join(" · ");
    const mode = (name, kind) => h("button", { class: `btn ${kind}`, type: "button", data: { focus: `to-${one.target}-${one.matter}-${name}` }, on: { click: () => this.press(one, name) } }, named("transfer_mode", name));
    return h("li", { class: "target" },
      h("div", { class: "title" }, h("span", { class: "num" }, one.target), ` ${nameOf(one.title)}`, why && h("div", { class: "sub" }, why), nameOf(one.criteria) && h("div", { class: "sub" }, nameOf(one.criteria))),
      h("div", { class: "does" }, first && mode(first, "primary"), others.map((name) => mode(name, "")), this.ask(one)));
  }

  seat(one) {
    return h("li", { class: "target" },
      h("div", { class: "title" }, one.name, " ", h("span", { class: "muted num" }, one.target.replace("seat/", ""))),
      h("div", { class: "does" },
        h("button", { class: "btn primary", type: "button", data: { focus: `to-${one.target}` }, on: { click: () => this.press(one, "one_key") } }, named("transfer_mode", "one_key")),
        h("button", { class: "btn", type: "button", data: { focus: `with-${one.target}` }, on: { click: () => this.press(one, "three_way") } }, named("transfer_mode", "three_way")),
        this.ask(one)));
  }

  // Experts are asked, never handed a caller: what they say goes back through the agent, who writes it down.
  expert(one) {
    return h("li", { class: "target", data: { expert: one.target } },
      h("div", { class: "title" }, h("span", { class: "tag accent" }, t("targets.expert")), ` ${one.name} `, h("span", { class: "muted num" }, one.target.replace("seat/", "")),
        h("div", { class: "sub" }, `${one.org} · ${named("queue", one.skill)}`)),
      h("div", { class: "does" }, this.ask(one, "primary")));
  }

  ask(one, kind = "") {
    return h("button", { class: `btn ${kind}`, type: "button", data: { focus: `ask-${one.target}` }, on: { click: () => this.consult(one) } }, t("control.consult"));
  }
}
