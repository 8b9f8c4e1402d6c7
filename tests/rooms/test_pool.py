"""What comes out of the database is what the rest of the house can use."""

from uuid import UUID, uuid4

import orjson
import pytest

from callcenter.core.errors import Unavailable
from callcenter.store.config import StoreConfig
from callcenter.store.pool import Pool, open_pool


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
