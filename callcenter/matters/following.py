"""Members follow their master: when it moves, when one of them was contacted, and at the start for what was missed."""

from functools import partial
from typing import Final
from uuid import UUID

import structlog

from callcenter.core.bus import Bus
from callcenter.core.errors import DomainError
from callcenter.core.ids import OrderId
from callcenter.matters.follow import Told, next_step, waits_for
from callcenter.matters.room import SQL, MatterRoom
from callcenter.orders.events import OrderMoved
from callcenter.orders.room import Conflict
from callcenter.orders.row import Row
from callcenter.store.patience import patiently

log = structlog.get_logger(__name__)

BATCH: Final = 200
MOST_STEPS: Final = 12
"""The longest way of a member to its master: back from one unit and through another to the review."""


class Following:
    def __init__(self, room: MatterRoom, bus: Bus) -> None:
        self._room = room
        self._bus = bus

    async def run(self) -> None:
        """Until cancelled."""
        with self._bus.subscribe(OrderMoved) as heard:
            await patiently(self.follow_all)
            async for event in heard:
                if isinstance(event, OrderMoved):
                    await patiently(partial(self._follow_order, event.order))

    async def _follow_order(self, order: OrderId) -> None:
        if (matter := await SQL.matter_to_follow(self._room.pool, order_id=order)) is not None:
            await self.follow(matter)

    async def follow_all(self) -> None:
        after: UUID | None = None
        while rows := [row async for row in SQL.live_matters(self._room.pool, after_id=after, limit=BATCH)]:
            for row in rows:
                await self.follow(row["id"])
            after = rows[-1]["id"]

    async def follow(self, matter: UUID) -> None:
        """Every member as far as it can come by itself. Two who do it at the same time do no harm: a move that was made
        already is refused."""
        rows = [row async for row in SQL.members_of(self._room.pool, matter_id=matter)]
        for row in rows:
            if not row["master"] and row["closed_at"] is None:
                await self._bring(OrderId(rows[0]["id"]), OrderId(row["id"]))

    async def _bring(self, master_id: OrderId, member_id: OrderId) -> None:
        orders, waits = self._room.orders, None
        for _ in range(MOST_STEPS):
            master, member = await orders.row_of(master_id), await orders.row_of(member_id)
            if not master["master"] or member["matter_id"] != master["matter_id"]:
                return
            known = await self._known(master, member)
            waits = waits_for(master, member, known)
            step = next_step(master, member, master["number"], known)
            if step is None:
                break
            try:
                await orders.move(None, member_id, step, note={"master": master["number"]})
            except Conflict:
                continue  # somebody moved it meanwhile: what it is now decides
            except DomainError as refused:
                waits = refused.code
                log.info("member_waits", order=str(member_id), why=waits)
                break
        await SQL.note_waiting(self._room.pool, order_id=member_id, waits=waits)

    async def _known(self, master: Row, member: Row) -> Told:
        tries = self._room.orders.policy_of(member).contact.attempts
        row = await SQL.told_of(self._room.pool, master_id=master["id"], member_id=member["id"], tries=tries)
        return Told(told=row["told"], target=row["target"], led=row["led"])
