"""Which clocks of an order start, stop and run on at a move (A3.1). Nothing ticks: a timer is a row with a due time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from callcenter.core.ids import OrgId
from callcenter.orders.calendar import WorkingCalendar, due_at, in_time
from callcenter.orders.rulesets import RuleSet, TimerRule
from callcenter.orders.terms import Kind, RequestType


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A clock that begins; `owner` owes it, `due_at` is the first instant that is late."""

    name: str
    owner: OrgId
    start_event: str
    started_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """What a move does to the clocks: `resumed` ones keep their old due time (a submission sent back did not count)."""

    started: tuple[Started, ...] = ()
    stopped: tuple[str, ...] = ()
    resumed: tuple[str, ...] = ()


NO_CLOCKS = Clocks()


def _due(rule: TimerRule, rules: Mapping[str, TimerRule], at: datetime, calendar: WorkingCalendar) -> datetime:
    due = due_at(at, rule.length, calendar)
    return min(due, due_at(at, rules[rule.cap].length, calendar)) if rule.cap else due


def clocks_at(
    move: str,
    at: datetime,
    *,
    ruleset: RuleSet,
    kind: Kind,
    request: RequestType,
    calendar: WorkingCalendar,
    unit: OrgId,
    centre: OrgId,
) -> Clocks:
    """`unit` handles the order, `centre` answers for it. Raises CalendarMissing."""
    rules = {name: rule for name, rule in ruleset.timers[kind].items() if request not in rule.except_for}
    return Clocks(
        started=tuple(
            Started(
                name=name,
                owner=unit if rule.owed_by == "unit" else centre,
                start_event=move,
                started_at=at,
                due_at=_due(rule, ruleset.timers[kind], at, calendar),
            )
            for name, rule in rules.items()
            if move in rule.starts
        ),
        stopped=tuple(name for name, rule in rules.items() if move in rule.stops),
        resumed=tuple(name for name, rule in rules.items() if move in rule.resumes),
    )


def window_open(
    name: str, at: datetime, began_at: datetime, *, ruleset: RuleSet, kind: Kind, calendar: WorkingCalendar
) -> bool:
    """Whether a right that lapses may still be used, e.g. `return` within two working days of dispatch (XY-17)."""
    return in_time(at, due_at(began_at, ruleset.windows[kind][name].length, calendar))
