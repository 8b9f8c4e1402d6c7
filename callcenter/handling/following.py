"""What follows by itself: a warning goes to the unit's heads and into its next round, a ledger order's citizen hears
something in time, milestones that are late are told, leaders decide what is proposed (XY-12, XY-13, GH-13, A-10).

Everything is found in the tables, so that nothing is lost with a process; the bus only says when to look.
"""

import asyncio
from collections.abc import AsyncIterable
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from callcenter.core.bus import Bus
from callcenter.core.errors import DomainError
from callcenter.core.events import Event
from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.handling.contacts import next_interim
from callcenter.handling.decisions import Decisions
from callcenter.handling.room import SQL, Room, rows
from callcenter.handling.rounds import Follows, follows, why
from callcenter.orders import lifecycle as life
from callcenter.orders.events import OrderMoved
from callcenter.orders.terms import Stage
from callcenter.outbox.model import Notice, To
from callcenter.people.actor import Role
from callcenter.store.patience import patiently, until
from callcenter.store.pool import Connection

log = structlog.get_logger(__name__)

ASK: Final = timedelta(minutes=10)
"""The longest time without asking the database: a wake-up may be lost with the process that should have given it."""
BATCH: Final = 100
STAGES: Final = frozenset({Stage.WARNED, Stage.REHANDLING, Stage.LEDGER})
LEADERS: Final = frozenset({Role.DEPUTY, Role.LEADER, Role.SUPERVISOR})
HEADS: Final = frozenset({Role.UNIT_HEAD})
KINDS: Final = {Follows.ESCALATED: "warning_escalated", Follows.DECIDED_BY_LEADER: "warning_for_leader"}


class _Taken(Exception):
    """Another instance was faster."""


class Following:
    """One a process; any number may run, each thing still happens once."""

    def __init__(self, room: Room, bus: Bus) -> None:
        self._room = room
        self._bus = bus
        self._wake = asyncio.Event()
        self._decisions = Decisions(room)

    async def run(self) -> None:
        """Until cancelled."""
        with self._bus.subscribe(OrderMoved) as moves:
            async with asyncio.TaskGroup() as crew:
                crew.create_task(self._hear(moves), name="handling-wake")
                while True:
                    await patiently(self.catch_up)
                    await until(self._wake, await patiently(self._rest))

    async def _hear(self, moves: AsyncIterable[Event]) -> None:
        async for event in moves:
            if isinstance(event, OrderMoved) and event.stage in STAGES:
                self._wake.set()

    async def _rest(self) -> timedelta:
        dues = (await SQL.next_interim(self._room.pool), await self._decisions.next_due())
        now = self._room.clock.now()
        return max(timedelta(), min([due - now for due in dues if due is not None] + [ASK]))

    async def catch_up(self) -> None:
        """Does all that is due now."""
        await self._warnings()
        await SQL.insert_missing_rounds(self._room.pool)
        await self._ledger()
        await self._milestones()
        await self._decisions.catch_up()

    async def _warnings(self) -> None:
        for row in await rows(SQL.unanswered_warnings(self._room.pool, limit=BATCH)):
            try:
                await self._follow(row)
            except (_Taken, DomainError) as reason:
                log.info("warning_not_followed", order=str(row["id"]), why=type(reason).__name__)

    async def _follow(self, row: Any) -> None:
        orders, order = self._room.orders, OrderId(row["id"])
        after = follows(
            orders.policy_of(row).rehandle,
            round_no=row["round_no"],
            reasonableness=row["reasonableness"],
            confirmed=row["reasonableness_confirmed"],
        )

        async def also(connection: Connection, _: object) -> None:
            await self._tell_of_warning(connection, row, after)

        if after is Follows.REHANDLED:
            reason = why(resolved=row["resolved"], satisfied=row["satisfied"])
            await orders.move(None, order, life.Rehandle(reason=reason), also=also)
        else:
            await orders.record(None, order, KINDS[after], {"round": row["round_no"]}, also=also)

    async def _tell_of_warning(self, connection: Connection, row: Any, after: Follows) -> None:
        taken = await SQL.insert_warning(
            connection,
            order_id=row["id"],
            round_no=row["round_no"],
            org_id=row["owner_org_id"],
            at=self._room.clock.now(),
            outcome=after.value,
        )
        if taken is None:
            raise _Taken
        words = {"number": row["number"], "category": row["category"]}
        unit, order = To(org=OrgId(row["owner_org_id"]), roles=HEADS), OrderId(row["id"])
        if after is Follows.REHANDLED:
            due = await SQL.next_clock(connection, order_id=row["id"])
            told = {"round": str(row["round_no"] + 1), "due": self._local(due)}
            await self._room.outbox.post(connection, _notice("order_warned", unit, order, words | told))
            return
        leaders = To(org=OrgId(row["centre_org_id"]), roles=LEADERS)
        told = {"round": str(row["round_no"])} if after is Follows.ESCALATED else {}
        for to in (unit, leaders):
            await self._room.outbox.post(connection, _notice(KINDS[after], to, order, words | told))

    async def _ledger(self) -> None:
        room = self._room
        for row in await rows(SQL.ledger_without_interim(room.pool, limit=BATCH)):
            due = next_interim(room, row, room.clock.now())
            await SQL.set_interim(room.pool, order_id=row["id"], due_at=due)
        for row in await rows(SQL.late_interims(room.pool, at=room.clock.now(), limit=BATCH)):
            owner = row["case_owner"]
            to = To(user=UserId(owner)) if owner else To(org=OrgId(row["owner_org_id"]))
            words = {"number": row["number"], "category": row["category"]}
            async with room.pool.acquire() as connection, connection.transaction():
                if await SQL.mark_interim_reminded(connection, order_id=row["order_id"], at=room.clock.now()):
                    await room.outbox.post(connection, _notice("interim_due", to, OrderId(row["order_id"]), words))

    async def _milestones(self) -> None:
        room = self._room
        now = room.clock.now()
        today = now.astimezone(room.zone).date()
        for row in await rows(SQL.late_milestones(room.pool, today=today, limit=BATCH)):
            to = To(org=OrgId(row["owner_org_id"]), roles=HEADS)
            words = {"number": row["number"], "category": row["category"], "due": f"{row['due_on']:%Y-%m-%d}"}
            async with room.pool.acquire() as connection, connection.transaction():
                if await SQL.mark_milestone_reminded(connection, id=row["id"], at=now):
                    await room.outbox.post(connection, _notice("milestone_late", to, OrderId(row["order_id"]), words))

    def _local(self, due: datetime | None) -> str:
        return f"{due.astimezone(self._room.zone):%Y-%m-%d %H:%M}" if due else "—"


def _notice(kind: str, to: To, order: OrderId, words: dict[str, str]) -> Notice:
    return Notice(kind=kind, to=to, order=order, words=words)
