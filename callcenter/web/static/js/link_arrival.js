// Where a call was handed over from: the platform, its case, and the citizen's call to us before.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { moment } from "./format.js";
import { language, t } from "./i18n.js";

const fact = (key, value) => value && [h("dt", {}, t(key)), h("dd", {}, value)];

export class LinkArrival {
  constructor() {
    this.el = h("div");
    this.asked = "";
  }

  // The case may come after its call: it is looked up again when the call goes on.
  show(callId, stage, card) {
    const asked = `${callId} ${stage}`;
    if (asked !== this.asked) {
      if (!this.asked.startsWith(callId)) fill(this.el, this.rung(card));
      this.asked = asked;
      this.load(callId, asked);
    }
    return this.el;
  }

  async load(callId, asked) {
    const found = await call("GET", `/api/calls/${callId}/link`).catch(() => null);
    if (asked !== this.asked) return;
    if (found) fill(this.el, this.drawn(found));
  }

  // What the card knew when it rang, until more is read.
  rung(card) {
    if (!card.remote_case && !card.remote_summary) return null;
    return h("div", { class: "note", role: "status" }, h("dl", { class: "facts" }, fact("link.case", card.remote_case), fact("link.summary", card.remote_summary)));
  }

  drawn(found) {
    return h("div", { class: "note", role: "status" },
      h("strong", {}, t("link.from", { link: `${found.link} ${found.title?.[language] ?? ""}`.trim() })),
      h("dl", { class: "facts" },
        fact("link.case", found.case?.external),
        fact("link.summary", found.case?.summary),
        fact("link.earlier", found.earlier_call_at && moment(found.earlier_call_at))),
      found.case && this.press(found.case.id));
  }

  // One press makes the case an order, with its number on both sides; pressed again it is the same one.
  press(id) {
    const place = h("span", { class: "actions" });
    const pressed = async (event) => {
      event.target.disabled = true;
      try {
        const made = await call("POST", `/api/link-cases/${id}/order`, {});
        fill(place, h("a", { href: `#/order/${made.order_id}` }, t("link.pressed", { number: made.number })));
      } catch (problem) {
        event.target.disabled = false;
        place.append(h("span", { class: "muted", role: "alert" }, problem.message));
      }
    };
    fill(place, h("button", { class: "btn", type: "button", on: { click: pressed } }, t("link.press")));
    return place;
  }
}
