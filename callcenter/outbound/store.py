"""The SQL calls of agents' calls out (`schema/queries/outbound.sql`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from callcenter.core.ids import CallId, LegId, OrderId, UserId
from callcenter.core.pages import Place
from callcenter.outbound.errors import OutboundUnderWay
from callcenter.outbound.outcome import Outcome, Seen
from callcenter.outbound.views import OutboundView, Wanted
from callcenter.store.pool import Pool
from callcenter.store.queries import load

_sql: Final[Any] = load("outbound")
AT_MOST: Final = 100
"""Calls out that one order shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """One that is not settled. `began`: the ledger has a leg of it; `ended`: it has seen the last one go."""

    id: UUID
    purpose: str
    actor: UserId
    call: CallId
    order: OrderId | None
    placed_at: datetime
    began: bool
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """Settled, and the order has not been told."""

    id: UUID
    actor: UserId
    call: CallId
    order: OrderId
    outcome: Outcome
    talked: timedelta


class OutboundStore:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def insert(
        self, outbound: UUID, wanted: Wanted, *, pbx: str, actor: UserId, extension: str, call: CallId, at: datetime
    ) -> None:
        """Raises OutboundUnderWay when the actor's last one is not over."""
        try:
            await _sql.insert_outbound(
                self._pool,
                id=outbound,
                purpose=wanted.purpose.value,
                pbx=pbx,
                actor_id=actor,
                extension=extension,
                call_id=call,
                order_id=wanted.order,
                missed_id=wanted.missed,
                related=wanted.call,
                at=at,
            )
        except asyncpg.UniqueViolationError:
            raise OutboundUnderWay from None

    async def open(self, pbx: str) -> list[Flight]:
        return [
            Flight(
                id=row["id"],
                purpose=row["purpose"],
                actor=UserId(row["actor_id"]),
                call=CallId(row["call_id"]),
                order=OrderId(row["order_id"]) if row["order_id"] else None,
                placed_at=row["placed_at"],
                began=row["began"],
                ended=row["ended"],
            )
            async for row in _sql.open_outbound(self._pool, pbx=pbx)
        ]

    async def seen(self, call: CallId, pbx: str) -> list[Seen]:
        found = _sql.facts_of_outbound(self._pool, call_id=call, pbx=pbx)
        return [Seen(**{**dict(row), "leg": LegId(row["leg"])}) async for row in found]

    async def settle(self, outbound: UUID, outcome: Outcome, talked: timedelta, at: datetime, told: str | None) -> bool:
        """False when it was settled before."""
        settled = await _sql.settle_outbound(
            self._pool, id=outbound, outcome=outcome.value, talked=talked, at=at, told=told
        )
        return settled is not None

    async def untold(self, pbx: str) -> list[Untold]:
        return [
            Untold(
                id=row["id"],
                actor=UserId(row["actor_id"]),
                call=CallId(row["call_id"]),
                order=OrderId(row["order_id"]),
                outcome=Outcome(row["outcome"]),
                talked=row["talked"],
            )
            async for row in _sql.untold_outbound(self._pool, pbx=pbx)
        ]

    async def tell(self, outbound: UUID, told: str) -> None:
        await _sql.tell_outbound(self._pool, id=outbound, told=told)

    async def recorded(self, order: OrderId, call: CallId) -> bool:
        """Whether the order has a contact with this call as its proof."""
        return bool(await _sql.contact_recorded(self._pool, order_id=order, call_id=call))

    async def one(self, outbound: UUID) -> tuple[OutboundView, UserId] | None:
        row = await _sql.outbound_by_id(self._pool, id=outbound)
        return None if row is None else (view_of(row), UserId(row["actor_id"]))

    async def of_actor(self, actor: UserId, before: Place, most: int) -> Sequence[Mapping[str, Any]]:
        before_at, before_id = before
        found = _sql.outbound_of_actor(self._pool, actor_id=actor, before_at=before_at, before_id=before_id, most=most)
        return [row async for row in found]

    async def of_order(self, order: OrderId) -> list[OutboundView]:
        return [view_of(row) async for row in _sql.outbound_of_order(self._pool, order_id=order, most=AT_MOST)]


def view_of(row: Mapping[str, Any]) -> OutboundView:
    return OutboundView(**{name: row[name] for name in OutboundView.model_fields})
