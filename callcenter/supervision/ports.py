"""What supervision needs from others; the composition root wires them."""

from datetime import datetime, timedelta
from typing import Protocol

from callcenter.calls.state import CallState
from callcenter.core.ids import CallId, LegId


class Telephony(Protocol):
    """All raise LinkDown, ActionRefused or OutcomeUnknown of `callcenter.pbx`. Legs are Uniqueids."""

    @property
    def pbx(self) -> str: ...
    async def listen(self, leg: LegId, extension: str, spied: str, mode: str, ring: timedelta) -> None:
        """Rings the supervisor's telephone; once answered it is in the call of the channel `spied`."""
        ...

    async def enter(self, leg: LegId, extension: str, room: LegId, ring: timedelta) -> None:
        """Rings the supervisor's telephone; once answered it is in the room, as its agent."""
        ...

    async def switch(self, leg: LegId, mode: str) -> None: ...
    async def move_in(self, leg: LegId, room: LegId) -> None:
        """A listening supervisor goes into the room, as its agent."""
        ...

    async def bring(self, citizen: str, room: LegId) -> None:
        """The citizen's channel goes into the room."""
        ...

    async def put_first(self, queue: str, citizen: str, priority: int) -> None: ...
    async def hang_up(self, channel: str) -> bool:
        """False when there is no such channel any more."""
        ...


class Calls(Protocol):
    """The ledger, where this process holds the lease of the PBX (`calls.ledger.Ledger`)."""

    def open_call(self, call: CallId) -> CallState | None: ...
    async def expect_leg(self, *, pbx: str, call: CallId, leg: LegId, purpose: str, at: datetime) -> None:
        """Before Originate: the leg will belong to the call."""
        ...
