"""What live calls need of others; the composition root wires them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from callcenter.calls.state import CallState
from callcenter.core.ids import CallId, LegId, OrderId, UserId
from callcenter.pbx.snapshot import ChannelSeen
from callcenter.people.actor import Actor
from callcenter.transfers.attempts import TransferId


class Telephony(Protocol):
    """One PBX. All raise LinkDown (nothing happened), ActionRefused (nothing happened) or OutcomeUnknown."""

    @property
    def pbx(self) -> str: ...
    @property
    def connected(self) -> bool: ...
    async def redirect(
        self, channel: str, context: str, exten: str, *, extra: tuple[str, str, str] | None = None
    ) -> None:
        """`extra` is another's channel, context and extension, moved in the same step."""
        ...

    async def set_variable(self, channel: str, name: str, value: str) -> None: ...
    async def mute(self, room: LegId, channel: str, on: bool) -> None: ...
    async def hang_up(self, channel: str) -> None:
        """A channel that has ended already is no error."""
        ...

    async def reach(self, transfer: TransferId, room: LegId, plan: str, *, caller_id: str, timeout: timedelta) -> None:
        """Somebody is dialled for the room; the leg is `hl-<transfer>`."""
        ...

    async def standing(self) -> Mapping[LegId, ChannelSeen]:
        """Every channel there is."""
        ...

    async def muted(self, room: LegId) -> frozenset[str]:
        """Channels in the room that it does not hear."""
        ...


class LiveLedger(Protocol):
    """As `calls.ledger.Ledger`."""

    def open_call(self, call: CallId) -> CallState | None: ...
    async def expect_leg(self, *, pbx: str, call: CallId, leg: LegId, purpose: str, at: datetime) -> None: ...


class Desks(Protocol):
    async def extension_of(self, user: UserId) -> str:
        """'' for a user without a seat."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertSeen:
    """An expert within their slot (JC-12). `target` is `seat/<extension>`, or digits for one outside the house; `skill`
    is a queue's name."""

    target: str
    name: str
    org: str
    skill: str


class ExpertBook(Protocol):
    async def now(self) -> Sequence[ExpertSeen]:
        """Those whose slot it is."""
        ...


class OrderPassing(Protocol):
    """Sends an order instead of a call (工单流转)."""

    async def number_of(self, actor: Actor, order: OrderId) -> str:
        """The order's own number. Raises NotFound for what the actor may not see."""
        ...

    async def pass_on(self, actor: Actor, order: OrderId, org: str, reason: str) -> bool:
        """To the org of that code, '' when the line has none. False: the order waits for somebody who may dispatch it.
        Raises what the order room refuses."""
        ...


class Origins(Protocol):
    async def first_receiver(self, call: CallId) -> str:
        """The number of the side that the demand reached before 12345 did, '' when it came to us first."""
        ...


class Whispers(Protocol):
    async def speak(self, transfer: TransferId, text: str) -> str:
        """The sound's name for the dialplan, '' when it could not be made."""
        ...

    async def remove(self, transfer: TransferId) -> None: ...
