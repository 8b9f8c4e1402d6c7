// Puts the page together: log-in or desk, pushes to parts, one clock for all running times.

import { events, forget, holds, logOut, session, whoAmI } from "./api.js";
import { CallCard } from "./call_card.js";
import { announce, fill, h } from "./dom.js";
import { dropDrafts } from "./drafts.js";
import { clock, phone } from "./format.js";
import { loadWords, t } from "./i18n.js";
import { Live } from "./live.js";
import { loginPage } from "./login.js";
import { matterHints } from "./matter_hints.js";
import { privacyHint } from "./privacy_hint.js";
import { pageOf } from "./nav.js";
import { OrderDetail } from "./order_detail.js";
import { OrderForm } from "./order_form.js";
import { OrderList } from "./order_list.js";
import { Ordered } from "./ordered.js";
import { Supervised } from "./supervised.js";
import { TopBar } from "./topbar.js";
import { tellWarning } from "./warned.js";

const app = document.getElementById("app");
const live = new Live();
let desk = null;

class Desk {
  constructor() {
    this.agent = holds("agent") && !session.me.roles.includes("admin");
    this.enters = holds("agent", "dispatcher", "supervisor");
    this.banner = h("div", { hidden: true, role: "alert" });
    this.bar = new TopBar(live, { redraw: showDesk, leave });
    this.list = new OrderList({ open: (id) => this.open(id) });
    this.detail = new OrderDetail(live, { moved: () => this.list.load() });
    this.form = this.enters ? new OrderForm({ created: (order) => { this.list.load(); this.open(order.id); } }) : null;
    if (this.form) matterHints(this.form);
    if (this.form) privacyHint(this.form);
    this.card = this.agent ? new CallCard(live, { openOrder: (id) => this.open(id), looked: () => this.bind(), said: () => this.said() }) : null;
    this.ordered = new Ordered(live);
    this.supervised = this.agent ? new Supervised() : null;
    this.view = this.enters && this.agent ? "form" : "detail";
    this.work = h("section", { class: "panel", "aria-label": t("work.title") });
    const columns = this.agent ? [this.card.el, this.work, this.list.el] : [this.list.el, this.work];
    this.el = h("main", { class: "desk" }, this.bar.el, this.banner, this.ordered.el, this.supervised?.el, h("div", { class: `columns ${this.agent ? "" : "no-seat"}` }, columns));
    this.drawWork();
    this.drawBanner();
  }

  open(id) {
    this.view = "detail";
    this.list.select(id);
    this.detail.show(id);
    this.drawWork();
  }

  bind() {
    this.form?.bind(this.card?.offer ?? null);
  }

  // What was written down so far: it decides which lines are proposed for a transfer.
  said() {
    const { title = "", category = "", content = "" } = this.form?.values() ?? {};
    return [title, category, content].filter(Boolean).join(" ");
  }

  drawWork() {
    const tab = (view, key) => h("button", {
      type: "button", role: "tab", "aria-selected": String(this.view === view), data: { focus: `tab-${view}` },
      on: { click: () => { this.view = view; this.drawWork(); } },
    }, t(key));
    const body = this.view === "form" ? this.form.el : this.detail.id ? this.detail.el : h("p", { class: "empty" }, t("order.choose"));
    fill(this.work,
      h("header", {}, h("div", { class: "tabs", role: "tablist" }, this.form && tab("form", "order.new"), tab("detail", "order.detail"))),
      h("div", { class: "body" }, body));
  }

  drawBanner() {
    const state = live.state;
    const text = !live.connected && live.tries > 0 ? t("banner.lost")
      : state?.seat && !state.pbx_connected ? t("banner.pbx")
      : state?.seat && state.presence !== "offline" && !state.reachable ? t("banner.phone", { n: state.extension }) : "";
    const hard = live.connected && text !== "";
    this.banner.className = `banner ${hard ? "bad" : ""}`;
    this.banner.hidden = text === "";
    if (this.banner.textContent !== text) this.banner.textContent = text;
  }

  stateCame() {
    const state = live.state;
    const offer = state.offer?.id ?? null;
    if (state.presence === "ringing" && state.offer && this.rung !== offer) {
      this.rung = offer;
      announce(t("announce.ringing", { number: phone(state.offer.card.caller_number), hotline: state.offer.card.hotline }));
      document.title = `☎ ${t("app.title")}`;
      if (this.form) { this.view = "form"; this.drawWork(); }
    } else if (state.presence !== "ringing") {
      document.title = t("app.title");
    }
    if (this.had && !offer) { this.card?.loadHistory(); this.card?.missed.load(); }
    this.had = offer;
    this.bar.draw();
    this.ordered.draw();
    this.card?.draw();
    this.bind();
    this.drawBanner();
    tick();
  }

  linkCame() {
    this.bar.draw();
    this.drawBanner();
    if (live.connected && this.wasLost) { this.list.load(); this.detail.refresh(); this.supervised?.load(); }
    this.wasLost = !live.connected;
  }

  orderCame(id) {
    this.list.load();
    if (this.detail.id === id) this.detail.refresh();
  }

  transcriptCame() {
    this.detail.recordings?.load();
    this.card?.recordings?.load();
  }

  callCame(id) {
    this.card?.callCame(id);
  }

  supervisedCame() {
    this.supervised?.load();
  }

  gone() {
    this.bar.gone();
  }
}

live.addEventListener("state", () => desk?.stateCame());
live.addEventListener("link", () => desk?.linkCame());
live.addEventListener("order", (event) => desk?.orderCame?.(event.detail));
live.addEventListener("transcript", () => desk?.transcriptCame?.());
live.addEventListener("call", (event) => desk?.callCame?.(event.detail));
live.addEventListener("supervised", () => desk?.supervisedCame?.());
live.addEventListener("warned", (event) => { tellWarning(event.detail); desk?.warnedCame?.(event.detail); });
live.addEventListener("board", () => desk?.boardCame?.());
live.addEventListener("logged-out", () => expelled());
events.addEventListener("logged-out", () => expelled());

function tick() {
  for (const place of document.querySelectorAll("[data-since]")) {
    place.textContent = clock(live.now() - Date.parse(place.dataset.since));
  }
}
setInterval(tick, 500);

function showDesk() {
  desk?.gone();
  const Page = pageOf(location.hash);
  desk = Page ? new Page(live, { redraw: showDesk, leave }) : new Desk();
  fill(app, desk.el);
  if (live.state) desk.stateCame();
  const [, order] = location.hash.match(/^#\/order\/([0-9a-f-]{36})$/) ?? [];
  if (order && !Page) desk.open(order);
}

window.addEventListener("hashchange", () => desk && showDesk());

function showLogin(why = "") {
  desk?.gone();
  desk = null;
  fill(app, loginPage(() => { showDesk(); live.open(); }, () => showLogin(), why));
}

async function leave() {
  live.close();
  await logOut().catch(() => undefined);
  dropDrafts();
  events.dispatchEvent(new Event("left"));
  showLogin();
}

// The session ended elsewhere: drafts stay, so that nothing typed is lost.
function expelled() {
  if (!desk) return;
  live.close();
  forget();
  events.dispatchEvent(new Event("left"));
  showLogin(t("login.ended"));
}

async function start() {
  await loadWords();
  try {
    if (await whoAmI()) {
      showDesk();
      live.open();
    } else showLogin();
  } catch (problem) {
    fill(app, h("div", { class: "login" }, h("div", { class: "alert", role: "alert" }, problem.message, " ", h("button", { class: "btn", on: { click: start } }, t("app.retry")))));
  }
}

await start();
