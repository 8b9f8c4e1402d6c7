// 三级责任: who stands for each org (chief, deputy, section), and which slots are empty. Administrators fill them.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { language, t } from "./i18n.js";
import { Page } from "./page.js";

const ORDER = ["chief", "deputy", "section"];

export class Slots extends Page {
  constructor(live, hooks) {
    super(live, hooks, "slots.title");
    this.body = h("div", { class: "body" });
    this.show(h("section", { class: "panel", "aria-label": t("slots.title") }, this.body));
    this.read();
  }

  async read() {
    try {
      const { labels } = await call("GET", "/api/slots/labels");
      this.users = holds("admin") ? (await call("GET", "/api/users?limit=500")).items.filter((user) => !user.disabled_at) : null;
      const { items } = await call("GET", "/api/slots?limit=200");
      fill(this.body, h("table", { class: "slots" },
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("slots.org")), ORDER.map((slot) => h("th", { scope: "col" }, labels[slot][language])))),
        h("tbody", {}, items.map((org) => h("tr", {}, h("th", { scope: "row" }, org.org_name), ORDER.map((slot) => h("td", {}, this.holder(org, slot, labels[slot][language]))))))));
      this.tell("");
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  holder(org, slot, label) {
    const held = org.slots[slot];
    if (!this.users) return held ? held.name : h("span", { class: "tag warn" }, t("slots.empty"));
    const choice = h("select", { "aria-label": `${org.org_name} ${label}`, data: { focus: `${org.org_id}-${slot}` } },
      h("option", { value: "" }, t("slots.empty")), this.users.map((user) => h("option", { value: user.id }, user.name)));
    choice.value = held?.id ?? "";
    choice.addEventListener("change", async () => {
      try {
        await call("PUT", `/api/orgs/${org.org_id}/slots/${slot}`, { user_id: choice.value || null });
      } catch (problem) {
        this.tell(problem.message);
        return;
      }
      await this.read();
    });
    return choice;
  }
}
