"""The weekly lists, the street's key list and its weekly pack (SG-11..13); what is discussed together (XY-38); the
problem list and the satisfaction list (SJ-07)."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from callcenter.core.ids import OrderId, OrgId, new_id
from callcenter.core.pages import place_of
from callcenter.oversight.judging import open_case
from callcenter.oversight.list_views import (
    ConversionLine,
    EntryPage,
    EntryView,
    PackCount,
    PackLine,
    ProblemPage,
    ProblemView,
    TopicView,
    WeekPack,
)
from callcenter.oversight.room import SANCTIONS, NotNow, NotThere, Room
from callcenter.oversight.terms import CaseKind
from callcenter.oversight.views import shown
from callcenter.oversight.weeks import LISTS, begin_of, may_leave, monday, rate, topics
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

LISTERS: Final = frozenset({Role.SUPERVISOR, Role.DISPATCHER, Role.INSPECTOR, Role.DEPUTY, Role.LEADER})
LEADERS: Final = frozenset({Role.DEPUTY, Role.LEADER})
MOST: Final = 20_000
WEEK: Final = timedelta(days=7)


class StillOpen(NotNow):
    code = "key-order-not-settled"
    zh = "该工单尚未再次办理并满意，须领导批准方可移出重点清单（SG-12）"
    en = "the order has not been handled again to satisfaction: leaving the list needs a leader's approval (SG-12)"


class KeyList:
    def __init__(self, room: Room) -> None:
        self._room = room

    def _begin(self, day: date) -> datetime:
        return begin_of(day, self._room.zone)

    async def make_week(self, day: date) -> bool:
        """The lists of the week before the one that holds the day; whether they were not made before."""
        this, now = monday(day), self._room.clock.now()
        since, until = self._begin(this - WEEK), self._begin(this)
        async with self._room.pool.acquire() as db, db.transaction():
            if await SANCTIONS.begin_week(db, week=this - WEEK, at=now) is None:
                return False
            found = [row async for row in SANCTIONS.week_lists(db, since=since, until=until)]
            for row in found:
                await SANCTIONS.insert_entry(
                    db,
                    id=new_id(),
                    week=this - WEEK,
                    list=row["list"],
                    order_id=row["order_id"],
                    org_id=row["org_id"],
                    at=now,
                )
            await self._make_topics(db, this - WEEK)
        return True

    async def _make_topics(self, db: Connection, week: date) -> None:
        rows = [row async for row in SANCTIONS.unfinished(db, limit=MOST)]
        told: set[UUID] = set()
        for topic in topics(rows, self._room.config.topic_orders):
            await SANCTIONS.insert_topic(
                db,
                id=new_id(),
                week=week,
                kind=topic.kind,
                category=topic.category,
                place=topic.place,
                orders=list(topic.orders),
                org_id=topic.centre,
            )
            told.add(topic.centre)
        for centre in told:
            await self._room.tell(db, "joint_topics", OrgId(centre), LEADERS, None, week=str(week))

    async def list(
        self,
        actor: Actor,
        *,
        state: str | None = None,
        name: str | None = None,
        week: date | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> EntryPage:
        """Raises BadCursor."""
        at, before = place_of(cursor)
        rows = [
            row
            async for row in SANCTIONS.list_entries(
                self._room.pool,
                path=await self._room.reach(actor),
                state=state,
                list=name,
                week=week,
                before_at=at,
                before_id=before,
                limit=limit + 1,
            )
        ]
        return EntryPage.cut(
            rows, limit, lambda row: shown(EntryView, row), lambda row: (row["proposed_at"], row["id"])
        )

    async def decide(self, actor: Actor, entry: UUID, *, listed: bool, due_on: date | None) -> None:
        """The human word; listed opens a 约谈提醒 by the street's leader. Raises Forbidden, DuePast, NotThere,
        NotNow."""
        actor.require(*LISTERS)
        self._room.not_past(due_on)
        row = await self._held(self._room.pool, actor, entry, "proposed")
        order = OrderId(row["order_id"])

        async def also(db: Connection, _: object) -> None:
            held = await self._held(db, actor, entry, "proposed")
            case = await self._remind(db, actor, held, due_on) if listed else None
            state = "listed" if listed else "dismissed"
            await SANCTIONS.decide_entry(
                db, id=entry, state=state, by=actor.user_id, at=self._room.clock.now(), case_id=case
            )

        body = {"list": row["list"], "week": str(row["week"]), "listed": listed}
        changes = {"key_listed": True} if listed else None
        await self._room.orders.record(actor, order, "key_listed", body, changes=changes, also=also)

    async def _remind(self, db: Connection, actor: Actor, row: Any, due_on: date | None) -> UUID:
        org = OrgId(row["org_id"])
        slot, person = await self._room.answerable(org, row["list"], self._room.clock.now())
        return await open_case(
            self._room,
            db,
            kind=CaseKind.REMINDING_INTERVIEW,
            org=org,
            trigger=f"key_list:{row['list']}",
            by_role=Role.DEPUTY,
            reason=LISTS[row["list"]][0],
            order=OrderId(row["order_id"]),
            slot=slot.value,
            person=person,
            opened_by=actor.user_id,
            due_at=self._room.end_of(due_on),
        )

    async def remove(self, actor: Actor, entry: UUID, reason: str) -> None:
        """Only after the order was handled again to satisfaction, or by a leader. Raises Forbidden, NotThere, NotNow,
        StillOpen."""
        actor.require(*LISTERS)
        row = await self._held(self._room.pool, actor, entry, "listed")
        order = OrderId(row["order_id"])
        held = await SANCTIONS.order_row(self._room.pool, id=order)
        if not may_leave(held, approved=actor.may(*LEADERS)):
            raise StillOpen(state=row["state"])
        others = await SANCTIONS.listed_still(self._room.pool, order_id=order) > 1

        async def also(db: Connection, _: object) -> None:
            await self._held(db, actor, entry, "listed")
            await SANCTIONS.remove_entry(db, id=entry, by=actor.user_id, at=self._room.clock.now(), removal=reason)

        body = {"list": row["list"], "reason": reason}
        await self._room.orders.record(actor, order, "key_unlisted", body, changes={"key_listed": others}, also=also)

    async def _held(self, db: Any, actor: Actor, entry: UUID, state: str) -> Any:
        row = await SANCTIONS.lock_entry(db, id=entry, path=await self._room.reach(actor))
        if row is None:
            raise NotThere
        if row["state"] != state:
            raise NotNow(state=row["state"])
        return row

    async def pack(self, actor: Actor, week: date) -> WeekPack:
        """For the meeting of the week that holds the day."""
        path, first = await self._room.reach(actor), monday(week)
        since, until = self._begin(first), self._begin(first + WEEK)
        rows = [row async for row in SANCTIONS.pack_entries(self._room.pool, path=path, since=since, until=until)]
        counts = SANCTIONS.pack_counts(self._room.pool, path=path, week=first - WEEK)
        return WeekPack(
            week=first,
            added=tuple(shown(PackLine, row) for row in rows if since <= row["decided_at"] < until),
            removed=tuple(shown(PackLine, row) for row in rows if row["removed_at"] is not None),
            counts=tuple([shown(PackCount, row) async for row in counts]),
        )

    async def topics(self, actor: Actor, week: date | None) -> tuple[TopicView, ...]:
        """Newest week first; None: every week."""
        found = SANCTIONS.list_topics(
            self._room.pool, path=await self._room.reach(actor), week=monday(week) if week else None
        )
        return tuple(
            [shown(TopicView, row, orders=tuple(row["orders"]), numbers=tuple(row["numbers"])) async for row in found]
        )

    async def conversion(self, actor: Actor, since: date, until: date) -> tuple[ConversionLine, ...]:
        """SJ-07, by unit; `until` is the last day."""
        found = SANCTIONS.problem_counts(
            self._room.pool, path=await self._room.reach(actor), **self._period(since, until)
        )
        return tuple([shown(ConversionLine, row, rate=rate(row["satisfied"], row["problems"])) async for row in found])

    async def problems(
        self,
        actor: Actor,
        since: date,
        until: date,
        *,
        satisfied: bool,
        org: OrgId | None,
        cursor: str | None,
        limit: int,
    ) -> ProblemPage:
        """SJ-07: the satisfaction list, or what is still a problem. Raises BadCursor."""
        at, before = place_of(cursor)
        rows = [
            row
            async for row in SANCTIONS.problem_orders(
                self._room.pool,
                path=await self._room.reach(actor),
                org_id=org,
                satisfied=satisfied,
                **self._period(since, until),
                before_at=at,
                before_id=before,
                limit=limit + 1,
            )
        ]
        return ProblemPage.cut(
            rows, limit, lambda row: shown(ProblemView, row), lambda row: (row["dispatched_at"], row["id"])
        )

    def _period(self, since: date, until: date) -> dict[str, datetime]:
        return {"since": self._begin(since), "until": self._begin(until + timedelta(days=1))}
