"""Wake-ups after the commit: shared, sent though the sender goes away, and never the reason a move fails."""

import asyncio
from uuid import UUID

import pytest

from callcenter.core.ids import OrderId
from callcenter.orders.notices import Notices
from callcenter.orders.store import OrderStore
from callcenter.store.config import StoreConfig
from callcenter.store.notify import open_listener
from callcenter.store.pool import Pool, open_pool
from tests.rooms.town_of_orders import Town, build_town

LONG = 20.0


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


async def test_nothing_is_lost_with_a_sender_that_went_away_and_nobody_waits_in_line(
    town: Town, database_url: str
) -> None:
    first, second, third = [(await town.created()).id for _ in range(3)]
    notices = Notices(OrderStore(town.pool))
    async with open_listener(database_url, "desk") as listener, town.pool.acquire() as holder:
        async with asyncio.timeout(LONG):
            await listener.connected.wait()
        lock = holder.transaction()
        await lock.start()
        await holder.execute("lock table work_order in access exclusive mode")
        sender = asyncio.create_task(notices.tell(first, ()))
        async with asyncio.timeout(LONG):
            while not await holder.fetchval("select exists (select from pg_locks where not granted)"):
                await holder.execute("select pg_sleep(0.01)")
        waiter = asyncio.create_task(notices.tell(second, ()))
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)
        async with asyncio.timeout(LONG):
            await notices.tell(third, ())  # at once: the waiter will tell it
        assert not waiter.done()
        await lock.rollback()
        await waiter
        told: set[UUID] = set()
        async with asyncio.timeout(LONG):
            async for _, payload in listener:
                told.add(UUID(payload["id"]))
                if len(told) == 3:
                    break
    assert told == {first, second, third}


async def test_a_database_that_is_away_costs_the_notice_only(town: Town, database_url: str) -> None:
    async with open_pool(StoreConfig.model_validate({"url": database_url})) as gone:
        notices = Notices(OrderStore(gone))
    await notices.tell(OrderId((await town.created()).id), ())
