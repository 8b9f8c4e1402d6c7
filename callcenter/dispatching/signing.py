"""签派 (XY-22, XY-23): opened by rule or by hand, the deputy's opinion, the leader's approval; the result is locked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.dispatching.asking import Wanted
from callcenter.dispatching.dispatches import Dispatches, Hop
from callcenter.dispatching.events import DispatchDisputed
from callcenter.dispatching.refusals import CoIsLead, NoReturn, NoSignForm, NoSuchBody, TaskDueWrong
from callcenter.dispatching.returning import APPROVED, digest_of
from callcenter.dispatching.room import CENTRE_STAFF, SQL, UNIT_STAFF, Body, Room, bodies_of, order_at
from callcenter.dispatching.terms import SIGN_CAUSES, SignCause, TaskKind
from callcenter.orders import lifecycle as life
from callcenter.orders.room import Conflict
from callcenter.orders.terms import Stage
from callcenter.outbox.model import Notice, To
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

Row = Mapping[str, Any]
CO_TASK = "协助主办单位处置"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Who shall lead, who helps, and by when."""

    lead: OrgId
    co: tuple[OrgId, ...]
    due: datetime


async def settle_return(
    room: Room,
    db: Connection,
    moved: asyncpg.Record,
    form: Row,
    *,
    granted: bool,
    opinion: str,
    by: UserId,
    at: datetime,
) -> None:
    """Decides Form 1 in the transaction of the move that follows from it, and tells the unit. Raises NoReturn when
    somebody else has decided."""
    decision = "granted" if granted else "rejected"
    if await SQL.decide_return(db, id=form["id"], decision=decision, opinion=opinion, by=by, at=at) is None:
        raise NoReturn
    words = {"number": moved["number"], "result": "同意" if granted else "不同意"}
    to = To(org=OrgId(form["org_id"]), roles=UNIT_STAFF)
    await room.outbox.post(db, Notice(kind="return_decided", to=to, order=OrderId(moved["id"]), words=words))


