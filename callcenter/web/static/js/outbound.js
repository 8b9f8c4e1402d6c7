// One press: the agent's own telephone rings, then the citizen; what it came to is told here, and to the order.

import { call, session } from "./api.js";
import { fill, h } from "./dom.js";
import { lasting } from "./format.js";
import { named, t } from "./i18n.js";

const LOOK_EVERY = 1_500;

export class CallOut {
  constructor(wanted, label, over) {
    this.wanted = wanted;
    this.over = over;
    this.button = h("button", { class: "btn primary", type: "button", data: { focus: "call-out" }, on: { click: () => this.place() } }, `☎ ${label}`);
    this.said = h("span", { class: "sub", role: "status" });
    this.el = h("div", { class: "actions callout" }, this.button, this.said);
  }

  async place() {
    this.button.disabled = true;
    this.tell("", t("outbound.own_phone"));
    try {
      const placed = await call("POST", "/api/outbound", this.wanted);
      await this.follow(placed.id);
    } catch (problem) {
      this.tell("bad", problem.message);
    }
    this.button.disabled = false;
  }

  async follow(id) {
    for (;;) {
      await new Promise((resume) => { setTimeout(resume, LOOK_EVERY); });
      if (!session.me) return;
      const now = await call("GET", `/api/outbound/${id}`);
      if (!now.outcome || now.told === null) continue;
      const span = now.outcome === "reached" || now.outcome === "too_short" ? ` ${lasting(seconds(now.talked))}` : "";
      this.tell(now.outcome === "reached" ? "ok" : "warn", named("outbound_outcome", now.outcome) + span, now.told && now.told !== "ok" ? t("outbound.not_recorded") : "");
      this.over();
      return;
    }
  }

  tell(kind, text, more = "") {
    fill(this.said, kind ? h("span", { class: `tag ${kind}` }, text) : text, more && ` ${more}`);
  }
}

// ISO 8601, as the server writes lengths of time: PT1M5.2S.
function seconds(length) {
  const [, hours = 0, minutes = 0, rest = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(length ?? "") ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
}
