// The card of the call on this desk, or of an earlier one that the agent opened.

import { call } from "./api.js";
import { CallControls } from "./call_controls.js";
import { CallerLists } from "./caller_lists.js";
import { h, fill } from "./dom.js";
import { lasting, moment, phone, separator, tongue } from "./format.js";
import { named, t } from "./i18n.js";
import { LinkArrival } from "./link_arrival.js";
import { MissedList } from "./missed_list.js";
import { Recordings } from "./recordings.js";

export class CallCard {
  constructor(live, { openOrder, looked, said }) {
    this.live = live;
    this.openOrder = openOrder;
    this.looked = looked;
    this.said = said;
    this.controls = null;
    this.missed = new MissedList();
    this.link = new LinkArrival();
    this.earlier = null;
    this.history = [];
    this.recordings = null;
    this.lists = null;
    this.el = h("section", { class: "panel", "aria-label": t("card.title") });
    this.draw();
    this.loadHistory();
  }

  // The offer that the order form belongs to.
  get offer() {
    return this.live.state?.offer ?? this.earlier;
  }

  async loadHistory() {
    try {
      this.history = (await call("GET", "/api/desk/offers?limit=12")).items;
    } catch {
      this.history = [];
    }
    this.draw();
  }

  draw() {
    const state = this.live.state;
    const offer = this.offer;
    if (state?.offer) this.earlier = null;
    // An unchanged card stays as it is: a recording that plays must not be interrupted by a push.
    const shown = JSON.stringify([offer, state?.presence, state?.after_call_until, this.problem, this.history.map((one) => one.id + one.outcome)]);
    if (shown === this.shown) return;
    this.shown = shown;
    const scrolled = this.el.querySelector(".body")?.scrollTop ?? 0;
    const stage = state?.offer ? state.presence : "";
    this.el.className = `panel ${stage === "ringing" || stage === "talking" ? stage : ""}`;
    if (!offer) {
      this.recordings = null;
      fill(this.el, h("header", {}, h("h2", {}, t("card.title"))), h("div", { class: "body flush" }, this.waiting(state)));
      return;
    }
    fill(this.el, this.head(state, offer), this.stateLine(state, offer), this.controlled(state, offer), h("div", { class: "body" }, this.body(offer)));
    if (offer.id === this.drawn) this.el.querySelector(".body").scrollTop = scrolled;
    this.drawn = offer.id;
  }

  head(state, offer) {
    const back = () => { this.earlier = null; this.draw(); this.looked(); };
    return h("header", {},
      h("h2", {}, state?.offer ? t("card.title") : t("card.earlier")),
      h("span", { class: "spring" }),
      !state?.offer && h("button", { class: "btn quiet", type: "button", on: { click: back } }, t("card.back")),
      state?.presence === "talking" && state.offer && h("button", { class: "btn danger", type: "button", data: { focus: "hangup" }, on: { click: () => this.hangUp(offer) } }, t("card.hang_up")),
    );
  }

  stateLine(state, offer) {
    const live = state?.offer ? state.presence : "over";
    const since = { ringing: offer.offered_at, talking: offer.answered_at ?? state?.since, after_call: state?.since }[live];
    return h("div", { class: "callstate" },
      h("strong", {}, t(`card.state.${live}`)),
      since && h("span", { class: "clock num", data: { since } }),
      h("span", { class: "spring" }),
      live === "after_call" && state.after_call_until && h("span", { class: "muted" }, t("card.until", { at: moment(state.after_call_until) })),
      live === "over" && h("span", { class: "muted num" }, moment(offer.offered_at)),
      offer.outcome && live === "over" && h("span", { class: "tag" }, named("outcome", offer.outcome)),
      this.problem && h("span", { class: "tag bad", role: "alert" }, this.problem),
    );
  }

  // The controls are as old as the call: a push of the desk does not close what the agent has opened.
  controlled(state, offer) {
    if (!state?.offer || state.presence === "ringing") return null;
    if (this.controls?.call !== offer.call_id) {
      this.controls?.gone();
      this.controls = new CallControls(this.live, offer.call_id, this.said);
    } else this.controls.stateCame();
    return this.controls.el;
  }

  callCame(id) {
    if (this.controls?.call === id) this.controls.read();
  }

