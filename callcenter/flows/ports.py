"""What the dialogue asks of the rest of the house. Each port may be away: the caller goes on without its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from callcenter.core.ids import LegId
from callcenter.flows.conditions import CallerFacts, Moment, QueueFacts


class Hours(Protocol):
    """The city's clock and working calendar."""

    def moment(self, at: datetime) -> Moment: ...


class Greetings(Protocol):
    def greeting_of(self, dialled: str) -> str | None:
        """The prompt with which the number greets, if it has one of its own."""


class CallerHistory(Protocol):
    async def of(self, number: str) -> CallerFacts:
        """`number` is a `core.phone.Number.key`, never ''."""

    async def chose(self, number: str, language: str, at: datetime) -> None:
        """Remembers the language for the next call."""


class QueueOutlook(Protocol):
    async def outlook(self, queue: str) -> QueueFacts | None:
        """None where nobody knows."""


class OrderProgress(Protocol):
    async def progress(self, *, number: str, code: str, caller: str) -> str:
        """One of `nodes.PROGRESS`. `number` and `code` are digits as pressed; `caller` is a number's key, or ''."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A voice message as it lies in Asterisk's monitor folder. `caller` is a number's key, '' when withheld."""

    pbx: str
    leg: LegId
    file: str
    caller: str
    dialled: str
    queue: str
    flow: str
    node: str
    at: datetime


class VoiceMessages(Protocol):
    async def keep(self, message: NewMessage) -> None:
        """Takes the file over. May raise: the file stays, and is taken up later."""

    async def discard(self, file: str) -> None:
        """Removes what was too short to be a message."""


class Words(Protocol):
    """Speech to one of a few phrases."""

    @property
    def ready(self) -> bool:
        """Whether a model is there."""

    async def recognise(self, file: str, phrases: Sequence[str]) -> str:
        """The phrase that was said into the file of the monitor folder, '' for none; the file is removed."""


class Routes(Protocol):
    async def plan(self, target: str, queue: str) -> str | None:
        """HL_PLAN of a transfer to a number of the registry, ending in `queue`; None where there is no way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A call-back that a waiting caller accepts. `number` is a number's key; `waited` is zero before the queue."""

    pbx: str
    leg: LegId
    number: str
    queue: str
    dialled: str
    waited: timedelta
    at: datetime


class CallbackOffers(Protocol):
    async def accept(self, wanted: Wanted) -> bool:
        """Whether the call-back is promised, with the place kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The ports that are there. What is None cannot be known: conditions about it do not hold, offers of it fail."""

    hours: Hours | None = None
    greetings: Greetings | None = None
    history: CallerHistory | None = None
    queues: QueueOutlook | None = None
    orders: OrderProgress | None = None
    messages: VoiceMessages | None = None
    words: Words | None = None
    routes: Routes | None = None
    callbacks: CallbackOffers | None = None
