"""The schema can be made from nothing, and making it again changes nothing."""

import asyncpg
import pytest
from alembic.script import ScriptDirectory

from callcenter.resources import SCHEMA
from callcenter.store.migrate import migrate
from callcenter.store.pool import Pool
from callcenter.store.revision import head


def test_the_head_by_name_is_alembics_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody pays for Alembic at each start only to learn this."""
    monkeypatch.syspath_prepend(SCHEMA / "migrations")
    assert head() == ScriptDirectory(str(SCHEMA / "migrations")).get_current_head()


async def test_migrated_to_head(pool: Pool) -> None:
    assert await pool.fetchval("select version_num from alembic_version") == head()
    assert await pool.fetchval("select count(*) from pgqueuer") == 0


async def test_migrating_again_is_harmless(database_url: str) -> None:
    await migrate(database_url)
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("select version_num from alembic_version") == head()
    await connection.close()
