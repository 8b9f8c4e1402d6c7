"""督办会、协调会、专题协调会 and their items (SJ-08, XY-39, XY-40); leaders' instructions (SJ-33)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from callcenter.core.ids import OrderId, OrgId, new_id
from callcenter.core.pages import place_of
from callcenter.oversight.choices import named
from callcenter.oversight.room import SQL, NotThere, Room
from callcenter.oversight.terms import MEETING_NAMES, MeetingKind
from callcenter.oversight.views import (
    BulletinLine,
    InstructionPage,
    InstructionView,
    ItemView,
    MeetingPage,
    MeetingView,
    Participant,
    shown,
)
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

CALLERS: Final = frozenset({Role.SUPERVISOR, Role.DEPUTY, Role.LEADER, Role.INSPECTOR})
LEADERS: Final = frozenset({Role.DEPUTY, Role.LEADER})
OWNERS: Final = frozenset({Role.UNIT_HEAD, Role.UNIT_OPERATOR, Role.DISPATCHER, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """A decision that somebody carries out by its due day; `body` names one outside who does it."""

    matter: str
    owner: OrgId
    due_on: date
    order: OrderId | None = None
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMeeting:
    """The agenda are `orders`; external bodies take part as participants."""

    kind: MeetingKind
    title: str
    held_at: datetime
    place: str = ""
    participants: Sequence[Participant] = ()
    orders: Sequence[OrderId] = ()
    minutes: str = ""
    items: Sequence[NewItem] = ()


class Meetings:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def call(self, actor: Actor, new: NewMeeting) -> MeetingView:
        """A special coordination meeting is the deputy's or the leader's (XY-39). Raises Forbidden, NoSuchOrg,
        NoSuchOrder."""
        actor.require(*(LEADERS if new.kind is MeetingKind.SPECIAL else CALLERS))
        people = await named(self._room, actor, new.participants)
        for order in {*new.orders, *(item.order for item in new.items if item.order is not None)}:
            await self._room.orders.row(actor, order)
        one = UUID(str(new_id()))
        async with self._room.pool.acquire() as db, db.transaction():
            await SQL.insert_meeting(
                db,
                id=one,
                kind=new.kind,
                title=new.title,
                convener_org_id=actor.org_id,
                called_by=actor.user_id,
                place=new.place,
                held_at=new.held_at,
                participants=[one.model_dump() for one in people],
                orders=list(new.orders),
                minutes=new.minutes,
            )
            for item in new.items:
                await self._item(db, actor, one, item)
            if new.held_at > self._room.clock.now():
                await self._invite(db, new, {OrgId(one.org_id) for one in people if one.org_id})
        return await self.get(actor, one)

    async def _invite(self, db: Connection, new: NewMeeting, orgs: Collection[OrgId]) -> None:
        at = new.held_at.astimezone(self._room.zone)
        for org in sorted(orgs):
            words = {"kind": MEETING_NAMES[new.kind][0], "at": f"{at:%Y-%m-%d %H:%M}"}
            await self._room.tell(db, "meeting_called", org, OWNERS, None, **words)

    async def decide(self, actor: Actor, meeting: UUID, minutes: str, items: Sequence[NewItem]) -> MeetingView:
        """Minutes and decisions, afterwards, by the convening side. Raises NotThere, Forbidden, NoSuchOrg,
        NoSuchOrder."""
        actor.require(*CALLERS)
        held = await self.get(actor, meeting)
        await self._room.org(actor, OrgId(held.convener_org_id))
        for order in {item.order for item in items if item.order is not None}:
            await self._room.orders.row(actor, order)
        async with self._room.pool.acquire() as db, db.transaction():
            await SQL.write_minutes(db, id=meeting, minutes=minutes)
            for item in items:
                await self._item(db, actor, meeting, item)
        return await self.get(actor, meeting)

    async def _item(self, db: Connection, actor: Actor, meeting: UUID, item: NewItem) -> None:
        await self._room.org(actor, item.owner)
        await SQL.insert_item(
            db,
            id=new_id(),
            meeting_id=meeting,
            order_id=item.order,
            matter=item.matter,
            owner_org_id=item.owner,
            owner_body=item.body,
            due_on=item.due_on,
        )
        await self._room.tell(db, "meeting_item", item.owner, OWNERS, item.order, due=str(item.due_on))

    async def get(self, actor: Actor, meeting: UUID) -> MeetingView:
        """Raises NotThere."""
        row = await SQL.meeting_by_id(self._room.pool, id=meeting, path=await self._room.reach(actor))
        if row is None:
            raise NotThere
        items = [shown(ItemView, one) async for one in SQL.items_of(self._room.pool, meeting_id=meeting)]
        return _meeting(row, items)

    async def list(
        self, actor: Actor, *, kind: MeetingKind | None = None, cursor: str | None, limit: int
    ) -> MeetingPage:
        """Raises BadCursor."""
        at, before = place_of(cursor)
        rows = [
            row
            async for row in SQL.list_meetings(
                self._room.pool,
                path=await self._room.reach(actor),
                kind=kind,
                before_at=at,
                before_id=before,
                limit=limit + 1,
            )
        ]
        return MeetingPage.cut(rows, limit, lambda row: _meeting(row, []), lambda row: (row["held_at"], row["id"]))

    async def finish(self, actor: Actor, item: UUID, report: str) -> None:
        """By the org that owns it, or one above. Raises Forbidden, NotThere."""
        actor.require(*OWNERS)
        async with self._room.pool.acquire() as db, db.transaction():
            found = await SQL.finish_item(
                db, id=item, report=report, done_by=actor.user_id, path=actor.org_path, at=self._room.clock.now()
            )
            if found is None:
                raise NotThere
            await self._room.tell(db, "meeting_item_done", OrgId(found["convener_org_id"]), CALLERS, found["order_id"])

    async def bulletin(self, actor: Actor, since: datetime, until: datetime) -> tuple[BulletinLine, ...]:
        """XY-40: what the next circular says of items that have come due, done or not."""
        path = await self._room.reach(actor)
        found = SQL.bulletin(self._room.pool, path=path, since=since, until=until)
        return tuple([shown(BulletinLine, row) async for row in found])

    async def tell_due(self) -> int:
        """The day after due each item gets its line, once. Gives how many."""
        found = SQL.tell_items(self._room.pool, today=self._room.today(), at=self._room.clock.now())
        return len([row async for row in found])


class Instructions:
    """批示: what a leader wrote, who must act on it by when, and what came of it."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def give(
        self,
        actor: Actor,
        targets: Sequence[OrgId],
        *,
        text: str,
        requirement: str,
        due_on: date,
        order: OrderId | None = None,
    ) -> None:
        """A follow-up for each org. Raises Forbidden, DuePast, NoSuchOrg, NoSuchOrder."""
        actor.require(*LEADERS)
        self._room.not_past(due_on)
        for org in targets:
            await self._room.org(actor, org)

        async def also(db: Connection, _: object) -> None:
            for org in targets:
                await SQL.insert_instruction(
                    db,
                    id=new_id(),
                    order_id=order,
                    leader_id=actor.user_id,
                    text=text,
                    at=self._room.clock.now(),
                    target_org_id=org,
                    requirement=requirement,
                    due_on=due_on,
                )
                await self._room.tell(db, "instructed", org, OWNERS, order, due=str(due_on))

        if order is not None:
            body = {"targets": [str(org) for org in targets], "due_on": str(due_on)}
            await self._room.orders.record(actor, order, "instructed", body, also=also)
            return
        async with self._room.pool.acquire() as db, db.transaction():
            await also(db, None)

    async def feed_back(self, actor: Actor, instruction: UUID, text: str) -> None:
        """By the org that was told to act. Raises Forbidden, NotThere."""
        actor.require(*OWNERS)
        row = await SQL.feed_back(
            self._room.pool,
            id=instruction,
            feedback=text,
            by=actor.user_id,
            path=actor.org_path,
            at=self._room.clock.now(),
        )
        if row is None:
            raise NotThere

    async def list(self, actor: Actor, *, order: OrderId | None, cursor: str | None, limit: int) -> InstructionPage:
        """Raises BadCursor."""
        at, before = place_of(cursor)
        rows = [
            row
            async for row in SQL.list_instructions(
                self._room.pool,
                path=await self._room.reach(actor),
                order_id=order,
                before_at=at,
                before_id=before,
                limit=limit + 1,
            )
        ]
        return InstructionPage.cut(
            rows, limit, lambda row: shown(InstructionView, row), lambda row: (row["at"], row["id"])
        )


def _meeting(row: Any, items: Sequence[ItemView]) -> MeetingView:
    participants = tuple(Participant(**one) for one in row["participants"])
    return shown(MeetingView, row, participants=participants, items=tuple(items), orders=tuple(row["orders"]))
