"""Keeps the missed calls in step with the ledger: a call that ends unanswered is taken, a caller who is answered is
struck off. Each look can be repeated, so that whatever was missed is made up for by looking again."""

import asyncio
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from callcenter.calls.events import AgentAnswered, CallEnded, GapRecorded, MissedCallClosed, MissedCallOpened
from callcenter.calls.missed import SQL
from callcenter.calls.store import UNREACHED
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.events import Event
from callcenter.core.ids import CallId, MissedId, new_id
from callcenter.store.pool import Pool

log = structlog.get_logger(__name__)

LOOK_BACK: Final = timedelta(days=7)
"""How far back a scan looks for calls that were never taken."""
AT_ONCE: Final = 500
PAUSE: Final = timedelta(seconds=1)


class Stored(Protocol):
    """What is needed of the ledger: returns when nothing waits on disk for the database any more."""

    async def drained(self) -> None: ...


class MissedWatch:
    """Runs where the ledger runs."""

    def __init__(self, pool: Pool, ledger: Stored, clock: Clock, bus: Bus) -> None:
        self._pool = pool
        self._ledger = ledger
        self._clock = clock
        self._bus = bus

    async def run(self) -> None:
        """Until cancelled."""
        with self._bus.subscribe(CallEnded, AgentAnswered, GapRecorded) as heard:
            await self._catch_up()
            async for event in heard:
                try:
                    known = await self._hear(event)
                except UNREACHED as error:
                    log.warning("missed_calls_postponed", kind=type(error).__name__)
                    known = False
                if not known:
                    await self._catch_up()

    async def scan(self, since: datetime) -> int:
        """Takes every call that began since and was never taken, and strikes off who has been answered. How many."""
        taken = 0
        while calls := [row["id"] async for row in SQL.untaken(self._pool, since=since, most=AT_ONCE)]:
            for call in calls:
                await self._close(SQL.settle_before(self._pool, call_id=call), self._clock.now())
                await self._take(call, self._clock.now())
            taken += len(calls)
        await self._close(SQL.settle_all(self._pool), self._clock.now())
        return taken

    async def _hear(self, event: Event) -> bool:
        """False when the ledger holds more than the database does."""
        if isinstance(event, CallEnded | AgentAnswered):
            ended = isinstance(event, CallEnded)
            if not await SQL.stored(self._pool, call_id=event.call, ended=ended):
                return False
            if ended:
                await self._take(event.call, event.at)
            await self._close(SQL.settle_number(self._pool, call_id=event.call), event.at)
        elif isinstance(event, GapRecorded):
            await self.scan(event.since - LOOK_BACK)
        return True

    async def _catch_up(self) -> None:
        """Once the ledger's file is stored; asks again until the database answers."""
        while True:
            await self._ledger.drained()
            try:
                taken = await self.scan(self._clock.now() - LOOK_BACK)
            except UNREACHED as error:
                log.warning("missed_calls_postponed", kind=type(error).__name__)
                await asyncio.sleep(PAUSE.total_seconds())
            else:
                log.info("missed_calls_scanned", taken=taken)
                return

    async def _take(self, call: CallId, at: datetime) -> None:
        row = await SQL.take_call(self._pool, call_id=call, fresh=new_id())
        if row is not None and row["opened"]:
            self._bus.publish(MissedCallOpened(at=at, missed=MissedId(row["id"]), call=call, reason=row["reason"]))

    async def _close(self, settled: object, at: datetime) -> None:
        async for row in settled:  # type: ignore[attr-defined]  # aiosql's rows
            closed = MissedCallClosed(
                at=at, missed=MissedId(row["id"]), state=row["state"], call=CallId(row["ended_call"])
            )
            self._bus.publish(closed)
