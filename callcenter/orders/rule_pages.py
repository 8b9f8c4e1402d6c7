"""Rule sets as people read them: values with source and reading, an example of each, differences in words."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Protocol

from callcenter.core.clock import Clock
from callcenter.orders.calendar import WorkingCalendar, last_day
from callcenter.orders.clock_names import clock_name
from callcenter.orders.clock_views import (
    DifferenceList,
    DifferenceView,
    ExampleView,
    PolicyValue,
    RuleSetLine,
    RuleSetList,
    RuleSetView,
    RuleView,
)
from callcenter.orders.due_sheet import Reckoned, reckon
from callcenter.orders.explain import length_text
from callcenter.orders.policy import Policy
from callcenter.orders.policy_names import policy_name
from callcenter.orders.rule_differences import EXAMPLES, TEN, Difference, differences, flat
from callcenter.orders.rulesets import RuleBook, RuleSet, TimerRule, UpperDue, WindowRule
from callcenter.orders.standards import standard_view
from callcenter.orders.terms import Kind, RequestType
from callcenter.orders.timers import Facts


class Shelf(Protocol):
    """Where rule sets stand: the room of orders, or a command without a database."""

    @property
    def rules(self) -> RuleBook: ...
    @property
    def ruleset(self) -> str: ...
    @property
    def calendar(self) -> WorkingCalendar: ...
    @property
    def clock(self) -> Clock: ...


def _length(rule: TimerRule | WindowRule, clock: Reckoned | None) -> tuple[str, str]:
    if clock is not None and clock.length is not None:
        return length_text(clock.length)
    if isinstance(rule.length, UpperDue):
        return "上级平台指定期限", "the upper platform's date"
    other = clock_name(getattr(rule.length, "clock", ""))
    return f"至{other[0]}到期", f"until {other[1]} is due"


def _rule(kind: Kind, rule: TimerRule | WindowRule, clock: Reckoned | None, calendar: WorkingCalendar) -> RuleView:
    zh, en = clock_name(rule.name)
    length_zh, length_en = _length(rule, clock)
    timer = rule if isinstance(rule, TimerRule) else None
    return RuleView(
        kind=kind,
        name=rule.name,
        public=rule.public,
        name_zh=zh,
        name_en=en,
        right=timer is None,
        length_zh=length_zh,
        length_en=length_en,
        starts=tuple(sorted(rule.starts)),
        from_due_of=timer.from_due_of if timer else "",
        stops=tuple(sorted(timer.stops)) if timer else (),
        owed_by=timer.owed_by if timer else "unit",
        owed_to=timer.owed_to if timer else "centre",
        consequence=timer.consequence if timer else "",
        caps=timer.caps if timer else tuple(filter(None, [getattr(rule, "cap", "")])),
        outer=timer.outer if timer else False,
        classes=tuple(sorted(timer.classes)) if timer else (),
        source=rule.source,
        reading=rule.reading,
        example_day=last_day(clock.due_at, calendar) if clock else None,
    )


def _rules(ruleset: RuleSet, at: datetime, calendar: WorkingCalendar) -> Iterator[RuleView]:
    for kind in Kind:
        sheet = reckon(ruleset, Facts(kind=kind, request=RequestType.COMPLAINT), at, calendar).timers
        rules: list[TimerRule | WindowRule] = [*ruleset.timers[kind].values(), *ruleset.windows[kind].values()]
        for rule in rules:
            yield _rule(kind, rule, sheet.get(rule.public), calendar)


def policy_values(policy: Policy) -> tuple[PolicyValue, ...]:
    values, given = flat(policy.model_dump(mode="json")), flat(policy.model_dump(mode="json", exclude_unset=True))
    return tuple(
        PolicyValue(
            path=path,
            name_zh=policy_name(path)[0],
            name_en=policy_name(path)[1],
            value=value,
            reading=values.get(f"{path.rpartition('.')[0]}.reading", ""),
            default=path not in given,
        )
        for path, value in values.items()
        if not path.endswith("reading") and value is not None
    )


def _current(ruleset: RuleSet, shelf: Shelf, today: date) -> bool:
    return ruleset.effective_from <= today and shelf.rules.current(ruleset.id, today) is ruleset


def ruleset_line(ruleset: RuleSet, shelf: Shelf) -> RuleSetLine:
    today = shelf.calendar.local_date(shelf.clock.now())
    in_force = _current(ruleset, shelf, today)
    dated = ("published_on", "effective_from", "effective_basis", "effective_source")
    names = ("ref", "id", "version", "title", "document", *dated, "extends")
    return RuleSetLine(
        in_force=in_force,
        chosen=in_force and ruleset.id == shelf.ruleset,
        **{name: getattr(ruleset, name) for name in names},
    )


def ruleset_view(ruleset: RuleSet, shelf: Shelf) -> RuleSetView:
    """Raises CalendarMissing."""
    at = datetime.combine(EXAMPLES[0], TEN, shelf.calendar.zone)
    return RuleSetView(
        **ruleset_line(ruleset, shelf).model_dump(),
        example_from=at,
        rules=tuple(_rules(ruleset, at, shelf.calendar)),
        policy=policy_values(ruleset.policy),
        matrix=tuple(map(standard_view, ruleset.matrix)),
    )


def _difference(one: Difference) -> DifferenceView:
    examples = tuple(ExampleView(**asdict(example)) for example in one.examples)
    return DifferenceView(
        kind=one.kind or "", what=one.what, change=one.change, zh=one.zh, en=one.en, examples=examples
    )


def difference_list(before: RuleSet, after: RuleSet, calendar: WorkingCalendar) -> DifferenceList:
    """Raises CalendarMissing."""
    found = differences(before, after, calendar)
    return DifferenceList(before=before.ref, after=after.ref, items=tuple(map(_difference, found)))


def ruleset_list(shelf: Shelf) -> RuleSetList:
    return RuleSetList(items=tuple(ruleset_line(one, shelf) for one in shelf.rules.all()))
