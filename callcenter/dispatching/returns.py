"""Returns (XY-17 ... XY-21): the operator drafts, the head signs within the window, the centre decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.dispatching.refusals import (
    FormChanged,
    NoReturn,
    NotTheHead,
    ReturnOpen,
    ReturnWindowExpired,
)
from callcenter.dispatching.returning import SIGNED, Onward, check_form, digest_of, dispute_of, onward
from callcenter.dispatching.room import CENTRE_STAFF, SQL, UNIT_STAFF, Room, helpers_of, order_at
from callcenter.dispatching.signing import Signing, settle_return
from callcenter.dispatching.terms import RETURN_REASONS, ReturnReason, SignCause
from callcenter.orders import lifecycle as life
from callcenter.orders.calendar import in_time
from callcenter.orders.refusals import ReturnLocked
from callcenter.orders.terms import Kind, Stage
from callcenter.orders.timers import window_due
from callcenter.outbox.model import Notice, To
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Form 1 as the operator fills it in (XY-18)."""

    reason: ReturnReason
    text: str
    basis: str
    suggested: OrgId


class Returns:
    """A return is asked for from `accepted`; first contact and every other clock run on (XY-17)."""

    def __init__(self, room: Room, signing: Signing) -> None:
        self._room = room
        self._signing = signing

    def window_due(self, row: Row) -> datetime:
        """The first instant that is too late: the window of the order's own rules, counted from its dispatch."""
        return window_due(
            "return",
            row["dispatched_at"],
            ruleset=self._room.orders.rules_of(row),
            kind=Kind(row["kind"]),
            calendar=self._room.orders.room.calendar,
        )

    async def draft(self, actor: Actor, order: OrderId, draft: Draft) -> None:
        """Writes the form, or rewrites it while nobody has signed. Raises ReturnWindowExpired, ReturnLocked,
        ReasonShort, SuggestsSelf, NoSuchBody, MoveRefused, Forbidden."""
        actor.require(*UNIT_STAFF)
        row = await self._returnable(actor, order)
        policy = self._room.orders.policy_of(row).returns
        check_form(draft.text, draft.suggested, actor.org_id, policy)
        await helpers_of(self._room, actor, [draft.suggested])
        fields = {
            "reason_code": draft.reason,
            "reason_text": draft.text.strip(),
            "basis": draft.basis.strip(),
            "suggested_org_id": draft.suggested,
            "drafted_by": actor.user_id,
            "drafted_at": self._room.clock.now(),
        }

        async def also(db: Connection, _: asyncpg.Record) -> None:
            if await SQL.redraft_return(db, order_id=order, org_id=actor.org_id, **fields) is not None:
                return
            try:
                await SQL.insert_return(
                    db,
                    id=new_id(),
                    order_id=order,
                    org_id=actor.org_id,
                    dispatched_at=row["dispatched_at"],
                    window_due_at=self.window_due(row),
                    **fields,
                )
            except asyncpg.UniqueViolationError:
                raise ReturnOpen from None

        await self._room.orders.record(actor, order, "return_drafted", {"reason": draft.reason}, also=also)

    async def withdraw(self, actor: Actor, order: OrderId) -> None:
        """Before the head has signed. Raises NoReturn."""
        actor.require(*UNIT_STAFF)
        await order_at(self._room, actor, order)

        async def also(db: Connection, _: asyncpg.Record) -> None:
            now = self._room.clock.now()
            if await SQL.withdraw_return(db, order_id=order, org_id=actor.org_id, at=now) is None:
                raise NoReturn

        await self._room.orders.record(actor, order, "return_withdrawn", {}, also=also)

    async def sign(self, actor: Actor, order: OrderId, form: UUID, drafted_at: datetime) -> None:
        """The head's signature submits the form; the window is tested now (XY-19). `drafted_at` is that of the form
        that was read. Raises NotTheHead, FormChanged, ReturnWindowExpired, ReturnLocked, NoReturn, MoveRefused."""
        row = await self._returnable(actor, order)
        found = await SQL.open_return(self._room.pool, order_id=order)
        if found is None or found["id"] != form or found["org_id"] != actor.org_id or found["signed_at"]:
            raise NoReturn
        if found["drafted_at"] != drafted_at:
            raise FormChanged
        policy = self._room.orders.policy_of(row).returns
        delegation = await self._signatory(actor) if policy.head_signature else None
        now, digest = self._room.clock.now(), digest_of(dict(found), SIGNED)

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            signed = await SQL.sign_return(
                db,
                id=form,
                drafted_at=drafted_at,
                by=actor.user_id,
                at=now,
                delegation_id=delegation,
                digest=digest,
            )
            if signed is None:
                raise FormChanged
            await self._dispute(db, moved)
            to = To(org=OrgId(moved["centre_org_id"]), roles=CENTRE_STAFF)
            words = {"number": moved["number"], "category": moved["category"] or "—"}
            await self._room.outbox.post(db, Notice(kind="return_signed", to=to, order=order, words=words))

        move = life.RequestReturn(reason=RETURN_REASONS[ReturnReason(found["reason_code"])][0])
        note = {"form": form, "digest": digest, "suggested": found["suggested_org_id"], "delegation": delegation}
        await self._room.orders.move(actor, order, move, note=note, also=also)

    async def decide(self, actor: Actor, order: OrderId, *, granted: bool, opinion: str) -> None:
        """The centre's review (XY-21). Granted, it leads to one ordinary re-dispatch, or to signed dispatch from the
        second distinct unit on (A-06); rejected, the unit keeps the order and is locked (GH-10). Raises NoReturn."""
        actor.require(*CENTRE_STAFF)
        row = await order_at(self._room, actor, order)
        found = await SQL.open_return(self._room.pool, order_id=order)
        if found is None or not found["signed_at"]:
            raise NoReturn
        by, now = UserId(actor.user_id), self._room.clock.now()

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            await settle_return(self._room, db, moved, found, granted=granted, opinion=opinion, by=by, at=now)
            if granted and moved["stage"] == Stage.SIGN_PENDING:
                await self._signing.open(db, moved, SignCause.RETURNED, "", actor)

        move, extra = await self._decision(row, found, granted=granted, opinion=opinion)
        note = {"form": found["id"], "returned_by": found["org_id"]}
        await self._room.orders.move(actor, order, move, extra=extra, note=note, also=also)

    async def _decision(self, row: Row, found: Row, *, granted: bool, opinion: str) -> tuple[life.Move, dict[str, Any]]:
        if not granted:
            return life.RejectReturn(opinion=opinion), {"locked": True}
        before = {one["org_id"] async for one in SQL.granted_returns(self._room.pool, order_id=row["id"])}
        orgs = before | {found["org_id"]}
        extra = {"returns": len(orgs)}
        policy = self._room.orders.policy_of(row).returns
        if onward(orgs, row["redispatches"], policy) is Onward.SIGN:
            return life.NeedSign(reason=SignCause.RETURNED), extra
        return life.GrantReturn(opinion=opinion), extra

    async def _returnable(self, actor: Actor, order: OrderId) -> Row:
        """The row, when the actor's unit may still return it. A late try is written down, and locks the order to the
        unit (XY-20)."""
        row = await order_at(self._room, actor, order)
        life.advance(Stage(row["stage"]), life.RequestReturn)
        if row["owner_org_id"] != actor.org_id:
            raise NoReturn
        due = self.window_due(row)
        if not in_time(self._room.clock.now(), due):
            await self._too_late(actor, row, due)
        if row["locked"]:
            raise ReturnLocked
        return row

    async def _too_late(self, actor: Actor, row: Row, due: datetime) -> None:
        now = self._room.clock.now()

        async def also(db: Connection, _: asyncpg.Record) -> None:
            await SQL.insert_late(
                db,
                id=new_id(),
                order_id=row["id"],
                org_id=actor.org_id,
                tried_by=actor.user_id,
                at=now,
                window_due_at=due,
            )

        said = {"window_due_at": due}
        changes = {"locked": True}
        await self._room.orders.record(actor, OrderId(row["id"]), "return_expired", said, changes=changes, also=also)
        raise ReturnWindowExpired(due=self._room.local(due))

    async def _signatory(self, actor: Actor) -> UUID | None:
        """The head signs, or whoever a recorded delegation names today: its id. Raises NotTheHead."""
        if Role.UNIT_HEAD in actor.roles:
            return None
        row = await SQL.delegation_for(
            self._room.pool, org_id=actor.org_id, deputy_user=actor.user_id, at=self._room.clock.now()
        )
        if row is None:
            raise NotTheHead
        return UUID(str(row["id"]))

    async def _dispute(self, db: Connection, moved: asyncpg.Record) -> None:
        """SJ-24: departments disagree on who is in charge; quality control rules on it."""
        forms = [row async for row in SQL.signed_returns(db, order_id=moved["id"])]
        orgs = [row["org_id"] for row in forms]
        cause = dispute_of(orgs, {row["org_id"]: row["suggested_org_id"] for row in forms})
        if cause is not None:
            await self._signing.dispute(db, moved, cause, list(dict.fromkeys(orgs)))
