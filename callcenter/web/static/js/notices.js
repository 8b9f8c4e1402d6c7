// Notices addressed to me or to my organisation: read them, and the order they are about.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { moment } from "./format.js";
import { t } from "./i18n.js";
import { Page } from "./page.js";

const READ_EVERY = 30_000;

export class Notices extends Page {
  constructor(live, hooks) {
    super(live, hooks, "notices.title", READ_EVERY);
    this.unread = true;
    this.rows = [];
    this.next = null;
    this.tabs = h("div", { class: "tabs", role: "tablist" });
    this.list = h("div", { class: "body flush list" });
    this.show(h("div", { class: "mailgrid" }, h("section", { class: "panel", "aria-label": t("notices.title") }, h("header", {}, this.tabs), this.list)));
    this.read();
  }

  orderCame() {
    this.read();
  }

  choose(unread) {
    this.unread = unread;
    this.rows = [];
    this.read();
  }

  // The newest asked for wins; pages that were turned stay until the next look from the top.
  async read(cursor = "") {
    const asked = (this.asked = Symbol("read"));
    const query = new URLSearchParams({ limit: "50", unread: String(this.unread), ...(cursor && { cursor }) });
    try {
      const page = await call("GET", `/api/notices?${query}`);
      if (asked !== this.asked) return;
      this.rows = cursor ? [...this.rows, ...page.items] : page.items;
      this.next = page.next;
      this.tell("");
      this.draw();
    } catch (problem) {
      if (asked === this.asked) this.tell(problem.message);
    }
  }

  async receipt(one) {
    try {
      await call("POST", `/api/notices/${one.id}/read`);
      await this.read();
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  draw() {
    const tab = (unread, key) => h("button", {
      type: "button", role: "tab", "aria-selected": String(this.unread === unread), data: { focus: `notices-${unread}` }, on: { click: () => this.choose(unread) },
    }, t(key));
    fill(this.tabs, tab(true, "notices.unread"), tab(false, "notices.all"));
    const line = (one) => h("div", { class: "line" },
      h("span", { class: "top" },
        h("span", { class: "title" }, one.text),
        one.must_read && !one.read_at && h("span", { class: "tag warn" }, t("notices.must_read")),
        Object.entries(one.sent).map(([way, state]) => h("span", { class: `tag ${state === "failed" ? "bad" : ""}` }, `${t(`notices.way.${way}`)} ${t(`notices.state.${state}`)}`))),
      h("span", { class: "sub" }, h("span", { class: "num" }, moment(one.at)), one.org && ` ${one.org}`,
        one.read_at ? h("span", { class: "muted" }, ` ${t("notices.read_at", { at: moment(one.read_at) })}`)
          : h("button", { class: "btn quiet", type: "button", data: { focus: `read-${one.id}` }, on: { click: () => this.receipt(one) } }, t("notices.mark_read")),
        one.order_id && h("a", { class: "btn quiet", href: `#/order/${one.order_id}` }, t("notices.open_order"))));
    fill(this.list,
      this.rows.length === 0 ? h("p", { class: "empty" }, t(this.unread ? "notices.none_unread" : "notices.none")) : this.rows.map(line),
      this.next && h("button", { class: "btn", type: "button", on: { click: () => this.read(this.next) } }, t("orders.more")));
  }
}
