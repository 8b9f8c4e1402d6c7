"""What happens to work orders. Published after the row and its event row are committed."""

from dataclasses import dataclass

from callcenter.core.events import Event
from callcenter.core.ids import OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoved(Event):
    """`move` is the event kind (created, dispatched, accepted ...), `stage` the state after it."""

    order: OrderId
    move: str
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerBreached(Event):
    order: OrderId
    timer: str
