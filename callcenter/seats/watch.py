"""The task that hears calls and queue members, and keeps seats, desks and Asterisk's queues in step."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from callcenter.calls.events import AgentAnswered, AgentRung, CallEvent, GapRecorded
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError
from callcenter.core.events import Event
from callcenter.core.ids import CallId, UserId, new_id
from callcenter.pbx.facts import LinkUp, MemberChanged
from callcenter.pbx.snapshot import Snapshot
from callcenter.seats.after_call import AfterCallLimit
from callcenter.seats.alignment import Alignment
from callcenter.seats.card import OfferView
from callcenter.seats.commands import Commands
from callcenter.seats.config import SeatsConfig
from callcenter.seats.crew import Crew
from callcenter.seats.events import PresenceChanged
from callcenter.seats.hearing import Hearing
from callcenter.seats.journal import RETRY_AFTER, Journal
from callcenter.seats.known_calls import KnownCalls
from callcenter.seats.offers import OfferStore
from callcenter.seats.ports import CallsReading, Notes, OpenOrders, Telephony
from callcenter.seats.screen_pop import ScreenPop
from callcenter.seats.store import SeatStore
from callcenter.store.patience import PASSING

log = structlog.get_logger(__name__)

UNREACHABLE: Final = frozenset({4, 5})
"""AST_DEVICE_INVALID and AST_DEVICE_UNAVAILABLE: the phone is not registered."""
LAST_WRITES: Final = timedelta(seconds=3)
"""How long stopping waits for the writes already under way."""


class Watch:
    """`running` is true while memory is the truth, that is between start and end of `run`."""

    def __init__(
        self,
        store: SeatStore,
        offers: OfferStore,
        telephony: Telephony,
        calls: CallsReading,
        orders: OpenOrders,
        config: SeatsConfig,
        clock: Clock,
        bus: Bus,
        notes: Notes | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self.journal = Journal()
        self.crew = Crew(store, offers, self.journal, bus)
        self._alignment = Alignment(telephony)
        self.commands = Commands(self.crew, self._alignment, clock)
        self._screen_pop = ScreenPop(calls, orders, config, notes)
        self._known = KnownCalls()
        self._hearing = Hearing(self.crew, config, self._pop, self._settle)
        self._limit = AfterCallLimit(self.crew, self.commands, config.after_call_limit, clock)
        self._tasks: asyncio.TaskGroup | None = None
        self._ready = asyncio.Event()

    @property
    def running(self) -> bool:
        return self._ready.is_set()

    async def taken_up(self) -> None:
        """Returns when the seats are taken up and calls are heard."""
        await self._ready.wait()

    async def run(self) -> None:
        writer = asyncio.create_task(self.journal.drain(), name="seats-journal")
        try:
            with self._bus.subscribe(CallEvent, MemberChanged, LinkUp, GapRecorded, PresenceChanged) as inbox:
                await self._take_up()
                async with asyncio.TaskGroup() as self._tasks:
                    self._ready.set()
                    self._tasks.create_task(self._limit.run(), name="after-call-limit")
                    async for event in inbox:
                        self._hear_safely(event)
        finally:
            self._ready.clear()
            self._tasks = None
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WRITES.total_seconds()):
                    await self.journal.settled()
            writer.cancel()

    async def _take_up(self) -> None:
        """The seats as stored, and what ended while nobody listened."""
        await asyncio.to_thread(self._screen_pop.warm)
        while True:
            try:
                await self.crew.load()
                await self._close_stale()
            except PASSING as error:
                log.warning("seats_wait_for_database", cause=type(error).__name__)
                await asyncio.sleep(RETRY_AFTER.total_seconds())
            else:
                break
        for seat in self.crew.all():
            self.crew.close_offers(seat, self._clock.now())

    def _hear_safely(self, event: Event) -> None:
        try:
            self._hear(event)
        except Exception as error:
            log.error("seat_event_broken", kind=type(event).__name__, cause=type(error).__name__)  # noqa: TRY400

    def _hear(self, event: Event) -> None:
        match event:
            case CallEvent():
                self._known.hear(event)
                self._hear_call(event)
            case MemberChanged():
                self._hear_member(event)
            case LinkUp():
                self._spawn(self._reconcile(event.snapshot))
            case GapRecorded():
                self._spawn(self._close_stale())
            case _:
                self._limit.wake()

    def _hear_call(self, event: CallEvent) -> None:
        if isinstance(event, AgentRung | AgentAnswered) and self.crew.at_extension(event.extension) is None:
            self._spawn(self._hear_newcomer(event))
        else:
            self._hearing.hear(event)

    async def _hear_newcomer(self, event: CallEvent) -> None:
        """A seat that was made after the start."""
        await self.crew.load()
        self._hearing.hear(event)

    def _hear_member(self, fact: MemberChanged) -> None:
        self._alignment.heard(fact)
        seat = self.crew.at_extension(fact.member)
        if seat is not None and not fact.removed:
            self.crew.set_reachable(seat, fact.device_state not in UNREACHABLE, fact.at)
        self.commands.member_heard(fact.member, fact.at)

    async def _reconcile(self, snapshot: Snapshot) -> None:
        """After a (re)connect: ready agents are members again, members that nobody knows are not."""
        self._alignment.believe(snapshot.queue_members)
        for seen in snapshot.queue_members:
            seat = self.crew.at_extension(seen.member)
            if seat is None:
                log.warning("unknown_member_removed", queue=seen.queue, member=seen.member)
                await self._alignment.remove(seen.queue, seen.member)
            else:
                self.crew.set_reachable(seat, seen.device_state not in UNREACHABLE, snapshot.taken_at)
        await self._close_stale()
        for seat in self.crew.all():
            await self.commands.settle(seat.user)

    async def _close_stale(self) -> None:
        """Seats in a call that the ledger has closed: its end was not heard. Memory says which call a seat is in: the
        stored seats may be behind it."""
        held = {seat.call for seat in self.crew.all() if seat.call is not None}
        ended = await self._store.ended_of(held)
        for seat in self.crew.all():
            if seat.call in ended:
                self._hearing.end_call(seat, self._clock.now())

    def _settle(self, user: UserId) -> None:
        if self._tasks is not None:
            self._spawn(self.commands.settle(user))

    def _pop(self, user: UserId, call: CallId, queue: str, at: datetime) -> None:
        self._spawn(self._show(user, call, queue, at))

    async def _show(self, user: UserId, call: CallId, queue: str, at: datetime) -> None:
        offer = new_id()
        async for card in self._screen_pop.cards(call, queue, at, self._known.get(call)):
            self.crew.lay(user, OfferView(id=offer, call_id=call, card=card, offered_at=at), self._clock.now())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        if self._tasks is None:
            work.close()
        else:
            self._tasks.create_task(_survive(work))


async def _survive(work: Coroutine[Any, Any, None]) -> None:
    """One seat's trouble must not end the watch over the others."""
    try:
        await work
    except (DomainError, *PASSING) as error:
        log.warning("seat_work_failed", cause=type(error).__name__)
    except Exception as error:
        log.error("seat_work_broken", cause=type(error).__name__)  # noqa: TRY400
