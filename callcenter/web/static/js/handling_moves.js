// Moves that a handling unit, its centre or a leader may make now: together, into the ledger, again, or explained.

import { call } from "./api.js";

const why = (key = "step.reason", name = "reason") => ({ name, key, kind: "text", rows: 2, must: true, max: 1000 });

// The kind of the move as the order lists it; its path; its fields.
const MOVES = {
  rehandled: ["rehandle", () => [why()]],
  explained: ["explain", () => [why("move_form.explained"), { name: "basis", key: "paper.basis", must: true, max: 1000 }]],
  hung: ["ledger", () => [{ name: "due", key: "move_form.ledger_due", type: "date", width: "w3", must: true }, why()]],
  unhung: ["ledger/resume", () => [why()]],
  fulfilled: ["ledger/fulfil", () => [{ name: "reply", key: "move_form.told", kind: "text", rows: 3, must: true, max: 8000 }]],
  collab_begun: ["collab", () => [why("move_form.together")]],
  collab_ended: ["collab/end", () => [why("move_form.together_result", "note")]],
};

export function moveSteps(order) {
  return Object.entries(MOVES).filter(([kind]) => order.actions.includes(kind)).map(([kind, [path, fields]]) => ({
    name: kind, key: `move_form.do.${kind}`, fields, send: (values) => call("POST", `/api/orders/${order.id}/${path}`, values),
  }));
}
