// 签字委托 (XY-19): who signs in a unit head's place, from when until when; recorded and ended by the head or an administrator.

import { call, holds, session } from "./api.js";
import { fill, h } from "./dom.js";
import { complete, field, read, refuse } from "./fields.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";
import { Page } from "./page.js";
import { instant } from "./step_forms.js";

const STATE = { running: "ok", coming: "accent", over: "", ended: "" };

export class Delegations extends Page {
  constructor(live, hooks) {
    super(live, hooks, "delegations.title");
    this.list = h("div", { class: "body flush list" });
    this.detail = h("div", { class: "body" });
    this.show(h("div", { class: "dutygrid" },
      h("section", { class: "panel", "aria-label": t("delegations.title") }, this.list),
      h("section", { class: "panel", "aria-label": t("delegations.new") }, this.detail)));
    this.read();
    this.form();
  }

  async read() {
    try {
      const { items } = await call("GET", "/api/signature-delegations");
      fill(this.list, items.length === 0 ? h("p", { class: "empty" }, t("delegations.none")) : items.map((one) => this.line(one)));
      this.tell("");
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  line(one) {
    const end = async () => {
      try {
        await call("POST", `/api/signature-delegations/${one.id}/end`);
        await this.read();
      } catch (problem) {
        this.tell(problem.message);
      }
    };
    return h("div", { class: "line", data: { delegation: one.id } },
      h("span", { class: "top" }, h("span", { class: "title" }, t("delegations.line", { org: one.org, head: one.head, deputy: one.deputy })), h("span", { class: `tag ${STATE[one.state]}` }, named("delegation_state", one.state))),
      h("span", { class: "sub num" }, `${moment(one.from_at)} – ${moment(one.until_at)}`),
      h("span", { class: "sub" }, `${one.reason} · ${t("delegations.by", { by: one.recorded_by })}`, one.ended_at && ` · ${t("delegations.ended", { by: one.ended_by, at: moment(one.ended_at) })}`),
      one.may_end && h("span", { class: "actions" }, h("button", { class: "btn danger", type: "button", on: { click: end } }, t("delegations.end"))));
  }

  // An administrator chooses the head, and with the head the unit whose people may stand in.
  async form() {
    if (!holds("unit_head")) {
      fill(this.detail, h("p", { class: "empty" }, t("delegations.who")));
      return;
    }
    const people = (await call("GET", "/api/signature-delegations/people")).items;
    const mine = people.find((one) => one.id === session.me.user_id && one.head);
    const heads = mine ? [mine] : people.filter((one) => one.head);
    if (heads.length === 0) {
      fill(this.detail, h("p", { class: "empty" }, t("delegations.no_head")));
      return;
    }
    const head = field({ name: "head_id", key: "delegations.head", kind: "choice", must: true, width: "w3", options: heads.map((one) => [one.id, `${one.org} ${one.name}`]) });
    const deputy = field({ name: "deputy_id", key: "delegations.deputy", kind: "choice", must: true, width: "w3", options: [["", t("form.choose")]] });
    const staff = () => {
      const org = heads.find((one) => one.id === head.control.value).org_id;
      fill(deputy.control, [["", t("form.choose")], ...people.filter((one) => one.org_id === org && one.id !== head.control.value).map((one) => [one.id, one.name])].map(([code, label]) => h("option", { value: code }, label)));
    };
    head.control.addEventListener("change", staff);
    staff();
    const fields = [head, deputy,
      field({ name: "from", key: "delegations.from", type: "datetime-local", must: true, width: "w3" }), field({ name: "until", key: "delegations.until", type: "datetime-local", must: true, width: "w3" }),
      field({ name: "reason", key: "delegations.reason", kind: "text", rows: 2, must: true, max: 500 })];
    const alert = h("div", { class: "alert", role: "alert", hidden: true });
    const submit = async (event) => {
      event.preventDefault();
      if (!complete(fields)) return;
      const { from, until, ...values } = read(fields);
      try {
        await call("POST", "/api/signature-delegations", { ...values, from_at: instant(from), until_at: instant(until) });
        await Promise.all([this.read(), this.form()]);
      } catch (problem) {
        alert.textContent = refuse(fields, problem);
        alert.hidden = false;
      }
    };
    fill(this.detail, h("form", { class: "step", novalidate: true, on: { submit }, "aria-label": t("delegations.new") }, h("h3", {}, t("delegations.new")), h("p", { class: "muted" }, t("delegations.how")), alert,
      h("div", { class: "grid" }, fields.map((one) => one.el)), h("div", { class: "actions" }, h("button", { class: "btn primary", type: "submit" }, t("delegations.record")))));
  }
}
