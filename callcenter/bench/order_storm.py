"""The next due time among all clocks, and ten thousand that fall due within one second: marked by the real watch, each
with its event and its notice to whoever owes the duty."""

import asyncio
import time
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from callcenter.bench.figures import Figure, percentile
from callcenter.bench.stage import Bench, until
from callcenter.core.bus import Bus
from callcenter.core.clock import SystemClock
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.clocks_watch import ClockWatch
from callcenter.outbox.outbox import Outbox
from callcenter.store.pool import Pool

STORM: Final = 10_000
CITY: Final = "Asia/Shanghai"
LOOKS: Final = 300
NEXT_MS: Final = 5.0
CLEARED_S: Final = 10.0
GIVE_UP: Final = 120.0

_RAISE: Final = """
with chosen as (
    select order_id, name, round_no, row_number() over () - 1 as n, count(*) over () as most from (
        select order_id, name, round_no from order_timer
        where stopped_at is null order by due_at desc, order_id limit $2) t
)
update order_timer t set due_at = $1::timestamptz + s.n::float8 / s.most * interval '1 second',
    breached_at = null
from chosen s
where t.order_id = s.order_id and t.name = s.name and t.round_no = s.round_no
"""
_LATE: Final = """
select count(*) filter (where breached_at is not null) as marked, count(*) as wanted
from order_timer where due_at >= $1 and due_at < $2 and stopped_at is null
"""
_TOLD: Final = "select count(*) from outbox_notice where kind = 'timer_breached' and at >= $1"


async def measure_next_due(bench: Bench, pool: Pool) -> list[Figure]:
    store, took = ClockStore(pool), list[float]()
    for _ in range(10 if bench.quick else LOOKS):
        began = time.perf_counter()
        await store.next_due()
        took.append((time.perf_counter() - began) * 1000)
    p99 = percentile(took, 0.99)
    value = f"{percentile(took, 0.5):.2f} / {p99:.2f}"
    name = "next due look-up p50 / p99 ms"
    return [Figure(measure="orders", name=name, value=value, aim=f"≤ {NEXT_MS:.0f}", met=p99 <= NEXT_MS)]


async def measure_storm(bench: Bench, pool: Pool) -> list[Figure]:
    """From the last due time until the last is marked."""
    bench.say("到期风暴 storm")
    clock = SystemClock()
    first = clock.now() + timedelta(seconds=3 if bench.quick else 20)
    after = first + timedelta(seconds=1)
    await pool.execute(_RAISE, first, STORM)
    watch = asyncio.create_task(ClockWatch(ClockStore(pool), clock, Bus(), Outbox(clock), ZoneInfo(CITY)).run())
    wanted = 0

    async def cleared() -> bool:
        nonlocal wanted
        ((marked, wanted),) = await pool.fetch(_LATE, first, after)
        told: int = await pool.fetchval(_TOLD, first)
        return bool(marked == wanted <= told)

    try:
        await until(cleared, GIVE_UP)
    finally:
        watch.cancel()
        await asyncio.wait({watch})
    lasted = (clock.now() - after).total_seconds()
    return [
        Figure(
            measure="orders",
            name=f"{wanted:,} dues in one second: cleared after s, none missed",
            value=f"{lasted:.1f}",
            aim=f"≤ {CLEARED_S:.0f}",
            met=lasted <= CLEARED_S,
        )
    ]