class Signing:
    def __init__(self, room: Room, dispatches: Dispatches) -> None:
        self._room = room
        self._dispatches = dispatches

    async def need(self, actor: Actor, order: OrderId, cause: SignCause, text: str) -> None:
        """By hand (XY-22, A-06b): nobody is clearly in charge, or the units pass the buck. A return that is under
        review is granted by it, for the unit loses the order, and counts among the order's returns. Raises MoveRefused,
        Conflict, Forbidden."""
        actor.require(*CENTRE_STAFF)
        returned = await self._under_review(order)
        orgs = {row["org_id"] async for row in SQL.granted_returns(self._room.pool, order_id=order)}
        by, now = UserId(actor.user_id), self._room.clock.now()

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            await self.open(db, moved, cause, text, actor)
            await self.dispute(db, moved, cause, [])
            if await self._under_review(order, db) != returned:
                raise Conflict
            if returned is not None:
                await settle_return(self._room, db, moved, returned, granted=True, opinion=text, by=by, at=now)

        note: dict[str, Any] = {"text": text}
        extra: dict[str, Any] = {}
        if returned is not None:
            note |= {"form": returned["id"], "returned_by": returned["org_id"]}
            extra = {"returns": len(orgs | {returned["org_id"]})}
        await self._room.orders.move(actor, order, life.NeedSign(reason=cause), extra=extra, note=note, also=also)

    async def _under_review(self, order: OrderId, db: Connection | None = None) -> Row | None:
        found = await SQL.open_return(db or self._room.pool, order_id=order)
        return dict(found) if found is not None and found["signed_at"] else None

    async def open(self, db: Connection, moved: asyncpg.Record, cause: SignCause, text: str, actor: Actor) -> None:
        """In the transaction of the move that made it necessary."""
        await SQL.open_sign(
            db,
            id=new_id(),
            order_id=moved["id"],
            centre_org_id=moved["centre_org_id"],
            cause=cause,
            cause_text=text,
            opened_at=self._room.clock.now(),
            opened_by=actor.user_id,
        )
        to = To(org=OrgId(moved["centre_org_id"]), roles=frozenset({Role.DEPUTY}))
        words = {"number": moved["number"], "cause": SIGN_CAUSES[cause][0]}
        await self._room.outbox.post(db, Notice(kind="sign_needed", to=to, order=OrderId(moved["id"]), words=words))

    async def dispute(self, db: Connection, moved: asyncpg.Record, cause: str, orgs: Sequence[OrgId]) -> None:
        """Quality control hears of it, and finds it in `dispatch_dispute`, until it is settled."""
        opened = await SQL.open_dispute(
            db,
            id=new_id(),
            order_id=moved["id"],
            cause=cause,
            org_ids=list(orgs),
            block_reason=moved["block_reason"],
            opened_at=self._room.clock.now(),
        )
        if opened is not None:
            at, order = self._room.clock.now(), OrderId(moved["id"])
            self._room.bus.publish(DispatchDisputed(at=at, order=order, cause=cause, orgs=tuple(orgs)))

    async def propose(self, actor: Actor, order: OrderId, opinion: str, proposal: Proposal) -> None:
        """The deputy in charge: opinion, lead, co-handlers, due. Raises NoSignForm, NoSuchBody, CoIsLead,
        TaskDueWrong."""
        actor.require(Role.DEPUTY)
        row = await order_at(self._room, actor, order)
        await self._check(actor, row, proposal)

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            done = await SQL.propose_sign(
                db,
                order_id=order,
                opinion=opinion,
                lead_org_id=proposal.lead,
                co_org_ids=list(proposal.co),
                due_at=proposal.due,
                by=actor.user_id,
                at=self._room.clock.now(),
            )
            if done is None:
                raise NoSignForm
            to = To(org=OrgId(moved["centre_org_id"]), roles=frozenset({Role.LEADER}))
            words = {"number": moved["number"]}
            await self._room.outbox.post(db, Notice(kind="sign_proposed", to=to, order=order, words=words))

        said = {"opinion": opinion, "lead": proposal.lead, "co": list(proposal.co), "due_at": proposal.due}
        await self._room.orders.record(actor, order, "sign_proposed", said, also=also)

    async def approve(self, actor: Actor, order: OrderId, instruction: str, modified: Proposal | None) -> None:
        """The leader approves as proposed, or with changes: the order goes to the unit and cannot be returned. Raises
        NoSignForm, NoSuchBody, CoIsLead, TaskDueWrong."""
        actor.require(Role.LEADER)
        row = await order_at(self._room, actor, order)
        form = await SQL.open_sign_form(self._room.pool, order_id=order)
        if form is None or form["proposed_at"] is None:
            raise NoSignForm
        final = modified or Proposal(lead=form["lead_org_id"], co=tuple(form["co_org_ids"]), due=form["due_at"])
        lead = await self._check(actor, row, final)
        settled = dict(form) | {"lead_org_id": final.lead, "co_org_ids": list(final.co), "due_at": final.due}
        digest, now = digest_of(settled, APPROVED), self._room.clock.now()
        reason = instruction.strip() or form["opinion"]
        co = tuple(Wanted(kind=TaskKind.CO, org=org, task=CO_TASK, due=final.due) for org in final.co)
        noted = self._dispatches.note(actor, Hop(kind="signed", lead=lead, reason=reason, co=co))

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            done = await SQL.approve_sign(
                db,
                id=form["id"],
                proposed_at=form["proposed_at"],
                decision="modified" if modified else "approved",
                instruction=instruction,
                lead_org_id=final.lead,
                co_org_ids=list(final.co),
                due_at=final.due,
                by=actor.user_id,
                at=now,
                digest=digest,
            )
            if done is None:
                raise NoSignForm
            await SQL.settle_dispute(db, order_id=order, at=now)
            await noted(db, moved)

        note = {"form": form["id"], "digest": digest, "modified": modified is not None}
        move = life.SignDispatch(unit=final.lead, reason=reason)
        await self._room.orders.move(actor, order, move, note=note, also=also)

    async def refuse(self, actor: Actor, order: OrderId, instruction: str) -> None:
        """The leader gives it back to the deputy, who proposes anew; the refusal stays on the form. Raises
        NoSignForm."""
        actor.require(Role.LEADER)
        await order_at(self._room, actor, order)

        async def also(db: Connection, _: asyncpg.Record) -> None:
            now = self._room.clock.now()
            if await SQL.refuse_sign(db, order_id=order, instruction=instruction, at=now) is None:
                raise NoSignForm

        await self._room.orders.record(actor, order, "sign_refused", {"instruction": instruction}, also=also)

    async def _check(self, actor: Actor, row: Row, proposal: Proposal) -> Body:
        if row["stage"] != Stage.SIGN_PENDING:
            life.advance(Stage(row["stage"]), life.SignDispatch)
        if proposal.lead in proposal.co or len(set(proposal.co)) < len(proposal.co):
            raise CoIsLead
        if proposal.due <= self._room.clock.now():
            raise TaskDueWrong
        found = await bodies_of(self._room, [proposal.lead, *proposal.co])
        lead = found[proposal.lead]
        if not actor.sees(lead.path) or lead.kind in {"centre", "external", "discipline"}:
            raise NoSuchBody
        return lead
