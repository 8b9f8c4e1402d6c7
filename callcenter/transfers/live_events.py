"""What happens to live calls, for desks, board and metrics. No number but lines' own short codes."""

from dataclasses import dataclass
from datetime import timedelta

from callcenter.calls.events import CallEvent
from callcenter.core.events import Event
from callcenter.core.ids import CallId
from callcenter.transfers.attempts import TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveChanged(Event):
    """Hold, mute, or a transfer's state: whoever shows the call reads it again."""

    call: CallId
    extensions: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAsked(CallEvent):
    transfer: TransferId
    mode: str
    place: str
    emergency: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferSettled(CallEvent):
    """The outcome is known, `outcome` as in `attempts.Outcome`; `line` is the target's number when it is a line's."""

    transfer: TransferId
    mode: str
    place: str
    line: str
    matter: str
    emergency: bool
    drill: bool
    outcome: str
    time_to_answer: timedelta | None
