"""Sleeps until the next due time, marks what is late exactly once, tells the house. Nothing ticks (D7)."""

import asyncio
from collections.abc import AsyncIterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import asyncpg
import structlog

from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.events import Event
from callcenter.core.ids import OrderId
from callcenter.orders.events import OrderMoved, TimerBreached
from callcenter.orders.store import OrderStore
from callcenter.store.pool import AWAY

log = structlog.get_logger(__name__)

CHANNEL: Final = "order_timer"
"""NOTIFY channel on which every instance hears that a clock was started or runs on."""
BATCH: Final = 500
LOOK: Final = timedelta(seconds=60)
"""The longest sleep without a look at the wall clock, which may be set while we sleep. A look asks the database
nothing."""
BUSY: Final = timedelta(milliseconds=250)
"""Until the next pass when rows that are due were being moved by somebody."""
AWAY_FOR: Final = timedelta(seconds=2)


class ClockWatch:
    """One a process; any number of processes may run one, each late clock is still marked once. `next_due` is when it
    will act next (None: nothing runs), known while `asleep` is set."""

    def __init__(self, store: OrderStore, clock: Clock, bus: Bus) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._wake = asyncio.Event()
        self.asleep = asyncio.Event()
        self.next_due: datetime | None = None

    def wake(self) -> None:
        """A clock has started, or notices may have been missed."""
        self._wake.set()

    async def hear(self, events: AsyncIterable[Event]) -> None:
        """Wakes by moves made in this process: feed it a subscription to `OrderMoved`."""
        async for _ in events:
            self.wake()

    async def listen(self, notices: AsyncIterable[tuple[str, dict[str, object]]]) -> None:
        """Wakes by moves made elsewhere: feed it a `store.notify.Listener` on CHANNEL."""
        async for _ in notices:
            self.wake()

    async def run(self) -> None:
        """Until cancelled. A database that is away is waited for; what fell due meanwhile is marked afterwards."""
        with self._bus.subscribe(OrderMoved) as moved:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.hear(moved), name="orders-wake")
                while True:
                    try:
                        self.next_due = await self._pass()
                        await self._sleep_until(self.next_due)
                    except (*AWAY, asyncpg.PostgresError, asyncpg.InternalClientError) as error:
                        # The last is what asyncpg raises for a connection that died in its hands.
                        log.warning("clock_watch_away", cause=type(error).__name__)
                        await asyncio.sleep(AWAY_FOR.total_seconds())

    async def _pass(self) -> datetime | None:
        """Marks everything that is late; gives the next instant at which there is something to do."""
        self._wake.clear()
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
        return max(due, now + BUSY) if due else None

    async def _sleep_until(self, due: datetime | None) -> None:
        """Returns when `due` has come or something woke us; a wake-up that came during the pass is not lost."""
        self.asleep.set()
        try:
            while due is None or self._clock.now() < due:
                left = None if due is None else min(due - self._clock.now(), LOOK).total_seconds()
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await self._wake.wait()
                        return
        finally:
            self.asleep.clear()
