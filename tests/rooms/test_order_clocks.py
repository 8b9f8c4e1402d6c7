"""The clock watch on a real PostgreSQL: late once, whoever watches; kept through a restart; woken, never ticking."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from rich.console import Console
from structlog.testing import capture_logs

from callcenter.core.bus import Bus
from callcenter.core.ids import OrderId
from callcenter.orders.calendar_data import load_calendar
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.clocks_watch import CHANNEL, ClockWatch
from callcenter.orders.due_command import BadLength, BadStart, choose_length, parse_start, print_due, print_order_due
from callcenter.orders.events import TimerBreached
from callcenter.orders.explain import explanation
from callcenter.orders.room import NoSuchOrder
from callcenter.store.config import StoreConfig
from callcenter.store.notify import open_listener
from callcenter.store.pool import Pool, open_pool
from tests.rooms.town_of_orders import StandingClock, Town, build_town

LONG = 20.0


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


@asynccontextmanager
async def watching(watch: ClockWatch) -> AsyncIterator[None]:
    task = asyncio.create_task(watch.run())
    try:
        yield
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def breaches(town: Town, order: OrderId) -> list[str]:
    seen = await town.orders.get(town.people["agent"], order)
    return [event.body["timer"] for event in seen.events if event.move == "timer_breached"]


async def until_asleep(watch: ClockWatch) -> None:
    """The watch has made its first pass and holds the next due time."""
    async with asyncio.timeout(LONG):
        await watch.asleep.wait()


async def test_late_is_marked_once_by_two_watches(town: Town) -> None:
    orders = [await town.dispatched() for _ in range(12)]
    town.clock.forward(days=2)
    buses = [Bus(), Bus()]
    watches = [ClockWatch(ClockStore(town.pool), town.clock, bus) for bus in buses]
    with buses[0].subscribe(TimerBreached) as first, buses[1].subscribe(TimerBreached) as second:
        async with watching(watches[0]), watching(watches[1]):
            await asyncio.gather(*map(until_asleep, watches))
        assert first.waiting + second.waiting == 24
    for order in orders:
        assert sorted(await breaches(town, order.id)) == ["accept", "contact"]
    again = await ClockStore(town.pool).mark_breaches(town.clock.now(), 100)
    assert again == []
    seqs = await town.pool.fetch("select array_agg(seq order by seq) as seqs from order_event group by order_id")
    assert all(row["seqs"] == [1, 2, 3, 4] for row in seqs)


async def test_a_breached_order_can_still_be_moved(town: Town) -> None:
    order = await town.dispatched()
    town.clock.forward(days=2)
    await ClockStore(town.pool).mark_breaches(town.clock.now(), 100)
    accepted = await town.orders.accept(town.people["water"], order.id)
    assert accepted.stage == "accepted"
    timers = {timer.name: timer for timer in (await town.orders.get(town.people["agent"], order.id)).timers}
    assert timers["accept"].breached_at
    assert timers["accept"].stopped_at
    assert timers["handle"].breached_at is None


async def test_due_is_exclusive(town: Town) -> None:
    await town.dispatched()
    store = ClockStore(town.pool)
    due = await town.pool.fetchval("select min(due_at) from order_timer")
    assert await store.mark_breaches(due - timedelta(microseconds=1), 100) == []
    assert len(await store.mark_breaches(due, 100)) == 2


async def test_a_stopped_clock_is_never_late(town: Town) -> None:
    order = await town.handling()
    town.clock.forward(days=30)
    await ClockStore(town.pool).mark_breaches(town.clock.now(), 100)
    assert await breaches(town, order.id) == ["handle", "phase2"]


async def test_a_row_being_moved_is_left_and_marked_after(town: Town) -> None:
    order = await town.dispatched()
    town.clock.forward(days=2)
    watch = ClockWatch(ClockStore(town.pool), town.clock, town.bus)
    with town.bus.subscribe(TimerBreached) as heard:
        async with town.pool.acquire() as mover:
            change = mover.transaction()
            await change.start()
            await mover.execute("select from work_order where id = $1 for update", order.id)
            async with watching(watch):
                await until_asleep(watch)
                assert heard.waiting == 0
                await change.rollback()  # nobody tells the watch: it comes back by itself
                town.clock.forward(seconds=1)
                async with asyncio.timeout(LONG):
                    names = {event.timer async for event in first_of(heard, 2)}
    assert names == {"accept", "contact"}


async def first_of(heard: object, count: int) -> AsyncIterator[TimerBreached]:
    async for event in heard:  # type: ignore[attr-defined] # a bus subscription
        yield event
        count -= 1
        if not count:
            return


async def test_what_fell_due_while_nothing_ran_is_marked_at_start(town: Town, database_url: str) -> None:
    order = await town.dispatched()
    clock = StandingClock("2026-03-20T10:00+08:00")
    async with open_pool(StoreConfig.model_validate({"url": database_url})) as later:
        watch = ClockWatch(ClockStore(later), clock, Bus())
        async with watching(watch):
            await until_asleep(watch)
    assert sorted(await breaches(town, order.id)) == ["accept", "contact", "handle", "phase2"]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["same process", "another process"])
async def test_a_clock_that_runs_on_overdue_wakes_the_watch(town: Town, database_url: str, elsewhere: bool) -> None:
    order = await town.submitted()
    town.clock.forward(days=20)
    bus = Bus() if elsewhere else town.bus
    watch = ClockWatch(ClockStore(town.pool), town.clock, bus)
    async with open_listener(database_url, CHANNEL) as listener, asyncio.TaskGroup() as tasks:
        async with asyncio.timeout(LONG):
            await listener.connected.wait()
        hearing = tasks.create_task(watch.listen(listener)) if elsewhere else None
        with bus.subscribe(TimerBreached) as heard:
            async with watching(watch):
                await until_asleep(watch)
                await town.orders.review(town.people["reviewer"], order.id, approved=False, opinion="补充照片")
                async with asyncio.timeout(LONG):
                    names = [event.timer async for event in first_of(heard, 3)]
        if hearing:
            hearing.cancel()
    assert names == ["callback", "phase2", "handle"]


async def test_a_later_clock_does_not_wake_the_watch(town: Town) -> None:
    watch = ClockWatch(ClockStore(town.pool), town.clock, town.bus)
    async with watching(watch):
        await until_asleep(watch)
        looked = watch.next_due
        await town.dispatched()
        assert watch.next_due == looked
        assert watch.asleep.is_set()


async def test_the_watch_outlives_a_lost_database_connection(town: Town, database_url: str) -> None:
    order = await town.dispatched()
    watch = ClockWatch(ClockStore(town.pool), town.clock, town.bus)
    with town.bus.subscribe(TimerBreached) as heard:
        async with watching(watch):
            await until_asleep(watch)
            admin = await asyncpg.connect(database_url)
            await admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
            await admin.close()
            town.clock.forward(days=2)
            watch.wake()
            async with asyncio.timeout(LONG):
                names = {event.timer async for event in first_of(heard, 2)}
    assert names == {"accept", "contact"}
    assert len(await breaches(town, order.id)) == 2


async def test_the_watch_waits_for_a_database_that_refuses_it(town: Town) -> None:
    await town.dispatched()
    town.clock.forward(days=2)
    await town.pool.execute("alter table order_timer rename to away")
    watch = ClockWatch(ClockStore(town.pool), town.clock, town.bus)
    with town.bus.subscribe(TimerBreached) as heard, capture_logs() as logs:
        async with watching(watch), asyncio.timeout(LONG):
            while not any(entry["event"] == "clock_watch_away" for entry in logs):
                await town.pool.execute("select pg_sleep(0.01)")
            await town.pool.execute("alter table away rename to order_timer")
            names = {event.timer async for event in first_of(heard, 2)}
    assert names == {"accept", "contact"}


async def test_due_explains_an_orders_clocks(town: Town) -> None:
    order = await town.dispatched(kind="snapshot")
    room = town.orders.room
    out = StringIO()
    console = Console(file=out, width=200)
    await print_order_due(console, room.store, room.rules, room.calendar, order.number)
    text = out.getvalue()
    assert "handle" in text
    assert "xiayang-2022/3 XY-26" in text
    assert "计时中 running" in text
    with pytest.raises(NoSuchOrder):
        await print_order_due(console, room.store, room.rules, room.calendar, "20260101-000000")


async def test_due_shows_what_cuts_a_clock_and_its_end(town: Town) -> None:
    town.clock.at = parse_start("2026-02-13T10:00", town.orders.room.calendar.zone)
    order = await town.dispatched(kind="snapshot")
    await town.orders.accept(town.people["water"], order.id)
    town.clock.forward(days=5)
    room = town.orders.room
    await ClockStore(town.pool).mark_breaches(town.clock.now(), 100)
    out = StringIO()
    await print_order_due(Console(file=out, width=200), room.store, room.rules, room.calendar, order.number)
    assert "到期 Due: 2026-02-16 24:00" in out.getvalue()
    assert "不晚于 never later than outer" in out.getvalue()
    assert "已逾期 breached" in out.getvalue()
    assert "已停止 stopped 2026-02-13 10:00" in out.getvalue()


def test_due_from_the_command_line() -> None:

    calendar = load_calendar(ZoneInfo("Asia/Shanghai"))
    start = parse_start("2026-09-30T10:00", calendar.zone)
    out = StringIO()
    for length in (choose_length(5, None, None), choose_length(None, 3, None), choose_length(None, None, 8)):
        print_due(Console(file=out, width=200), explanation(start, length, calendar), calendar)
    text = out.getvalue()
    assert "2026-10-13 24:00" in text
    assert "2026-10-03 24:00" in text
    assert "2026-09-30 18:00" in text
    assert "国庆" in text
    assert parse_start("2026-09-30T10:00+00:00", calendar.zone).utcoffset() == timedelta(0)
    with pytest.raises(BadStart):
        parse_start("tomorrow", calendar.zone)
    for given in ((None, None, None), (1, 1, None), (0, None, None), (None, None, -3)):
        with pytest.raises(BadLength):
            choose_length(*given)


async def test_marking_and_moving_at_once_lose_nothing(town: Town) -> None:
    """Movers hold the order's row first, so does the watch: no deadlock, and each clock is late or stopped in time."""
    orders = [await town.dispatched() for _ in range(30)]
    town.clock.forward(days=2)
    store = ClockStore(town.pool)

    async def mark() -> int:
        found = 0
        while late := await store.mark_breaches(town.clock.now(), 7):
            found += len(late)
        return found

    async with asyncio.TaskGroup() as tasks:
        marks = [tasks.create_task(mark()), tasks.create_task(mark())]
        for order in orders:
            tasks.create_task(town.orders.accept(town.people["water"], order.id))
    rest = await mark()
    marked = await town.pool.fetchval("select count(*) from order_event where move = 'timer_breached'")
    assert marked == sum(task.result() for task in marks) + rest
    assert await town.pool.fetchval("select count(*) from order_timer where breached_at is not null") == marked
    open_clocks = "select count(*) from order_timer where name = 'accept' and stopped_at is null"
    assert await town.pool.fetchval(open_clocks) == 0
    late_contacts = "select count(*) from order_timer where name = 'contact' and breached_at is not null"
    assert await town.pool.fetchval(late_contacts) == 30


async def test_next_due_is_answered_from_an_index(town: Town) -> None:
    await town.dispatched()
    async with town.pool.acquire() as connection:
        await connection.execute("set enable_seqscan = off")
        rows = await connection.fetch("explain select min(next_at) from order_timer where next_at is not null")
        assert "order_timer_next" in "\n".join(row[0] for row in rows)
