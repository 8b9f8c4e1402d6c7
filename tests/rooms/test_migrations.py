"""The schema can be made from nothing, and making it again changes nothing."""

import asyncpg

from callcenter.store.migrate import migrate
from callcenter.store.pool import Pool
from callcenter.store.revision import head


async def test_migrated_to_head(pool: Pool) -> None:
    assert await pool.fetchval("select version_num from alembic_version") == head()
    assert await pool.fetchval("select count(*) from pgqueuer") == 0


async def test_migrating_again_is_harmless(database_url: str) -> None:
    await migrate(database_url)
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("select version_num from alembic_version") == head()
    await connection.close()
