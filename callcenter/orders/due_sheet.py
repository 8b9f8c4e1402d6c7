"""Every clock of a kind reckoned in advance from one moment: what `callcenter due --rules` and the desk show."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from callcenter.core import errors
from callcenter.orders.calendar import Hours, Length, WorkingCalendar, WorkingDays, due_at, last_day
from callcenter.orders.explain import DayLine, days_until
from callcenter.orders.rulesets import RuleSet, TimerRule, Until
from callcenter.orders.starting import DISTRICT_DISPATCH, INTAKE, STREET_DISPATCH
from callcenter.orders.terms import KIND_NAMES, Kind, Level
from callcenter.orders.timers import INSTANT, Due, Facts, applies, dues_at, window_due

DISPATCH: Final = frozenset(
    {INTAKE, DISTRICT_DISPATCH, STREET_DISPATCH, "created", "received", "assigned", "dispatched"}
)
LEVEL_NAMES: Final[Mapping[Level, str]] = {
    Level.NORMAL: "一般",
    Level.SEMI_URGENT: "次紧急",
    Level.URGENT: "紧急",
}
FIRST_HANDLING: Final = "T-HANDLE1"
"""Asked for with a special kind, it means that kind's own handling clock."""


class UnknownKind(errors.Invalid):
    code = "unknown-kind"
    zh = "没有“{kind}”这种工单种类；可用：{known_zh}"
    en = "there is no kind of order “{kind}”; known: {known_en}"


class UnknownLevel(errors.Invalid):
    code = "unknown-level"
    zh = "没有“{level}”这一级别；可用：{known}"
    en = "there is no level “{level}”; known: {known}"


class UnknownTimer(errors.Invalid):
    code = "unknown-timer"
    zh = "规则集 {ruleset} 对该类工单没有时限 {timer}；可用：{known}"
    en = "rule set {ruleset} has no timer {timer} for this kind; known: {known}"


def parse_kind(text: str) -> Kind:
    """In Chinese or English. Raises UnknownKind."""
    wanted = text.strip().lower().replace("-", "_")
    for kind, (zh, _) in KIND_NAMES.items():
        if wanted in {kind.value, zh}:
            return kind
    raise UnknownKind(
        kind=text,
        known_zh="、".join(f"{zh}（{kind.value}）" for kind, (zh, _) in KIND_NAMES.items()),
        known_en=", ".join(f"{kind.value} ({en})" for kind, (_, en) in KIND_NAMES.items()),
    )


def parse_level(text: str) -> str:
    """In Chinese or English; '' is any. Raises UnknownLevel."""
    wanted = text.strip().lower().replace("-", "_")
    for level, zh in LEVEL_NAMES.items():
        if wanted in {level.value, zh}:
            return level.value
    if wanted:
        raise UnknownLevel(level=text, known="、".join(f"{zh}（{level.value}）" for level, zh in LEVEL_NAMES.items()))
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """One clock or right from its start: `due_at` is the first instant that is late, `cut_by` a public name."""

    name: str
    public: str
    started_at: datetime
    start_events: tuple[str, ...]
    from_due_of: str
    due_at: datetime
    own_due_at: datetime
    cut_by: str
    length: Length | None
    days: tuple[DayLine, ...]
    owed_by: str
    owed_to: str
    source: str
    reading: str
    binds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSheet:
    """`timers` by public name; `effective` is the one that binds first for the handling, None when none does."""

    timers: Mapping[str, Reckoned]
    effective: Reckoned | None


def _reckoned(rule: TimerRule, due: Due, rules: Mapping[str, TimerRule], calendar: WorkingCalendar) -> Reckoned:
    cut_by = rules[due.cut_by].public if due.cut_by else ""
    return Reckoned(
        name=rule.name,
        public=rule.public,
        started_at=due.start,
        start_events=tuple(sorted(rule.starts)),
        from_due_of=rule.from_due_of,
        due_at=due.at,
        own_due_at=due.own,
        cut_by=cut_by,
        length=due.length,
        days=days_until(due.start, due.length, due.at, cut_by, calendar),
        owed_by=rule.owed_by,
        owed_to=rule.owed_to,
        source=rule.source,
        reading=rule.reading,
        binds=rule.binds,
    )


