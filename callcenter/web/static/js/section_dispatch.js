// Dispatch on an order's page: suggestions with their reasons, hops and holder times, helpers, whistles, claims.

import { call } from "./api.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { language, named, t } from "./i18n.js";
import { standardLine } from "./section_clocks.js";
import { bodies, ids, instant, orgChoice, several, stepBar } from "./step_forms.js";

const LEAD = new Set(["unit", "village", "station", "team"]);
const TASK = [
  { name: "task", key: "dispatch.task", kind: "text", rows: 2, max: 1000, must: true },
  { name: "due", key: "dispatch.due", type: "datetime-local", width: "w3" },
];

export async function dispatchSection(order, done) {
  const seen = await call("GET", `/api/orders/${order.id}/dispatching`);
  const can = (action) => seen.actions.includes(action);
  const found = can("dispatch") ? await call("GET", `/api/orders/${order.id}/suggestions`) : null;
  const steps = stepsOf(order, found).filter((step) => can(step.name));
  const nothing = steps.length + seen.dispatches.length + seen.tasks.length + seen.claims.length === 0;
  if (nothing) return null;
  const bar = stepBar(steps, done);
  return h("section", { class: "section dispatch" },
    h("h3", {}, t("dispatch.title"), tags(seen)),
    found && suggestions(found, bar),
    steps.length > 0 && bar.el,
    hops(seen),
    tasks(order, seen, done),
    claims(order, seen, can("decide_claim"), done),
    notes(seen));
}

function tags(seen) {
  const tag = (kind, text) => h("span", { class: `tag ${kind}` }, text);
  return [
    seen.responsible_org && tag("accent", t("dispatch.responsible", { org: seen.responsible_org })),
    seen.first_org && tag("", t("dispatch.first", { org: seen.first_org })),
    seen.locked && tag("warn", t("dispatch.locked")),
    seen.difficult && tag("warn", t("dispatch.difficult")),
    seen.block_reason && tag("bad", named("block", seen.block_reason)),
    seen.trail.ping_pong && tag("bad", t("dispatch.ping_pong", { hops: seen.trail.hops, n: seen.trail.distinct })),
    seen.territory_org && tag("", t("dispatch.territory_is", { org: seen.territory_org })),
    (seen.duty_org || seen.duty_body) && tag("", t("dispatch.duty_is", { org: seen.duty_org || seen.duty_body })),
  ];
}

function suggestions(found, bar) {
  const missing = language === "en" ? found.missing_en : found.missing_zh;
  const thin = found.intake < found.least;
  const one = (item, place) => h("li", { class: "line", data: { suggestion: item.org_id } },
    h("span", { class: "top" },
      h("span", { class: "title" }, `${place + 1}. ${item.org}`, item.item && h("span", { class: "muted" }, ` ${item.item}`)),
      item.level !== "normal" && h("span", { class: "tag warn" }, named("urgency", item.level)),
      item.pushed_down && h("span", { class: "tag bad" }, t("dispatch.pushed_down")),
      h("button", { class: "btn", type: "button", on: { click: () => bar.open("dispatch", { unit_id: item.org_id, item_id: item.item_id ?? "", category: item.category, level: item.level }) } }, t("dispatch.take"))),
    h("span", { class: "reasons" }, item.reasons.map((reason) => h("span", { class: "tag accent" }, `${named("why", reason.kind)} ${reason.told}`))),
    item.exceptions && h("span", { class: "note" }, t("dispatch.exceptions", { said: item.exceptions })));
  return h("div", { class: "suggestions" },
    h("h4", {}, t("dispatch.suggestions"), h("span", { class: `tag ${thin ? "bad" : "ok"}` }, t("dispatch.intake", { n: found.intake, least: found.least }))),
    missing.length > 0 && h("p", { class: "muted" }, t("dispatch.missing", { what: missing.join("、") })),
    found.standard && standardLine(found.standard),
    found.items.length === 0 ? h("p", { class: "muted" }, t("dispatch.no_suggestion")) : h("ol", { class: "lines" }, found.items.map(one)),
    found.stations.length > 0 && h("p", { class: "muted" }, t("dispatch.stations", { names: found.stations.map((place) => place.name).join("、") })),
    found.contacts.map((person) => h("p", { class: "muted" }, t("dispatch.contact", { matter: person.matter, name: person.contact, phone: person.phone, hours: person.hours }))));
}

