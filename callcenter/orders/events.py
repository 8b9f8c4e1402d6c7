"""What happens to work orders. Published after the row and its event row are committed."""

from dataclasses import dataclass
from datetime import datetime

from callcenter.core.events import Event
from callcenter.core.ids import OrderId, OrgId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoved(Event):
    """`move` is the event kind (created, dispatched, accepted ...) or what was recorded, `stage` the state after it,
    `owner` the org that holds it now, `centre` the one that answers for it. May be lost with the process: what must not
    be lost is written together with the move."""

    order: OrderId
    move: str
    stage: str
    owner: OrgId
    centre: OrgId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStarted(Event):
    """A timer of the order runs, from its start or again after a submission was sent back, towards `due_at`."""

    order: OrderId
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerBreached(Event):
    """`org` owed it; `consequence` is what the rule set counts it as (late_accept, no_contact, overdue ...)."""

    order: OrderId
    timer: str
    org: OrgId
    consequence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerWarned(Event):
    """`sign` is `50%`, `80%` or `yellow`: the last that has come."""

    order: OrderId
    timer: str
    org: OrgId
    sign: str
