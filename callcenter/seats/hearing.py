"""What calls do to seats: each event of the ledger becomes facts of presence, offers ended and cards popped."""

from collections.abc import Callable
from datetime import datetime

import structlog

from callcenter.calls.events import (
    AgentAnswered,
    AgentFinished,
    AgentRung,
    CallEnded,
    CallEvent,
    RingCancelled,
    RingMissed,
)
from callcenter.core.ids import CallId, UserId
from callcenter.seats.config import SeatsConfig
from callcenter.seats.crew import Crew
from callcenter.seats.presence import FORCED, NO_ANSWER, Fact, Presence, divert, happen
from callcenter.seats.seat import Seat

log = structlog.get_logger(__name__)


class Hearing:
    """`pop(user, call, queue, at)` starts a card; `settle(user)` brings Asterisk in line with the new presence."""

    def __init__(
        self,
        crew: Crew,
        config: SeatsConfig,
        pop: Callable[[UserId, CallId, str, datetime], None],
        settle: Callable[[UserId], None],
    ) -> None:
        self._crew = crew
        self._config = config
        self._pop = pop
        self._settle = settle

    def hear(self, event: CallEvent) -> None:
        match event:
            case AgentRung():
                self._rung(event)
            case AgentAnswered():
                self._answered(event)
            case RingMissed():
                self._missed(event)
            case RingCancelled():
                self._cancelled(event)
            case AgentFinished():
                self._finished(event)
            case CallEnded():
                self._call_ended(event)

    def end_call(self, seat: Seat, at: datetime) -> None:
        """The seat's call is over, whoever told it."""
        if seat.presence is Presence.RINGING:
            self._crew.ended(seat, "abandoned", at)
            self._step(seat, Fact.WITHDRAWN, "", at)
        elif seat.presence is Presence.TALKING:
            self._crew.ended(seat, "answered", at)
            self._step(seat, Fact.FINISHED if self._config.after_call else Fact.RELEASED, "", at)

    def _rung(self, event: AgentRung) -> None:
        if (seat := self._seat(event.extension)) is None:
            return
        if seat.call is not None and seat.call != event.call:
            self._crew.ended(seat, "answered", event.at)
        if seat.presence is Presence.TALKING and seat.call == event.call:
            return
        self._crew.take_call(seat, event.call, happen(seat.presence, Fact.RUNG), event.at)
        self._pop(seat.user, event.call, event.queue, event.at)

    def _answered(self, event: AgentAnswered) -> None:
        for other in self._crew.in_call(event.call):
            if other.extension != event.extension and other.presence is Presence.RINGING:
                self._crew.ended(other, "elsewhere", event.at)
                self._step(other, Fact.WITHDRAWN, "", event.at)
        if (seat := self._seat(event.extension)) is None:
            return
        unseen = seat.call != event.call
        seat = self._crew.take_call(seat, event.call, happen(seat.presence, Fact.ANSWERED), event.at)
        self._crew.answered(seat, event.at)
        if unseen:
            self._pop(seat.user, event.call, event.queue, event.at)

    def _missed(self, event: RingMissed) -> None:
        seat = self._seat(event.extension)
        if seat is None or seat.call != event.call or seat.presence is not Presence.RINGING:
            return
        self._crew.ended(seat, "missed", event.at)
        fact, reason = (Fact.MISSED, NO_ANSWER) if self._config.pause_on_no_answer else (Fact.WITHDRAWN, "")
        self._step(seat, fact, reason, event.at)

    def _cancelled(self, event: RingCancelled) -> None:
        """A consultation was called off: the call goes on with the agent who has it. Of a caller who gave up the
        call's end tells, of a colleague who was faster the answer."""
        seat = self._seat(event.extension)
        if seat is None or seat.call != event.call or seat.presence is not Presence.RINGING:
            return
        if any(other.presence is Presence.TALKING for other in self._crew.in_call(event.call)):
            self._crew.ended(seat, "elsewhere", event.at)
            self._step(seat, Fact.WITHDRAWN, "", event.at)

    def _finished(self, event: AgentFinished) -> None:
        seat = self._seat(event.extension)
        if seat is not None and seat.call == event.call:
            self.end_call(seat, event.at)

    def _call_ended(self, event: CallEnded) -> None:
        for seat in self._crew.in_call(event.call):
            self.end_call(seat, event.at)

    def _step(self, seat: Seat, fact: Fact, reason: str, at: datetime) -> None:
        comes = happen(seat.presence, fact, seat.rest)
        if comes is seat.rest and fact is not Fact.FINISHED:
            reason = seat.rest_reason or reason
        presence = divert(comes, seat.ordered)
        self._crew.move(seat, presence, FORCED if presence is not comes else reason, at)
        self._settle(seat.user)

    def _seat(self, extension: str) -> Seat | None:
        seat = self._crew.at_extension(extension)
        if seat is None:
            log.warning("seat_unknown", extension=extension)
        return seat
