"""Field work as people see it."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core.ids import OrderId, UserId
from callcenter.core.pages import Page
from callcenter.fieldwork.terms import ActivityKind, Enforcement, PatrolState
from callcenter.files.pictures import PictureView


class _Seen(BaseModel):
    model_config = ConfigDict(frozen=True)


class FieldPerson(_Seen):
    id: UserId
    name: str
    org: str


class FieldPeople(Page[FieldPerson]):
    """Who may be sent out, by org and name, on one page."""


class CheckInView(_Seen):
    id: UUID
    by_name: str
    at: datetime
    place: str
    latitude: float | None
    longitude: float | None
    note: str


class FindingView(_Seen):
    """`number` and `stage` are of the proactive order; `result` is what the law's arm did, the newest word."""

    id: UUID
    by_name: str
    at: datetime
    place: str
    latitude: float | None
    longitude: float | None
    content: str
    category: str
    order_id: OrderId | None
    number: str | None
    stage: str | None
    result: Enforcement | None
    note: str
    enforced_at: datetime | None


class PatrolLine(_Seen):
    """`mine`: the reader walks it."""

    id: UUID
    area: str
    task: str
    category: str
    begins_at: datetime
    ends_at: datetime
    state: PatrolState
    planner: str
    patrollers: tuple[str, ...]
    mine: bool
    check_ins: int
    findings: int


class PatrolPage(Page[PatrolLine]):
    """By the beginning of the shift, latest first."""


class PatrolView(PatrolLine):
    """`may` names what the reader may do now: check_in, find, end, cancel, enforce."""

    checked: tuple[CheckInView, ...]
    found: tuple[FindingView, ...]
    summary: str
    ended_at: datetime | None
    cancel_reason: str
    may: tuple[str, ...]


class PatrolFigures(_Seen):
    """Of patrols that began in [since, until), days of the city. `enforcement`: result → findings."""

    since: date
    until: date
    patrols: int
    walked: int
    check_ins: int
    findings: int
    orders: int
    closed: int
    enforcement: Mapping[Enforcement, int]


class ActivityLine(_Seen):
    id: UUID
    kind: ActivityKind
    title: str
    held_on: date
    place: str
    participants: int
    who: str
    outcome: str
    category: str
    matter_id: UUID | None
    matter: str | None
    org: str
    noter: str


class ActivityPage(Page[ActivityLine]):
    """By day, latest first."""


class TopicOrder(_Seen):
    """Nothing of the demand itself: its page shows what the reader may see."""

    id: OrderId
    number: str
    stage: str
    unit: str
    created_at: datetime


class ActivityView(ActivityLine):
    """`later`: demands of the topic since the day after, newest first. `before` and `after` count those of `days` days
    on either side of it; `after` is of fewer days while they are not over. `may_write`: outcome and pictures."""

    pictures: tuple[PictureView, ...]
    later: tuple[TopicOrder, ...]
    days: int
    before: int
    after: int
    may_write: bool


class OrderFieldwork(_Seen):
    """What an order's page shows: the patrol that found it, and what was held about its topic."""

    finding_id: UUID | None
    patrol_id: UUID | None
    area: str | None
    found_by: str | None
    found_at: datetime | None
    result: Enforcement | None
    note: str
    activities: tuple[ActivityLine, ...]
