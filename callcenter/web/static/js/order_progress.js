// How far an order has come: the template's phases as a bar, and the rounds of handling.

import { h } from "./dom.js";
import { moment } from "./format.js";
import { language, named, t } from "./i18n.js";

export function progress(order) {
  return h("ol", { class: "phases", "aria-label": t("order.progress") }, order.phases.map((phase) =>
    h("li", { class: phase.state, "aria-current": phase.state === "now" ? "step" : null },
      h("span", {}, phase[language] ?? phase.zh), h("span", { class: "unseen" }, t(`phase.${phase.state}`)))));
}

// Shown from the second round on: what each asked for, what was said, what the citizen thought of it (XY-13).
export function rounds(order) {
  if (order.rounds.length < 2) return null;
  const answer = (value) => (value === null ? "" : t(value ? "form.yes" : "form.no"));
  const one = (round) => h("li", { class: "line" },
    h("span", { class: "top" },
      h("span", { class: "title" }, t("order.round", { n: round.round_no }), round.reason && `：${round.reason}`),
      round.satisfied !== null && h("span", { class: `tag ${round.satisfied ? "good" : "bad"}` }, `${t("step.satisfied")} ${answer(round.satisfied)}`)),
    h("span", { class: "sub num" },
      round.submitted_at ? t("order.round_submitted", { at: moment(round.submitted_at) }) : round.due_at && t("order.round_due", { at: moment(round.due_at) }),
      round.result_type && ` ${named("result", round.result_type)}`),
    round.reply && h("span", { class: "sub" }, round.reply));
  return h("section", { class: "section" }, h("h3", {}, t("order.rounds")), h("ul", { class: "lines" }, order.rounds.map(one)));
}
