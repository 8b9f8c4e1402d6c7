"""What a reader gets of an order's clocks and of rule sets."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.orders.explain import DayLine
from callcenter.orders.rulesets import Basis
from callcenter.orders.signs import Colour
from callcenter.orders.standards import StandardView


class _Seen(BaseModel):
    model_config = ConfigDict(frozen=True)


class DayView(_Seen):
    """`number` is the day's place in the period, None when it does not count."""

    date: date
    weekday_zh: str
    weekday_en: str
    counts: bool
    number: int | None
    why_zh: str
    why_en: str


def day_view(line: DayLine) -> DayView:
    return DayView(
        date=line.on,
        weekday_zh=line.weekday_zh,
        weekday_en=line.weekday_en,
        counts=line.counts,
        number=line.number,
        why_zh=line.why_zh,
        why_en=line.why_en,
    )


class SignView(_Seen):
    at: datetime
    sign: str


class ClockView(_Seen):
    """`due_at` is the first instant that is late, `due_day` the day that people call the due day; `own_due_at` what the
    length alone gives, `cut_by` the outer clock that ends it sooner. `level`: 1 city to 4 unit. `effective`: it binds
    first for the handling. `signs` are warnings still to come."""

    name: str
    public: str
    name_zh: str
    name_en: str
    round_no: int
    level: int
    owner: str
    owed_to: str
    ruleset: str
    source: str
    reading: str
    start_event: str
    started_at: datetime
    due_at: datetime
    due_day: date
    own_due_at: datetime
    cut_by: str
    length_zh: str
    length_en: str
    stopped_at: datetime | None
    breached_at: datetime | None
    colour: Colour
    outer: bool
    binds: bool
    effective: bool
    consequence: str
    signs: tuple[SignView, ...]
    days: tuple[DayView, ...]


class PastClockView(_Seen):
    """A clock of a unit that had the order before."""

    name: str
    name_zh: str
    name_en: str
    round_no: int
    owner: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    breached_at: datetime | None
    replaced_at: datetime


class ExtensionView(_Seen):
    """`granted` None: open; `may_decide`: the reader may decide it."""

    id: UUID
    timer: str
    name_zh: str
    name_en: str
    reason: str
    due_before: datetime
    due_after: datetime
    asked_by: str
    asked_at: datetime
    granted: bool | None
    decided_by: str
    decided_at: datetime | None
    opinion: str
    may_decide: bool


class ReboundView(_Seen):
    """A clock that got another date with the date from above; `reason` '' when the upper platform itself sent it."""

    at: datetime
    name_zh: str
    name_en: str
    round_no: int
    before: datetime
    after: datetime
    cut_by: str
    reason: str
    by: str


class OrderClocksView(_Seen):
    """`target_day`: GH-11, by when a solvable order should be submitted; no clock. `may_extend`: the reader may ask;
    `may_set_upper`: the reader may enter another date from above. `standard`: by category and level (JC-21).
    `order_class`: A, B or C with the tenant's label, '' where the rule set knows none (SJ-17)."""

    now: datetime
    number: str
    clocks: tuple[ClockView, ...]
    past: tuple[PastClockView, ...]
    extensions: tuple[ExtensionView, ...]
    rebounds: tuple[ReboundView, ...]
    may_extend: bool
    may_set_upper: bool
    upper_due_at: datetime | None
    standard: StandardView | None
    order_class: str
    target_day: date | None
    return_until: datetime | None


class RuleView(_Seen):
    """A clock or right (`right`) as a rule set has it, with an example reckoned from one moment. `from_due_of`: the
    clock at whose end it begins."""

    kind: str
    name: str
    public: str
    name_zh: str
    name_en: str
    right: bool
    length_zh: str
    length_en: str
    starts: tuple[str, ...]
    from_due_of: str
    stops: tuple[str, ...]
    owed_by: str
    owed_to: str
    consequence: str
    caps: tuple[str, ...]
    outer: bool
    classes: tuple[str, ...]
    source: str
    reading: str
    example_day: date | None


class PolicyValue(_Seen):
    """`path` such as `returns.reason_min`; `reading` '' when the document says it; `default`: not in the file."""

    path: str
    name_zh: str
    name_en: str
    value: Any
    reading: str
    default: bool


class RuleSetLine(_Seen):
    """`effective_basis`: what the day rests on (see `rulesets.Basis`), `effective_source` where it is said."""

    ref: str
    id: str
    version: int
    title: str
    document: str
    published_on: date | None
    effective_from: date
    effective_basis: Basis
    effective_source: str
    extends: str
    in_force: bool
    chosen: bool


class RuleSetView(RuleSetLine):
    """`example_from` is the moment that the example days are reckoned from."""

    example_from: datetime
    rules: tuple[RuleView, ...]
    policy: tuple[PolicyValue, ...]
    matrix: tuple[StandardView, ...]


class RuleSetList(_Seen):
    """By id and version; `chosen` is what new dispatches run under."""

    items: tuple[RuleSetLine, ...]


class ExampleView(_Seen):
    dispatched: date
    before: date | None
    after: date | None


class DifferenceView(_Seen):
    """`change`: added, removed, earlier, later (the due, in every example), changed. `kind` '' for what is no clock."""

    kind: str
    what: str
    change: Literal["added", "removed", "earlier", "later", "changed"]
    zh: str
    en: str
    examples: tuple[ExampleView, ...]


class DifferenceList(_Seen):
    before: str
    after: str
    items: tuple[DifferenceView, ...]
