"""座谈会、现场协商、公益活动 (SG-41): what was held about a topic, and which demands of it came later."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from callcenter.core.ids import OrderId
from callcenter.core.pages import key_of
from callcenter.fieldwork.patrols import finding_behind
from callcenter.fieldwork.refusals import HeldLater, NoSuchActivity, NoSuchTopic, TopicMissing
from callcenter.fieldwork.room import NOTERS, SQL, FieldRoom
from callcenter.fieldwork.terms import ActivityKind
from callcenter.fieldwork.views import ActivityLine, ActivityPage, ActivityView, OrderFieldwork, TopicOrder
from callcenter.people.actor import Actor

SUBJECT: Final = "activity"
SHOWN: Final = 50
_PLACE: Final[TypeAdapter[tuple[date, UUID]]] = TypeAdapter(tuple[date, UUID])
_FIRST: Final = (date(9999, 1, 1), UUID(int=2**128 - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewActivity:
    """`id` is the client's. The topic is `category`, `matter`, or both; `who` names bodies and groups, no citizen."""

    id: UUID
    kind: ActivityKind
    title: str
    held_on: date
    place: str
    participants: int
    who: str
    outcome: str
    category: str
    matter: UUID | None


class Activities:
    def __init__(self, room: FieldRoom) -> None:
        self._room = room

    async def note(self, actor: Actor, new: NewActivity) -> ActivityView:
        """Raises Forbidden, TopicMissing, NoSuchTopic, HeldLater."""
        actor.require(*NOTERS)
        if not new.category and new.matter is None:
            raise TopicMissing
        now = self._room.clock.now()
        if new.held_on > self._room.orders.room.calendar.local_date(now):
            raise HeldLater
        if new.matter and await SQL.matter_seen(self._room.pool, id=new.matter, path=actor.org_path) is None:
            raise NoSuchTopic
        async with self._room.pool.acquire() as db, db.transaction():
            made = await SQL.insert_activity(
                db,
                id=new.id,
                kind=new.kind.value,
                title=new.title,
                held_on=new.held_on,
                place=new.place,
                participants=new.participants,
                who=new.who,
                outcome=new.outcome,
                category=new.category,
                matter_id=new.matter,
                org_id=actor.org_id,
                org_path=actor.org_path,
                noted_by=actor.user_id,
                at=now,
            )
            if made is not None:
                await self._room.audit.record(db, actor.user_id, "activity_noted", SUBJECT, new.id)
        return await self.get(actor, new.id)

    async def put_outcome(
        self, actor: Actor, activity: UUID, *, participants: int, who: str, outcome: str
    ) -> ActivityView:
        """What came of it, by the org that held it. Raises NoSuchActivity, Forbidden."""
        actor.require(*NOTERS)
        await self.own(actor, activity)
        async with self._room.pool.acquire() as db, db.transaction():
            await SQL.put_outcome(
                db,
                id=activity,
                participants=participants,
                who=who,
                outcome=outcome,
                at=self._room.clock.now(),
                by_user=actor.user_id,
            )
            await self._room.audit.record(db, actor.user_id, "activity_outcome", SUBJECT, activity)
        return await self.get(actor, activity)

    async def page(self, actor: Actor, kind: ActivityKind | None, cursor: str | None, limit: int) -> ActivityPage:
        """Raises BadCursor."""
        on, before = key_of(cursor, _PLACE, _FIRST)
        found = SQL.activities_under(
            self._room.pool, path=actor.org_path, kind=kind, before_on=on, before_id=before, limit=limit + 1
        )
        rows = [row async for row in found]
        return ActivityPage.cut(rows, limit, _line, lambda row: (row["held_on"], row["id"]))

    async def get(self, actor: Actor, activity: UUID) -> ActivityView:
        """Raises NoSuchActivity."""
        row = await self.own(actor, activity)
        held, now, days = row["held_on"], self._room.clock.now(), self._room.config.compared_days
        since = self._day(held + timedelta(days=1))
        topic = {"category": row["category"], "matter_id": row["matter_id"], "path": actor.org_path}
        later = SQL.topic_orders(self._room.pool, since=since, until=now, limit=SHOWN, **topic)
        counts = await SQL.topic_counts(
            self._room.pool,
            before=self._day(held - timedelta(days=days)),
            since=since,
            until=min(now, self._day(held + timedelta(days=days + 1))),
            **topic,
        )
        pictures = await self._room.pictures.of(SUBJECT, activity)
        return ActivityView(
            pictures=tuple(pictures),
            later=tuple([TopicOrder.model_validate(dict(one)) async for one in later]),
            days=days,
            before=counts["earlier"],
            after=counts["later"],
            may_write=actor.may(*NOTERS),
            **_line(row).model_dump(),
        )

    async def own(self, actor: Actor, activity: UUID) -> Any:
        """Its row. Raises NoSuchActivity."""
        row = await SQL.activity_of(self._room.pool, id=activity)
        if row is None or not actor.sees(row["org_path"]):
            raise NoSuchActivity
        return row

    async def of_order(self, actor: Actor, order: OrderId) -> OrderFieldwork:
        """Raises NoSuchOrder."""
        row = await self._room.orders.row(actor, order)
        about = SQL.activities_about(
            self._room.pool, category=row["category"], matter_id=row["matter_id"], path=actor.org_path, limit=10
        )
        found = await finding_behind(self._room, order)
        return OrderFieldwork(
            finding_id=found["id"] if found else None,
            patrol_id=found["patrol_id"] if found else None,
            area=found["area"] if found else None,
            found_by=found["by_name"] if found else None,
            found_at=found["at"] if found else None,
            result=found["result"] if found else None,
            note=found["note"] if found else "",
            activities=tuple([_line(one) async for one in about]),
        )

    def _day(self, day: date) -> datetime:
        """The instant at which the city's day begins."""
        return datetime.combine(day, time(), self._room.orders.room.calendar.zone)


def _line(row: Any) -> ActivityLine:
    return ActivityLine.model_validate({name: row[name] for name in ActivityLine.model_fields})
