"""What agents ask of their seat. Nothing is declared before Asterisk has said yes (D6)."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError, Refused, Unavailable
from callcenter.core.ids import UserId
from callcenter.pbx.errors import LinkDown, OutcomeUnknown
from callcenter.seats.alignment import Alignment
from callcenter.seats.crew import Crew
from callcenter.seats.errors import NoSeat
from callcenter.seats.presence import BUSY, FORCED, HELD, Ask, Presence, PresenceRefused, ask, divert
from callcenter.seats.seat import Order, Seat

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Wish:
    """Asked for, and Asterisk did not answer: its event decides."""

    presence: Presence
    reason: str


class Commands:
    """One command of a seat at a time; facts may come in between and win."""

    def __init__(self, crew: Crew, alignment: Alignment, clock: Clock) -> None:
        self._crew = crew
        self._alignment = alignment
        self._clock = clock
        self._locks: defaultdict[UserId, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._wishes: dict[UserId, _Wish] = {}

    async def change(self, user: UserId, wanted: Ask, reason: str) -> None:
        """Raises NoSeat, PresenceRefused, ActionRefused, LinkDown, OutcomeUnknown."""
        async with self._locks[user]:
            seat = self._seat(user)
            target = divert(ask(seat.presence, wanted), seat.ordered)
            diverted = target is not ask(seat.presence, wanted)
            await self._bring(seat, wanted, target, FORCED if diverted else reason)

    async def force(self, user: UserId, wanted: Ask, order: Order) -> Seat:
        """At once for a seat that is in no call, else when the call and its after-call work are over. Raises as
        `change`, but never PresenceRefused."""
        async with self._locks[user]:
            if (seat := self._seat(user)).presence not in BUSY:
                with suppress(PresenceRefused):
                    await self._bring(seat, wanted, order.presence, FORCED)
                if (seat := self._seat(user)).presence not in BUSY:
                    order = replace(order, pending=False)
            return self._crew.give_order(self._seat(user), order, self._clock.now())

    async def _bring(self, before: Seat, wanted: Ask, target: Presence, reason: str) -> None:
        user = before.user
        self._wishes.pop(user, None)
        try:
            await self._alignment.align(before, HELD[target], reason or target.value)
        except OutcomeUnknown:
            self._wishes[user] = _Wish(target, reason)
            raise
        except Refused:
            with suppress(DomainError):
                await self._alignment.align(before, HELD[before.presence], before.reason)
            raise
        seat = self._seat(user)  # a call may have come in while Asterisk was asked
        ask(seat.presence, wanted)
        self._crew.move(seat, target, reason, self._clock.now())

    def member_heard(self, extension: str, at: datetime) -> None:
        """Grants a wish whose answer was lost, once Asterisk's events show that it holds."""
        seat = self._crew.at_extension(extension)
        if seat is None or (wish := self._wishes.get(seat.user)) is None:
            return
        if seat.presence in BUSY:
            del self._wishes[seat.user]
        elif self._alignment.holds(seat, HELD[wish.presence]):
            del self._wishes[seat.user]
            self._crew.move(seat, wish.presence, wish.reason, at)

    async def settle(self, user: UserId) -> None:
        """Makes the queues hold the seat as its presence says. A link that falls is no error: LinkUp settles all.

        A seat in a call is left alone until it is over; the queues ring no phone in use, so that nobody notices."""
        async with self._locks[user]:
            seat = self._seat(user)
            wanted = HELD[seat.presence]
            if seat.presence in BUSY or self._alignment.holds(seat, wanted):
                return
            try:
                await self._alignment.align(seat, wanted, seat.reason or seat.presence.value)
            except (LinkDown, OutcomeUnknown) as error:
                log.warning("seat_not_settled", extension=seat.extension, cause=error.code)
            except (Refused, Unavailable) as error:
                log.error("seat_refused_by_pbx", extension=seat.extension, cause=error.code)  # noqa: TRY400

    def _seat(self, user: UserId) -> Seat:
        if (seat := self._crew.seat(user)) is None:
            raise NoSeat
        return seat
