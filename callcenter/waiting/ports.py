"""What the waiting room needs of others; the composition root wires them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from callcenter.core.ids import AttemptId, CallId, LegId
from callcenter.numbers.rules import Allowed, Purpose
from callcenter.people.actor import Actor
from callcenter.seats.seat import Seat


class Seats(Protocol):
    """As `seats.service.Seats`."""

    def standing(self) -> Sequence[Seat]: ...


class Gate(Protocol):
    """As `numbers.gate.Gate`."""

    async def allow(self, actor: Actor | None, purpose: Purpose, number: str, *, at: datetime) -> Allowed: ...


class OutboundLedger(Protocol):
    """As `calls.ledger.Ledger`."""

    async def begin_outbound(
        self, *, pbx: str, leg: LegId, purpose: str, number: str, related: CallId | None, at: datetime
    ) -> CallId: ...


class Marks(Protocol):
    """What the dialplan has written about a dialling (as `callbacks.telephony.AsteriskTelephony`). All raise LinkDown,
    ActionRefused or OutcomeUnknown."""

    async def mark_of(self, attempt: AttemptId) -> str | None: ...
    async def stands(self, attempt: AttemptId) -> bool: ...
    async def void(self, attempt: AttemptId) -> None: ...
    async def forget(self, attempt: AttemptId) -> None: ...


class Telephony(Protocol):
    @property
    def pbx(self) -> str: ...

    @property
    def connected(self) -> bool: ...

    async def ring_back(self, attempt: AttemptId, to: Allowed, call: "RingBack") -> None:
        """Dials the citizen once; who answers is led through the flow into the queue, before the others who wait.

        Raises LinkDown, ActionRefused (nothing happened) or OutcomeUnknown."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RingBack:
    """`caller` is the citizen's number as the flow and the agent's desk shall see it."""

    caller: str
    dialled: str
    queue: str
    flow: str
    ring: timedelta
