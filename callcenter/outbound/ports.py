"""What an agent's call out needs of other rooms; the composition root wires them."""

from datetime import datetime
from typing import Protocol

from callcenter.core.ids import CallId, LegId, MissedId, OrderId, UserId
from callcenter.numbers.gate import Allowed, Purpose
from callcenter.people.actor import Actor


class DialGate(Protocol):
    """As `numbers.gate.Gate`."""

    async def allow(self, actor: Actor | None, purpose: Purpose, number: str, *, at: datetime) -> Allowed: ...


class OutboundLedger(Protocol):
    """As `calls.ledger.Ledger`."""

    async def begin_outbound(
        self, *, pbx: str, leg: LegId, purpose: str, number: str, related: CallId | None, at: datetime
    ) -> CallId: ...


class Telephones(Protocol):
    async def free_extension(self, actor: Actor) -> str:
        """The extension of the actor's telephone, which is in no call. Raises NoTelephone, SeatBusy."""
        ...


class Actors(Protocol):
    async def actor(self, user: UserId) -> Actor:
        """Raises NotFound."""
        ...


class CitizensCalls(Protocol):
    async def number_of(self, actor: Actor, call: CallId) -> str:
        """The citizen's full number of a call that the actor may see, '' when withheld. Raises NotFound."""
        ...


class ContactOrders(Protocol):
    async def check_visible(self, actor: Actor, order: OrderId) -> None:
        """Raises NotFound."""
        ...

    async def number_of(self, actor: Actor, order: OrderId) -> str:
        """The citizen's full number, '' when withheld. Raises NotFound, and CallerHidden when the actor may see the
        order and not who rang."""
        ...

    async def contacted(self, actor: Actor, order: OrderId, *, reached: bool, note: str, call: CallId) -> None:
        """Records a contact, or an attempt, with the call as its proof; a call that is recorded already changes
        nothing. Raises Refused, Forbidden, NotFound."""
        ...


class MissedCalls(Protocol):
    """A missed call is closed by the ledger itself, when its number is answered."""

    async def number_of(self, actor: Actor, missed: MissedId) -> str:
        """Claims the missed call for the actor; '' when the number was withheld. Raises NotFound, Refused when it is
        settled or another's."""
        ...
