"""Call-backs of an order, to look at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from callcenter.callbacks import store
from callcenter.core.ids import AttemptId, CallbackId, CallId, OrderId
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptView:
    """`status` is claimed, sent or settled; `outcome` a word of `callbacks.policy.Outcome` once settled."""

    id: AttemptId
    no: int
    status: str
    outcome: str | None
    call: CallId | None
    claimed_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackView:
    """`status` is waiting, dialling, done or exhausted; `next_at` is when the next attempt may begin."""

    id: CallbackId
    round_no: int
    status: str
    outcome: str | None
    next_at: datetime | None
    resolved: bool | None
    satisfied: bool | None
    created_at: datetime
    finished_at: datetime | None
    attempts: tuple[AttemptView, ...]


class SeenOrders(Protocol):
    """As `orders.service.Orders`: raises NotFound for an order the actor may not see."""

    async def get(self, actor: Actor, order: OrderId) -> object: ...


class CallbacksReading:
    def __init__(self, pool: Pool, orders: SeenOrders) -> None:
        self._pool = pool
        self._orders = orders

    async def of_order(self, actor: Actor, order: OrderId) -> list[CallbackView]:
        """By round. Raises NotFound when the actor may not see the order."""
        await self._orders.get(actor, order)
        attempts = await store.attempts_of(self._pool, order)
        return [
            CallbackView(
                id=CallbackId(row["id"]),
                round_no=row["round_no"],
                status=row["status"],
                outcome=row["outcome"],
                next_at=row["next_at"],
                resolved=row["resolved"],
                satisfied=row["satisfied"],
                created_at=row["created_at"],
                finished_at=row["finished_at"],
                attempts=tuple(_attempt(a) for a in attempts if a["callback_id"] == row["id"]),
            )
            for row in await store.callbacks_of(self._pool, order)
        ]


def _attempt(row: Any) -> AttemptView:
    return AttemptView(
        id=AttemptId(row["id"]),
        no=row["no"],
        status=row["status"],
        outcome=row["outcome"],
        call=None if row["call_id"] is None else CallId(row["call_id"]),
        claimed_at=row["claimed_at"],
        sent_at=row["sent_at"],
        answered_at=row["answered_at"],
        settled_at=row["settled_at"],
    )
