// Every page beside the desk: its address, its name, and who may open it. The address alone opens it, so that a wall can.

import { holds } from "./api.js";
import { Board } from "./board.js";
import { Callbacks } from "./callbacks.js";
import { Delegations } from "./delegations.js";
import { DispatchFigures } from "./dispatch_figures.js";
import { h } from "./dom.js";
import { Duties } from "./duties.js";
import { Fieldwork } from "./fieldwork.js";
import { Hotlines } from "./hotlines.js";
import { t } from "./i18n.js";
import { Imports } from "./imports.js";
import { Matters } from "./matters.js";
import { Messages } from "./messages.js";
import { Notices } from "./notices.js";
import { Numbers } from "./numbers.js";
import { Oversight } from "./oversight.js";
import { OversightLists } from "./oversight_lists.js";
import { Rules } from "./rules.js";
import { Slots } from "./slots.js";
import { Tasks } from "./tasks.js";
import { Warnings } from "./warnings.js";

const PAGES = [
  ["#/board", "board.open", Board, "supervisor", "leader"],
  ["#/hotlines", "hotlines.open", Hotlines, "supervisor", "leader"],
  ["#/numbers", "numbers.open", Numbers, "supervisor", "leader"],
  ["#/messages", "messages.open", Messages, "agent", "dispatcher", "supervisor"],
  ["#/matters", "matter.page", Matters, "agent", "dispatcher", "reviewer", "supervisor", "unit_operator", "unit_head", "deputy", "leader", "inspector"],
  ["#/import", "import.page", Imports, "dispatcher", "supervisor"],
  ["#/fieldwork", "fieldwork.title", Fieldwork, "dispatcher", "supervisor", "reviewer", "inspector", "field", "unit_operator", "unit_head", "deputy", "leader"],
  ["#/notices", "notices.title", Notices],
  ["#/oversight", "oversight.title", Oversight, "supervisor", "dispatcher", "reviewer", "inspector", "deputy", "leader", "discipline", "unit_operator", "unit_head", "auditor"],
  ["#/oversight-lists", "oversight.lists", OversightLists, "supervisor", "dispatcher", "reviewer", "inspector", "deputy", "leader", "discipline", "unit_operator", "unit_head", "auditor"],
  ["#/warnings", "warnings.title", Warnings, "unit_head", "deputy", "leader", "supervisor", "reviewer", "inspector", "discipline", "auditor"],
  ["#/callbacks", "callbacks.title", Callbacks, "agent", "dispatcher", "reviewer", "supervisor"],
  ["#/rules", "rules.title", Rules],
  ["#/duties", "duties.title", Duties, "dispatcher", "supervisor", "reviewer", "unit_operator", "unit_head", "deputy", "leader", "agent", "inspector"],
  ["#/delegations", "delegations.title", Delegations, "unit_head", "unit_operator", "supervisor", "dispatcher", "reviewer"],
  ["#/dispatching", "figures.title", DispatchFigures, "dispatcher", "supervisor", "reviewer", "deputy", "leader", "inspector", "auditor"],
  ["#/slots", "slots.title", Slots, "supervisor", "dispatcher", "reviewer", "unit_head", "deputy", "leader", "inspector", "discipline", "auditor"],
  ["#/tasks", "tasks.title", Tasks, "guest", "field", "unit_operator", "unit_head", "dispatcher", "reviewer", "supervisor", "deputy", "leader"],
];

const may = (roles) => roles.length === 0 || holds(...roles);

// The page of an address that this reader may open, or nothing.
export function pageOf(hash) {
  const [, , Page, ...roles] = PAGES.find(([address]) => hash === address || hash.startsWith(`${address}/`)) ?? [];
  return Page && may(roles) ? Page : null;
}

// The pages this reader may open, under one button.
export function pagesMenu() {
  const open = PAGES.filter(([, , , ...roles]) => may(roles));
  const menu = h("details", { class: "menu pages" },
    h("summary", { class: "btn quiet" }, `${t("nav.pages")} ▾`),
    h("ul", {}, open.map(([address, key]) => h("li", {}, h("a", { href: address }, t(key))))));
  const close = (event) => { if (!menu.contains(event.target)) menu.open = false; };
  document.addEventListener("click", close);
  return { el: menu, gone: () => document.removeEventListener("click", close) };
}
