// Importing a table of demands: choose, try, look at the report, import; repeated, nothing is doubled.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { moment } from "./format.js";
import { language, named, t } from "./i18n.js";
import { Page } from "./page.js";
import { upload } from "./upload.js";

const CHANNELS = ["upper_level", "provincial", "mailbox", "opinion", "wechat", "app", "snapshot", "emergency", "sms", "web", "grid"];
const LOOK_EVERY = 1_000;

export class Imports extends Page {
  constructor(live, hooks) {
    super(live, hooks, "import.page", LOOK_EVERY);
    this.rows = [];
    this.one = null;
    this.faults = [];
    this.file = h("input", { type: "file", accept: ".csv,.txt,.xlsx", id: "import-file" });
    this.channel = h("select", { id: "import-channel" }, CHANNELS.map((channel) => h("option", { value: channel }, named("channel", channel))));
    this.mapping = h("textarea", { id: "import-mapping", rows: 3, placeholder: t("import.mapping_hint") });
    this.state = h("div", { class: "import-state", role: "status" });
    this.report = h("div", {});
    this.list = h("div", { class: "body flush list" });
    const put = (key, dry, tone) => h("button", { class: `btn ${tone}`, type: "button", on: { click: () => this.send(dry) } }, t(key));
    this.show(h("div", { class: "rulesgrid" },
      h("section", { class: "panel", "aria-label": t("import.new") }, h("header", {}, h("h2", {}, t("import.new"))),
        h("div", { class: "body" },
          h("div", { class: "field" }, h("label", { for: "import-file" }, t("import.file")), this.file),
          h("div", { class: "field" }, h("label", { for: "import-channel" }, t("import.channel")), this.channel),
          h("div", { class: "field" }, h("label", { for: "import-mapping" }, t("import.mapping")), this.mapping),
          h("span", { class: "actions" }, put("import.try", true, ""), put("import.do", false, "primary")),
          h("p", { class: "muted" }, t("import.safe"))),
        h("header", {}, h("h2", {}, t("import.before"))), this.list),
      h("section", { class: "panel", "aria-label": t("import.report") }, h("header", {}, h("h2", {}, t("import.report"))), h("div", { class: "body" }, this.state, this.report))));
    this.load();
  }

  // One "heading = field" a line.
  mapped() {
    const pairs = this.mapping.value.split("\n").map((line) => line.split("=").map((part) => part.trim())).filter(([heading, field]) => heading && field);
    return Object.fromEntries(pairs);
  }

  async send(dry) {
    const [file] = this.file.files;
    if (!file) return this.tell(t("import.choose"));
    const options = JSON.stringify({ channel: this.channel.value, dry_run: dry, mapping: this.mapped() });
    try {
      this.one = await upload("/api/imports", file, { options });
      this.tell("");
      this.faults = [];
      await this.load();
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  async load() {
    try {
      this.rows = (await call("GET", "/api/imports?limit=20")).items;
      if (!this.one && this.rows.length) this.one = this.rows[0];
      if (this.one) await this.open(this.one.id);
      else this.draw();
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  async open(id) {
    this.one = await call("GET", `/api/imports/${id}`);
    this.faults = (await call("GET", `/api/imports/${id}/faults?limit=200`)).items;
    this.draw();
  }

  // The regular look: only while one is running.
  async read() {
    if (this.one?.state === "running") await this.load();
  }

  draw() {
    fill(this.list, this.rows.length === 0 ? h("p", { class: "empty" }, t("import.none")) : h("ul", { class: "lines" }, this.rows.map((row) => h("li", {},
      h("button", { class: "line", type: "button", "aria-current": String(row.id === this.one?.id), data: { focus: row.id }, on: { click: () => this.open(row.id) } },
        h("span", { class: "top" }, h("span", { class: "title" }, row.name), row.dry_run && h("span", { class: "tag" }, t("import.dry")), this.tag(row)),
        h("span", { class: "sub" }, `${named("channel", row.channel)} · ${moment(row.begun_at)}`))))));
    if (!this.one) return;
    const one = this.one;
    const tile = (key, value, tone = "") => h("div", { class: `figure ${tone}` }, h("strong", { class: "num" }, value), h("span", {}, t(key)));
    fill(this.state,
      h("p", { class: "said" }, one.name, " ", one.dry_run && h("span", { class: "tag" }, t("import.dry")), " ", this.tag(one)),
      h("progress", { max: Math.max(one.rows, 1), value: one.done, "aria-label": t("import.progress") }),
      h("div", { class: "matter-figures" }, tile("import.rows", one.rows), tile("import.created", one.created), tile("import.repeated", one.repeated), tile("import.appended", one.appended), tile("import.refused", one.refused)),
      h("p", { class: "muted" }, t("import.columns"), "：", Object.entries(one.columns).map(([field, heading]) => `${heading}→${named("column", field)}`).join("、")));
    fill(this.report, this.faults.length === 0 ? h("p", { class: "empty" }, t("import.no_faults")) : h("table", { class: "rules faults" },
      h("thead", {}, h("tr", {}, ["import.row", "import.column", "import.cause", "import.remedy"].map((key) => h("th", {}, t(key))))),
      h("tbody", {}, this.faults.map((fault) => h("tr", {}, h("td", { class: "num" }, fault.row), h("td", {}, fault.column), h("td", {}, fault[`cause_${language}`]), h("td", {}, fault[`remedy_${language}`]))))));
  }

  tag(row) {
    const tone = { running: "accent", done: row.refused ? "warn" : "ok", interrupted: "bad" }[row.state];
    return h("span", { class: `tag ${tone}` }, t(`import.${row.state}`));
  }
}
