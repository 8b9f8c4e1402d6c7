"""Rows of order_timer beside the rule they came from: the length, and why each day counts. Pure."""

from callcenter.orders.calendar import Hours, Length, Months, NaturalDays, WorkingCalendar, WorkingDays
from callcenter.orders.explain import DayLine, days_until
from callcenter.orders.row import Row
from callcenter.orders.ruleset_parsing import parse_length
from callcenter.orders.rulesets import RuleBook, RuleSet, TimerRule
from callcenter.orders.terms import Kind

LENGTHS = (WorkingDays, NaturalDays, Months, Hours)


def kind_of(row: Row, kind: str) -> Kind:
    """The kind that the clock started under; rows of the first schema keep the order's."""
    return Kind(row["kind"] or kind)


def rule_of(row: Row, rules: RuleBook, kind: str) -> tuple[RuleSet, TimerRule]:
    ruleset = rules.get(row["ruleset"], row["ruleset_version"])
    return ruleset, ruleset.timers[kind_of(row, kind)][row["name"]]


def length_of(row: Row, rule: TimerRule) -> Length | None:
    """None for a given date. A length of the matrix is kept with the clock."""
    if row["length"] is not None:
        return parse_length(row["length"])
    return rule.length if isinstance(rule.length, LENGTHS) and row["own_due_at"] is None else None


def why_of(row: Row, ruleset: RuleSet, rule: TimerRule, kind: str, calendar: WorkingCalendar) -> tuple[DayLine, ...]:
    """Day by day. An extended clock's days go on to its new due time. Raises CalendarMissing."""
    cut_by = row["cut_by"]
    shown = ruleset.timers[kind_of(row, kind)][cut_by].public if cut_by else ""
    return days_until(row["started_at"], length_of(row, rule), row["due_at"], shown, calendar)
