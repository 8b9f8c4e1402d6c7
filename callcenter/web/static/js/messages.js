// Voice messages: hear them, see the number, ring back, and mark what was handled.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { complete, field, read } from "./fields.js";
import { lasting, moment, phone } from "./format.js";
import { named, t } from "./i18n.js";
import { CallOut } from "./outbound.js";
import { Page } from "./page.js";

const READ_EVERY = 20_000;
const STATES = ["new", "handled", ""];

export class Messages extends Page {
  constructor(live, hooks) {
    super(live, hooks, "messages.title", READ_EVERY);
    this.state = STATES[0];
    this.rows = new Map();
    this.next = null;
    this.turned = false;
    this.seat = Boolean(live.state?.seat);
    this.tabs = h("div", { class: "tabs", role: "tablist" });
    this.list = h("div", { class: "body flush list" });
    this.show(
      h("div", { class: "mailgrid" }, h("section", { class: "panel", "aria-label": t("messages.title") }, h("header", {}, this.tabs), this.list)));
    this.read();
  }

  // A call that rings is more urgent than any message: its card is on the desk.
  stateCame() {
    this.linkCame();
    if (this.live.state?.presence === "ringing") location.hash = "#/";
    const seat = Boolean(this.live.state?.seat);
    if (seat !== this.seat) {
      this.seat = seat;
      this.afresh();
    }
  }

  choose(state) {
    this.state = state;
    this.afresh();
  }

  afresh() {
    this.rows = new Map();
    this.next = null;
    this.turned = false;
    this.read();
  }

  // The newest asked for wins. Pages that were turned stay: the first one is only read anew on top of them.
  async read(cursor = "") {
    const asked = (this.asked = Symbol("read"));
    const query = new URLSearchParams({ limit: "30", ...(this.state && { state: this.state }), ...(cursor && { cursor }) });
    try {
      const page = await call("GET", `/api/messages?${query}`);
      if (asked !== this.asked) return;
      this.turned ||= cursor !== "";
      const fresh = new Map(page.items.map((one) => [one.id, this.kept(one)]));
      const others = this.turned ? [...this.rows].filter(([id]) => !fresh.has(id)) : [];
      this.rows = new Map(cursor ? [...others, ...fresh] : [...fresh, ...others]);
      if (cursor || !this.turned) this.next = page.next;
      this.tell("");
    } catch (problem) {
      if (asked === this.asked) this.tell(problem.message);
    }
    this.draw();
  }

  // What is heard or written must outlive the list's next reading.
  kept(one) {
    const known = this.rows.get(one.id);
    return known && known.one.state === one.state ? known : new Message(one, this.seat, () => { this.rows.delete(one.id); this.read(); });
  }

  draw() {
    const tab = (state) => h("button", { type: "button", role: "tab", "aria-selected": String(this.state === state), data: { focus: `state-${state}` }, on: { click: () => this.choose(state) } }, t(`messages.tab.${state || "all"}`));
    fill(this.tabs, STATES.map(tab));
    const shown = [...this.rows.values()].map(({ el }) => el);
    const list = this.list.querySelector("ul");
    // A player that is taken out of the page falls silent: an unchanged list stays as it is.
    if (list && shown.length && list.children.length === shown.length && shown.every((el, at) => list.children[at] === el) && Boolean(this.list.querySelector(".more")) === Boolean(this.next)) return;
    fill(this.list,
      shown.length ? h("ul", { class: "lines" }, shown) : h("p", { class: "empty" }, t("messages.none")),
      this.next && h("button", { class: "more", type: "button", on: { click: () => this.read(this.next) } }, t("orders.more")));
  }
}

class Message {
  constructor(one, seat, changed) {
    this.one = one;
    this.seat = seat;
    this.changed = changed;
    this.player = h("div");
    this.below = h("div");
    this.number = h("span", { class: "title num" }, one.caller_number || t("caller.withheld"));
    this.el = h("li", { class: "line", data: { message: one.id } }, this.head(), this.acts(), this.player, this.below);
  }

  head() {
    const { one } = this;
    const state = one.state === "new" ? ["warn", t("messages.tab.new")] : ["ok", t("messages.tab.handled")];
    return [
      h("span", { class: "top" }, this.number, h("span", { class: "tag" }, lasting(one.seconds)), h("span", { class: `tag ${state[0]}` }, state[1])),
      h("span", { class: "sub" }, h("span", { class: "num" }, moment(one.recorded_at)), h("span", { class: "num" }, one.dialled), one.queue && h("span", { class: "cut" }, named("queue", one.queue))),
      one.handled_at && h("span", { class: "sub" }, t("messages.handled_by", { by: one.handled_by ?? "", at: moment(one.handled_at) }), one.note && h("span", { class: "cut" }, one.note)),
    ];
  }

  acts() {
    const { one } = this;
    const button = (name, does, kind = "") => h("button", { class: `btn ${kind}`, type: "button", data: { focus: `${name}-${one.id}` }, on: { click: does } }, t(`messages.${name}`));
    const rings = one.call_id && one.caller_number && this.seat;
    return h("div", { class: "actions" },
      button("hear", () => this.hear(), "primary"),
      one.caller_number && button("number", () => this.reveal()),
      one.state === "new" && button("handle", () => this.ask()),
      rings && new CallOut({ call_id: one.call_id }, t("missed.ring_back"), () => undefined).el);
  }

  hear() {
    const player = h("audio", { controls: true, autoplay: true, src: `/api/messages/${this.one.id}/audio`, "aria-label": t("messages.player") });
    player.addEventListener("error", () => this.tell(t("messages.gone")));
    fill(this.player, player);
  }

  async reveal() {
    try {
      this.number.textContent = phone((await call("GET", `/api/messages/${this.one.id}`)).caller_number);
    } catch (problem) {
      this.tell(problem.message);
    }
  }

  ask() {
    const note = field({ name: "note", key: "messages.note", max: 500 });
    const submit = async (event) => {
      event.preventDefault();
      if (!complete([note])) return;
      try {
        await call("POST", `/api/messages/${this.one.id}/handled`, read([note]));
        document.activeElement?.blur();
        this.changed();
      } catch (problem) {
        this.tell(problem.message);
      }
    };
    fill(this.below, h("form", { class: "decide", novalidate: true, on: { submit } }, note.el,
      h("span", { class: "actions" }, h("button", { class: "btn primary", type: "submit" }, t("messages.handle")),
        h("button", { class: "btn", type: "button", on: { click: () => fill(this.below) } }, t("form.cancel")))));
    note.control.focus();
  }

  tell(text) {
    fill(this.below, h("p", { class: "alert", role: "alert" }, text));
  }
}
