"""The SQL of clocks, one method each."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from callcenter.core.ids import OrderId
from callcenter.core.pages import Place
from callcenter.orders.rebinding import Rebound
from callcenter.orders.row import Row
from callcenter.orders.timers import Started
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load


class ClockStore:
    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._sql = load("clocks")

    async def mark_breaches(
        self, at: datetime, limit: int, on: Connection | None = None, order: OrderId | None = None
    ) -> list[asyncpg.Record]:
        """What became late, once each, oldest due first: of one order, or of all."""
        return [row async for row in self._sql.mark_breaches(on or self.pool, at=at, limit=limit, order_id=order)]

    async def mark_signs(self, at: datetime, limit: int, on: Connection | None = None) -> list[asyncpg.Record]:
        """Clocks on which a sign has come, with the last of them."""
        return [row async for row in self._sql.mark_signs(on or self.pool, at=at, limit=limit)]

    async def next_due(self) -> datetime | None:
        """When the next clock warns or is late; that may have passed."""
        due: datetime | None = await self._sql.next_due(self.pool)
        return due

    async def past(self, order: OrderId) -> list[asyncpg.Record]:
        return [row async for row in self._sql.past_of(self.pool, order_id=order)]

    async def ask_extension(self, on: Connection, fields: Mapping[str, Any]) -> None:
        await self._sql.ask_extension(on, **fields)

    async def extensions(self, order: OrderId, on: Connection | None = None) -> list[asyncpg.Record]:
        return [row async for row in self._sql.extensions_of(on or self.pool, order_id=order)]

    async def decide_extension(
        self, on: Connection, extension: UUID, *, granted: bool, opinion: str, decided_by: UUID, decided_at: datetime
    ) -> bool:
        """False when somebody else has decided it."""
        found = await self._sql.decide_extension(
            on, id=extension, granted=granted, opinion=opinion, decided_by=decided_by, decided_at=decided_at
        )
        return found is not None

    async def extend(
        self,
        on: Connection,
        order: OrderId,
        name: str,
        round_no: int,
        *,
        due_at: datetime,
        cut_by: str,
        signs: Sequence[Mapping[str, Any]],
    ) -> bool:
        """False when the clock does not run any more, or is late."""
        due = await self._sql.extend_clock(
            on, order_id=order, name=name, round_no=round_no, due_at=due_at, cut_by=cut_by, signs=list(signs)
        )
        return due is not None

    async def rebind(
        self, on: Connection, order: OrderId, clocks: Sequence[Rebound], *, at: datetime, actor: UUID, reason: str
    ) -> None:
        """Other dates, each with its event; the order's row is locked already."""
        given = [asdict(one) for one in clocks]
        await self._sql.rebind_clocks(on, order_id=order, at=at, actor_id=actor, reason=reason, clocks=given)

    async def begin(self, on: Connection, order: Row, clocks: Sequence[Started], at: datetime) -> None:
        """Of the order's round."""
        await self._sql.begin_clocks(
            on,
            order_id=order["id"],
            round_no=order["round_no"],
            owner_path=order["owner_org_path"],
            clocks=[asdict(one) for one in clocks],
            at=at,
        )

    async def rebounds(self, order: OrderId) -> list[asyncpg.Record]:
        return [row async for row in self._sql.rebounds_of(self.pool, order_id=order)]

    async def solvable_used_all(
        self, org_path: str, since: datetime, before: Place, limit: int
    ) -> list[asyncpg.Record]:
        rows = self._sql.solvable_used_all(
            self.pool, org_path=org_path, since=since, before_at=before[0], before_id=before[1], limit=limit
        )
        return [row async for row in rows]
