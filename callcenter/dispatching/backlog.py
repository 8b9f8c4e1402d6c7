"""The backlog alarm (SG-27): a unit, station or centre that has more orders waiting for it than the city allows."""

import asyncio
from typing import Any, Final

import asyncpg
import structlog

from callcenter.core.ids import OrgId
from callcenter.dispatching.room import SQL, Room
from callcenter.dispatching.views import BacklogPage, BacklogView
from callcenter.orders.filters import WAITING, Place
from callcenter.outbox.model import Notice, To
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import AWAY, Connection

log = structlog.get_logger(__name__)

OVER_BELOW: Final = 0.8
"""An alarm ends under this share of its threshold, so that it does not come and go with each order."""
AT_UNIT: Final = sorted({stage for place, stages in WAITING.values() if place is Place.HOLDER for stage in stages})
AT_CENTRE: Final = sorted({stage for place, stages in WAITING.values() if place is Place.CENTRE for stage in stages})
CALLED: Final = frozenset({Role.UNIT_HEAD, Role.FIELD, Role.SUPERVISOR, Role.LEADER})
ABOVE: Final = frozenset({Role.SUPERVISOR, Role.DEPUTY})


class Backlogs:
    """One row an org from the alarm to its end; told once, whichever instance looks first."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def run(self) -> None:
        """Until cancelled. A database that is away is asked again the next time."""
        while True:
            try:
                await self.look()
            except (*AWAY, asyncpg.PostgresError) as error:
                log.warning("backlog_look_away", cause=type(error).__name__)
            await asyncio.sleep(self._room.config.backlog_every.total_seconds())

    async def look(self) -> int:
        """Raises alarms and ends those that are over; gives how many were raised."""
        now = self._room.clock.now()
        async with self._room.pool.acquire() as connection, connection.transaction():
            waiting = {
                row["org_id"]: row async for row in SQL.waiting_by_org(connection, at_unit=AT_UNIT, at_centre=AT_CENTRE)
            }
            limits = {org: self._limit(row["kind"]) for org, row in waiting.items()}
            over = {org: row for org, row in waiting.items() if limits[org] and row["waiting"] >= limits[org]}
            still = [org for org, row in waiting.items() if limits[org] and row["waiting"] >= limits[org] * OVER_BELOW]
            await SQL.end_backlogs(connection, still=still)
            raised = 0
            for org, row in over.items():
                if await SQL.raise_backlog(connection, org_id=org, at=now, waiting=row["waiting"]):
                    raised += 1
                    await self._tell(connection, row, limits[org])
            await SQL.count_backlogs(connection, orgs=still, counts=[waiting[org]["waiting"] for org in still])
        if raised:
            log.info("backlog_raised", orgs=raised)
        return raised

    def _limit(self, kind: str) -> int:
        config = self._room.config
        return config.backlog_centre if kind == "centre" else config.backlog_unit

    async def _tell(self, db: Connection, row: Any, limit: int) -> None:
        words = {"org": row["name"], "count": str(row["waiting"]), "limit": str(limit)}
        own = To(org=OrgId(row["org_id"]), roles=CALLED)
        await self._room.outbox.post(db, Notice(kind="backlog", to=own, words=words))
        if row["parent_id"] is not None:
            above = To(org=OrgId(row["parent_id"]), roles=ABOVE)
            await self._room.outbox.post(db, Notice(kind="backlog", to=above, words=words))

    async def listed(self, actor: Actor) -> BacklogPage:
        """Alarms in the reader's area, the fullest first."""
        found = SQL.backlogs(self._room.pool, path=actor.org_path)
        return BacklogPage(items=tuple([BacklogView(**dict(row)) async for row in found]))
