"""What a leader decides when no further round begins by itself (A-10, JC-27): it becomes somebody's task with a due
date, and an alarm for the level above when nobody has decided by then. Found in the tables; each is done once, in any
number of processes.
"""

from datetime import datetime
from typing import Any, Final

import structlog

from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.handling.room import SQL, Room, rows
from callcenter.orders.calendar import WorkingDays, due_at
from callcenter.outbox.model import Notice, To
from callcenter.people.actor import Role
from callcenter.store.pool import Connection

log = structlog.get_logger(__name__)

BATCH: Final = 100
LEADERS: Final = frozenset({Role.DEPUTY, Role.LEADER})
HEAD: Final = frozenset({Role.LEADER})
ABOVE: Final = frozenset({Role.SUPERVISOR, Role.DEPUTY, Role.LEADER})


class Decisions:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def catch_up(self) -> None:
        """Asks, notes what was decided, and tells upwards what nobody decided in time."""
        room = self._room
        for row in await rows(SQL.decisions_to_ask(room.pool, limit=BATCH)):
            async with room.pool.acquire() as connection, connection.transaction():
                await self._ask(connection, row)
        await SQL.settle_decisions(room.pool, at=room.clock.now())
        for row in await rows(SQL.lapsed_decisions(room.pool, at=room.clock.now(), limit=BATCH)):
            async with room.pool.acquire() as connection, connection.transaction():
                await self._lapse(connection, row)

    async def next_due(self) -> datetime | None:
        due: datetime | None = await SQL.next_decision(self._room.pool)
        return due

    async def _ask(self, connection: Connection, row: Any) -> None:
        """The leader of the order's domain where the centre has named one (XY-03), else its leaders."""
        room, now = self._room, self._room.clock.now()
        due = due_at(now, WorkingDays(room.config.decision_days), room.orders.room.calendar)
        names = ("order_id", "round_no", "cause", "user_id")
        asked = {name: row[name] for name in names}
        made = await SQL.insert_decision(
            connection, id=new_id(), org_id=row["centre_org_id"], asked_at=now, due_at=due, **asked
        )
        if made is None:
            return
        to = To(org=OrgId(row["centre_org_id"]), roles=LEADERS)
        if row["user_id"] is not None:
            to = To(user=UserId(row["user_id"]))
        await self._tell(connection, "decision_asked", to, row, due)

    async def _lapse(self, connection: Connection, row: Any) -> None:
        room = self._room
        if await SQL.mark_lapsed(connection, id=row["id"], at=room.clock.now()) is None:
            return
        log.warning("decision_lapsed", order=str(row["order_id"]), cause=row["cause"])
        await self._tell(connection, "decision_lapsed", To(org=OrgId(row["org_id"]), roles=HEAD), row, row["due_at"])
        if row["parent_id"] is not None:
            above = To(org=OrgId(row["parent_id"]), roles=ABOVE)
            await self._tell(connection, "decision_lapsed", above, row, row["due_at"])

    async def _tell(self, connection: Connection, kind: str, to: To, row: Any, due: datetime) -> None:
        words = {
            "number": row["number"],
            "category": row["category"],
            "due": f"{due.astimezone(self._room.zone):%Y-%m-%d %H:%M}",
        }
        await self._room.outbox.post(connection, Notice(kind=kind, to=to, order=OrderId(row["order_id"]), words=words))
