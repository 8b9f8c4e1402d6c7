"""What happens to work orders. Published after the row and its event row are committed."""

from dataclasses import dataclass
from datetime import datetime

from callcenter.core.events import Event
from callcenter.core.ids import OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoved(Event):
    """`move` is the event kind (created, dispatched, accepted ...), `stage` the state after it."""

    order: OrderId
    move: str
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStarted(Event):
    """A timer of the order runs, from its start or again after a submission was sent back, towards `due_at`."""

    order: OrderId
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerBreached(Event):
    order: OrderId
    timer: str
