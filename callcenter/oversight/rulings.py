"""口径: what three parties agreed on, approved by a leader, consulted by every later dispatch (SJ-27)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from callcenter.core import errors
from callcenter.core.ids import OrderId, OrgId, new_id
from callcenter.core.pages import place_of
from callcenter.oversight.room import SQL, Incomplete, NeedsAnother, NotNow, NotThere, Room
from callcenter.oversight.views import PartyView, RulingPage, RulingView, shown
from callcenter.people.actor import Actor, Role

DRAFTERS: Final = frozenset({Role.INSPECTOR})
APPROVERS: Final = frozenset({Role.DEPUTY, Role.LEADER})
AGREEING: Final = frozenset({Role.UNIT_HEAD, Role.DISPATCHER, Role.SUPERVISOR})
PARTIES: Final = 2
"""Beside quality control itself: three parties (三方认可)."""


class NotAgreed(errors.Refused):
    code = "ruling-not-agreed"
    zh = "还有{waiting}个单位未认可该口径"
    en = "{waiting} of the parties have not agreed to the ruling yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRuling:
    """`place` '' means everywhere (orders.places)."""

    question: str
    text: str
    category: str
    duty: OrgId
    parties: Sequence[OrgId]
    place: str = ""
    order: OrderId | None = None


class Rulings:
    """Also the port that dispatch consults: `precedents`."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def draft(self, actor: Actor, new: NewRuling) -> UUID:
        """Raises Forbidden, Incomplete, NoSuchOrg, NoSuchOrder."""
        actor.require(*DRAFTERS)
        if new.order is not None:
            await self._room.orders.row(actor, new.order)
        parties = set(new.parties)
        if len(parties) < PARTIES:
            raise Incomplete(zh_what="至少两个当事单位", en_what="at least two parties")
        for org in (*parties, new.duty):
            await self._room.org(actor, org)
        one = UUID(str(new_id()))
        async with self._room.pool.acquire() as db, db.transaction():
            await SQL.insert_ruling(
                db,
                id=one,
                question=new.question,
                text=new.text,
                category=new.category,
                place=new.place,
                duty_org_id=new.duty,
                order_id=new.order,
                drafted_by=actor.user_id,
                drafted_at=self._room.clock.now(),
            )
            for org in parties:
                await SQL.insert_party(db, ruling_id=one, org_id=org)
                await self._room.tell(db, "ruling_drafted", org, AGREEING, new.order)
        return one

    async def agree(self, actor: Actor, ruling: UUID) -> None:
        """By a person of a party. Raises Forbidden, NotThere."""
        actor.require(*AGREEING)
        found = await SQL.agree(
            self._room.pool, ruling_id=ruling, org_id=actor.org_id, user_id=actor.user_id, at=self._room.clock.now()
        )
        if found is None:
            raise NotThere

    async def approve(self, actor: Actor, ruling: UUID, effective_from: date) -> None:
        """Raises Forbidden, NotThere, NotNow, NeedsAnother, NotAgreed."""
        actor.require(*APPROVERS)
        async with self._room.pool.acquire() as db, db.transaction():
            row = await self._draft(db, actor, ruling)
            if row["waiting"]:
                raise NotAgreed(waiting=row["waiting"])
            if actor.user_id == row["drafted_by"]:
                raise NeedsAnother(reason_zh="起草人不得批准", reason_en="who drafted it does not approve it")
            number = await self._room.number(db, "口径")
            article = await self._room.publisher.publish(actor, f"{number} {row['question']}"[:120], row["text"])
            await SQL.approve_ruling(
                db,
                id=ruling,
                number=number,
                approved_by=actor.user_id,
                effective_from=effective_from,
                article_id=article,
            )
            await self._room.audit.record(db, actor.user_id, "ruling_approved", "ruling", ruling)

    async def withdraw(self, actor: Actor, ruling: UUID) -> None:
        """It is no precedent any more. Raises Forbidden, NotThere, NoSuchOrg, NotNow."""
        actor.require(*APPROVERS)
        async with self._room.pool.acquire() as db, db.transaction():
            row = await SQL.lock_ruling(db, id=ruling)
            if row is None:
                raise NotThere
            await self._room.org(actor, OrgId(row["duty_org_id"]))
            if row["state"] == "withdrawn":
                raise NotNow(state=row["state"])
            await SQL.withdraw_ruling(db, id=ruling)
            await self._room.audit.record(db, actor.user_id, "ruling_withdrawn", "ruling", ruling)

    async def _draft(self, db: Any, actor: Actor, ruling: UUID) -> Any:
        row = await SQL.lock_ruling(db, id=ruling)
        if row is None:
            raise NotThere
        await self._room.org(actor, OrgId(row["duty_org_id"]))
        if row["state"] != "draft":
            raise NotNow(state=row["state"])
        return row

    async def list(self, actor: Actor, *, state: str | None, cursor: str | None, limit: int) -> RulingPage:
        """Raises BadCursor."""
        at, before = place_of(cursor)
        rows = [
            row
            async for row in SQL.list_rulings(
                self._room.pool,
                path=await self._room.reach(actor),
                state=state,
                before_at=at,
                before_id=before,
                limit=limit + 1,
            )
        ]
        return RulingPage.cut(
            rows,
            limit,
            lambda row: shown(RulingView, row, parties=tuple(PartyView(**one) for one in row["parties"])),
            lambda row: (row["drafted_at"], row["id"]),
        )

    async def precedents(self, category: str, on: date, place: str | None = None) -> Sequence[Mapping[str, Any]]:
        """Approved rulings on a category, those of a place first (None: of every place): `id`, `number`, `question`,
        `text`, `duty_org_id`, `duty_org`, `place`, `effective_from`."""
        if not category:
            return []
        return [dict(row) async for row in SQL.rulings_for(self._room.pool, category=category, place=place, today=on)]
