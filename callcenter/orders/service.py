"""The work-order room's door: every use case under one name, for `web` and the rooms that write on orders."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from callcenter.core.briefs import OrderBrief
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import AttemptId, CallId, OrderId, OrgId
from callcenter.orders import checks, intake, lifecycle, moves, reading, reported, settling, showing
from callcenter.orders.config import OrdersConfig
from callcenter.orders.moves import Also, Columns
from callcenter.orders.policy import Policy
from callcenter.orders.room import Room, open_room, visible_row
from callcenter.orders.row import Row
from callcenter.orders.rulesets import RuleSet
from callcenter.orders.standards import asked_by_person, standard_of
from callcenter.orders.terms import ContactOutcome, ResultType, Solvability
from callcenter.orders.views import NewOrder, OrderChecks, OrderPage, OrderView
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool


class Orders:
    """Use cases. Each that is refused raises a DomainError: Forbidden, Refused (Conflict among them), Invalid, NotFound
    (also for what the actor may not see)."""

    def __init__(self, room: Room) -> None:
        self.room = room

    async def row(self, actor: Actor, order: OrderId) -> asyncpg.Record:
        """The row of work_order. Raises NoSuchOrder, also for what the actor may not see."""
        return await visible_row(self.room, actor, order)

    async def row_of(self, order: OrderId) -> asyncpg.Record:
        """For the machine, which sees every order. Raises NoSuchOrder."""
        return await moves.row_of(self.room, order)

    async def move(
        self,
        actor: Actor | None,
        order: OrderId,
        move: lifecycle.Move,
        *,
        extra: Columns | None = None,
        note: Mapping[str, Any] | None = None,
        also: Also | None = None,
    ) -> asyncpg.Record:
        """Makes any move: the row, its event, its clocks and `also` in one transaction, then the house is told. `extra`
        are further columns (null allowed; a function of the row for counters), `note` further words of the event. Gives
        the row after the move and after what the machine did upon it (`guards.follow_up`). `actor` None: the machine.
        Raises NoSuchOrder, MoveRefused and other Refused, Forbidden, Conflict."""
        return await moves.make(self.room, actor, order, move, extra=extra, note=note, also=also)

    async def record(
        self,
        actor: Actor | None,
        order: OrderId,
        what: str,
        body: Mapping[str, Any],
        *,
        changes: Columns | None = None,
        also: Also | None = None,
    ) -> asyncpg.Record:
        """Writes on the order without moving it; `what` is a word of `records.RECORDS`. Otherwise as `move`."""
        return await moves.record(self.room, actor, order, what, body, changes=changes, also=also)

    def view(self, row: asyncpg.Record, actor: Actor) -> OrderView:
        """Without its history, cut down to what the actor may see."""
        return showing.view_of(self.room, row, actor)

    def rules_of(self, row: Row) -> RuleSet:
        """The rules it was dispatched under; before, the current ones."""
        return moves.rules_of(self.room, row)

    def policy_of(self, row: Row) -> Policy:
        return self.rules_of(row).policy

    def current_policy(self) -> Policy:
        """What an order would be dispatched under now."""
        return moves.current_rules(self.room).policy

    async def asked_by_person(self, order: OrderId) -> bool:
        """JC-21: whether the order's category and level ask for a call-back by a person."""
        row = await self.row_of(order)
        return asked_by_person(standard_of(self.rules_of(row), row))

    async def create(self, actor: Actor, new: NewOrder) -> OrderView:
        """Complete enough to be dispatched (B-26)."""
        return await showing.entered(self.room, actor, await intake.create(self.room, actor, new))

    async def receive(self, actor: Actor, new: NewOrder) -> OrderView:
        """From a channel or another platform: somebody will classify it. The same `external_id` of a channel again
        gives the order that was made of it."""
        return await showing.entered(self.room, actor, await intake.create(self.room, actor, new, lifecycle.Receive()))

    async def get(self, actor: Actor, order: OrderId) -> OrderView:
        return await showing.whole(self.room, actor, order)

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

    async def make(self, actor: Actor, order: OrderId, move: lifecycle.Move) -> OrderView:
        """A move that needs nothing but the order itself."""
        return self.view(await self.move(actor, order, move), actor)

    async def dispatch(self, actor: Actor, order: OrderId, unit: OrgId, reason: str) -> OrderView:
        """To a unit, or down to another centre."""
        return self.view(await moves.dispatch(self.room, actor, order, unit, reason), actor)

    async def give_back(self, actor: Actor, order: OrderId, reason: str) -> OrderView:
        """To the centre that assigned it."""
        return self.view(await moves.give_back(self.room, actor, order, reason), actor)

    async def accept(self, actor: Actor, order: OrderId) -> OrderView:
        return await self.make(actor, order, lifecycle.Accept())

    async def contact(
        self, actor: Actor, order: OrderId, outcome: ContactOutcome, note: str = "", call: CallId | None = None
    ) -> OrderView:
        return self.view(await moves.contact(self.room, actor, order, outcome, note, call), actor)

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
        return await self.make(actor, order, move)

    async def review(self, actor: Actor, order: OrderId, *, approved: bool, opinion: str) -> OrderView:
        move = lifecycle.Approve(opinion=opinion) if approved else lifecycle.SendBack(opinion=opinion)
        return await self.make(actor, order, move)

    async def answer(self, actor: Actor, order: OrderId, reply: str, article: UUID | None = None) -> OrderView:
        """Answers and closes in one transaction: the citizen was on the line, so there is nothing to call back for
        (XY-02 c)."""
        return await self.make(actor, order, lifecycle.Answer(reply=reply, article=article))

    async def name_reported(self, actor: Actor, order: OrderId, org: OrgId | None, name: str) -> OrderView:
        """Whom a report is about (SG-22)."""
        return self.view(await reported.name_reported(self.room, actor, order, org, name), actor)

    async def checks(self, actor: Actor) -> OrderChecks:
        """What to look at after the close. Raises Forbidden."""
        return await checks.checks_of(self.room, actor)

    async def check_nightly(self) -> None:
        """Until cancelled; what closed unanswered is logged as an error (SJ-10)."""
        await checks.check_nightly(self.room)

    async def check_effect(self, actor: Actor, order: OrderId, *, holds: bool, note: str) -> OrderView:
        return self.view(await checks.check_effect(self.room, actor, order, holds=holds, note=note), actor)

    async def excuse(self, actor: Actor, order: OrderId, reason: str) -> OrderView:
        """Goes on to the close after fruitless call-backs, for a recorded reason."""
        return await self.make(actor, order, lifecycle.CloseUnheard(reason=reason))

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
