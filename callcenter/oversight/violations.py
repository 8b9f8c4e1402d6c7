"""Violations, each recorded once: breached clocks as facts, flags after a human's confirmation (XY-02, JC-04)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.core.pages import place_of
from callcenter.oversight.room import SANCTIONS, NeedsAnother, NotNow, NotThere, Room
from callcenter.oversight.terms import FLAG_NAMES, Flag
from callcenter.oversight.views import ViolationPage, ViolationView, shown
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

FLAGGERS: Final = frozenset(
    {Role.INSPECTOR, Role.SUPERVISOR, Role.REVIEWER, Role.DISPATCHER, Role.DEPUTY, Role.LEADER, Role.DISCIPLINE}
)
DECIDERS: Final = frozenset({Role.INSPECTOR, Role.SUPERVISOR, Role.DEPUTY, Role.LEADER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`source` makes it one row; `by` None: a clock or a rule found it."""

    org: OrgId
    flag: str
    source: str
    at: datetime
    round_no: int = 1
    due_at: datetime | None = None
    reason: str = ""
    by: UserId | None = None


async def note_violation(
    room: Room, db: Connection, order: OrderId, found: Found, *, confirmed_by: UserId | None = None, fact: bool = False
) -> bool:
    """Whether it is new. `fact`: a breached clock needs no confirmation. The person who held the slot when it happened
    is written down (JC-04)."""
    slot, person = await room.answerable(found.org, found.flag, found.at)
    one = await SANCTIONS.insert_violation(
        db,
        id=new_id(),
        order_id=order,
        org_id=found.org,
        flag=found.flag,
        source_key=found.source,
        round_no=found.round_no,
        at=found.at,
        due_at=found.due_at,
        state="confirmed" if fact or confirmed_by else "proposed",
        reason=found.reason,
        proposed_by=found.by,
        slot=slot.value,
        person_id=person,
    )
    if one is not None and confirmed_by is not None:
        await SANCTIONS.decide_violation(db, id=one, state="confirmed", reason="", by=confirmed_by, at=found.at)
    return one is not None


class Violations:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def list(
        self,
        actor: Actor,
        *,
        state: str | None = None,
        flag: str | None = None,
        order: OrderId | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> ViolationPage:
        """Raises BadCursor."""
        at, before = place_of(cursor)
        rows = [
            row
            async for row in SANCTIONS.list_violations(
                self._room.pool,
                path=await self._room.reach(actor),
                state=state,
                flag=flag,
                order_id=order,
                before_at=at,
                before_id=before,
                limit=limit + 1,
            )
        ]
        return ViolationPage.cut(rows, limit, lambda row: shown(ViolationView, row), lambda row: (row["at"], row["id"]))

    async def flag(self, actor: Actor, order: OrderId, flag: Flag, reason: str) -> None:
        """Somebody says so; another confirms it. Raises Forbidden, NoSuchOrder."""
        actor.require(*FLAGGERS)
        row = await self._room.orders.row(actor, order)
        found = Found(
            org=OrgId(row["owner_org_id"]),
            flag=flag,
            source=f"flag:{order}:{flag}:{row['owner_org_id']}:{row['round_no']}",
            at=self._room.clock.now(),
            round_no=row["round_no"],
            reason=reason,
            by=actor.user_id,
        )

        async def also(db: Connection, _: object) -> None:
            if await note_violation(self._room, db, order, found):
                words = {"number": row["number"], "flag": FLAG_NAMES[flag][0]}
                await self._room.tell(db, "flag_proposed", OrgId(row["centre_org_id"]), DECIDERS, order, **words)

        await self._room.orders.record(actor, order, "flag_proposed", {"flag": flag}, also=also)

    async def decide(self, actor: Actor, violation: UUID, *, confirmed: bool, reason: str) -> None:
        """The human word on what was proposed; never by who proposed it, never by the blamed org. Raises NotThere,
        NotNow, NeedsAnother."""
        actor.require(*DECIDERS)
        held = await self._proposed(actor, self._room.pool, violation)
        order = OrderId(held["order_id"])

        async def also(db: Connection, _: object) -> None:
            await self._proposed(actor, db, violation)
            state = "confirmed" if confirmed else "dismissed"
            now = self._room.clock.now()
            await SANCTIONS.decide_violation(db, id=violation, state=state, reason=reason, by=actor.user_id, at=now)

        def changes(row: asyncpg.Record) -> Mapping[str, Any]:
            return {"violations": sorted({*row["violations"], held["flag"]})} if confirmed else {}

        body = {"flag": held["flag"], "confirmed": confirmed}
        await self._room.orders.record(actor, order, "flag_decided", body, changes=changes, also=also)

    async def _proposed(self, actor: Actor, db: Any, violation: UUID) -> Any:
        row = await SANCTIONS.lock_violation(db, id=violation, path=await self._room.reach(actor))
        if row is None:
            raise NotThere
        if row["state"] != "proposed":
            raise NotNow(state=row["state"])
        if actor.user_id == row["proposed_by"] or actor.org_id == row["org_id"]:
            raise NeedsAnother(
                reason_zh="提出人或被指单位不得自行认定", reason_en="neither who proposed it nor the blamed org decides"
            )
        return row
