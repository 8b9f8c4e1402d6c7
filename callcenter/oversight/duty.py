"""The duty of oversight: draws conclusions from what happened, counts, climbs, makes the week's lists. Every process
may run one: rows are taken under lock, each conclusion is drawn once."""

import asyncio
from collections.abc import AsyncIterable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import asyncpg
import structlog

from callcenter.core.bus import Bus
from callcenter.core.errors import DomainError
from callcenter.core.events import Event
from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.orders.calendar import WorkingDays, due_at
from callcenter.orders.events import OrderMoved, TimerBreached
from callcenter.outbox.model import Notice, To
from callcenter.oversight.inbox import propose_by_rule, read_inbox
from callcenter.oversight.judging import judge, open_case
from callcenter.oversight.key_list import KeyList
from callcenter.oversight.lapses import tell_lapses
from callcenter.oversight.meetings import Meetings
from callcenter.oversight.room import SANCTIONS, SQL, Room
from callcenter.oversight.terms import FLAG_NAMES, CaseKind, Flag
from callcenter.oversight.upset import tell_upset
from callcenter.oversight.weeks import week_made_at
from callcenter.people.actor import Role
from callcenter.people.slots import CHAIN
from callcenter.store.pool import AWAY, Connection

log = structlog.get_logger(__name__)

ASK: Final = timedelta(minutes=10)
"""Between looks at everything: what grows late or old by itself, and events whose telling was lost with a process."""
AWAY_FOR: Final = timedelta(seconds=2)
AGED_AT_ONCE: Final = 200


class Oversee:
    def __init__(self, room: Room) -> None:
        self._room = room
        self._wake = asyncio.Event()

    def wake(self) -> None:
        self._wake.set()

    async def hear(self, moves: AsyncIterable[Event]) -> None:
        async for _ in moves:
            self.wake()

    async def run(self, bus: Bus) -> None:
        """Until cancelled. A database that is away is waited for; nothing is lost meanwhile."""
        with bus.subscribe(OrderMoved, TimerBreached) as moves:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.hear(moves), name="oversight-wake")
                await self._retry()
                while True:
                    try:
                        await self.once()
                        await self._follow()
                    except (*AWAY, asyncpg.PostgresError) as error:
                        log.warning("oversight_away", cause=type(error).__name__)
                        await asyncio.sleep(AWAY_FOR.total_seconds())

    async def _retry(self) -> None:
        """What was refused may be possible now: another version of the program, another calendar."""
        with suppress(*AWAY, asyncpg.PostgresError):
            await SANCTIONS.retry_inbox(self._room.pool)

    async def conclude(self) -> None:
        """What has happened since the last time."""
        self._wake.clear()
        while await read_inbox(self._room):
            pass
        while await judge(self._room):
            pass
        while await tell_upset(self._room):
            pass

    async def once(self) -> None:
        """Everything that there is to do now."""
        await self.conclude()
        for part in (self._climb, self._aged, self._write_up, self._lapse, self._weekly, self._bulletin):
            try:
                await part()
            except DomainError as error:
                log.warning("oversight_part_refused", part=part.__name__, cause=error.code)

    async def _follow(self) -> None:
        """Concludes at each event until the time has come to look at everything again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(ASK.total_seconds()):
                while True:
                    await self._wake.wait()
                    await self.conclude()

    async def _climb(self) -> None:
        """JC-05: section, deputy, chief, then the centre above, one level each so many hours."""
        now, step = self._room.clock.now(), timedelta(hours=self._room.config.climb_hours)
        async with self._room.pool.acquire() as db, db.transaction():
            rows = [row async for row in SANCTIONS.climbing(db, before=now)]
            for row in rows:
                level = min(int((now - row["at"]) / step), len(CHAIN)) + 1
                for reached in range(row["climbed"], level):
                    await self._tell_level(db, row, reached)
                if level > row["climbed"]:
                    await SANCTIONS.mark_climbed(db, id=row["id"], climbed=level)

    async def _tell_level(self, db: Connection, row: Any, level: int) -> None:
        words = {"number": row["number"], "flag": FLAG_NAMES[row["flag"]][0], "org": row["org"]}
        if level < len(CHAIN):
            user = (await self._room.slots.of(OrgId(row["org_id"]), db)).get(CHAIN[level])
            if user is None:
                return
            to = To(user=UserId(user))
        else:
            leaders = frozenset({Role.DEPUTY, Role.LEADER, Role.SUPERVISOR})
            to = To(org=OrgId(row["centre_org_id"]), roles=leaders)
        await self._room.outbox.post(
            db, Notice(kind="breach_climbed", to=to, order=OrderId(row["order_id"]), words=words)
        )

    async def _aged(self) -> None:
        """JC-29: an order grows old without anything happening to it; each rule set says how old."""
        rules = self._room.orders.room.rules.all()
        ages = {
            "rulesets": [one.id for one in rules],
            "versions": [one.version for one in rules],
            "days": [one.policy.supervise.auto.age_days for one in rules],
        }
        async with self._room.pool.acquire() as db, db.transaction():
            found = SQL.aged_orders(db, **ages, at=self._room.clock.now(), limit=AGED_AT_ONCE)
            rows = [row async for row in found]
            for row in rows:
                await propose_by_rule(self._room, db, row, self._room.orders.policy_of(row))

    async def _write_up(self) -> None:
        """B-18: a reminder that nobody answered within so many working days becomes a written criticism."""
        now, config = self._room.clock.now(), self._room.config
        async with self._room.pool.acquire() as db, db.transaction():
            rows = [row async for row in SQL.unanswered_urges(db, before=now - timedelta(days=config.urge_days))]
            for row in rows:
                if now < due_at(row["opened_at"], WorkingDays(config.urge_days), self._room.calendar):
                    continue
                org = OrgId(row["target_org_id"])
                slot, person = await self._room.answerable(org, Flag.OVERDUE, now)
                await open_case(
                    self._room,
                    db,
                    kind=CaseKind.CRITICISM,
                    org=org,
                    slot=slot,
                    person=person,
                    trigger="urge_unanswered",
                    by_role=Role.DEPUTY,
                    reason=f"{row['number']} 催办逾期未回复",
                    order=OrderId(row["order_id"]),
                    supervision=row["id"],
                )
                await SQL.mark_criticised(db, id=row["id"], at=now)

    async def _lapse(self) -> None:
        await tell_lapses(self._room)

    async def _weekly(self) -> None:
        now, today = self._room.clock.now(), self._room.today()
        if now >= week_made_at(today, self._room.zone, self._room.config.week_hour):
            await KeyList(self._room).make_week(today)

    async def _bulletin(self) -> None:
        await Meetings(self._room).tell_due()
