// Meetings with agenda, minutes and items; leaders' instructions: what is about more than one order.

import { call, holds, session } from "./api.js";
import { fill, h } from "./dom.js";
import { field } from "./fields.js";
import { moment, separator } from "./format.js";
import { named, t } from "./i18n.js";
import { at, choice, choices, orderIds, pick, taken, taking } from "./oversight_choices.js";
import { doing, due, said } from "./oversight_forms.js";
import { line, order, overdue, OVERSEERS, OWNERS, papers, past, sub, tag, told, top } from "./oversight_lines.js";
import { ids, several } from "./step_forms.js";

const KINDS = ["joint_meeting", "supervision", "coordination", "on_site", "office"];

// `about`: a topic of the week with its orders, else empty. A special meeting is a leader's to call (XY-39).
export async function calling(about = {}) {
  const { orgs } = await choices();
  return [
    choice("kind", "oversight.meeting_kind", holds("deputy", "leader") ? ["special", ...KINDS] : KINDS, "meeting"),
    field({ name: "title", key: "oversight.meeting_title", must: true, max: 120 }, about.title),
    field({ name: "held_at", key: "meeting.at", type: "datetime-local", must: true }),
    field({ name: "place", key: "meeting.place", max: 200 }),
    ...taking(orgs),
    field({ name: "agenda", key: "oversight.agenda", kind: "text", rows: 2, max: 2000 }, (about.numbers ?? []).join(" ")),
    field({ name: "minutes", key: "meeting.minutes", kind: "text", rows: 3, max: 4000 }),
  ];
}

export async function convene({ orgs, bodies, agenda, held_at, ...body }) {
  const order_ids = await orderIds(agenda);
  return call("POST", "/api/meetings", { ...body, held_at: at(held_at), participants: taken({ orgs, bodies }), order_ids });
}

const deciding = async (row) => {
  const has = (values) => Boolean(values.matter);
  const { orgs } = await choices();
  return [
    field({ name: "minutes", key: "meeting.minutes", kind: "text", rows: 4, must: true, max: 4000 }, row.minutes),
    field({ name: "matter", key: "oversight.item", kind: "text", rows: 2, max: 4000 }),
    pick("owner_id", "oversight.item_owner", orgs, undefined, { must: true, when: has }),
    field({ name: "owner_body", key: "oversight.item_body", max: 200, when: has }),
    field({ name: "due_on", key: "oversight.item_due", type: "date", must: true, when: has }),
    field({ name: "number", key: "oversight.order_number", max: 40, when: has }),
  ];
};

async function decide(row, { minutes, matter, number, owner_id, owner_body = "", due_on }) {
  const [order_id = null] = await orderIds(number);
  const items = matter ? [{ matter, owner_id, owner_body, due_on, order_id }] : [];
  return call("POST", `/api/meetings/${row.id}/minutes`, { minutes, items });
}

// The items are read when they are asked for.
function itemsOf(row) {
  const place = h("div");
  const show = async () => {
    const { items } = await call("GET", `/api/meetings/${row.id}`);
    const one = (item) => {
      const mine = !item.done_at && holds(...OWNERS) && session.me.org_id === item.owner_org_id;
      return line(item.id,
        top(item.matter, tag(t(item.done_at ? "oversight.done" : "oversight.to_do"), item.done_at ? "ok" : "warn"), overdue(!item.done_at && past(item.due_on))),
        sub(item.owner_org, item.owner_body, t("oversight.item_by", { day: item.due_on }), item.done_at && moment(item.done_at)),
        told("oversight.report", item.report),
        doing([mine && ["oversight.finish", () => said("oversight.report"), (body) => call("POST", `/api/meeting-items/${item.id}/finish`, body)]], show));
    };
    fill(place, items.length ? h("ul", { class: "lines" }, items.map(one)) : h("p", { class: "muted" }, t("oversight.no_items")));
  };
  const press = () => (place.childElementCount ? fill(place) : show().catch((problem) => fill(place, h("p", { class: "alert" }, problem.message))));
  return { button: h("button", { class: "btn quiet", type: "button", on: { click: press } }, t("oversight.items")), place };
}

export const meetings = {
  name: "meetings", path: "/api/meetings", filters: [""],
  begin: () => [holds(...OVERSEERS) && ["oversight.call_meeting", calling, convene]],
  line(row, again) {
    const people = row.participants.map((one) => one.body + (one.external ? `（${t("oversight.external")}）` : ""));
    const items = itemsOf(row);
    return line(row.id,
      top(row.title, tag(named("meeting", row.kind), "accent"), !row.minutes && tag(t("oversight.no_minutes"), "warn"), row.open_items > 0 && tag(t("oversight.open_items", { n: row.open_items }), "warn")),
      sub(moment(row.held_at), row.place, row.convener_org, row.caller, row.orders.length > 0 && t("oversight.agenda_of", { n: row.orders.length })),
      told("oversight.parties", people.join(separator())),
      told("meeting.minutes", row.minutes),
      doing([holds(...OVERSEERS) && ["oversight.write_minutes", () => deciding(row), (body) => decide(row, body)]], again, [items.button, ...papers(`/api/meetings/${row.id}`)]),
      items.place);
  },
};

const instructing = async () => {
  const { orgs } = await choices();
  return [
    field({ name: "text", key: "oversight.instruction", kind: "text", rows: 3, must: true, max: 4000 }),
    field({ name: "requirement", key: "oversight.instruction_requirement", kind: "text", rows: 2, must: true, max: 4000 }),
    several("targets", "oversight.targets", orgs),
    field({ name: "number", key: "oversight.order_number", max: 40 }),
    due(true),
  ];
};

async function instruct({ targets, number, ...body }) {
  const [order_id = null] = await orderIds(number);
  return call("POST", "/api/instructions", { ...body, target_ids: ids(targets), order_id });
}

export const instructions = {
  name: "instructions", path: "/api/instructions", filters: [""],
  begin: () => [holds("deputy", "leader") && ["oversight.instruct", instructing, instruct]],
  line(row, again) {
    const answered = row.fed_back_at !== null;
    return line(row.id,
      top(row.text, tag(t(answered ? "oversight.fed_back" : "oversight.waiting"), answered ? "ok" : "warn"), overdue(!answered && past(row.due_on))),
      sub(row.leader, moment(row.at), row.target_org, t("oversight.due", { day: row.due_on }), order(row)),
      told("oversight.instruction_requirement", row.requirement),
      told("oversight.reply", row.feedback),
      doing([holds(...OWNERS) && !answered && ["oversight.reply", () => said("oversight.reply"), (body) => call("POST", `/api/instructions/${row.id}/feedback`, body)]], again));
  },
};

