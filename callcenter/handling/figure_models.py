"""What heads, centres and leaders look at."""

from datetime import datetime
from uuid import UUID

from callcenter.core.ids import OrderId, UserId
from callcenter.core.pages import Page
from callcenter.handling.model import DecisionSeen, Seen


class WarningSeen(Seen):
    """One line of the heads' list (XY-33): nothing of the citizen. `head` takes part in the round that followed
    and has confirmed it at `confirmed_at`."""

    order_id: OrderId
    number: str
    category: str
    org: str
    round_no: int
    at: datetime
    outcome: str
    stage: str
    resolved: bool | None
    satisfied: bool | None
    round_now: int
    open: bool
    head: str
    confirmed_at: datetime | None
    due_at: datetime | None


class WarningPage(Page[WarningSeen]):
    """Newest first."""


class DecisionPage(Page[DecisionSeen]):
    """Newest first."""


class Satisfaction(Seen):
    """Both answers, always beside each other (SJ-32); `claimed` is what the unit itself said (A-23)."""

    org_id: UUID
    org: str
    heard: int
    resolved: int
    satisfied: int
    claimed: int
    warnings: int


class SatisfactionPage(Page[Satisfaction]):
    """By unit, on one page; of the orders submitted since."""

    since: datetime


class OrderEffort(Seen):
    id: OrderId
    number: str
    category: str
    stage: str
    case_owner: str
    contacts: int
    citizen: int
    seconds: int


class EffortPage(Page[OrderEffort]):
    """Newest orders first (SJ-14)."""


class PersonEffort(Seen):
    user_id: UserId
    name: str
    org: str
    contacts: int
    orders: int
    seconds: int


class PeopleEffort(Page[PersonEffort]):
    """Who made most contacts first, on one page."""


class Overturn(Seen):
    """GH-21: departures of a unit, and how many did not hold."""

    org_id: UUID
    org: str
    matter: str
    proposed: int
    decided: int
    overturned: int


class Overturns(Page[Overturn]):
    """By unit, on one page."""


class ExclusionRate(Seen):
    org_id: UUID
    org: str
    orders: int
    excluded: int


class ExclusionRates(Page[ExclusionRate]):
    """By unit, on one page (A-09)."""
