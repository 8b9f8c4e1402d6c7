"""Wake-ups over a real PostgreSQL, with the listening connection cut underneath."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from callcenter.store.notify import RESYNC, Listener, Notice, notify, open_listener
from callcenter.store.pool import Pool

PATIENCE = 10


@pytest.fixture
async def listener(database_url: str) -> AsyncIterator[Listener]:
    async with open_listener(database_url, "desk", "jobs") as listener:
        async with asyncio.timeout(PATIENCE):
            await listener.connected.wait()
        yield listener


async def heard(listener: Listener, count: int) -> list[Notice]:
    notices: list[Notice] = []
    async with asyncio.timeout(PATIENCE):
        async for notice in listener:
            notices.append(notice)
            if len(notices) == count:
                break
    return notices


async def cut(pool: Pool) -> None:
    """Ends every listening session, as a fail-over or an administrator would."""
    ended = await pool.fetchval(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where datname = current_database() and query ilike 'listen%' and pid <> pg_backend_pid()"
    )
    assert ended == 1


async def test_notices_arrive_in_order_from_all_channels(listener: Listener, pool: Pool) -> None:
    await notify(pool, "desk", {"id": "1"})
    await notify(pool, "jobs", {"id": "2"})
    await notify(pool, "elsewhere", {"id": "3"})
    await notify(pool, "desk", {"id": "4"})
    assert await heard(listener, 3) == [("desk", {"id": "1"}), ("jobs", {"id": "2"}), ("desk", {"id": "4"})]


async def test_a_notice_waits_for_its_transaction(listener: Listener, pool: Pool) -> None:
    async with pool.acquire() as connection:
        async with connection.transaction():
            await notify(connection, "desk", {"id": "kept"})
            await notify(pool, "desk", {"id": "first"})
        undone = connection.transaction()
        await undone.start()
        await notify(connection, "desk", {"id": "rolled back"})
        await undone.rollback()
    await notify(pool, "desk", {"id": "last"})
    assert [payload["id"] for _, payload in await heard(listener, 3)] == ["first", "kept", "last"]


async def test_after_a_cut_it_listens_again_and_says_resync_first(listener: Listener, pool: Pool) -> None:
    await cut(pool)
    assert await heard(listener, 1) == [(RESYNC, {})]
    await notify(pool, "desk", {"id": "after"})
    assert await heard(listener, 1) == [("desk", {"id": "after"})]


async def test_two_cuts_are_two_resyncs(listener: Listener, pool: Pool) -> None:
    for _ in range(2):
        await cut(pool)
        assert await heard(listener, 1) == [(RESYNC, {})]


async def test_what_is_no_json_object_is_passed_over(listener: Listener, pool: Pool) -> None:
    await pool.execute("select pg_notify('desk', 'not json'), pg_notify('desk', '[1]')")
    await notify(pool, "desk", {"id": "good"})
    assert await heard(listener, 1) == [("desk", {"id": "good"})]


async def test_it_starts_without_a_database_and_ends_cleanly() -> None:
    async with open_listener("postgresql://nobody@127.0.0.1:1/none", "desk") as listener:
        assert not listener.connected.is_set()