function stepsOf(order, found) {
  const post = (path, body) => call("POST", `/api/orders/${order.id}/${path}`, body);
  const helpers = (values) => ids(values.orgs).map((org_id) => ({ org_id, task: values.task, due_at: instant(values.due) }));
  const helping = async () => [several("orgs", "dispatch.helpers", await helperOrgs(order)), ...TASK];
  return [
    { name: "dispatch", key: "dispatch.do", fields: () => dispatchFields(order, found), send: (values) => post("dispatches", chosen(values)) },
    { name: "need_sign", key: "sign.need", fields: () => [
      { name: "cause", key: "sign.cause", kind: "choice", width: "w3", options: ["no_main_unit", "passing_buck"].map((code) => [code, named("sign_cause", code)]) },
      { name: "text", key: "sign.text", kind: "text", rows: 2, must: true, max: 1000 }], send: (values) => post("sign", values) },
    { name: "ask_task", key: "dispatch.ask", fields: helping, send: (values) => post("tasks", { kind: "co", helpers: helpers(values) }) },
    { name: "whistle", key: "whistle.do", fields: async () => [
      { name: "matter", key: "whistle.matter", must: true, max: 300 }, { name: "place", key: "whistle.place", must: true, max: 300, width: "w4" },
      { name: "urgency", key: "whistle.urgency", kind: "choice", width: "w2", options: [["normal", named("urgency", "normal")], ["urgent", named("urgency", "urgent")]] },
      ...(await helping())], send: ({ matter, place, urgency, ...values }) => post("whistles", { matter, place, urgency, helpers: helpers(values) }) },
    { name: "apply_difficult", key: "difficult.apply", fields: () => [{ name: "reason", key: "difficult.reason", kind: "text", rows: 2, must: true, max: 4000 }], send: (values) => post("difficulty", values) },
    { name: "decide_difficult", key: "difficult.decide", fields: async () => [
      { name: "granted", key: "difficult.granted", kind: "choice", width: "w2", options: [["yes", t("form.yes")], ["no", t("form.no")]] },
      { name: "opinion", key: "step.opinion", kind: "text", rows: 2, must: true, max: 4000 }, several("orgs", "dispatch.helpers", await helperOrgs(order)), { ...TASK[0], must: false }, TASK[1]],
      send: ({ granted, opinion, ...values }) => post("difficulty/decision", { granted: granted === "yes", opinion, helpers: values.task ? helpers(values) : [] }) },
    { name: "meeting", key: "meeting.do", fields: async () => [
      { name: "held_at", key: "meeting.at", type: "datetime-local", width: "w3", must: true }, { name: "place", key: "meeting.place", width: "w3", must: true, max: 200 },
      several("orgs", "meeting.orgs", await helperOrgs(order)), { name: "bodies", key: "meeting.bodies", max: 300 },
      { name: "minutes", key: "meeting.minutes", kind: "text", rows: 3, must: true, max: 4000 }, { name: "decisions", key: "meeting.decisions", kind: "text", rows: 2, must: true, max: 4000 }],
      send: (values) => post("meetings", { held_at: instant(values.held_at), place: values.place, org_ids: ids(values.orgs), bodies: values.bodies.split(/[、,，;；]/).map((one) => one.trim()).filter(Boolean), minutes: values.minutes, decisions: values.decisions }) },
    { name: "block", key: "block.do", fields: () => [
      { name: "reason", key: "block.reason", kind: "choice", width: "w3", options: [["", t("block.lift")], ...["no_responsible_body", "standard_unclear", "ownership_disputed", "funds", "third_party", "policy_gap"].map((code) => [code, named("block", code)])] },
      { name: "note", key: "step.note", kind: "text", rows: 2, max: 4000 }], send: (values) => post("block-reason", { ...values, reason: values.reason || null }) },
    { name: "territory", key: "territory.do", fields: async () => {
      const all = await bodies();
      return [orgChoice("territory_id", "territory.territory", all.filter((org) => org.kind !== "external")), orgChoice("duty_id", "territory.duty", all),
        { name: "duty_body", key: "territory.duty_body", max: 120 }, { name: "letter", key: "territory.letter", kind: "text", rows: 3, max: 4000 }];
    }, send: (values) => post("territory", { ...values, territory_id: values.territory_id || null, duty_id: values.duty_id || null }) },
  ];
}

