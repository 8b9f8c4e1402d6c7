"""主动认领 (XY-55): a unit offers itself for what nobody has yet; the dispatcher confirms, nothing is signed."""

from uuid import UUID

import asyncpg

from callcenter.core.ids import OrderId, OrgId, new_id
from callcenter.core.pages import place_of
from callcenter.dispatching.dispatches import Dispatches, Hop
from callcenter.dispatching.refusals import ClaimedAlready, NoSuchClaim, NotClaimable
from callcenter.dispatching.room import DESK, SQL, UNIT_STAFF, Body, Room, order_at
from callcenter.dispatching.views import ClaimablePage, ClaimableView, ClaimView
from callcenter.orders import lifecycle as life
from callcenter.orders.room import NoSuchOrder
from callcenter.orders.terms import Stage
from callcenter.outbox.model import Notice, To
from callcenter.people.actor import Actor
from callcenter.store.pool import Connection

CLAIMABLE = frozenset({Stage.PENDING_DISPATCH, Stage.REDISPATCH, Stage.SIGN_PENDING})


class Claims:
    def __init__(self, room: Room, dispatches: Dispatches) -> None:
        self._room = room
        self._dispatches = dispatches

    async def open(self, actor: Actor, *, cursor: str | None, limit: int) -> ClaimablePage:
        """What the actor's unit may offer to take: the matter and the place, nothing of the caller. Raises BadCursor,
        Forbidden."""
        actor.require(*UNIT_STAFF)
        at, before = place_of(cursor)
        found = SQL.claimable(self._room.pool, path=actor.org_path, before_at=at, before_id=before, limit=limit + 1)
        rows = [row async for row in found]
        return ClaimablePage.cut(
            rows, limit, lambda row: ClaimableView(**dict(row)), lambda row: (row["created_at"], row["id"])
        )

    async def offer(self, actor: Actor, order: OrderId, reason: str) -> None:
        """Raises NotClaimable, ClaimedAlready, Forbidden, NoSuchOrder (also for what the unit may not take)."""
        actor.require(*UNIT_STAFF)
        row = await self._room.orders.row_of(order)
        hidden = row["confidential"] or row["request_type"] == "report"
        if hidden or not actor.org_path.startswith(row["owner_org_path"]):
            raise NoSuchOrder
        if row["stage"] not in CLAIMABLE:
            raise NotClaimable

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            try:
                await SQL.insert_claim(
                    db,
                    id=new_id(),
                    order_id=order,
                    org_id=actor.org_id,
                    reason=reason,
                    offered_by=actor.user_id,
                    at=self._room.clock.now(),
                )
            except asyncpg.UniqueViolationError:
                raise ClaimedAlready from None
            to = To(org=OrgId(moved["centre_org_id"]), roles=DESK)
            words = {"number": moved["number"]}
            await self._room.outbox.post(db, Notice(kind="claim_offered", to=to, order=order, words=words))

        said = {"org": actor.org_id, "reason": reason}
        await self._room.orders.record(None, order, "claim_offered", said, also=also)

    async def decide(self, actor: Actor, order: OrderId, claim: UUID, *, accepted: bool, note: str) -> None:
        """Confirmed, the order is the unit's at once and a signed dispatch under way ends. Raises NoSuchClaim, and what
        the life cycle refuses."""
        actor.require(*DESK)
        await order_at(self._room, actor, order)
        rows = [row async for row in SQL.claims_of(self._room.pool, order_id=order)]
        row = next((one for one in rows if one["id"] == claim and one["decided_at"] is None), None)
        if row is None:
            raise NoSuchClaim
        now = self._room.clock.now()
        if not accepted:

            async def refuse(db: Connection, _: asyncpg.Record) -> None:
                await SQL.decide_claim(db, id=claim, accepted=False, note=note, by=actor.user_id, at=now)

            said = {"org": row["org_id"], "note": note}
            await self._room.orders.record(actor, order, "claim_refused", said, also=refuse)
            return
        unit = Body(id=OrgId(row["org_id"]), path=row["path"], kind=row["kind"], name=row["org"])
        noted = self._dispatches.note(actor, Hop(kind="claimed", lead=unit, reason=row["reason"]))

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            await SQL.decide_claim(db, id=claim, accepted=True, note=note, by=actor.user_id, at=now)
            await SQL.refuse_other_claims(db, order_id=order, by=actor.user_id, at=now, note="已由其他单位认领")
            await SQL.end_sign(db, order_id=order, at=now)
            await SQL.settle_dispute(db, order_id=order, at=now)
            await noted(db, moved)

        move = life.Claim(unit=unit.id, reason=row["reason"])
        await self._room.orders.move(actor, order, move, also=also)

    async def of_order(self, order: OrderId) -> tuple[ClaimView, ...]:
        names = ClaimView.model_fields
        return tuple(
            [
                ClaimView(**{name: row[name] for name in names})
                async for row in SQL.claims_of(self._room.pool, order_id=order)
            ]
        )
