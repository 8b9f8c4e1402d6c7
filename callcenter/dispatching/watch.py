"""Sleeps until the next task falls due, marks once what is late or absent, tells the house (D7)."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg
import structlog

from callcenter.core.ids import OrderId, OrgId
from callcenter.dispatching.events import HelperLate
from callcenter.dispatching.joint import absence
from callcenter.dispatching.room import CENTRE_STAFF, SQL, Room
from callcenter.dispatching.terms import TASK_KINDS, TaskKind
from callcenter.orders.events import OrderMoved
from callcenter.outbox.model import Notice, To
from callcenter.store.pool import AWAY, Connection

log = structlog.get_logger(__name__)

BATCH: Final = 200
ASK: Final = timedelta(minutes=2)
"""The longest time without asking the database: another process may have asked for a task meanwhile."""
AWAY_FOR: Final = timedelta(seconds=2)


class TaskWatch:
    """One a process; each late task is marked once, whoever sees it first."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def run(self) -> None:
        """Until cancelled. A database that is away is waited for. Whatever moves in this process wakes it: a task is
        asked for together with a move or a record."""
        with self._room.bus.subscribe(OrderMoved) as moves:
            inbox = aiter(moves)
            waiting = asyncio.ensure_future(anext(inbox))
            try:
                while True:
                    due = await self._try_pass()
                    left = max((due - self._room.clock.now()).total_seconds(), 0.05)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(left):
                            await asyncio.shield(waiting)
                        waiting = asyncio.ensure_future(anext(inbox))
            finally:
                waiting.cancel()

    async def _try_pass(self) -> datetime:
        try:
            await self.mark()
            due: datetime | None = await SQL.next_task_due(self._room.pool)
        except (*AWAY, asyncpg.PostgresError) as error:
            log.warning("task_watch_away", cause=type(error).__name__)
            return self._room.clock.now() + AWAY_FOR
        latest = self._room.clock.now() + ASK
        return min(due, latest) if due else latest

    async def mark(self) -> int:
        """Everything late by now; gives how many tasks were marked."""
        marked = 0
        while True:
            now = self._room.clock.now()
            async with self._room.pool.acquire() as connection, connection.transaction():
                rows = [row async for row in SQL.late_tasks(connection, at=now, limit=BATCH)]
                for row in rows:
                    await self._tell(connection, row)
            for row in rows:
                if row["now_late"]:
                    order = OrderId(row["order_id"])
                    self._room.bus.publish(HelperLate(at=now, order=order, org=row["org_id"], task=row["kind"]))
            marked += len(rows)
            if len(rows) < BATCH:
                return marked

    async def _tell(self, db: Connection, row: Any) -> None:
        order, centre = OrderId(row["order_id"]), OrgId(row["centre_org_id"])
        if row["now_absent"]:
            await absence(self._room, db, order, row["number"], centre, row["helper"])
        if row["now_late"]:
            kind = TASK_KINDS[TaskKind(row["kind"])][0]
            words = {"number": row["number"], "org": row["helper"], "kind": kind}
            for org in {centre, OrgId(row["asked_org_id"])}:
                to = To(org=org, roles=CENTRE_STAFF)
                await self._room.outbox.post(db, Notice(kind="task_late", to=to, order=order, words=words))