  body(offer) {
    const card = offer.card;
    const took = (step) => (step.seconds ? t("card.step", { seconds: step.seconds.toFixed(1) }) : "");
    const path = card.menu_path.map((step) => named("node", step.node) + (step.key ? `（${step.key}）` : "") + took(step));
    const fact = (key, value) => value && [h("dt", {}, t(key)), h("dd", {}, value)];
    return [
      h("div", { class: "caller" },
        h("div", { class: "number num" }, phone(card.caller_number)),
        h("div", { class: "region" }, card.caller_region || t("caller.region_unknown")),
      ),
      card.care && h("div", { class: "care-flag", role: "status" }, t("card.care", { why: named("care", card.care) }), card.care_note && h("div", { class: "said" }, card.care_note)),
      this.link.show(offer.call_id, this.live.state?.presence, card),
      h("dl", { class: "facts" },
        fact("card.hotline", [card.hotline, card.dialled && h("span", { class: "muted num" }, ` ${card.dialled}`)]),
        fact("card.language", card.language && tongue(card.language)),
        fact("card.queue", named("queue", card.queue)),
        fact("card.path", path.join(" › ")),
        fact("card.waited", lasting(card.waited_seconds)),
      ),
      card.notes.map((note) => h("p", { class: "note", role: "status" }, named("note", note))),
      this.transfers(offer),
      this.orders("card.open_orders", card.open_orders),
      this.calls(card.recent_calls),
      this.orders("card.similar_orders", card.similar_orders),
      this.listed(offer),
      this.heard(offer),
    ];
  }

  // While the call stands, its controls tell how its transfers are.
  transfers(offer) {
    const { transfers } = offer.card;
    if (!transfers.length || (this.live.state?.offer && this.live.state.presence !== "ringing")) return null;
    return this.section("card.transfers", transfers, (one) => h("li", { class: "line" },
      h("span", { class: "top" }, h("span", { class: "title num" }, one.target.replace("seat/", "")), h("span", { class: "tag" }, one.outcome ? named("transfer_outcome", one.outcome) : t("attempt.asked"))),
      h("span", { class: "sub num" }, moment(one.at), h("span", {}, named("transfer_mode", one.mode)))));
  }

  listed(offer) {
    if (!offer.card.caller_number) return null;
    if (this.lists?.call !== offer.call_id) this.lists = new CallerLists(offer);
    return this.lists.el;
  }

  heard(offer) {
    const over = !["ringing", "talking"].includes(this.live.state?.offer ? this.live.state.presence : "over");
    if (!over) return null;
    if (this.recordings?.call !== offer.call_id) this.recordings = new Recordings(offer.call_id);
    return this.recordings.el;
  }

  orders(key, orders) {
    const line = (order) => h("li", {}, h("button", { class: "line", type: "button", on: { click: () => this.openOrder(order.id) } },
      h("span", { class: "top" }, h("span", { class: "title" }, order.title), h("span", { class: "tag" }, named("stage", order.stage))),
      h("span", { class: "sub" }, h("span", { class: "num" }, order.number), h("span", { class: "cut" }, [order.category, order.address].filter(Boolean).join(separator()))),
    ));
    return this.section(key, orders, line);
  }

  calls(calls) {
    const line = (past) => h("li", { class: "line" },
      h("span", { class: "top" }, h("span", { class: "title" }, past.hotline || named("direction", past.direction)), h("span", { class: "tag" }, past.outcome ? named("outcome", past.outcome) : t("call.open"))),
      h("span", { class: "sub num" }, moment(past.started_at), past.talked_seconds ? ` · ${lasting(past.talked_seconds)}` : ""),
    );
    return this.section("card.recent_calls", calls, line);
  }

  section(key, items, line) {
    return h("section", { class: "section" },
      h("h3", {}, t(key), h("span", { class: "muted num" }, String(items.length))),
      items.length ? h("ul", { class: "lines" }, items.map(line)) : h("p", { class: "muted" }, t("none")),
    );
  }

  waiting(state) {
    const open = (offer) => { this.earlier = offer; this.draw(); this.looked(); };
    const line = (offer) => h("li", {}, h("button", { class: "line", type: "button", on: { click: () => open(offer) } },
      h("span", { class: "top" }, h("span", { class: "title num" }, phone(offer.card.caller_number)), h("span", { class: `tag ${offer.outcome === "missed" ? "bad" : ""}` }, named("outcome", offer.outcome ?? "open"))),
      h("span", { class: "sub num" }, moment(offer.offered_at), h("span", { class: "cut" }, offer.card.hotline)),
    ));
    return [
      h("p", { class: "empty" }, t(state?.presence === "ready" ? "card.waiting" : "card.not_ready")),
      this.missed.el,
      this.history.length > 0 && h("section", { class: "list" }, h("h3", { class: "listhead" }, t("card.history")), h("ul", { class: "lines" }, this.history.map(line))),
    ];
  }

  async hangUp(offer) {
    this.problem = "";
    try {
      await call("POST", `/api/desk/calls/${offer.call_id}/hangup`);
    } catch (problem) {
      this.problem = problem.message;
      this.draw();
    }
  }
}