const helperOrgs = async (order) => (await bodies()).filter((org) => org.kind !== "centre" && org.kind !== "discipline" && org.id !== order.owner_org_id);

async function dispatchFields(order, found) {
  const all = (await bodies()).filter((org) => org.id !== order.owner_org_id && (LEAD.has(org.kind) || org.kind === "centre"));
  const listed = await call("GET", "/api/duties?limit=200");
  const items = listed.items.filter((item) => item.state === "in_force");
  return [
    orgChoice("unit_id", "dispatch.unit", all, { must: true }),
    { name: "item_id", key: "dispatch.item", kind: "choice", width: "w3", options: [["", t("dispatch.outside")], ...items.map((item) => [item.id, `${item.code}/${item.version} ${item.title}`])] },
    { name: "outside_reason", key: "dispatch.outside_reason", max: 500 },
    { name: "reason", key: "dispatch.reason", kind: "text", rows: 2, must: true, max: 500 },
    { name: "category", key: "dispatch.category", width: "w3", max: 120 },
    { name: "level", key: "dispatch.level", kind: "choice", width: "w3", options: [["", t("dispatch.keep")], ...["normal", "semi_urgent", "urgent"].map((code) => [code, named("urgency", code)])] },
    several("orgs", "dispatch.co", await helperOrgs(order), found?.items[0]?.co_org_ids ?? []),
    { name: "task", key: "dispatch.co_task", max: 1000 },
    { name: "grassroots_reason", key: "dispatch.grassroots", max: 500 },
  ];
}

function chosen({ orgs: co, task, item_id, ...values }) {
  const said = task || t("dispatch.co_default");
  return { ...values, item_id: item_id || null, co: ids(co).map((org_id) => ({ org_id, task: said })) };
}

function hops(seen) {
  if (seen.dispatches.length === 0) return null;
  const one = (hop) => h("li", { class: "line", data: { hop: hop.seq } },
    h("span", { class: "top" },
      h("span", { class: "title" }, `${hop.from_org} → ${hop.to_org}`),
      h("span", { class: `tag ${hop.role === "lead" ? "accent" : ""}` }, named("role_of_hop", hop.role)),
      h("span", { class: "tag" }, named("hop", hop.kind)),
      hop.outside_list && hop.role === "lead" && h("span", { class: "tag warn" }, t("dispatch.outside")),
      hop.rank === 1 && h("span", { class: "tag ok" }, t("dispatch.as_suggested"))),
    h("span", { class: "sub" }, h("span", { class: "num" }, moment(hop.at)), ` ${hop.by}`, hop.item && h("span", {}, hop.item)),
    hop.role === "lead" && h("span", { class: "sub" }, hop.reason),
    hop.grassroots_reason && h("span", { class: "sub" }, t("dispatch.grassroots_said", { said: hop.grassroots_reason })));
  const longest = Math.max(...seen.trail.held.map((one) => one.hours), 0.01);
  return [
    h("h4", {}, t("dispatch.hops")), h("ol", { class: "lines" }, seen.dispatches.map(one)),
    h("h4", {}, t("dispatch.held")),
    h("ul", { class: "held" }, seen.trail.held.map((held) => h("li", {}, h("span", {}, held.org), h("meter", { min: 0, max: longest, value: held.hours, "aria-label": held.org }), h("span", { class: "num" }, t("time.hours", { n: held.hours }))))),
  ];
}

