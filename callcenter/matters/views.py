"""Matters as people see them, and the refusals of this room."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core import errors
from callcenter.core.ids import OrderId
from callcenter.core.pages import Page


class _Seen(BaseModel):
    model_config = ConfigDict(frozen=True)


class ReasonView(_Seen):
    """Why two demands are alike; all reasons' points are the score, of 100."""

    code: str
    points: int
    zh: str
    en: str


class Candidate(_Seen):
    """An order that may be about the same. `same_caller`: the one who tells it now told that one, too."""

    id: OrderId
    number: str
    stage: str
    title: str
    category: str
    address: str
    created_at: datetime
    matter_id: UUID | None
    callers: int
    same_caller: bool
    score: int
    reasons: tuple[ReasonView, ...]


class Candidates(Page[Candidate]):
    """The most alike first, on one page."""


class MemberView(_Seen):
    """`waits` is the code of what only a person can do before the order can follow its master on."""

    order_id: OrderId
    number: str
    stage: str
    title: str
    master: bool
    created_at: datetime
    joined_at: datetime
    score: int
    reasons: tuple[ReasonView, ...]
    waits: str | None
    closed_at: datetime | None


class MatterLine(_Seen):
    """`calls` counts every report, repeated ones too; `callers` the different ones. In figures of work the matter is
    counted once, in those of demands and answers `orders` times (`counted_order`)."""

    id: UUID
    title: str
    place: str
    category: str
    stage: str
    orders: int
    callers: int
    calls: int
    group: bool
    first_at: datetime
    last_at: datetime
    created_at: datetime


class MatterPage(Page[MatterLine]):
    """Newest first."""


class MatterView(MatterLine):
    """`plan` is the one handling plan of all its orders."""

    plan: str
    master_id: OrderId
    members: tuple[MemberView, ...]


class OrderMatter(_Seen):
    """What the order's page shows: the matter it belongs to, how often it was urged, and what it repeats."""

    matter: MatterView | None
    urges: int
    repeats: tuple[str, ...]
    repeat_of: str | None
    repeat_of_id: OrderId | None


class RepeatFigures(_Seen):
    """Of demands taken in [since, until): the share that the same caller repeated (SJ-15). None with no demands."""

    since: date
    until: date
    orders: int
    repeats: int
    rate: float | None


class CountFigures(_Seen):
    """Of demands taken in [since, until), by the view `counted_order`: `demands` counts every order, for each is one
    citizen's; `matters` counts merged orders once, by their master (SJ-01, GH-09); `merged` are matters of several
    orders, `largest` the orders of the largest one."""

    since: date
    until: date
    demands: int
    matters: int
    merged: int
    largest: int


class RepeatTrend(Page[RepeatFigures]):
    """One for each step of the interval, on one page."""


class FourRates(_Seen):
    """XY-30 of one unit and one population: 先行联系率、按时办结率、实际解决率、市民满意率. None without a base."""

    population: str
    unit: str
    unit_id: UUID
    orders: int
    contacted: float | None
    on_time: float | None
    resolved: float | None
    satisfied: float | None


class PopulationReport(Page[FourRates]):
    """By population and unit, on one page."""


class PopulationLine(_Seen):
    id: OrderId
    number: str
    unit: str
    stage: str
    created_at: datetime


class PopulationPage(Page[PopulationLine]):
    """The orders behind a figure, newest first."""


class NoSuchMatter(errors.NotFound):
    code = "no-such-matter"
    zh = "未找到该事件"
    en = "there is no such matter"


class AlreadyInMatter(errors.Refused):
    code = "order-in-matter"
    zh = "工单 {number} 已并入其他事件，请先拆出"
    en = "order {number} belongs to another matter: take it out first"


class NotMergeable(errors.Refused):
    code = "order-not-mergeable"
    zh = "工单 {number} 已办理完毕或已结案，不能并入；可关联为重复来电"
    en = "order {number} was handled or closed already and cannot join; it can be linked as a repeat"


class HeldElsewhere(errors.Refused):
    code = "order-held-elsewhere"
    zh = "工单 {number} 正由其他单位办理，并单会造成一事多派；请先退单或改派到同一单位"
    en = "order {number} is being handled by another unit: return it, or bring both to one unit, before merging"


class MasterLeads(errors.Refused):
    code = "master-leads"
    zh = "主单不能单独拆出；请先拆出其他工单，或解散事件"
    en = "the master order cannot be taken out by itself: take the others out, or dissolve the matter"


class AloneNoMatter(errors.Invalid):
    code = "one-order-no-matter"
    zh = "并单至少需要两张不同的工单"
    en = "a matter needs two different orders"
