"""Brings a database to the schema in use: Alembic orders the steps, the steps are plain SQL files."""

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from callcenter.core.errors import Misconfigured
from callcenter.resources import SCHEMA
from callcenter.store.config import StoreConfig
from callcenter.store.pool import open_pool
from callcenter.store.revision import NEWER


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCHEMA / "migrations"))
    config.set_main_option("prepend_sys_path", str(SCHEMA / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


async def migrate(url: str) -> None:
    """Runs every step not yet applied, then brings PgQueuer's own tables up. Idempotent. Raises Misconfigured when the
    database is newer than this program."""
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    config = _config()

    def upgrade(sync_connection: object) -> None:
        config.attributes["connection"] = sync_connection
        command.upgrade(config, "head")

    try:
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
    except CommandError as error:
        raise Misconfigured(cause=f"the database cannot be brought up to date ({error})", remedy=NEWER) from error
    finally:
        await engine.dispose()
    raw = await asyncpg.connect(url)
    try:
        queries = Queries(AsyncpgDriver(raw))
        if await queries.schema_is_installed():
            await queries.apply_upgrade()
        else:
            await queries.install()
    finally:
        await raw.close()


async def migrate_once(config: StoreConfig) -> None:
    """`migrate`, with a database that is away explained. Raises Unavailable."""
    async with open_pool(config):
        await migrate(config.url.get_secret_value())
