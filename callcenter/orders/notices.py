"""Tells desks and clock watches, in every process, that orders have moved.

NOTIFY is sent after the commit and by itself, never in the writing transaction: PostgreSQL holds one lock for the whole
server from a notifying transaction's commit on, over its flush to disk, so that writers would queue behind each other
(`callcenter bench`, eight writers: 0.38 of a bare insert with it inside, 0.63 so). Those who tell at the same time
share one statement.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import structlog

from callcenter.core.ids import OrderId
from callcenter.orders.store import OrderStore
from callcenter.store.pool import AWAY

log = structlog.get_logger(__name__)


class Notices:
    def __init__(self, store: OrderStore) -> None:
        self._store = store
        self._orders: dict[OrderId, None] = {}
        self._dues: list[datetime] = []
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[None] | None = None
        """Waits for its turn, and will then send whatever is to be told."""

    async def tell(self, order: OrderId, dues: Sequence[datetime]) -> None:
        """Tells the creator's desks, and the clock watches when clocks run towards `dues`: by itself, or by whoever is
        next to send anyway, for whom nobody waits. The move is committed: when the database is away just now, the desk
        reads it at its next look, and a watch asks again by itself."""
        self._orders[order] = None
        self._dues += dues
        if self._next is None:
            self._next = asyncio.create_task(self._send(), name="order-notices")
            # Others rely on it: it goes on when who made it goes away.
            await asyncio.shield(self._next)

    async def _send(self) -> None:
        async with self._turn:
            self._next = None
            orders, dues = self._orders, self._dues
            self._orders, self._dues = {}, []
            try:
                await self._store.notify(list(orders), min(dues, default=None))
            except (*AWAY, asyncpg.PostgresError) as error:
                log.warning("order_notice_lost", orders=len(orders), cause=type(error).__name__)