def _rights(ruleset: RuleSet, kind: Kind, at: datetime, calendar: WorkingCalendar) -> dict[str, Reckoned]:
    found = {}
    for name, right in ruleset.windows[kind].items():
        due, own = (
            window_due(name, at, ruleset=ruleset, kind=kind, calendar=calendar),
            due_at(at, right.length, calendar),
        )
        cut_by = ruleset.timers[kind][right.cap].public if due < own else ""
        found[right.public] = Reckoned(
            name=name,
            public=right.public,
            started_at=at,
            start_events=tuple(sorted(right.starts)),
            from_due_of="",
            due_at=due,
            own_due_at=own,
            cut_by=cut_by,
            length=right.length,
            days=days_until(at, right.length, due, cut_by, calendar),
            owed_by="unit",
            owed_to="centre",
            source=right.source,
            reading=right.reading,
            binds=False,
        )
    return found


def reckon(ruleset: RuleSet, facts: Facts, at: datetime, calendar: WorkingCalendar) -> DueSheet:
    """A clock that does not start with the dispatch is reckoned as if its own start were at that moment, or where the
    clock it follows ends. Clocks of every class are shown; the effective due is of the order's own. Raises
    CalendarMissing."""
    rules = ruleset.timers[facts.kind]
    dues = dues_at(rules, at, ruleset=ruleset, facts=facts, calendar=calendar)
    found: dict[str, Reckoned] = {}
    for name, rule in rules.items():
        if rule.follows in dues:
            start = dues[rule.follows].at - INSTANT
            alone = {name: rule}
            dues |= dues_at(alone, start, ruleset=ruleset, facts=_with(facts, dues, rules), calendar=calendar)
        if name in dues:
            due = dues[name]
            if isinstance(rule.length, Until):
                due = replace(due, length=_between(due.start, due.at, calendar))
            found[rule.public] = _reckoned(rule, due, rules, calendar)
    binding = [
        found[rule.public]
        for name, rule in rules.items()
        if name in dues and rule.binds and rule.starts & DISPATCH and applies(rule, ruleset, facts)
    ]
    effective = min(binding, key=lambda clock: (clock.due_at, clock.cut_by == ""), default=None)
    return DueSheet(timers=found | _rights(ruleset, facts.kind, at, calendar), effective=effective)


def _between(start: datetime, due: datetime, calendar: WorkingCalendar) -> WorkingDays:
    """The working days that such a window holds (SJ-19: superior less internal)."""
    first, last = calendar.local_date(start), last_day(due, calendar)
    days = (date.fromordinal(ordinal) for ordinal in range(first.toordinal() + 1, last.toordinal() + 1))
    return WorkingDays(sum(calendar.day(on).kind.worked for on in days))


def _with(facts: Facts, dues: Mapping[str, Due], rules: Mapping[str, TimerRule]) -> Facts:
    return replace(facts, outer_dues={name: due.at for name, due in dues.items() if rules[name].outer})


def chosen(sheet: DueSheet, timer: str, ruleset: RuleSet) -> dict[str, Reckoned]:
    """The one clock asked for by its public or own name, under the name it was asked by. Raises UnknownTimer."""
    for public, clock in sheet.timers.items():
        if timer.lower() in {public.lower(), clock.name}:
            return {public: clock}
    if timer.upper() == FIRST_HANDLING:
        for clock in sheet.timers.values():
            if clock.name == "handle":
                return {FIRST_HANDLING: clock}
    raise UnknownTimer(ruleset=ruleset.ref, timer=timer, known=", ".join(sheet.timers))


def last_instant(clock: Reckoned, calendar: WorkingCalendar) -> datetime:
    """The last second in time, in the city: what people call the due time."""
    due = clock.due_at.astimezone(calendar.zone)
    return due if clock.length is None or isinstance(clock.length, Hours) else due - timedelta(seconds=1)


def _plain(clock: Reckoned, calendar: WorkingCalendar) -> dict[str, Any]:
    return {
        "due": last_instant(clock, calendar).isoformat(),
        "days": [
            {"date": day.on.isoformat(), "counts": day.counts, "why": f"{day.why_zh} / {day.why_en}"}
            for day in clock.days
        ],
    }


def as_json(timers: Mapping[str, Reckoned], effective: Reckoned | None, calendar: WorkingCalendar) -> dict[str, Any]:
    """The shape that `callcenter due --json` prints: `due` is the last second in time, in the city."""
    binding: dict[str, Any] = {}
    if effective is not None:
        binding = {"timer": effective.public, "day": last_day(effective.due_at, calendar).isoformat()}
        binding |= {"cut_by": effective.cut_by, **_plain(effective, calendar)}
    return {"timers": {name: _plain(clock, calendar) for name, clock in timers.items()}, "effective": binding}
