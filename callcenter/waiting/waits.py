"""Hears who waits where, tells what a caller may expect, and keeps what was told beside what came of it."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog

from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.events import Event
from callcenter.flows.conditions import QueueFacts
from callcenter.pbx.facts import PbxFact
from callcenter.seats.journal import RETRY_AFTER, Journal
from callcenter.seats.presence import Presence
from callcenter.store.patience import PASSING
from callcenter.waiting.config import WaitingConfig
from callcenter.waiting.line import Change, Gone, Joined, Line
from callcenter.waiting.outlook import Crewed, Outlook, crewed, expected_handling, outlook
from callcenter.waiting.places import Standing
from callcenter.waiting.ports import Seats
from callcenter.waiting.store import Measured, WaitStore

log = structlog.get_logger(__name__)

LAST_WRITES: Final = timedelta(seconds=3)


class Waits:
    """One for each PBX; `run` where its lease is held. Elsewhere nothing is known, and nothing is told."""

    def __init__(
        self, *, pbx: str, store: WaitStore, seats: Seats, config: WaitingConfig, clock: Clock, bus: Bus
    ) -> None:
        self._pbx = pbx
        self._store = store
        self._seats = seats
        self._config = config
        self._clock = clock
        self._bus = bus
        self._line = Line()
        self._journal = Journal()
        self._talks: Mapping[str, Measured] = {}
        self._work = Measured(timedelta(0), 0)
        self.running = False

    async def run(self) -> None:
        """Until cancelled."""
        writer = asyncio.create_task(self._journal.drain(), name="waits-journal")
        try:
            with self._bus.subscribe(PbxFact) as inbox:
                await self._take_up()
                async with asyncio.TaskGroup() as crew:
                    crew.create_task(self._measure(), name="waits-measured")
                    self.running = True
                    async for event in inbox:
                        self._hear(event)
        finally:
            self.running = False
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WRITES.total_seconds()):
                    await self._journal.settled()
            writer.cancel()

    async def stored(self) -> None:
        """Returns when all that was heard so far is in the database."""
        await self._journal.settled()

    async def outlook(self, queue: str) -> QueueFacts | None:
        """For a caller who joins now (`flows.ports.QueueOutlook`)."""
        if not self.running:
            return None
        waiting = self.waiting(queue)
        expected = self.expected(queue, waiting)
        return QueueFacts(waiting=waiting, staffed=self.crew_of(queue).heads > 0, wait=expected.wait)

    def waiting(self, queue: str) -> int:
        return len(self._line.waiting(queue))

    def expected(self, queue: str, ahead: int) -> Outlook:
        return outlook(ahead, self.crew_of(queue), self.handling(queue), self._config.longest_told)

    def crew_of(self, queue: str) -> Crewed:
        return crewed(queue, self._seats.standing(), self._line.counts())

    def handling(self, queue: str) -> timedelta:
        """Talk and after-call work of one call, as measured."""
        config, talk = self._config, self._talks.get(queue, Measured(timedelta(0), 0))
        talked = expected_handling(talk.lasted, talk.calls, config.supposed_handling, config.supposed_weight)
        return talked + (self._work.lasted / self._work.calls if self._work.calls else timedelta(0))

    def standing(self, queue: str, ringing: int) -> Standing:
        """`ringing`: citizens who are being rung back for the queue, or have been and wait in it."""
        here = self._line.here(queue)
        crew = self.crew_of(queue)
        ready = sum(
            1
            for seat in self._seats.standing()
            if queue in seat.queues and seat.reachable and seat.presence is Presence.READY
        )
        return Standing(joined=[one.since for one in here], ready=ready, on_duty=crew.heads, ringing=ringing)

    def _hear(self, event: Event) -> None:
        if isinstance(event, PbxFact):
            for change in self._line.hear(event):
                self._keep(change)

    def _keep(self, change: Change) -> None:
        match change:
            case Joined(waiter=waiter, ahead=ahead):
                told = self.expected(waiter.queue, ahead)
                self._journal.put(lambda: self._store.tell(waiter, told))
            case Gone() as gone:
                self._journal.put(lambda: self._store.end(gone))

    async def _take_up(self) -> None:
        """Waits that nobody has seen the end of; the next snapshot tells which go on."""
        while True:
            try:
                waiting = await self._store.still_waiting(self._pbx)
            except PASSING as error:
                log.warning("waits_wait_for_database", cause=type(error).__name__)
                await asyncio.sleep(RETRY_AFTER.total_seconds())
            else:
                break
        for waiter in waiting:
            self._line.take_up(waiter)

    async def _measure(self) -> None:
        while True:
            try:
                since = self._clock.now() - self._config.measured_over
                self._talks, self._work = await self._store.handling(since)
            except PASSING as error:
                log.warning("handling_not_measured", cause=type(error).__name__)
            await asyncio.sleep(self._config.measure_every.total_seconds())
