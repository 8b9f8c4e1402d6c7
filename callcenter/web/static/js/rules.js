// The rule sets: which are in force, what each value rests on, and what changes for whom between two.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { moment } from "./format.js";
import { language, named, t } from "./i18n.js";
import { Page } from "./page.js";
import { ruleValue } from "./rule_values.js";
import { standardLine } from "./section_clocks.js";

const KINDS = ["ordinary", "urgent", "semi_urgent", "snapshot", "city_review"];
const say = (thing, name) => thing[`${name}_${language}`];

export class Rules extends Page {
  constructor(live, hooks) {
    super(live, hooks, "rules.title");
    this.kind = "ordinary";
    this.ref = null;
    this.against = null;
    this.sets = h("div", { class: "body flush" });
    this.body = h("div", { class: "body" });
    this.show(h("div", { class: "rulesgrid" },
      h("section", { class: "panel", "aria-label": t("rules.sets") }, h("header", {}, h("h2", {}, t("rules.sets"))), this.sets),
      h("section", { class: "panel", "aria-label": t("rules.values") }, this.body)));
    this.read();
  }

  async read() {
    try {
      this.items = (await call("GET", "/api/rules")).items;
      this.tell("");
      const first = this.items.find((one) => one.chosen) ?? this.items[0];
      await this.open(this.ref ?? first.ref);
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  async open(ref) {
    this.ref = ref;
    this.against = null;
    this.one = await call("GET", `/api/rules/${ref}`);
    this.differences = null;
    this.draw();
  }

  async compare(ref) {
    this.against = ref;
    this.differences = ref ? (await call("GET", `/api/rules/differences?before=${encodeURIComponent(ref)}&after=${encodeURIComponent(this.ref)}`)).items : null;
    this.draw();
  }

  draw() {
    fill(this.sets, h("ul", { class: "lines" }, this.items.map((one) => this.line(one))));
    fill(this.body, this.head(), this.differences ? this.changes() : [this.clocks(), this.policy(), this.matrix()]);
  }

  line(one) {
    const state = one.chosen ? ["ok", "rules.chosen"] : one.in_force ? ["accent", "rules.in_force"] : ["", "rules.superseded"];
    return h("li", {}, h("button", { class: "line", type: "button", "aria-current": String(one.ref === this.ref), data: { focus: one.ref }, on: { click: () => this.open(one.ref) } },
      h("span", { class: "top" }, h("span", { class: "title num" }, one.ref), one.effective_basis === "assumed" && h("span", { class: "tag warn" }, named("basis", "assumed")), h("span", { class: `tag ${state[0]}` }, t(state[1]))),
      h("span", { class: "sub" }, one.title)));
  }

  head() {
    const one = this.one;
    const choose = h("select", { "aria-label": t("rules.compare"), data: { focus: "against" }, on: { change: (event) => this.compare(event.target.value) } },
      h("option", { value: "" }, t("rules.compare")),
      this.items.filter((other) => other.ref !== one.ref).map((other) => h("option", { value: other.ref, selected: other.ref === this.against }, t("rules.against", { ref: other.ref }))));
    return h("div", { class: "rules-head" },
      h("h2", {}, one.ref, " ", h("span", { class: "muted" }, one.title)),
      h("p", { class: "muted" }, t("rules.document", { document: one.document, from: one.effective_from, basis: named("basis", one.effective_basis) }), one.extends && ` ${t("rules.extends", { ref: one.extends })}`),
      one.effective_source && h("p", { class: "muted" }, t("rules.basis_source", { source: one.effective_source })),
      choose);
  }

  clocks() {
    const tabs = h("div", { class: "tabs", role: "tablist" }, KINDS.map((kind) => h("button", {
      type: "button", role: "tab", "aria-selected": String(kind === this.kind), data: { focus: `kind-${kind}` },
      on: { click: () => { this.kind = kind; this.draw(); } } }, named("kind", kind))));
    const row = (rule) => h("tr", { data: { timer: rule.public } },
      h("td", {}, h("strong", {}, say(rule, "name")), h("span", { class: "sub num" }, ` ${rule.public}`)),
      h("td", {}, say(rule, "length"), rule.classes.length > 0 && ` · ${t("rules.class", { classes: rule.classes.join("/") })}`),
      h("td", {}, `${named("owed", rule.owed_by)} → ${named("owed", rule.owed_to)}`),
      h("td", {}, rule.from_due_of ? t("rules.after", { name: named("timer", rule.from_due_of) }) : rule.starts.map((start) => named("start", start)).join("、")),
      h("td", { class: "num" }, rule.example_day ?? "–"),
      h("td", {}, rule.source, " ", rule.reading ? h("span", { class: "tag warn" }, t("clocks.reading", { reading: rule.reading })) : h("span", { class: "tag ok" }, t("rules.text"))));
    const heads = ["rules.clock", "rules.length", "rules.owed", "rules.starts", "rules.example", "rules.source"];
    return h("section", {}, tabs,
      h("p", { class: "muted" }, t("rules.example_from", { at: moment(this.one.example_from) })),
      h("table", { class: "rules" }, h("thead", {}, h("tr", {}, heads.map((key) => h("th", {}, t(key))))),
        h("tbody", {}, this.one.rules.filter((rule) => rule.kind === this.kind).map(row))));
  }

  policy() {
    return h("section", {}, h("h3", {}, t("rules.policy")),
      h("table", { class: "rules" }, h("tbody", {}, this.one.policy.map((value) => h("tr", {},
        h("td", { title: value.path }, say(value, "name")), h("td", {}, ruleValue(value.path, value.value)),
        h("td", {}, value.reading && h("span", { class: "tag warn" }, t("clocks.reading", { reading: value.reading })), value.default && h("span", { class: "tag" }, t("rules.default"))))))));
  }

  matrix() {
    if (this.one.matrix.length === 0) return null;
    return h("section", {}, h("h3", {}, t("rules.matrix")),
      h("table", { class: "rules" }, h("tbody", {}, this.one.matrix.map((line) => h("tr", {},
        h("td", {}, standardLine(line)))))));
  }

  changes() {
    if (this.differences.length === 0) return h("p", { class: "empty" }, t("rules.same"));
    return h("ul", { class: "lines differences" }, this.differences.map((one) => h("li", { class: "line" },
      h("span", { class: "top" }, h("span", { class: "title" }, one[language]), h("span", { class: "tag" }, named("change", one.change))),
      one.examples.length > 0 && h("span", { class: "sub num" }, one.examples.map((example) => t("rules.shift", { from: example.dispatched, before: example.before ?? "–", after: example.after ?? "–" })).join("；")))));
  }
}