function tasks(order, seen, done) {
  if (seen.tasks.length === 0) return null;
  const state = (task) => task.cancelled_at ? ["", "cancelled"] : task.done_at ? [task.late_at ? "warn" : "ok", "done"] : task.absent_at ? ["bad", "absent"] : task.late_at ? ["bad", "late"] : task.attended_at ? ["accent", "attended"] : task.accepted_at ? ["accent", "accepted"] : ["", "waiting"];
  const one = (task) => h("li", { class: "line", data: { task: task.id } },
    h("span", { class: "top" }, h("span", { class: "title" }, `${task.helper}：${task.task}`), h("span", { class: "tag" }, named("task_kind", task.kind)), h("span", { class: `tag ${state(task)[0]}` }, named("task_state", state(task)[1]))),
    h("span", { class: "sub num" }, t("dispatch.task_due", { at: moment(task.due_at) }), task.late_at && ` ${t("dispatch.late_own", { org: task.helper })}`, task.rating && ` ★${task.rating}`),
    task.done_at && h("span", { class: "sub" }, [task.opinion, task.result].filter(Boolean).join("；")));
  const whistle = (blown) => {
    const called = seen.tasks.filter((task) => task.whistle_id === blown.id && task.org_id);
    const confirm = () => call("POST", `/api/whistles/${blown.id}/confirm`, { attendances: called.map((task) => ({ org_id: task.org_id, attended: Boolean(task.attended_at), rating: task.attended_at ? 5 : 1 })) }).then(done);
    return h("li", { class: "line" },
      h("span", { class: "top" }, h("span", { class: "title" }, t("whistle.line", { org: blown.org, matter: blown.matter, place: blown.place })), blown.confirmed_at ? h("span", { class: "tag ok" }, t("whistle.confirmed")) : h("span", { class: "tag warn" }, t("whistle.until", { at: moment(blown.report_due_at) }))),
      !blown.confirmed_at && seen.actions.includes("whistle") && h("button", { class: "btn", type: "button", on: { click: confirm } }, t("whistle.confirm")));
  };
  return [h("h4", {}, t("dispatch.tasks")), h("ul", { class: "lines" }, seen.tasks.map(one), seen.whistles.map(whistle))];
}

function claims(order, seen, may, done) {
  if (seen.claims.length === 0) return null;
  const decide = (claim, accepted) => call("POST", `/api/orders/${order.id}/claims/${claim.id}`, { accepted }).then(done);
  const one = (claim) => h("li", { class: "line" },
    h("span", { class: "top" }, h("span", { class: "title" }, `${claim.org}：${claim.reason}`), claim.accepted !== null && h("span", { class: `tag ${claim.accepted ? "ok" : ""}` }, t(claim.accepted ? "claim.taken" : "claim.not_taken"))),
    claim.accepted === null && may && h("span", { class: "actions" },
      h("button", { class: "btn primary", type: "button", on: { click: () => decide(claim, true) } }, t("claim.accept")),
      h("button", { class: "btn", type: "button", on: { click: () => decide(claim, false) } }, t("claim.refuse"))));
  return [h("h4", {}, t("claim.title")), h("ul", { class: "lines" }, seen.claims.map(one))];
}

function notes(seen) {
  const difficulty = (one) => h("li", { class: "line" },
    h("span", { class: "top" }, h("span", { class: "title" }, t("difficult.line", { org: one.org, reason: one.reason })), h("span", { class: `tag ${one.granted ? "ok" : "warn"}` }, t(one.granted === null ? "difficult.waits" : one.granted ? "difficult.yes" : "difficult.no"))));
  const meeting = (one) => h("li", { class: "line" },
    h("span", { class: "top" }, h("span", { class: "title" }, t("meeting.line", { at: moment(one.held_at), place: one.place }))),
    h("span", { class: "sub" }, one.participants.join("、")), h("span", { class: "sub" }, t("meeting.decided", { said: one.decisions })));
  return [...seen.difficulties.map(difficulty), ...seen.meetings.map(meeting)].length > 0 && h("ul", { class: "lines" }, seen.difficulties.map(difficulty), seen.meetings.map(meeting));
}
