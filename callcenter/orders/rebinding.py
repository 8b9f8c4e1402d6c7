"""What another date from above does to the clocks of an order that run already (JC-17, A-02, A-05). Pure.

Only the clock of that date, those that it cuts, and those that begin when such a clock is due are reckoned again. What
is late stays late; only the clock of the date itself starts anew towards a date that lies ahead, and what it was before
stays on record.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from callcenter.orders.calendar import WorkingCalendar, due_at
from callcenter.orders.clock_rows import length_of, rule_of
from callcenter.orders.row import Row
from callcenter.orders.rulesets import RuleBook, RuleSet, TimerRule, UpperDue
from callcenter.orders.signs import Sign, signs_of
from callcenter.orders.timers import INSTANT, UPPER, cut

Key = tuple[str, int]
"""A clock of an order: name and round."""

UPPER_DUE_SET: Final = "upper_due_set"
"""What is written on the order when the date is entered by hand (orders.records)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebound:
    """A clock with another date; `afresh`: it was late, and starts anew. `signs` are those still to come."""

    name: str
    round_no: int
    before: datetime
    started_at: datetime
    due_at: datetime
    own_due_at: datetime
    cut_by: str
    signs: tuple[Sign, ...]
    afresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """`upper` is the date now, `prolonged` the due times that a granted extension gave before anything cut them."""

    upper: datetime
    now: datetime
    kind: str
    rules: RuleBook
    calendar: WorkingCalendar
    prolonged: Mapping[Key, datetime] = field(default_factory=dict)


def _turn(rule: TimerRule) -> tuple[bool, bool]:
    return bool(rule.from_due_of), not isinstance(rule.length, UpperDue)


def _reckoned_again(row: Row, rule: TimerRule, given: Given) -> bool:
    """A clock that stopped may run on: it is reckoned again while it can, and was in time."""
    upper = isinstance(rule.length, UpperDue)
    if row["stopped_at"] is not None and not rule.resumes:
        return False
    if row["breached_at"] is not None:
        return upper and given.upper > given.now
    return True


def _outer_dues(rows: Iterable[Row], round_no: int, upper: datetime) -> dict[str, datetime]:
    outer = {row["name"]: row["due_at"] for row in rows if row["outer_clock"] and row["round_no"] == round_no}
    return outer | {UPPER: upper}


def _dates(
    row: Row, rule: TimerRule, given: Given, rows: Sequence[Row], moved: Mapping[Key, Rebound]
) -> tuple[datetime, datetime, datetime, str] | None:
    """Start, due by itself, due, and what cuts it; None for a clock that the date does not touch."""
    start, own = row["started_at"], row["own_due_at"] or row["due_at"]
    if isinstance(rule.length, UpperDue):
        return start, given.upper, given.upper, ""
    if rule.from_due_of:
        before = moved.get((rule.from_due_of, row["round_no"]))
        if before is None:
            return None
        start, length = before.due_at - INSTANT, length_of(row, rule)
        own = due_at(start, length, given.calendar) if length else own
        return start, own, own, ""
    if UPPER not in rule.caps:
        return None
    own = given.prolonged.get((row["name"], row["round_no"]), own)
    due, cut_by = cut(rule, own, given.now, _outer_dues(rows, row["round_no"], given.upper), given.calendar)
    return start, own, due, cut_by


def _rebound(
    row: Row, rule: TimerRule, ruleset: RuleSet, given: Given, rows: Sequence[Row], moved: Mapping[Key, Rebound]
) -> Rebound | None:
    dates = _dates(row, rule, given, rows, moved)
    if dates is None or (dates[0], dates[2]) == (row["started_at"], row["due_at"]):
        return None
    start, own, due, cut_by = dates
    length = None if cut_by or due != own else length_of(row, rule)
    signs = signs_of(ruleset.policy.warnings, start, due, length, given.calendar)
    return Rebound(
        name=row["name"],
        round_no=row["round_no"],
        before=row["due_at"],
        started_at=start,
        due_at=due,
        own_due_at=own,
        cut_by=cut_by,
        signs=tuple(sign for sign in signs if sign.at > given.now),
        afresh=row["breached_at"] is not None,
    )


def rebound(rows: Sequence[Row], given: Given) -> tuple[Rebound, ...]:
    """`rows` are the order's clocks of every round. Raises CalendarMissing."""
    ruled = [(row, *rule_of(row, given.rules, given.kind)) for row in rows]
    moved: dict[Key, Rebound] = {}
    for row, ruleset, rule in sorted(ruled, key=lambda one: _turn(one[2])):
        if not _reckoned_again(row, rule, given):
            continue
        found = _rebound(row, rule, ruleset, given, rows, moved)
        if found is not None:
            moved[found.name, found.round_no] = found
    return tuple(moved.values())


def has_upper_clock(rows: Iterable[Row], rules: RuleBook, kind: str) -> bool:
    """Whether a clock of the date from above was ever started."""
    return any(isinstance(rule_of(row, rules, kind)[1].length, UpperDue) for row in rows)
