"""The connection pool, opened once by the composition root and closed with its context."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg
import orjson
from asyncpg.transaction import Transaction

from callcenter.core.errors import Unavailable
from callcenter.store.config import StoreConfig

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]
    Connection = asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
else:  # asyncpg's classes are generic only in its stubs
    Pool = asyncpg.Pool
    Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy

AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, starting up, ended by the operator
    asyncpg.InsufficientResourcesError,  # disk full, out of memory, too many connections
    asyncpg.ReadOnlySQLTransactionError,  # a standby, in the middle of a switch
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that died in its hands
    TimeoutError,
)
"""Errors that mean the database is not there just now; nothing that was asked has been refused."""
_NOT_SOCKETS: Final = tuple(kind for kind in AWAY if kind is not OSError)


def is_away(error: BaseException) -> bool:
    """An OSError with a file name is about that file; without one it is a socket, and the only one that anybody asks
    who does not name it is the database's."""
    return isinstance(error, _NOT_SOCKETS) or (isinstance(error, OSError) and error.filename is None)


class _Transaction(Transaction):
    """A connection that is gone has rolled back by itself: what ended the block is told, not that the roll-back could
    not be sent. asyncpg tells the latter, and then a patient task takes its own cancellation for an outage."""

    async def __aexit__(self, kind: object, error: object, trace: object) -> None:
        try:
            await super().__aexit__(kind, error, trace)
        except AWAY:
            if error is None:  # not committed, or nobody knows
                raise


class _Connection(asyncpg.Connection):
    def transaction(self, *, isolation: Any = None, readonly: bool = False, deferrable: bool = False) -> Transaction:
        return _Transaction(self, isolation, readonly, deferrable)


def _written(value: object) -> str:
    return orjson.dumps(value).decode()


async def prepare(connection: Any) -> None:
    """JSON columns read and write as Python values, ids as `uuid.UUID`: asyncpg's own subclass is no JSON value."""
    await connection.set_type_codec("uuid", encoder=str, decoder=UUID, schema="pg_catalog")
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name,
            encoder=_written,
            decoder=orjson.loads,
            schema="pg_catalog",
        )


async def _keep_session(_: object) -> None:
    """asyncpg has rolled back what was open; no room changes a session's settings, takes its locks or listens on a
    pooled connection, so the round trip of RESET ALL at every release is saved."""


@asynccontextmanager
async def open_pool(config: StoreConfig) -> AsyncIterator[Pool]:
    """Raises Unavailable, naming the cause but never the password, when the database cannot be reached."""
    url = config.url.get_secret_value()
    try:
        async with asyncio.timeout(config.connect_timeout):
            pool = await asyncpg.create_pool(
                url,
                min_size=config.pool_min,
                max_size=config.pool_max,
                init=prepare,
                reset=_keep_session,
                connection_class=_Connection,
            )
    except asyncpg.InvalidPasswordError as error:
        raise Unavailable(part="PostgreSQL", remedy="wrong user or password: correct DATABASE_URL") from error
    except asyncpg.InvalidCatalogNameError as error:
        raise Unavailable(part="PostgreSQL", remedy="the database does not exist: create it with createdb") from error
    except (*AWAY, ValueError) as error:
        remedy = f"start it, or correct DATABASE_URL ({type(error).__name__})"
        raise Unavailable(part="PostgreSQL", remedy=remedy) from error
    try:
        yield pool
    finally:
        await pool.close()
