"""Merging demands into one matter and taking them out again (SJ-01, GH-09, GH-19): no order loses anything by it."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from callcenter.core.ids import OrderId, new_id
from callcenter.core.pages import place_of
from callcenter.matters.follow import BEFORE_UNIT, MERGEABLE
from callcenter.matters.following import Following
from callcenter.matters.likeness import Likeness, likeness
from callcenter.matters.room import GROUP, SQL, MatterRoom, demand_of, line_of, matter_row, reasons_of, view_of
from callcenter.matters.views import (
    AloneNoMatter,
    AlreadyInMatter,
    HeldElsewhere,
    MasterLeads,
    MatterPage,
    MatterView,
    NoSuchMatter,
    NotMergeable,
    OrderMatter,
)
from callcenter.orders.terms import ContactOutcome, Stage
from callcenter.outbox.model import Notice, To
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

CENTRE: Final = (Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR)
_ITSELF: Final = Likeness(100, ())


class Merging:
    def __init__(self, room: MatterRoom, following: Following) -> None:
        self._room = room
        self._following = following

    async def merge(
        self, actor: Actor, master: OrderId, others: Sequence[OrderId], *, title: str = "", plan: str = ""
    ) -> MatterView:
        """Into the matter that the master leads, or a new one. The same again changes nothing. Raises NoSuchOrder,
        AlreadyInMatter, NotMergeable, HeldElsewhere, AloneNoMatter, Forbidden."""
        actor.require(*CENTRE)
        wanted = [order for order in dict.fromkeys(others) if order != master]
        if not wanted:
            raise AloneNoMatter
        orders = self._room.orders
        lead = await orders.row(actor, master)
        rows = [await orders.row(actor, order) for order in wanted]
        if lead["matter_id"] is not None and not lead["master"]:
            raise AlreadyInMatter(number=lead["number"])
        matter = lead["matter_id"] or new_id()
        fresh = [row for row in rows if lead["matter_id"] is None or row["matter_id"] != matter]
        for row in (lead, *fresh):
            _check(lead, row)
        if lead["matter_id"] is None:
            await self._lead(actor, lead, matter, title or lead["title"], plan)
        for row in fresh:
            await self._join(actor, lead, row, matter)
        await self.tag(matter)
        await self._following.follow(matter)
        return await self.get(actor, matter)

    async def take_out(self, actor: Actor, matter: UUID, order: OrderId, why: str) -> MatterView:
        """Raises NoSuchMatter, MasterLeads, NoSuchOrder, Forbidden."""
        actor.require(*CENTRE)
        await matter_row(self._room, actor, matter)
        row = await self._room.orders.row(actor, order)
        if row["matter_id"] != matter:
            raise NoSuchMatter
        if row["master"]:
            raise MasterLeads
        await self._leave(actor, order, matter, why)
        await self.tag(matter)
        return await self.get(actor, matter)

    async def dissolve(self, actor: Actor, matter: UUID, why: str) -> None:
        """Every order goes its own way again. Raises NoSuchMatter, Forbidden."""
        actor.require(Role.DISPATCHER, Role.SUPERVISOR)
        await matter_row(self._room, actor, matter)
        members = [one async for one in SQL.members_of(self._room.pool, matter_id=matter)]
        for one in sorted(members, key=lambda row: bool(row["master"])):  # the master last: a broken-off try goes on
            await self._leave(actor, OrderId(one["id"]), matter, why)
        await SQL.dissolve_matter(self._room.pool, id=matter, at=self._room.clock.now())

    async def put_plan(self, actor: Actor, matter: UUID, plan: str) -> MatterView:
        """The one handling plan, by the centre or the unit that handles. Raises NoSuchMatter, Forbidden."""
        actor.require(*CENTRE, Role.UNIT_OPERATOR, Role.UNIT_HEAD)
        await matter_row(self._room, actor, matter)
        await SQL.put_plan(self._room.pool, id=matter, plan=plan)
        return await self.get(actor, matter)

    async def tell(
        self, actor: Actor, matter: UUID, orders: Sequence[OrderId], outcome: ContactOutcome, note: str
    ) -> MatterView:
        """Records a contact on each named order: who was rung one after the other. Each citizen is still somebody of
        their own: whoever is not named was not contacted. Raises NoSuchMatter, NoSuchOrder, and what a contact does."""
        row = await matter_row(self._room, actor, matter)
        for order in dict.fromkeys(orders):
            if (await self._room.orders.row(actor, order))["matter_id"] != row["id"]:
                raise NoSuchMatter
        for order in dict.fromkeys(orders):
            await self._room.orders.contact(actor, order, outcome, note)
        await self._following.follow(matter)
        return await self.get(actor, matter)

    async def get(self, actor: Actor, matter: UUID) -> MatterView:
        """Raises NoSuchMatter."""
        return await view_of(self._room, actor, await matter_row(self._room, actor, matter))

    async def page(self, actor: Actor, cursor: str | None, limit: int) -> MatterPage:
        """Raises BadCursor."""
        at, before = place_of(cursor)
        found = SQL.matters_under(self._room.pool, path=actor.org_path, before_at=at, before_id=before, limit=limit + 1)
        rows = [row async for row in found]
        return MatterPage.cut(
            rows, limit, lambda row: line_of(self._room, row), lambda row: (row["created_at"], row["id"])
        )

    async def of_order(self, actor: Actor, order: OrderId) -> OrderMatter:
        """Raises NoSuchOrder."""
        row = await self._room.orders.row(actor, order)
        told = await SQL.repeats_of(self._room.pool, order_id=order)
        matter = None
        if row["matter_id"] is not None:
            whole = await SQL.matter_of(self._room.pool, id=row["matter_id"])
            matter = await view_of(self._room, actor, whole)
        return OrderMatter(
            matter=matter,
            urges=told["urges"],
            repeats=tuple(told["repeats"] or ()),
            repeat_of=told["repeat_of"],
            repeat_of_id=told["repeat_of_id"],
        )

    async def urge(self, actor: Actor, order: OrderId, note: str, call: UUID | None) -> OrderMatter:
        """The citizen rang again about an open order: added to it, and its holder told (催办). Raises NoSuchOrder,
        RecordRefused, Forbidden."""

        async def also(connection: Connection, row: asyncpg.Record) -> None:
            to = To(org=row["owner_org_id"])
            await self._room.outbox.post(
                connection, Notice(kind="order_urged", to=to, order=order, words={"number": row["number"]})
            )

        body = {"note": note, "call": str(call) if call else None}
        await self._room.orders.record(actor, order, "urged", body, also=also)
        return await self.of_order(actor, order)

    async def tag(self, matter: UUID) -> None:
        """群体性 stands on the master while there are enough callers (GH-19)."""
        row = await SQL.matter_of(self._room.pool, id=matter)
        group = row["callers"] >= self._room.config.group_from
        master = await self._room.orders.row_of(OrderId(row["master_id"]))
        if (GROUP in master["tags"]) == group:
            return

        def tags(now: asyncpg.Record) -> dict[str, Any]:
            others = [tag for tag in now["tags"] if tag != GROUP]
            return {"tags": [*others, GROUP] if group else others}

        body = {"callers": row["callers"], "group": group}
        await self._room.orders.record(None, OrderId(row["master_id"]), "group_found", body, changes=tags)

    async def _lead(self, actor: Actor, lead: Any, matter: UUID, title: str, plan: str) -> None:
        at = self._room.clock.now()

        async def also(connection: Connection, _: asyncpg.Record) -> None:
            await SQL.begin_matter(
                connection,
                id=matter,
                title=title,
                place=lead["place"],
                category=lead["category"],
                plan=plan,
                master_id=lead["id"],
                org_path=actor.org_path,
                created_by=actor.user_id,
                at=at,
            )
            await self._member(connection, actor, matter, lead, _ITSELF)

        changes = {"matter_id": matter, "master": True}
        body = {"matter": str(matter)}
        await self._room.orders.record(actor, OrderId(lead["id"]), "matter_led", body, changes=changes, also=also)

    async def _join(self, actor: Actor, lead: Any, row: Any, matter: UUID) -> None:
        alike = likeness(demand_of(lead), demand_of(row), self._room.config.window)

        async def also(connection: Connection, _: asyncpg.Record) -> None:
            await self._member(connection, actor, matter, row, alike)
            if row["caller_key"] and row["caller_key"] == lead["caller_key"]:
                await _repeat(connection, lead, row, alike.score, self._room)

        body = {"matter": str(matter), "master": lead["number"], "score": alike.score}
        changes = {"matter_id": matter, "master": False}
        await self._room.orders.record(actor, OrderId(row["id"]), "merged", body, changes=changes, also=also)

    async def _member(self, connection: Connection, actor: Actor, matter: UUID, row: Any, alike: Likeness) -> None:
        await SQL.join_matter(
            connection,
            id=new_id(),
            matter_id=matter,
            order_id=row["id"],
            at=self._room.clock.now(),
            by_user=actor.user_id,
            score=alike.score,
            reasons=reasons_of(alike),
        )

    async def _leave(self, actor: Actor, order: OrderId, matter: UUID, why: str) -> None:
        async def also(connection: Connection, _: asyncpg.Record) -> None:
            await SQL.leave_matter(
                connection, order_id=order, at=self._room.clock.now(), by_user=actor.user_id, why=why
            )

        changes = {"matter_id": None, "master": False}
        body = {"matter": str(matter), "why": why}
        await self._room.orders.record(actor, order, "unmerged", body, changes=changes, also=also)


async def _repeat(connection: Connection, one: Any, other: Any, score: int, room: MatterRoom) -> None:
    earlier, later = sorted((one, other), key=lambda row: row["created_at"])
    await SQL.note_repeat(
        connection,
        order_id=later["id"],
        of_order_id=earlier["id"],
        score=score,
        linked=True,
        at=room.clock.now(),
    )


def _check(lead: Any, row: Any) -> None:
    """Raises AlreadyInMatter, NotMergeable, HeldElsewhere."""
    if row is not lead and row["matter_id"] is not None:
        raise AlreadyInMatter(number=row["number"])
    if Stage(row["stage"]) not in MERGEABLE:
        raise NotMergeable(number=row["number"])
    loose = Stage(row["stage"]) in BEFORE_UNIT
    if not loose and row["owner_org_id"] != lead["owner_org_id"]:
        raise HeldElsewhere(number=row["number"])
