"""PgQueuer over the connections of our pool."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.queries import Queries

from callcenter.store.config import StoreConfig
from callcenter.store.pool import Connection


class _PoolDriver(AsyncpgDriver):
    """PgQueuer sends JSON as ready text. Connections of our pool encode JSON themselves (`store.pool.prepare`), which
    would wrap that text once more: it is sent as text and cast by the server instead."""

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        return await super().fetch(query.replace("::jsonb[]", "::text[]::jsonb[]"), *args)


async def enqueue(connection: Connection, entrypoint: str, payloads: Sequence[str]) -> int:
    """Within the transaction of `connection`, if there is one. What is already queued or running is left alone; the
    number newly queued is returned. A job may run twice: what it does must be idempotent."""
    if not payloads:
        return 0
    proxied: Any = connection  # a pool's connection serves PgQueuer as well as a bare one
    count = len(payloads)
    ids = await Queries(_PoolDriver(proxied)).enqueue(
        [entrypoint] * count,
        [payload.encode() for payload in payloads],
        [0] * count,
        dedupe_key=[f"{entrypoint}:{payload}" for payload in payloads],
        on_conflict="skip",
    )
    return sum(id_ is not None for id_ in ids)


@asynccontextmanager
async def open_queue(config: StoreConfig) -> AsyncIterator[PgQueuer]:
    """To take jobs from, on a connection of its own: the pool's encode JSON, which PgQueuer does itself."""
    connection = await asyncpg.connect(config.url.get_secret_value(), timeout=config.connect_timeout)
    try:
        yield PgQueuer(AsyncpgDriver(connection))
    finally:
        connection.terminate()
