// The values of a rule set beside its clocks, in words.

import { h } from "./dom.js";
import { named, t } from "./i18n.js";

const FAMILIES = {
  "contact.tier": "owed",
  "exclusion.signer": "role",
  "extension.approver": "role",
  "site_visit.exempt": "request",
  "supervise.modes": "supervise_mode",
  "whistle.initiators": "rules.initiator",
};
const length = (given) => {
  const unit = Object.keys(given).find((name) => given[name] !== null);
  return t(`rules.length.${unit}`, { count: given[unit] });
};
const LINES = {
  sanctions: (one) => t("rules.sanction", { flag: named("flag", one.flag), count: one.count, window: named("rules.window", one.window), action: named("case", one.action), by: named("role", one.by), due: length(one.due) }) + named("rules.reset", one.reset),
  warnings: (one) => (one.percent !== null ? t("rules.sign_percent", { percent: one.percent }) : t("rules.sign_before", { before: length(one.before) })) + (one.colour ? t("rules.sign_colour", { colour: named("rules.colour", one.colour) }) : ""),
  classes: (one) => `${one.name} ${one.label}${one.requests.length ? `：${one.requests.map((code) => named("request", code)).join("、")}` : ""}${one.difficult ? `（${t("rules.difficult")}）` : ""}`,
};

function plain(path, value) {
  if (typeof value === "boolean") return t(value ? "rules.yes" : "rules.no");
  return typeof value === "string" && FAMILIES[path] ? named(FAMILIES[path], value) : String(value);
}

// What stands beside the name of the value at `path`.
export function ruleValue(path, value) {
  if (!Array.isArray(value)) return plain(path, value);
  if (value.length === 0) return "–";
  if (!LINES[path]) return value.map((one) => plain(path, one)).join("、");
  return value.map((one) => h("div", {}, LINES[path](one), " ", one.reading && h("span", { class: "tag warn" }, t("clocks.reading", { reading: one.reading }))));
}
