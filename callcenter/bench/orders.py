"""Work orders among millions: entering and moving them, every list, search, the next due time, a storm of deadlines."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median
from typing import Final

from callcenter.bench.figures import Figure, spread
from callcenter.bench.order_load import load_orders
from callcenter.bench.order_pages import measure_lists, measure_search
from callcenter.bench.order_storm import measure_next_due, measure_storm
from callcenter.bench.stage import Bench
from callcenter.bench.writes import ROUNDS, WRITERS, rate_of
from callcenter.core.bus import Bus
from callcenter.core.clock import SystemClock
from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.orders import intake
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import Orders, open_orders
from callcenter.orders.terms import ContactOutcome, ResultType, Solvability
from callcenter.orders.views import NewOrder
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.keys import fresh_keys
from callcenter.people.vault import Vault
from callcenter.store.config import StoreConfig
from callcenter.store.embedded import open_embedded
from callcenter.store.migrate import migrate
from callcenter.store.pool import Pool, open_pool

ORDERS: Final = 5_000_000
QUICK_ORDERS: Final = 4_000
RATIO: Final = 0.5
UPPER: Final = timedelta(days=20)
"""Until when the upper platform wants the answer of an order it passes down."""
MOVED: Final = 400
"""Orders that go from intake to review while moves are counted."""
NEW: Final = NewOrder(
    title="高层住户水压不足",
    content="高层住户早晚用水高峰水压不足，已持续半个多月，望核实处理。",
    request_type="help",
    address="云堰街道",
)
BARE: Final = """
with placed as (
    insert into work_order
        (id, number, stage, request_type, title, content, address, created_by, owner_org_id, owner_org_path,
         intake_org_path, centre_org_id, created_at)
    values ($1, $2, 'pending_dispatch', 'help', $7, $8, $9, $3, $4, $10, $10, $4, $5)
    returning id
)
insert into order_event (id, order_id, seq, at, actor_id, move, stage_after)
select $6, id, 1, $5, $3, 'created', 'pending_dispatch' from placed
"""
PEOPLE: Final[Mapping[str, str]] = {
    "city": "bench-bench",
    "agent": "bench-agent3",
    "district": "bench-d3",
    "street": "bench-d3s4",
    "unit": "bench-d3s4u2",
}


async def measure_orders(bench: Bench) -> list[Figure]:
    """On a PostgreSQL of its own, as it comes: no setting of the server is changed."""
    most = bench.orders or (QUICK_ORDERS if bench.quick else ORDERS)
    bench.say("PostgreSQL")
    async with open_embedded(bench.folder / "orders") as database:
        await migrate(database.url)
        config = StoreConfig.model_validate({"url": database.url, "pool_max": WRITERS + 2})
        async with open_pool(config) as pool:
            return await measure_in(bench, pool, most)


async def measure_in(bench: Bench, pool: Pool, most: int) -> list[Figure]:
    """In a migrated, empty database of which the pool's user is the superuser."""
    began = time.monotonic()
    await load_orders(pool, most, bench.say)
    loaded = time.monotonic() - began
    orders = await _open(pool)
    people = {name: await actor_of(pool, user) for name, user in PEOPLE.items()}
    return [
        Figure(measure="orders", name=f"{most:,} orders loaded, s", value=f"{loaded:.0f}"),
        *await measure_lists(bench, orders.room, people),
        *await measure_search(bench, orders.room, people),
        *await measure_next_due(bench, pool),
        *await measure_storm(bench, pool),
        *await _measure_writes(bench, pool, orders, people),
        *await _measure_moves(bench, orders, people),
    ]


async def _open(pool: Pool) -> Orders:
    clock = SystemClock()
    return await open_orders(
        pool,
        clock=clock,
        bus=Bus(),
        config=OrdersConfig(),
        city="Asia/Shanghai",
        audit=Audit(clock),
        vault=Vault(fresh_keys()),
    )


async def actor_of(pool: Pool, username: str) -> Actor:
    row = await pool.fetchrow(
        "select u.id, u.name, u.roles, o.id as org, o.path from app_user u join org o on o.id = u.org_id"
        " where u.username = $1",
        username,
    )
    if row is None:
        raise RuntimeError(f"the load has made no {username}")
    return Actor(
        user_id=UserId(row["id"]),
        username=username,
        name=row["name"],
        roles=frozenset(map(Role, row["roles"])),
        org_id=OrgId(row["org"]),
        org_path=row["path"],
    )


async def _measure_writes(bench: Bench, pool: Pool, orders: Orders, people: Mapping[str, Actor]) -> list[Figure]:
    """An order of the upper platform, whose clock runs from intake on, with its event; in turn with one bare statement
    that writes both rows into the same tables, under the same indexes and triggers."""
    bench.say("登记 entering")
    agent = people["agent"]
    numbers = count(1)
    passed_down = replace(NEW, channel="upper_level", upper_due_at=orders.room.clock.now() + UPPER)

    async def ours() -> None:
        await intake.create(orders.room, agent, passed_down)

    async def bare() -> None:
        now, order, text = datetime.now(UTC), new_id(), (NEW.title, NEW.content, NEW.address)  # noqa: TID251 - no clock
        who, path, number = (agent.user_id, agent.org_id), agent.org_path, f"bare-{next(numbers)}"
        await pool.execute(BARE, order, number, *who, now, new_id(), *text, path)

    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(1 if bench.quick else ROUNDS):
        for name, write in (("ours", ours), ("bare", bare)):
            rates[name].append((await rate_of(write))[0])
    ratio = median(a / b for a, b in zip(rates["ours"], rates["bare"], strict=True))
    return [
        Figure(measure="orders", name=f"entered a second, {WRITERS} connections", value=spread(rates["ours"], 0)),
        Figure(measure="orders", name="bare order and event a second", value=spread(rates["bare"], 0)),
        Figure(measure="orders", name="ratio", value=f"{ratio:.2f}", aim=f"≥ {RATIO}", met=ratio >= RATIO),
    ]


async def _measure_moves(bench: Bench, orders: Orders, people: Mapping[str, Actor]) -> list[Figure]:
    """Dispatch, accept, contact, submit, review: with guards, event, clocks and notices each."""
    bench.say("流转 moving")
    centre, unit = people["street"], people["unit"]
    new = NewOrder(title=NEW.title, content=NEW.content, request_type="help", address=NEW.address, centre=centre.org_id)
    number = WRITERS if bench.quick else MOVED
    made = [await intake.create(orders.room, people["agent"], new) for _ in range(number)]
    moves = 0

    async def move_on() -> None:
        nonlocal moves
        while made:
            order = OrderId(made.pop())
            await orders.dispatch(centre, order, unit.org_id, "责任清单第3项")
            await orders.accept(unit, order)
            await orders.contact(unit, order, ContactOutcome.REACHED, "已联系")
            await orders.submit(
                unit, order, reply="已修复", solvability=Solvability.SOLVABLE, result=ResultType.RESOLVED
            )
            await orders.review(centre, order, approved=True, opinion="同意")
            moves += 5

    began = time.monotonic()
    await asyncio.gather(*(move_on() for _ in range(WRITERS)))
    rate = moves / (time.monotonic() - began)
    return [Figure(measure="orders", name=f"moves a second, {WRITERS} connections", value=f"{rate:,.0f}")]
