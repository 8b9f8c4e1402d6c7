"""What the room shows of its lists: key inspections, weeks, topics, problems, the live ledger, figures."""

from datetime import date, datetime
from uuid import UUID

from callcenter.core.pages import Page
from callcenter.oversight.views import Shown


class EntryView(Shown):
    id: UUID
    week: date
    list: str
    order_id: UUID
    order_number: str
    title: str
    org_id: UUID
    org: str
    state: str
    proposed_at: datetime
    decider: str
    decided_at: datetime | None
    case_id: UUID | None
    removed_at: datetime | None
    removal: str
    round_no: int
    satisfied: bool | None


class EntryPage(Page[EntryView]):
    """The newest first."""


class PackLine(Shown):
    list: str
    state: str
    order_number: str
    title: str
    org: str
    removal: str


class PackCount(Shown):
    org: str
    list: str
    count: int


class WeekPack(Shown):
    """SG-13: what the weekly meeting is told."""

    week: date
    added: tuple[PackLine, ...]
    removed: tuple[PackLine, ...]
    counts: tuple[PackCount, ...]


class TopicView(Shown):
    id: UUID
    week: date
    kind: str
    category: str
    place: str
    orders: tuple[UUID, ...]
    numbers: tuple[str, ...]
    org: str


class ConversionLine(Shown):
    """SJ-07: a unit's problem list and what of it became the satisfaction list."""

    org_id: UUID
    org: str
    problems: int
    satisfied: int
    rate: float | None


class ProblemView(Shown):
    id: UUID
    number: str
    title: str
    category: str
    stage: str
    org: str
    dispatched_at: datetime
    closed_at: datetime | None


class ProblemPage(Page[ProblemView]):
    """The newest first."""


class LateLine(Shown):
    """XY-42, XY-44: `delay_days` are working days between what was owed and what was done (or now)."""

    org: str
    org_kind: str
    flag: str
    order_number: str
    due_at: datetime | None
    stopped_at: datetime | None
    delay_days: int
    in_year: int


class KpiLine(Shown):
    """JC-29: natural days from the first dissatisfaction to the first supervision."""

    order_id: UUID
    number: str
    dissatisfied_at: datetime
    opened_at: datetime
    days: int


class WaitingLine(Shown):
    """JC-29: said no so many natural days ago, and is under no supervision yet."""

    order_id: UUID
    number: str
    title: str
    org: str
    dissatisfied_at: datetime
    days: int


class Figures(Shown):
    """SG-05: how far each of the three -izations reaches; JC-29's figure, and who still waits. A share is None while
    there is nothing."""

    waiting: tuple[WaitingLine, ...]
    supervised: tuple[KpiLine, ...]
    median_days: float | None
    categories: int
    with_duty_org: int
    templates: int
    open_supervisions: int
    open_cases: int
    open_tasks: int


class LedgerLine(Shown):
    """JC-32: a running clock; `colour` green, yellow (less than a working day left), red (late)."""

    order_id: UUID
    number: str
    title: str
    stage: str
    org: str
    timer: str
    due_at: datetime
    colour: str


class LedgerPage(Page[LedgerLine]):
    """The most urgent first."""
