"""Sending an order to its unit: basis, co-handlers, what was suggested; block reasons and territory (XY-06, SG-25)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from callcenter.core.ids import OrderId, OrgId, new_id
from callcenter.dispatching.asking import Wanted, ask, barred_among, check_dues
from callcenter.dispatching.duties import Duties
from callcenter.dispatching.duty import DutyItem, pushed_down
from callcenter.dispatching.refusals import (
    CoIsLead,
    IntakeThin,
    ItemDoesNotCount,
    NoSuchBody,
    NotToGrassroots,
    OutsideReasonMissing,
    RedispatchToSame,
)
from callcenter.dispatching.room import DESK, SQL, Body, Room, body_of, helpers_of, order_at
from callcenter.dispatching.suggest import Suggestion, rank_of
from callcenter.dispatching.suggesting import Suggesting
from callcenter.dispatching.terms import BlockReason, TaskKind
from callcenter.orders import lifecycle as life
from callcenter.orders.terms import LocationType, Stage
from callcenter.outbox.model import Notice, To
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

Row = Mapping[str, Any]
Also = Callable[[Connection, asyncpg.Record], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the dispatcher decided. `item` None needs `outside`, the reason for going outside the list. `grassroots` is
    the reason when a functional department's matter goes to a village all the same. Empty `category` and `level` leave
    the order's own."""

    unit: OrgId
    reason: str
    item: UUID | None = None
    outside: str = ""
    co: tuple[Wanted, ...] = ()
    grassroots: str = ""
    category: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """What the record of one hop says beside the row."""

    kind: str
    lead: Body
    reason: str
    item: DutyItem | None = None
    outside: str = ""
    grassroots: str = ""
    suggested: tuple[Suggestion, ...] = ()
    co: tuple[Wanted, ...] = ()


