"""Patrols (SG-21): a centre plans area, shift and people; they check in with place and time; what they find is a
proactive order at once, and what the law's arm did about it stands beside it.

Every note carries an id of the telephone that sends it: a lost answer is simply asked again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.core.pages import place_of
from callcenter.fieldwork.refusals import (
    NoSuchFinding,
    NoSuchPatrol,
    NotACentreOfYours,
    NotOnPatrol,
    NotSendable,
    OutsideShift,
    PatrolOver,
    PatrolWalked,
    ShiftWrong,
    WhereMissing,
)
from callcenter.fieldwork.room import PLANNERS, SQL, FieldRoom, Found
from callcenter.fieldwork.terms import Enforcement, PatrolState, state_of, walkable
from callcenter.fieldwork.views import (
    CheckInView,
    FieldPeople,
    FieldPerson,
    FindingView,
    PatrolFigures,
    PatrolLine,
    PatrolPage,
    PatrolView,
)
from callcenter.outbox.model import Notice, To
from callcenter.people.actor import Actor
from callcenter.store.pool import Connection

LONGEST: Final = timedelta(hours=24)
_OPEN: Final = frozenset({PatrolState.PLANNED, PatrolState.RUNNING})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatrol:
    """`id` is the client's."""

    id: UUID
    area: str
    task: str
    category: str
    begins_at: datetime
    ends_at: datetime
    people: Sequence[UserId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """WGS84 degrees; both or none."""

    place: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Enforced:
    """What was done on the spot; `result` None: nothing is said yet."""

    result: Enforcement | None = None
    note: str = ""


class Patrols:
    def __init__(self, room: FieldRoom) -> None:
        self._room = room

    async def people(self, actor: Actor) -> FieldPeople:
        found = SQL.field_people(self._room.pool, path=actor.org_path)
        return FieldPeople(items=tuple([FieldPerson.model_validate(dict(row)) async for row in found]))

    async def plan(self, actor: Actor, new: NewPatrol) -> PatrolView:
        """The patrollers are told. Raises Forbidden, NotACentreOfYours, ShiftWrong, NotSendable."""
        actor.require(*PLANNERS)
        now = self._room.clock.now()
        org = await SQL.field_org(self._room.pool, id=actor.org_id)
        if org is None or org["kind"] != "centre":
            raise NotACentreOfYours
        if not (now < new.ends_at and timedelta(0) < new.ends_at - new.begins_at <= LONGEST):
            raise ShiftWrong(hours=LONGEST // timedelta(hours=1))
        people = list(dict.fromkeys(new.people))
        if await SQL.sendable(self._room.pool, ids=people, path=actor.org_path) != len(people):
            raise NotSendable
        async with self._room.pool.acquire() as db, db.transaction():
            made = await SQL.insert_patrol(
                db,
                id=new.id,
                area=new.area,
                task=new.task,
                category=new.category,
                begins_at=new.begins_at,
                ends_at=new.ends_at,
                centre_id=org["id"],
                org_path=org["path"],
                planned_by=actor.user_id,
                at=now,
            )
            if made is not None:
                await SQL.insert_members(db, patrol_id=new.id, ids=people)
                await self._tell(db, new, people)
        return await self.get(actor, new.id)

    async def page(self, actor: Actor, cursor: str | None, limit: int, *, mine: bool) -> PatrolPage:
        """Of the actor's subtree, and those that the actor walks. Raises BadCursor."""
        at, before = place_of(cursor)
        path = "-" if mine else actor.org_path
        found = SQL.patrols_seen(
            self._room.pool, path=path, user_id=actor.user_id, before_at=at, before_id=before, limit=limit + 1
        )
        rows = [row async for row in found]
        return PatrolPage.cut(
            rows, limit, lambda row: self._line(actor, row), lambda row: (row["begins_at"], row["id"])
        )

    async def get(self, actor: Actor, patrol: UUID) -> PatrolView:
        """Raises NoSuchPatrol."""
        row = await SQL.patrol_of(self._room.pool, id=patrol)
        if row is None or not _seen(actor, row):
            raise NoSuchPatrol
        line = self._line(actor, row)
        return PatrolView(
            checked=tuple([_check_in(one) async for one in SQL.check_ins_of(self._room.pool, patrol_id=patrol)]),
            found=tuple([_finding(one) async for one in SQL.findings_of(self._room.pool, patrol_id=patrol)]),
            summary=row["summary"],
            ended_at=row["ended_at"],
            cancel_reason=row["cancel_reason"],
            may=self._may(actor, row, line.state),
            **line.model_dump(),
        )

    async def check_in(self, actor: Actor, patrol: UUID, one: UUID, where: Where, note: str) -> PatrolView:
        """Raises NoSuchPatrol, NotOnPatrol, PatrolOver, OutsideShift, WhereMissing."""
        if not where.place.strip() and where.latitude is None:
            raise WhereMissing
        async with self._room.pool.acquire() as db, db.transaction():
            await self._walking(db, actor, patrol)
            await SQL.insert_check_in(
                db,
                id=one,
                patrol_id=patrol,
                user_id=actor.user_id,
                at=self._room.clock.now(),
                place=where.place.strip(),
                latitude=where.latitude,
                longitude=where.longitude,
                note=note,
            )
        return await self.get(actor, patrol)

    async def find(
        self, actor: Actor, patrol: UUID, one: UUID, where: Where, content: str, category: str, enforced: Enforced
    ) -> PatrolView:
        """The finding is written first, then its order taken in: sent again, whatever is missing is completed and
        nothing is doubled. Raises NoSuchPatrol, NotOnPatrol, PatrolOver, OutsideShift."""
        async with self._room.pool.acquire() as db, db.transaction():
            row = await self._walking(db, actor, patrol, again=await SQL.finding_of(db, id=one))
            made = await SQL.insert_finding(
                db,
                id=one,
                patrol_id=patrol,
                user_id=actor.user_id,
                at=self._room.clock.now(),
                place=where.place.strip(),
                latitude=where.latitude,
                longitude=where.longitude,
                content=content,
                category=category or row["category"],
            )
            if made is not None and enforced.result is not None:
                await self._enforced(db, actor, one, enforced.result, enforced.note)
        await self._enter(actor, row, await SQL.finding_of(self._room.pool, id=one))
        return await self.get(actor, patrol)

    async def enforce(self, actor: Actor, finding: UUID, result: Enforcement, note: str) -> PatrolView:
        """The newest word counts; the earlier ones stay. By the patrol's people and its planners, also after the shift.
        Raises NoSuchFinding, NotOnPatrol."""
        found = await SQL.finding_of(self._room.pool, id=finding)
        row = await SQL.patrol_of(self._room.pool, id=found["patrol_id"]) if found else None
        if found is None or row is None or not _seen(actor, row):
            raise NoSuchFinding
        if actor.user_id not in row["members"] and not _plans(actor, row):
            raise NotOnPatrol
        async with self._room.pool.acquire() as db, db.transaction():
            await self._enforced(db, actor, finding, result, note)
        return await self.get(actor, found["patrol_id"])

    async def end(self, actor: Actor, patrol: UUID, summary: str) -> PatrolView:
        """Raises NoSuchPatrol, NotOnPatrol, PatrolOver."""
        async with self._room.pool.acquire() as db, db.transaction():
            row = await self._open(db, actor, patrol)
            if actor.user_id not in row["members"] and not _plans(actor, row):
                raise NotOnPatrol
            await SQL.end_patrol(db, id=patrol, at=self._room.clock.now(), by_user=actor.user_id, summary=summary)
        return await self.get(actor, patrol)

    async def cancel(self, actor: Actor, patrol: UUID, reason: str) -> PatrolView:
        """Raises NoSuchPatrol, Forbidden, PatrolOver, PatrolWalked."""
        actor.require(*PLANNERS)
        async with self._room.pool.acquire() as db, db.transaction():
            row = await self._open(db, actor, patrol)
            if not _plans(actor, row):
                raise NoSuchPatrol
            if row["check_ins"]:
                raise PatrolWalked
            await SQL.cancel_patrol(db, id=patrol, at=self._room.clock.now(), by_user=actor.user_id, reason=reason)
        return await self.get(actor, patrol)

    async def figures(self, actor: Actor, since: date, until: date) -> PatrolFigures:
        """Of [since, until), days of the city."""
        zone = self._room.orders.room.calendar.zone
        first, last = (datetime.combine(day, time(), zone) for day in (since, max(until, since + timedelta(days=1))))
        row = await SQL.patrol_figures(self._room.pool, path=actor.org_path, since=first, until=last)
        return PatrolFigures(since=since, until=until, **dict(row))

    async def _tell(self, db: Connection, new: NewPatrol, people: Sequence[UserId]) -> None:
        zone = self._room.orders.room.calendar.zone
        begins, ends = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (new.begins_at, new.ends_at))
        words = {"begins": begins, "ends": ends}
        await self._room.outbox.post_all(
            db, [Notice(kind="patrol_planned", to=To(user=user), words=words) for user in people]
        )

    async def _enter(self, actor: Actor, patrol: Any, found: Any) -> None:
        if found["order_id"] is not None:
            return
        told = Found(
            id=found["id"],
            content=found["content"],
            place=found["place"],
            category=found["category"],
            latitude=found["latitude"],
            longitude=found["longitude"],
        )
        order = await self._room.door.take_in(actor, OrgId(patrol["centre_id"]), patrol["org_path"], told)
        await SQL.settle_finding(self._room.pool, id=found["id"], order_id=order)

    async def _enforced(self, db: Connection, actor: Actor, finding: UUID, result: Enforcement, note: str) -> None:
        await SQL.insert_enforcement(
            db,
            id=new_id(),
            finding_id=finding,
            result=result.value,
            note=note,
            at=self._room.clock.now(),
            by_user=actor.user_id,
        )
        detail = {"result": result.value}
        await self._room.audit.record(db, actor.user_id, "patrol_enforced", "patrol_finding", finding, detail)

    async def _open(self, db: Connection, actor: Actor, patrol: UUID) -> Any:
        """Raises NoSuchPatrol, PatrolOver."""
        row = await SQL.lock_patrol(db, id=patrol)
        if row is None or not _seen(actor, row):
            raise NoSuchPatrol
        if row["ended_at"] is not None or row["cancelled_at"] is not None:
            raise PatrolOver
        return row

    async def _walking(self, db: Connection, actor: Actor, patrol: UUID, again: Any = None) -> Any:
        """`again` is a finding that was noted before: it is completed whenever it is. Raises as `check_in` does."""
        if again is not None:
            row = await SQL.lock_patrol(db, id=patrol)
            if row is None or again["patrol_id"] != patrol or again["user_id"] != actor.user_id:
                raise NoSuchPatrol
            return row
        row = await self._open(db, actor, patrol)
        if actor.user_id not in row["members"]:
            raise NotOnPatrol
        config = self._room.config
        if not walkable(self._room.clock.now(), row["begins_at"], row["ends_at"], early=config.early, late=config.late):
            zone = self._room.orders.room.calendar.zone
            begins, ends = (f"{row[name].astimezone(zone):%m-%d %H:%M}" for name in ("begins_at", "ends_at"))
            raise OutsideShift(begins=begins, ends=ends)
        return row

    def _line(self, actor: Actor, row: Any) -> PatrolLine:
        state = state_of(
            self._room.clock.now(),
            row["begins_at"],
            row["ends_at"],
            late=self._room.config.late,
            check_ins=row["check_ins"],
            ended=row["ended_at"] is not None,
            cancelled=row["cancelled_at"] is not None,
        )
        plain = ("id", "area", "task", "category", "begins_at", "ends_at", "planner", "check_ins", "findings")
        return PatrolLine(
            state=state,
            patrollers=tuple(row["patrollers"]),
            mine=actor.user_id in row["members"],
            **{name: row[name] for name in plain},
        )

    def _may(self, actor: Actor, row: Any, state: PatrolState) -> tuple[str, ...]:
        config, walks, plans = self._room.config, actor.user_id in row["members"], _plans(actor, row)
        now = self._room.clock.now()
        shift = walkable(now, row["begins_at"], row["ends_at"], early=config.early, late=config.late)
        open_ = row["ended_at"] is None and row["cancelled_at"] is None
        allowed = {
            "check_in": walks and shift and open_,
            "find": walks and shift and open_,
            "enforce": (walks or plans) and row["findings"] > 0,
            "end": (walks or plans) and open_ and state not in {PatrolState.PLANNED, PatrolState.MISSED},
            "cancel": plans and open_ and not row["check_ins"] and state in _OPEN,
        }
        return tuple(name for name, yes in allowed.items() if yes)


def _seen(actor: Actor, row: Any) -> bool:
    return actor.sees(row["org_path"]) or actor.user_id in row["members"]


def _plans(actor: Actor, row: Any) -> bool:
    return actor.may(*PLANNERS) and actor.sees(row["org_path"])


def _check_in(row: Any) -> CheckInView:
    return CheckInView.model_validate(dict(row))


def _finding(row: Any) -> FindingView:
    return FindingView.model_validate(dict(row))


async def finding_behind(room: FieldRoom, order: OrderId) -> Any:
    """The patrol's finding that made the order, None for all others."""
    return await SQL.finding_behind(room.pool, order_id=order)
