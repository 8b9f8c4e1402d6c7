// One order: its facts, clocks, history, recording, and the next steps that this reader may take.

import { call } from "./api.js";
import { h, fill } from "./dom.js";
import { moment, phone } from "./format.js";
import { named, t } from "./i18n.js";
import { stageTag } from "./order_list.js";
import { progress, rounds } from "./order_progress.js";
import { sections } from "./order_sections.js";
import { steps } from "./order_steps.js";
import { CallOut } from "./outbound.js";
import { Recordings } from "./recordings.js";

// A code, a code with what stands after its colon, or what somebody wrote.
function closeReason(reason) {
  if (!reason) return null;
  const [code, ...rest] = reason.split(":");
  const word = named("close_reason", code);
  if (word === code) return reason;
  const more = rest.join(":").trim();
  return more ? `${word}：${named("reason", more)}` : word;
}

// The words of what an event's body holds as codes: which family they are of depends on the move.
const CODES = { not_accepted: { reason: "reason" }, sign_needed: { reason: "sign_cause" }, return_drafted: { reason: "return_reason" }, block_reason_set: { block_reason: "block" } };

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
        order.kind !== "ordinary" && h("span", { class: "tag accent" }, named("kind", order.kind)),
        order.confidential && h("span", { class: "tag warn" }, t("order.confidential")),
        order.reported_org_id && h("span", { class: "tag warn" }, t("order.kept_out")),
        order.in_progress && h("span", { class: "tag warn" }, t("order.in_progress")),
        order.supervisions > 0 && h("span", { class: "tag bad" }, t("order.supervised")),
        order.reopened > 0 && h("span", { class: "tag warn" }, t("order.reopened", { n: order.reopened })),
      ),
      progress(order),
      steps(order, done),
      this.contactCall(order),
      this.facts(order),
      h("div", { class: "content" }, order.content),
      order.reply && h("section", { class: "section" }, h("h3", {}, t("step.reply")), h("div", { class: "content" }, order.reply)),
      rounds(order),
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
      fact("order.level", order.level !== "normal" && named("level", order.level)),
      fact("order.address", order.address),
      fact("order.location_type", order.location_type && named("location", order.location_type)),
      fact("order.reported_body", order.reported_body),
      fact("order.tags", order.tags.join("、")),
      fact("order.season", order.season),
      fact("order.caller_name", order.caller_name),
      fact("order.caller_number", order.caller_number && h("span", { class: "num" }, phone(order.caller_number))),
      fact("order.caller_type", order.caller_type !== "person" && named("caller_type", order.caller_type)),
      fact("order.caller_needs", order.caller_needs.map((code) => named("need", code)).join("、")),
      fact("order.special_groups", order.special_groups.map((code) => named("group", code)).join("、")),
      fact("order.emotion", order.emotion && order.emotion !== "calm" && named("emotion", order.emotion)),
      fact("order.source_hotline", order.source_hotline),
      fact("order.upper_ref", order.upper_ref),
      fact("order.upper_due_at", order.upper_due_at && moment(order.upper_due_at)),
      fact("order.created_at", h("span", { class: "num" }, moment(order.created_at))),
      fact("step.resolved", answer(order.resolved)),
      fact("step.satisfied", answer(order.satisfied)),
      fact("order.reasonableness", order.reasonableness && `${named("reasonableness", order.reasonableness)}（${t(order.reasonableness_confirmed ? "order.confirmed" : "order.unconfirmed")}）`),
      fact("order.result", order.result_type && named("result", order.result_type)),
      fact("order.replied_at", order.replied_at && moment(order.replied_at)),
      fact("order.finished_at", order.finished_at && moment(order.finished_at)),
      fact("order.closed_at", order.closed_at && moment(order.closed_at)),
      fact("order.ledger_due", order.ledger_due),
      fact("order.effect_due", order.effect_due),
      fact("order.effect_holds", answer(order.effect_holds)),
      fact("order.close_reason", closeReason(order.close_reason)),
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
    const said = ({ move, body }) => ["reason", "block_reason", "basis", "opinion", "reply", "note", "text", "plan"]
      .filter((name) => typeof body[name] === "string" && body[name]).map((name) => named(CODES[move]?.[name], body[name])).join("\n");
    const one = (event) => h("li", {},
      h("div", { class: "what" }, named("move", event.move), " ", h("span", { class: "tag" }, named("stage", event.stage_after))),
      h("div", { class: "when num" }, `${moment(event.at)}  ${event.actor || t("order.machine")}`),
      said(event) && h("div", { class: "said" }, said(event)),
    );
    return h("section", { class: "section" }, h("h3", {}, t("order.history")), h("ol", { class: "timeline" }, [...order.events].reverse().map(one)));
  }
}
