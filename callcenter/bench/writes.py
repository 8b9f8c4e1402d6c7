"""Registering an order (row and event row) through the room, beside one bare statement that writes both rows."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from statistics import median

from callcenter.bench.figures import Figure, spread
from callcenter.core.bus import Bus
from callcenter.core.clock import SystemClock
from callcenter.core.ids import new_id
from callcenter.orders import intake
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import open_orders
from callcenter.orders.views import NewOrder
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.people.config import PeopleConfig
from callcenter.people.keys import fresh_keys
from callcenter.people.service import open_people
from callcenter.people.vault import Vault
from callcenter.sample.city import load_city, read_city
from callcenter.sample.state import LocalState
from callcenter.store.config import StoreConfig
from callcenter.store.pool import Pool, open_pool

Write = Callable[[], Awaitable[None]]
WRITERS = 8
ROUNDS = 5
SECONDS = 2.0

BARE = """
with placed as (
    insert into work_order
        (id, number, stage, request_type, title, content, created_by, owner_org_id, owner_org_path, intake_org_path,
         centre_org_id, created_at)
    values ($1, $2, 'new', 'help', 'title', 'content', $3, $4, '/', '/', $4, $5)
    returning id
)
insert into order_event (id, order_id, seq, at, actor_id, move, stage_after)
select $6, id, 1, $5, $3, 'created', 'new' from placed
"""


async def measure_writes(url: str) -> list[Figure]:
    """On the migrated, empty database `url`. Alternates the two for ROUNDS rounds of SECONDS each."""
    config = StoreConfig.model_validate({"url": url, "pool_max": WRITERS + 2})
    async with open_pool(config) as pool:
        actor = await _an_agent(pool)
        rates: dict[str, list[float]] = {"ours": [], "bare": []}
        costs: dict[str, list[float]] = {"ours": [], "bare": []}
        room = (
            await open_orders(
                pool,
                clock=SystemClock(),
                bus=Bus(),
                config=OrdersConfig(),
                city="Asia/Shanghai",
                audit=Audit(SystemClock()),
                vault=Vault(fresh_keys()),
            )
        ).room
        new = NewOrder(title="水压不足", content="高层住户用水高峰水压不足", request_type="help", address="云堰街道")

        async def ours() -> None:
            await intake.create(room, actor, new)

        async def bare() -> None:
            now, order = datetime.now(UTC), new_id()  # noqa: TID251 - the bare part has no clock
            await pool.execute(BARE, order, str(order), actor.user_id, actor.org_id, now, new_id())

        for _ in range(ROUNDS):
            for name, write in (("ours", ours), ("bare", bare)):
                rate, cost = await rate_of(write)
                rates[name].append(rate)
                costs[name].append(cost)
    ratio = median(a / b for a, b in zip(rates["ours"], rates["bare"], strict=True))
    return [
        Figure(measure="order writes", name=f"orders/s, {WRITERS} writers", value=spread(rates["ours"], 0)),
        Figure(measure="order writes", name="bare statement/s", value=spread(rates["bare"], 0)),
        Figure(measure="order writes", name="ratio", value=f"{ratio:.2f}"),
        Figure(measure="order writes", name="client CPU µs an order", value=spread(costs["ours"], 0)),
        Figure(measure="order writes", name="client CPU µs a bare statement", value=spread(costs["bare"], 0)),
    ]


async def rate_of(write: Write) -> tuple[float, float]:
    """Writes a second, and client CPU microseconds for each."""
    done = 0
    end = time.monotonic() + SECONDS

    async def writer() -> None:
        nonlocal done
        while time.monotonic() < end:
            await write()
            done += 1

    cpu = time.process_time()
    await asyncio.gather(*(writer() for _ in range(WRITERS)))
    return done / SECONDS, (time.process_time() - cpu) / done * 1e6


async def _an_agent(pool: Pool) -> Actor:
    async def assign(*_: object) -> None:
        return

    async with open_people(pool, SystemClock(), PeopleConfig(argon2_memory=64, argon2_time=1)) as people:
        await load_city(read_city(), people, LocalState(ports={}, ami_secret=""), assign, assign)
        user = await people.user_of_extension("8001")
    if user is None:
        raise RuntimeError("the sample city has no agent 8001")
    return user.actor