class Dispatches:
    def __init__(self, room: Room, duties: Duties, suggesting: Suggesting) -> None:
        self._room = room
        self._duties = duties
        self._suggesting = suggesting

    async def dispatch(self, actor: Actor, order: OrderId, chosen: Chosen) -> None:
        """To a unit, or down to another centre (XY-05, XY-06). Raises what the life cycle refuses, NoSuchBody,
        CoIsLead, IntakeThin, OutsideReasonMissing, ItemDoesNotCount, NotToGrassroots, RedispatchToSame,
        TaskDueWrong."""
        row = await order_at(self._room, actor, order)
        body = await body_of(self._room, chosen.unit)
        if not actor.sees(body.path) or body.kind in {"external", "discipline"}:
            raise NoSuchBody
        if body.kind == "centre":
            move = life.Assign(centre=chosen.unit, reason=chosen.reason)
            hop = Hop(kind="assigned", lead=body, reason=chosen.reason)
            await self._room.orders.move(actor, order, move, also=self.note(actor, hop))
            return
        hop = await self._checked(actor, row, body, chosen)
        extra = {name: value for name in ("category", "level") if (value := getattr(chosen, name))}
        await self._room.orders.move(actor, order, self._move(row, hop), extra=extra, also=self.note(actor, hop))

    def _move(self, row: Row, hop: Hop) -> life.Move:
        item = UUID(hop.item.id) if hop.item else None
        kind = life.Redispatch if row["stage"] == Stage.REDISPATCH else life.Dispatch
        return kind(unit=hop.lead.id, reason=hop.reason, item=item)

    async def _checked(self, actor: Actor, row: Row, body: Body, chosen: Chosen) -> Hop:
        actor.require(*DESK)
        co = [one.org for one in chosen.co if one.org is not None]
        if chosen.unit in co or len(set(co)) < len(co):
            raise CoIsLead
        await helpers_of(self._room, actor, co)
        check_dues(self._room, chosen.co)
        again = row["stage"] == Stage.REDISPATCH
        if again and chosen.unit in await self._returned_by(row):
            raise RedispatchToSame
        await self._check_intake(row)
        item = await self._cited(row, chosen)
        functional = item.functional if item else False
        if pushed_down(functional=functional, org_kind=body.kind) and not chosen.grassroots.strip():
            raise NotToGrassroots
        return Hop(
            kind="redispatch" if again else "ordinary",
            lead=body,
            reason=chosen.reason,
            item=item,
            outside=chosen.outside,
            grassroots=chosen.grassroots,
            suggested=tuple(await self._suggesting.found(row)),
            co=chosen.co,
        )

    async def _returned_by(self, row: Row) -> set[OrgId]:
        return {one["org_id"] async for one in SQL.granted_returns(self._room.pool, order_id=row["id"])}

    async def _check_intake(self, row: Row) -> None:
        intake, least = await self._suggesting.intake(row), self._room.config.intake_least
        if intake.score < least:
            raise IntakeThin(
                score=intake.score,
                least=least,
                missing_zh="、".join(zh for zh, _ in intake.missing),
                missing_en=", ".join(en for _, en in intake.missing),
            )

    async def _cited(self, row: Row, chosen: Chosen) -> DutyItem | None:
        if chosen.item is None:
            if not chosen.outside.strip():
                raise OutsideReasonMissing
            return None
        counting = await self._duties.counting(row["owner_org_path"])
        item = next((one for one in counting if one.id == str(chosen.item)), None)
        if item is None:
            raise ItemDoesNotCount
        return item

    async def plain(self, row: asyncpg.Record, actor: Actor, unit: OrgId, reason: str) -> Also:
        """The record of a dispatch that did not go through the list: many at once, by a plan, or out of a call. It
        counts as outside the list, so that the list is looked at (SG-06)."""
        body = await body_of(self._room, unit)
        if body.kind == "centre":
            return self.note(actor, Hop(kind="assigned", lead=body, reason=reason))
        suggested = tuple(await self._suggesting.found(dict(row)))
        return self.note(actor, Hop(kind="ordinary", lead=body, reason=reason, outside=reason, suggested=suggested))

    def note(self, actor: Actor, hop: Hop) -> Also:
        """Writes the record of the hop in the move's own transaction."""

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            await self._record(db, actor, moved, hop)
            if hop.kind == "assigned":
                return
            order, number = OrderId(moved["id"]), moved["number"]
            await ask(self._room, db, actor, order, number, hop.co)
            await self._push_to_stations(db, actor, moved)
            if hop.outside.strip():
                await self._gap(db, actor, moved, hop.outside)
            to = To(org=hop.lead.id, roles=frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD}))
            words = {"number": number, "category": moved["category"] or "—"}
            await self._room.outbox.post(db, Notice(kind="order_dispatched", to=to, order=order, words=words))

        return also

    async def _record(self, db: Connection, actor: Actor, moved: asyncpg.Record, hop: Hop) -> None:
        first = hop.suggested[0].org if hop.suggested else None
        parts = [(hop.lead.id, "lead"), *((one.org, "co") for one in hop.co if one.org is not None)]
        for org, role in parts:
            await SQL.insert_dispatch(
                db,
                id=new_id(),
                order_id=moved["id"],
                seq=moved["events"],
                kind=hop.kind,
                role=role,
                from_org_id=actor.org_id if hop.kind == "assigned" else moved["centre_org_id"],
                to_org_id=org,
                dispatched_by=actor.user_id,
                at=self._room.clock.now(),
                reason=hop.reason,
                item_id=UUID(hop.item.id) if hop.item else None,
                grassroots_reason=hop.grassroots,
                suggested_org_id=first,
                rank=rank_of(org, hop.suggested) if role == "lead" else None,
            )

    async def _gap(self, db: Connection, actor: Actor, moved: asyncpg.Record, reason: str) -> None:
        await SQL.insert_gap(
            db,
            id=new_id(),
            order_id=moved["id"],
            centre_org_id=moved["centre_org_id"],
            reason=reason,
            noted_by=actor.user_id,
            at=self._room.clock.now(),
        )

    async def _push_to_stations(self, db: Connection, actor: Actor, moved: asyncpg.Record) -> None:
        """XY-35: what happens on the street goes to the station on the spot, too."""
        if moved["location_type"] != LocationType.STREET_SURFACE:
            return
        task = "现场核实并处置"
        order = OrderId(moved["id"])
        places = [place.org_id for place in await self._suggesting.stations(dict(moved), actor.org_path, db)]
        kept_out = await barred_among(db, order, places)
        wanted = [Wanted(kind=TaskKind.STATION, org=org, task=task) for org in places if org not in kept_out]
        await ask(self._room, db, actor, order, moved["number"], wanted)

    async def block(self, actor: Actor, order: OrderId, reason: BlockReason | None, note: str) -> None:
        """SJ-03: why an order in dispute cannot go on; None lifts it."""
        body = {"block_reason": reason, "note": note}
        await self._room.orders.record(actor, order, "block_reason_set", body, changes={"block_reason": reason})

    async def territory(
        self,
        actor: Actor,
        order: OrderId,
        *,
        territory: OrgId | None,
        duty: OrgId | None,
        duty_body: str,
        letter: str,
    ) -> None:
        """SJ-09: where it lies and who owns it. `letter`, when given, goes to the owner as a 函告 task: 属地先行 while
        the owner is told. Raises NoSuchBody."""
        await helpers_of(self._room, actor, [org for org in (territory, duty) if org is not None])
        wanted = [Wanted(kind=TaskKind.LETTER, org=duty, body="" if duty else duty_body, task=letter)] if letter else []
        if wanted and duty is None and not duty_body.strip():
            raise NoSuchBody

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            await ask(self._room, db, actor, order, moved["number"], wanted)

        changes = {"territory_org_id": territory, "duty_org_id": duty, "duty_body": duty_body}
        body = {"territory": territory, "duty": duty, "duty_body": duty_body, "territory_leads": bool(wanted)}
        await self._room.orders.record(actor, order, "territory_set", body, changes=changes, also=also)
