"""The work-order room's door: every use case under one name, for `web`, `callbacks` and `seats`."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from callcenter.core.briefs import OrderBrief
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import AttemptId, CallId, OrderId, OrgId
from callcenter.orders import intake, lifecycle, moves, reading, settling
from callcenter.orders.config import OrdersConfig
from callcenter.orders.room import Room, open_room
from callcenter.orders.terms import ContactOutcome, ResultType, Solvability
from callcenter.orders.views import NewOrder, OrderPage, OrderView
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool


class Orders:
    """Use cases. Each that is refused raises a DomainError: Forbidden, Refused (Conflict among them), Invalid, NotFound
    (also for what the actor may not see)."""

    def __init__(self, room: Room) -> None:
        self.room = room

    async def create(self, actor: Actor, new: NewOrder) -> OrderView:
        return await self.get(actor, await intake.create(self.room, actor, new))

    async def get(self, actor: Actor, order: OrderId) -> OrderView:
        return await reading.whole(self.room, actor, order)

    async def list(
        self,
        actor: Actor,
        *,
        scope: reading.Scope = "mine",
        stage: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> OrderPage:
        return await reading.page_of(self.room, actor, scope=scope, stage=stage, cursor=cursor, limit=limit)

    async def dispatch(self, actor: Actor, order: OrderId, unit: OrgId, reason: str) -> OrderView:
        """To a unit, or down to another centre."""
        return reading.view_of(self.room, await moves.dispatch(self.room, actor, order, unit, reason), actor)

    async def accept(self, actor: Actor, order: OrderId) -> OrderView:
        return reading.view_of(self.room, await moves.make(self.room, actor, order, lifecycle.Accept()), actor)

    async def contact(
        self, actor: Actor, order: OrderId, outcome: ContactOutcome, note: str = "", call: CallId | None = None
    ) -> OrderView:
        return reading.view_of(self.room, await moves.contact(self.room, actor, order, outcome, note, call), actor)

    async def submit(
        self,
        actor: Actor,
        order: OrderId,
        *,
        reply: str,
        solvability: Solvability,
        result: ResultType,
        plan: str = "",
    ) -> OrderView:
        move = lifecycle.Submit(reply=reply, solvability=solvability, result=result, plan=plan)
        return reading.view_of(self.room, await moves.make(self.room, actor, order, move), actor)

    async def review(self, actor: Actor, order: OrderId, *, approved: bool, opinion: str) -> OrderView:
        move = lifecycle.Approve(opinion=opinion) if approved else lifecycle.SendBack(opinion=opinion)
        return reading.view_of(self.room, await moves.make(self.room, actor, order, move), actor)

    async def answer(self, actor: Actor, order: OrderId, reply: str) -> OrderView:
        return reading.view_of(self.room, await moves.answer(self.room, actor, order, reply), actor)

    async def close(self, actor: Actor, order: OrderId, reason: str) -> OrderView:
        """After fruitless call-backs, for a recorded reason."""
        move = lifecycle.CloseUnheard(reason=reason)
        return reading.view_of(self.room, await moves.make(self.room, actor, order, move), actor)

    async def record_callback(
        self, actor: Actor, order: OrderId, *, resolved: bool, satisfied: bool, note: str
    ) -> OrderView:
        """A call-back made by hand."""
        row = await settling.settle_by_hand(self.room, actor, order, resolved=resolved, satisfied=satisfied, note=note)
        return reading.view_of(self.room, row, actor)

    async def settle_callback(
        self,
        order: OrderId,
        attempt: AttemptId | None,
        resolved: bool | None,
        satisfied: bool | None,
        outcome: str,
    ) -> None:
        await settling.settle(
            self.room, order, resolved=resolved, satisfied=satisfied, outcome=outcome, attempt=attempt
        )

    async def awaiting(self) -> Sequence[tuple[OrderId, int, str]]:
        """Orders whose call-back is still to be made: id, round, number."""
        return await settling.awaiting(self.room)

    async def open_of(self, number_key: str, limit: int) -> Sequence[OrderBrief]:
        return await reading.open_of(self.room, number_key, limit)

    async def similar_near(self, number_key: str, limit: int) -> Sequence[OrderBrief]:
        return await reading.similar_near(self.room, number_key, limit)


async def open_orders(
    pool: Pool, *, clock: Clock, bus: Bus, config: OrdersConfig, city: str, audit: Audit, vault: Vault
) -> Orders:
    """`city` is an IANA zone name. Raises Misconfigured before anything is served."""
    room = await open_room(pool, clock=clock, bus=bus, config=config, zone=ZoneInfo(city), audit=audit, vault=vault)
    return Orders(room)
