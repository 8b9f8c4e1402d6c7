"""Sleeps until the next due time or warning, marks each exactly once, tells the house (D7)."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import asyncpg
import structlog

from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.events import Event
from callcenter.core.ids import OrderId, OrgId
from callcenter.orders.clock_names import clock_name
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.events import ClockStarted, TimerBreached, TimerWarned
from callcenter.outbox.model import Notice, To
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Role
from callcenter.store.pool import AWAY, Connection

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
LED: Final = frozenset({Role.DEPUTY})
ALARMED: Final = frozenset({Role.UNIT_HEAD, Role.SUPERVISOR})
WARNED: Final = ALARMED | {Role.UNIT_OPERATOR, Role.DISPATCHER}

Mark = Callable[[datetime, int, Connection], Awaitable[list[asyncpg.Record]]]


def notices_of(row: asyncpg.Record, zone: ZoneInfo | None) -> list[Notice]:
    """To whoever owes the duty; a second round that is late, and a return that nobody reviewed, also to the deputy who
    answers for the centre (XY-15, XY-21). `row` is one that `mark_breaches` or `mark_signs` gave."""
    sign = row.get("sign")
    zh, en = clock_name(row["name"])
    due = row["due_at"].astimezone(zone)
    words = {"number": row["number"], "timer": zh, "timer_en": en, "due": f"{due:%Y-%m-%d %H:%M}"}
    first = Notice(
        kind="timer_warned" if sign else "timer_breached",
        to=To(org=OrgId(row["owner_org_id"]), roles=WARNED if sign else ALARMED),
        order=OrderId(row["order_id"]),
        words=words | ({"sign": sign} if sign else {}),
    )
    if sign or not _led(row):
        return [first]
    return [first, replace(first, to=To(org=OrgId(row["centre_org_id"]), roles=LED))]


def _led(row: asyncpg.Record) -> bool:
    again = row["consequence"] == "overdue" and row["round_no"] > 1
    return bool(again or row["consequence"] == "late_return_review")


def breach_of(now: datetime, row: asyncpg.Record) -> TimerBreached:
    order, org = OrderId(row["order_id"]), OrgId(row["owner_org_id"])
    return TimerBreached(at=now, order=order, timer=row["name"], org=org, consequence=row["consequence"])


class ClockWatch:
    """One a process; any number of processes may run one, each late clock is still marked once. `next_due` is when it
    will look next, known while `asleep` is set. With an outbox, whoever owes a duty gets a notice in the transaction
    that marks it (SJ-05)."""

    def __init__(
        self, store: ClockStore, clock: Clock, bus: Bus, outbox: Outbox | None = None, zone: ZoneInfo | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._outbox = outbox
        self._zone = zone
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
                    except (*AWAY, asyncpg.PostgresError) as error:
                        log.warning("clock_watch_away", cause=type(error).__name__)
                        await asyncio.sleep(AWAY_FOR.total_seconds())

    async def _pass(self) -> datetime:
        """Marks everything that has come; gives the next instant at which there is something to do."""
        self._wake.clear()
        self.next_due = None  # a clock that starts during the pass may not be in it: any wakes
        await self._mark_all(self._store.mark_breaches, self._breached)
        now = await self._mark_all(self._store.mark_signs, self._warned)
        due = await self._store.next_due()
        return min(max(due, now + BUSY), now + ASK) if due else now + ASK

    async def _mark_all(self, mark: Mark, tell: Callable[[datetime, asyncpg.Record], None]) -> datetime:
        """In batches; gives the instant up to which all is marked."""
        while True:
            now = self._clock.now()
            async with self._store.pool.acquire() as connection, connection.transaction():
                marked = await mark(now, BATCH, connection)
                await self._post(connection, marked)
            for row in marked:
                tell(now, row)
            if len(marked) < BATCH:
                return now

    async def _post(self, connection: Connection, marked: Sequence[asyncpg.Record]) -> None:
        if self._outbox is not None:
            await self._outbox.post_all(connection, [one for row in marked for one in notices_of(row, self._zone)])

    def _breached(self, now: datetime, row: asyncpg.Record) -> None:
        event = breach_of(now, row)
        self._bus.publish(event)
        log.info("timer_breached", order=str(event.order), timer=event.timer)

    def _warned(self, now: datetime, row: asyncpg.Record) -> None:
        order, org = OrderId(row["order_id"]), OrgId(row["owner_org_id"])
        self._bus.publish(TimerWarned(at=now, order=order, timer=row["name"], org=org, sign=row["sign"]))
        log.info("timer_warned", order=str(order), timer=row["name"], sign=row["sign"])

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
