// One order: its facts, clocks, history, recording, and the next steps that this reader may take.

import { call } from "./api.js";
import { h, fill } from "./dom.js";
import { moment, phone } from "./format.js";
import { named, t } from "./i18n.js";
import { stageTag } from "./order_list.js";
import { sections } from "./order_sections.js";
import { steps } from "./order_steps.js";
import { CallOut } from "./outbound.js";
import { Recordings } from "./recordings.js";

export class OrderDetail {
  constructor(live, { moved }) {
    this.live = live;
    this.moved = moved;
    this.id = null;
    this.recordings = null;
    this.el = h("div");
  }

  async show(id) {
    if (id !== this.id) {
      this.id = id;
      this.recordings = null;
      fill(this.el, h("p", { class: "empty" }, t("loading")));
    }
    if (id === null) return;
    try {
      const order = await call("GET", `/api/orders/${id}`);
      if (id === this.id) this.draw(order);
    } catch (problem) {
      if (id === this.id) fill(this.el, h("div", { class: "alert", role: "alert" }, problem.message));
    }
  }

  // Reads again, but never under the hands of somebody who is filling in a step.
  async refresh() {
    if (this.id && !this.el.querySelector("form.step")) await this.show(this.id);
  }

  draw(order) {
    if (order.call_id && this.recordings?.call !== order.call_id) this.recordings = new Recordings(order.call_id);
    const done = async () => {
      await this.show(order.id);
      this.moved();
    };
    fill(this.el,
      h("div", { class: "order-head" },
        h("h2", {}, order.title),
        stageTag(order.stage),
        h("span", { class: "muted num" }, order.number),
        order.flagged && h("span", { class: "tag bad" }, t("order.flagged")),
        order.callback_exhausted && h("span", { class: "tag warn" }, t("order.callback_exhausted")),
        order.urgency !== "normal" && h("span", { class: "tag warn" }, named("urgency", order.urgency)),
        order.confidential && h("span", { class: "tag warn" }, t("order.confidential")),
      ),
      steps(order, done),
      this.contactCall(order),
      this.facts(order),
      h("div", { class: "content" }, order.content),
      order.reply && h("section", { class: "section" }, h("h3", {}, t("step.reply")), h("div", { class: "content" }, order.reply)),
      sections(order, done),
      this.recordings?.el,
      this.contacts(order),
      this.history(order),
    );
  }

  // 先行联系: the call itself is the proof. Redrawn, it goes on telling what became of the call.
  contactCall(order) {
    if (!order.actions.includes("contacts") || !this.live.state?.seat || !order.caller_number) return null;
    if (this.calling?.wanted.order_id !== order.id) this.calling = new CallOut({ order_id: order.id, purpose: "contact" }, t("outbound.contact"), () => this.refresh().then(() => this.moved()));
    return this.calling.el;
  }

  facts(order) {
    const fact = (key, value) => (value || value === 0) && [h("dt", {}, t(key)), h("dd", {}, value)];
    const answer = (value) => (value === null ? null : t(value ? "form.yes" : "form.no"));
    return h("dl", { class: "facts" },
      fact("order.request_type", named("request", order.request_type)),
      fact("order.category", order.category),
      fact("order.address", order.address),
      fact("order.caller_name", order.caller_name),
      fact("order.caller_number", order.caller_number && h("span", { class: "num" }, phone(order.caller_number))),
      fact("order.created_at", h("span", { class: "num" }, moment(order.created_at))),
      fact("step.resolved", answer(order.resolved)),
      fact("step.satisfied", answer(order.satisfied)),
      fact("order.close_reason", order.close_reason),
    );
  }

  contacts(order) {
    if (order.contacts.length === 0) return null;
    const one = (contact) => h("li", { class: "line" },
      h("span", { class: "top" }, h("span", { class: "title" }, contact.note || named("contact", contact.outcome)), h("span", { class: "tag" }, named("contact", contact.outcome))),
      h("span", { class: "sub num" }, moment(contact.at), ` ${contact.actor}`));
    return h("section", { class: "section" }, h("h3", {}, t("order.contacts")), h("ul", { class: "lines" }, order.contacts.map(one)));
  }

  history(order) {
    const said = (body) => ["reason", "opinion", "reply", "note", "plan"].map((name) => body[name]).filter(Boolean).join("\n");
    const one = (event) => h("li", {},
      h("div", { class: "what" }, named("move", event.move), " ", h("span", { class: "tag" }, named("stage", event.stage_after))),
      h("div", { class: "when num" }, `${moment(event.at)}  ${event.actor || t("order.machine")}`),
      said(event.body) && h("div", { class: "said" }, said(event.body)),
    );
    return h("section", { class: "section" }, h("h3", {}, t("order.history")), h("ol", { class: "timeline" }, [...order.events].reverse().map(one)));
  }
}
