"""What the call-back room needs of the rooms below."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from callcenter.core.ids import AttemptId, CallId, LegId, OrderId
from callcenter.numbers.gate import Allowed, Purpose
from callcenter.people.actor import Actor


class CallbackOrders(Protocol):
    """As `orders.service.Orders`."""

    async def awaiting(self) -> Sequence[tuple[OrderId, int, str]]:
        """Every order whose call-back is still to be made: id, round, number ('' when withheld)."""
        ...

    async def asked_by_person(self, order: OrderId) -> bool:
        """JC-21: whether the order's category and level ask for a person, not for the machine."""
        ...

    async def settle_callback(
        self,
        order: OrderId,
        attempt: AttemptId | None,
        resolved: bool | None,
        satisfied: bool | None,
        outcome: str,
    ) -> None:
        """Heard twice, it changes nothing."""
        ...


class DialGate(Protocol):
    """As `numbers.gate.Gate`."""

    async def allow(self, actor: Actor | None, purpose: Purpose, number: str, *, at: datetime) -> Allowed: ...


class OutboundLedger(Protocol):
    """As `calls.ledger.Ledger`."""

    async def begin_outbound(
        self, *, pbx: str, leg: LegId, purpose: str, number: str, related: CallId | None, at: datetime
    ) -> CallId: ...
