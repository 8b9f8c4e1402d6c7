"""What becomes of agents' calls out."""

from dataclasses import dataclass
from uuid import UUID

from callcenter.core.events import Event
from callcenter.core.ids import CallId, OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundSettled(Event):
    """`outcome` is a word of `outbound.outcome.Outcome`."""

    outbound: UUID
    call: CallId
    order: OrderId | None
    purpose: str
    outcome: str
