"""What comes out of the database is what the rest of the house can use."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest

from callcenter.core.errors import Unavailable
from callcenter.store.config import StoreConfig
from callcenter.store.patience import patiently
from callcenter.store.pool import AWAY, Pool, open_pool
from tests.simulators.severed_postgres import open_severed


async def test_ids_come_back_as_ids_that_json_takes(pool: Pool) -> None:
    given = uuid4()
    row = await pool.fetchrow("select $1::uuid, array[$1::uuid]", given)
    assert row is not None
    one, several = row
    assert (type(one), one, several) == (UUID, given, [given])
    assert orjson.loads(orjson.dumps({"id": one})) == {"id": str(given)}


async def test_json_columns_hold_values(pool: Pool) -> None:
    given = {"id": str(uuid4()), "words": ["水压", 1, None]}
    assert await pool.fetchval("select $1::jsonb", given) == given


async def test_a_database_that_is_not_there_is_named(database_url: str) -> None:
    elsewhere = database_url.replace("/t_", "/gone_")
    with pytest.raises(Unavailable, match="does not exist"):
        async with open_pool(StoreConfig.model_validate({"url": elsewhere})):
            pytest.fail("it was opened")


async def test_a_server_that_is_away_is_named_without_the_password() -> None:
    url = "postgresql://hotline:hunter2@127.0.0.1:9/hotline"
    with pytest.raises(Unavailable, match="start it") as refused:
        async with open_pool(StoreConfig.model_validate({"url": url, "connect_timeout": 2})):
            pytest.fail("it was opened")
    assert "hunter2" not in str(refused.value)


async def test_work_that_is_cancelled_on_a_lost_connection_ends_cancelled(database_url: str) -> None:
    """Else who waits for a database that is away takes the cancellation for an outage, and never ends."""
    async with (
        open_severed(database_url) as gate,
        open_pool(StoreConfig.model_validate({"url": gate.url, "pool_max": 2})) as severed,
    ):
        begun = asyncio.Event()

        async def work() -> None:
            async with severed.acquire() as connection, connection.transaction():
                begun.set()
                await asyncio.Event().wait()

        working = asyncio.create_task(patiently(work))
        await begun.wait()
        await gate.cut()
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            async with asyncio.timeout(10):
                await working


async def test_what_went_wrong_in_a_transaction_is_told_though_its_connection_is_lost(database_url: str) -> None:
    async with (
        open_severed(database_url) as gate,
        open_pool(StoreConfig.model_validate({"url": gate.url, "pool_max": 2})) as severed,
    ):

        async def lose_connection(then: BaseException | None) -> None:
            async with severed.acquire() as connection, connection.transaction():
                await gate.cut()
                if then is not None:
                    raise then

        with pytest.raises(ZeroDivisionError):
            await lose_connection(ZeroDivisionError())
        await gate.mend()
        with pytest.raises(AWAY):
            await lose_connection(None)


async def test_a_commit_that_is_refused_is_told(pool: Pool) -> None:
    await pool.execute(
        "create table pair (id int primary key, other int references pair deferrable initially deferred)"
    )
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("insert into pair values (1, 2)")
