"""When the rules propose a supervision (JC-29, SG-11, GH-12): a human confirms or dismisses it. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from callcenter.oversight.terms import GRAVE, Flag, Mode, Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of an order. `repeats`: calls on the matter after the first; `dissatisfied_at`: the first time the
    citizen said no; `flags`: confirmed ones."""

    created_at: datetime
    dissatisfied_at: datetime | None = None
    satisfied: bool = False
    repeats: int = 0
    round_no: int = 1
    closed: bool = False
    flags: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The rule set's: `policy.supervise.auto`, `policy.rehandle.rounds_before_escalation`."""

    repeat_calls: int
    age_days: int
    rounds: int


class Proposal(NamedTuple):
    trigger: Trigger
    mode: Mode
    flag: str = ""


def proposals(facts: Facts, now: datetime, limits: Limits) -> Sequence[Proposal]:
    """JC-29: dissatisfied and called again, or old and unsatisfied, asks for a visit on site by several parties; after
    the rounds of the rule set the matter goes up; a clock overdue asks for a reminder first (B-18)."""
    if facts.closed or facts.satisfied:
        return []
    found: list[Proposal] = []
    if facts.dissatisfied_at is not None and facts.repeats >= limits.repeat_calls:
        found.append(Proposal(Trigger.REPEAT_CALLS, Mode.ON_SITE))
    if now - facts.created_at > timedelta(days=limits.age_days):
        found.append(Proposal(Trigger.AGED, Mode.ON_SITE))
    if facts.dissatisfied_at is not None and facts.round_no >= limits.rounds:
        found.append(Proposal(Trigger.TWO_ROUNDS, Mode.ESCALATED))
    if Flag.OVERDUE in facts.flags:
        found.append(Proposal(Trigger.OVERDUE, Mode.URGE))
    found += [Proposal(Trigger.FLAGGED, Mode.WRITTEN, flag) for flag in sorted(GRAVE.intersection(facts.flags))]
    return found


def fitting(mode: Mode, known: Collection[str]) -> Mode:
    """The mode to propose: where the rule set does not know it (JC-24), the next more severe one, and behind the last
    the most severe. A reminder is always known."""
    usable = sorted((one for one in Mode if one in known), key=lambda one: one.severity)
    if mode is Mode.URGE or mode in usable or not usable:
        return mode
    return next((one for one in usable if one.severity > mode.severity), usable[-1])


def days_to_supervision(dissatisfied: date, opened: date) -> int:
    """JC-29's KPI, in natural days: in its case 114."""
    return max(0, (opened - dissatisfied).days)
