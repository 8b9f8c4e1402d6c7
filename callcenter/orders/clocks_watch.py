"""Sleeps until the next due time, marks what is late exactly once, tells the house (D7)."""

import asyncio
from collections.abc import AsyncIterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg
import structlog

from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.events import Event
from callcenter.core.ids import OrderId
from callcenter.orders.events import ClockStarted, TimerBreached
from callcenter.orders.store import OrderStore
from callcenter.store.pool import AWAY

log = structlog.get_logger(__name__)

CHANNEL: Final = "order_timer"
"""NOTIFY channel on which every instance hears that a clock was started or runs on."""
BATCH: Final = 500
LOOK: Final = timedelta(seconds=60)
"""The longest sleep without a look at the wall clock, which may be set while we sleep. A look asks the database
nothing."""
ASK: Final = timedelta(minutes=10)
"""The longest time without asking the database: a notice may be lost with the process that should have sent it."""
BUSY: Final = timedelta(milliseconds=250)
"""Until the next pass when rows that are due were being moved by somebody."""
AWAY_FOR: Final = timedelta(seconds=2)


class ClockWatch:
    """One a process; any number of processes may run one, each late clock is still marked once. `next_due` is when it
    will look next, known while `asleep` is set."""

    def __init__(self, store: OrderStore, clock: Clock, bus: Bus) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._wake = asyncio.Event()
        self.asleep = asyncio.Event()
        self.next_due: datetime | None = None

    def wake(self, due: datetime | None = None) -> None:
        """A clock runs towards `due`; None: notices may have been missed."""
        if due is None or self.next_due is None or due < self.next_due:
            self._wake.set()

    async def hear(self, clocks: AsyncIterable[Event]) -> None:
        """Clocks started in this process."""
        async for event in clocks:
            if isinstance(event, ClockStarted):
                self.wake(event.due_at)

    async def listen(self, notices: AsyncIterable[tuple[str, dict[str, Any]]]) -> None:
        """Clocks started elsewhere: feed it a `store.notify.Listener` on CHANNEL."""
        async for channel, payload in notices:
            self.wake(datetime.fromisoformat(payload["due_at"]) if channel == CHANNEL else None)

    async def run(self) -> None:
        """Until cancelled. A database that is away is waited for; what fell due meanwhile is marked afterwards."""
        with self._bus.subscribe(ClockStarted) as clocks:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.hear(clocks), name="orders-wake")
                while True:
                    try:
                        self.next_due = await self._pass()
                        await self._sleep_until(self.next_due)
                    except (*AWAY, asyncpg.PostgresError, asyncpg.InternalClientError) as error:
                        # The last is what asyncpg raises for a connection that died in its hands.
                        log.warning("clock_watch_away", cause=type(error).__name__)
                        await asyncio.sleep(AWAY_FOR.total_seconds())

    async def _pass(self) -> datetime:
        """Marks everything that is late; gives the next instant at which there is something to do."""
        self._wake.clear()
        self.next_due = None  # a clock that starts during the pass may not be in it: any wakes
        while True:
            now = self._clock.now()
            late = await self._store.mark_breaches(now, BATCH)
            for row in late:
                order = OrderId(row["order_id"])
                self._bus.publish(TimerBreached(at=now, order=order, timer=row["name"]))
                log.info("timer_breached", order=str(order), timer=row["name"])
            if len(late) < BATCH:
                break
        due = await self._store.next_due()
        return min(max(due, now + BUSY), now + ASK) if due else now + ASK

    async def _sleep_until(self, due: datetime) -> None:
        """Returns when `due` has come or something woke us; a wake-up that came during the pass is not lost."""
        self.asleep.set()
        try:
            while self._clock.now() < due:
                left = min(due - self._clock.now(), LOOK).total_seconds()
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await self._wake.wait()
                        return
        finally:
            self.asleep.clear()
