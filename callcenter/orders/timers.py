"""Which clocks of an order start, stop and run on at a move (A3.1). Nothing ticks: a timer is a row with a due time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from callcenter.core.ids import OrgId
from callcenter.orders.calendar import Length, WorkingCalendar, back_from, due_at
from callcenter.orders.ruleset_parsing import length_raw
from callcenter.orders.rulesets import LEVELS, RuleSet, TimerRule, Until, UpperDue
from callcenter.orders.signs import Sign, signs_of
from callcenter.orders.starting import LEFT, events_of
from callcenter.orders.terms import Kind, RequestType

UPPER: Final = "upper"
INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the clocks need to know of an order. `outer_dues` are the due times of the outer clocks that this round has
    started; `handed_down`: it was put to a lower centre as it was taken; `begun_at` its dispatch, or its intake
    before."""

    kind: Kind
    request: RequestType
    level: str = ""
    category: str = ""
    difficult: bool = False
    contacted: bool = False
    round_no: int = 1
    handed_down: bool = False
    upper_due_at: datetime | None = None
    begun_at: datetime | None = None
    outer_dues: Mapping[str, datetime] = field(default_factory=dict)


def facts_of(row: Mapping[str, Any]) -> Facts:
    """From a row of work_order, as it is after the move; `outer_dues` of `order_by_id` come as JSON."""
    dues = {name: datetime.fromisoformat(due) for name, due in (row.get("outer_dues") or {}).items()}
    owner, intake = row["owner_org_path"], row["intake_org_path"]
    return Facts(
        kind=Kind(row["kind"]),
        request=RequestType(row["request_type"]),
        level=row.get("level") or "",
        category=row.get("category") or "",
        difficult=bool(row.get("difficult")),
        contacted=row.get("contacted_at") is not None,
        round_no=row.get("round_no") or 1,
        handed_down=owner != intake and owner.startswith(intake),
        upper_due_at=row.get("upper_due_at"),
        begun_at=row.get("dispatched_at") or row.get("created_at"),
        outer_dues=dues,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A clock that begins; `due_at` is the first instant that is late.

    `owner` owes it; above the street it is the centre of `owner_level` over the order, 0: `owner` itself. `own_due_at`
    is what the length alone gives, `cut_by` the outer clock that ends it sooner. `length` is None for a given date.
    """

    name: str
    owner: OrgId
    owner_level: int
    kind: Kind
    start_event: str
    started_at: datetime
    due_at: datetime
    own_due_at: datetime
    cut_by: str
    length: Mapping[str, int] | None
    consequence: str
    outer: bool
    binds: bool
    signs: tuple[Sign, ...]
    ruleset: str
    ruleset_version: int
    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """What a move does to the clocks: `resumed` ones keep their old due time (a submission sent back did not count)."""

    started: tuple[Started, ...] = ()
    stopped: tuple[str, ...] = ()
    resumed: tuple[str, ...] = ()


NO_CLOCKS = Clocks()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How a due time came about: `own` by the length alone, `at` what binds, `cut_by` the outer clock that cut it.
    `start` lies ahead for a clock that begins when another is due."""

    start: datetime
    at: datetime
    own: datetime
    length: Length | None
    cut_by: str = ""


def applies(rule: TimerRule, ruleset: RuleSet, facts: Facts) -> bool:
    if facts.request in rule.except_for or (rule.unless_contacted and facts.contacted):
        return False
    if rule.first_round and facts.round_no > 1:
        return False
    return not rule.classes or ruleset.class_of(facts.request, difficult=facts.difficult) in rule.classes


def _own(
    rule: TimerRule,
    ruleset: RuleSet,
    facts: Facts,
    at: datetime,
    dues: Mapping[str, datetime],
    calendar: WorkingCalendar,
) -> tuple[datetime | None, Length | None]:
    match rule.length:
        case UpperDue():
            return facts.upper_due_at, None
        case Until(clock):
            return dues.get(clock), None
        case length:
            line = ruleset.line_for(facts.category, facts.level)
            length = line.lengths.get(rule.name, length) if line else length
            return due_at(at, length, calendar), length


def cut(
    rule: TimerRule, own: datetime, at: datetime, dues: Mapping[str, datetime], calendar: WorkingCalendar
) -> tuple[datetime, str]:
    """The outer clocks' remaining time cuts, less the buffer where that leaves any. An outer clock that has passed
    leaves nothing to cut to: it is late itself, and the unit has its own time."""
    found = (own, "")
    for name in rule.caps:
        cap = dues.get(name)
        if cap is None or cap <= at:
            continue
        kept = back_from(cap, rule.buffer, calendar) if rule.buffer else cap
        found = min(found, (kept if kept > at else cap, name), key=lambda pair: pair[0])
    return found


def _turn(rule: TimerRule) -> tuple[bool, bool, bool]:
    return bool(rule.from_due_of), not rule.outer, isinstance(rule.length, Until)


def _start(rule: TimerRule, at: datetime, found: Mapping[str, Due]) -> datetime | None:
    """The last good instant of the clock before it: its due day is the day that is not counted."""
    if not rule.from_due_of:
        return at
    before = found.get(rule.from_due_of)
    return before.at - INSTANT if before else None


def dues_at(
    rules: Mapping[str, TimerRule], at: datetime, *, ruleset: RuleSet, facts: Facts, calendar: WorkingCalendar
) -> dict[str, Due]:
    """The due times of clocks that start together; outer ones first, for they cut the others, and last those that begin
    when another is due. A clock that waits for a date that is not there does not start. Raises CalendarMissing."""
    dues = dict(facts.outer_dues)
    if facts.upper_due_at is not None:
        dues[UPPER] = facts.upper_due_at
    found: dict[str, Due] = {}
    for name, rule in sorted(rules.items(), key=lambda item: _turn(item[1])):
        start = _start(rule, at, found)
        if start is None:
            continue
        own, length = _own(rule, ruleset, facts, start, dues, calendar)
        if own is None:
            continue
        binding, cut_by = cut(rule, own, start, dues, calendar)
        found[name] = Due(start=start, at=binding, own=own, length=length, cut_by=cut_by)
        if rule.outer:
            dues.setdefault(name, binding)
    return found


def _started(
    rule: TimerRule,
    due: Due,
    move: str,
    ruleset: RuleSet,
    facts: Facts,
    calendar: WorkingCalendar,
    unit: OrgId,
    centre: OrgId,
) -> Started:
    return Started(
        name=rule.name,
        owner=unit if rule.owed_by == "unit" else centre,
        owner_level=LEVELS.get(rule.owed_by, 0),
        kind=facts.kind,
        start_event=move,
        started_at=due.start,
        due_at=due.at,
        own_due_at=due.own,
        cut_by=due.cut_by,
        length=length_raw(due.length) if due.length else None,
        consequence=rule.consequence,
        outer=rule.outer,
        binds=rule.binds,
        signs=signs_of(ruleset.policy.warnings, due.start, due.at, None if due.cut_by else due.length, calendar),
        ruleset=ruleset.id,
        ruleset_version=ruleset.version,
        calendar=calendar.name,
    )


def _given_up(rules: Mapping[str, TimerRule], ruleset: RuleSet, facts: Facts) -> list[str]:
    """Outer clocks that run although the order is not of their kind or class any more."""
    return sorted(name for name in facts.outer_dues if name not in rules or not applies(rules[name], ruleset, facts))


def _instead(
    rules: Mapping[str, TimerRule], ruleset: RuleSet, facts: Facts, given_up: list[str]
) -> dict[str, TimerRule]:
    """The clocks of the class that the order has come into, such as difficult ones (XY-16, SJ-18)."""
    if not any(name in rules and rules[name].classes for name in given_up):
        return {}
    return {
        name: rule
        for name, rule in rules.items()
        if rule.outer and rule.classes and name not in facts.outer_dues and applies(rule, ruleset, facts)
    }


def _stopped(move: str, events: frozenset[str], rules: Mapping[str, TimerRule], given_up: list[str]) -> tuple[str, ...]:
    left = move in LEFT
    stopped = [name for name, rule in rules.items() if events & rule.stops or (left and _of_unit(rule))]
    return tuple(dict.fromkeys((*stopped, *given_up)))


def _of_unit(rule: TimerRule) -> bool:
    return rule.owed_by == "unit" and not rule.outer


def clocks_at(
    move: str,
    at: datetime,
    *,
    ruleset: RuleSet,
    facts: Facts,
    calendar: WorkingCalendar,
    unit: OrgId,
    centre: OrgId,
) -> Clocks:
    """`unit` handles the order, `centre` answers for it. An outer clock that this round has started already is given
    again only for its owner: its due time stays (A-05). Raises CalendarMissing."""
    events = events_of(move, handed_down=facts.handed_down)
    rules = ruleset.timers[facts.kind]
    given_up = _given_up(rules, ruleset, facts)
    instead = _instead(rules, ruleset, facts, given_up)
    starting = {name: rule for name, rule in rules.items() if events & rule.starts and applies(rule, ruleset, facts)}
    starting = {name: rule for name, rule in starting.items() if name not in instead}
    began = facts.begun_at or at
    dues = dues_at(starting, at, ruleset=ruleset, facts=facts, calendar=calendar)
    dues |= dues_at(instead, began, ruleset=ruleset, facts=facts, calendar=calendar)
    return Clocks(
        started=tuple(
            _started(rule, dues[name], move, ruleset, facts, calendar, unit, centre)
            for name, rule in (*starting.items(), *instead.items())
            if name in dues
        ),
        stopped=_stopped(move, events, rules, given_up),
        resumed=tuple(name for name, rule in rules.items() if events & rule.resumes),
    )


def upper_clocks(
    move: str,
    at: datetime,
    *,
    ruleset: RuleSet,
    facts: Facts,
    calendar: WorkingCalendar,
    unit: OrgId,
    centre: OrgId,
) -> tuple[Started, ...]:
    """The clock of a date that an upper platform gives later than the order itself (JC-17)."""
    rules = ruleset.timers[facts.kind]
    upper = {
        name: rule
        for name, rule in rules.items()
        if isinstance(rule.length, UpperDue) and applies(rule, ruleset, facts)
    }
    dues = dues_at(upper, at, ruleset=ruleset, facts=facts, calendar=calendar)
    return tuple(_started(upper[name], due, move, ruleset, facts, calendar, unit, centre) for name, due in dues.items())


def window_due(name: str, began_at: datetime, *, ruleset: RuleSet, kind: Kind, calendar: WorkingCalendar) -> datetime:
    """The first instant at which the right has lapsed, reckoned from the dispatch. Raises CalendarMissing."""
    right = ruleset.windows[kind][name]
    own = due_at(began_at, right.length, calendar)
    if not right.cap:
        return own
    rules = ruleset.timers[kind]
    capping = {clock: rules[clock] for clock in (right.cap, *rules[right.cap].caps)}
    facts = Facts(kind=kind, request=RequestType.COMPLAINT)
    return min(own, dues_at(capping, began_at, ruleset=ruleset, facts=facts, calendar=calendar)[right.cap].at)
