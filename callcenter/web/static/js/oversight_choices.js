// What forms of oversight name: orgs, centres above, leaders, meetings, orders by their numbers.

import { call, events } from "./api.js";
import { field } from "./fields.js";
import { named, t } from "./i18n.js";
import { ids, instant, several } from "./step_forms.js";

let known = null;
events.addEventListener("left", () => { known = null; });

// Read once a log-in.
export async function choices() {
  known ??= call("GET", "/api/oversight/choices").catch((problem) => { known = null; throw problem; });
  return known;
}

export const words = (text) => (text ?? "").split(/[\s,，、;；]+/).filter(Boolean);

// Ids of the orders with these numbers; the server refuses one that is not there.
export const orderIds = (text) => Promise.all(words(text).map(async (number) => (await call("GET", `/api/oversight/order?number=${encodeURIComponent(number)}`)).id));

export const pick = (name, key, rows, label = (row) => row.name, more = {}) => field({ name, key, kind: "choice", options: [["", t(rows.length ? "form.choose" : "oversight.nothing_to_choose")], ...rows.map((row) => [row.id, label(row)])], ...more });
export const choice = (name, key, values, group, more = {}, value = undefined) => field({ name, key, kind: "choice", options: values.map((one) => [one, named(group, one)]), ...more }, value);

export const leaderLabel = (row) => `${row.name}（${row.org}）`;
export const meetingLabel = (row) => `${row.held_at.slice(0, 10)} ${row.title}`;

// The orgs and the bodies outside that take part: two fields, and what they say together.
export function taking(orgs, given = []) {
  const outside = given.filter((one) => !one.org_id).map((one) => one.body).join("、");
  const all = [...orgs, ...given.filter((one) => one.org_id && !orgs.some((org) => org.id === one.org_id)).map((one) => ({ id: one.org_id, name: one.body }))];
  return [
    several("orgs", "oversight.parties", all, given.map((one) => one.org_id).filter(Boolean)),
    field({ name: "bodies", key: "oversight.bodies", max: 300 }, outside),
  ];
}
export const taken = ({ orgs = "", bodies = "" }) => [
  ...ids(orgs).map((org_id) => ({ org_id })),
  ...bodies.split(/[,，、;；]/).map((one) => one.trim()).filter(Boolean).map((body) => ({ body, external: true })),
];
export const at = (value) => (value ? instant(value) : null);
