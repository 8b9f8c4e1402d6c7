"""督办 and 催办: opened by people or proposed by rules, answered by the unit, ended with a verdict (JC-24, B-18)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import asyncpg

from callcenter.core import errors
from callcenter.core.ids import OrderId, OrgId, new_id
from callcenter.core.pages import place_of
from callcenter.outbox.model import Notice, To
from callcenter.oversight.choices import check_higher, named
from callcenter.oversight.entering import OPENERS, NewSupervision, insert, kept_as
from callcenter.oversight.room import SQL, Incomplete, NeedsAnother, NotNow, NotThere, Room
from callcenter.oversight.terms import MODE_NAMES, Mode, Trigger, Verdict
from callcenter.oversight.views import Participant, SupervisionPage, SupervisionView, shown
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

URGERS: Final = OPENERS | {Role.DISPATCHER, Role.REVIEWER}
ANSWERERS: Final = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD})
HEARERS: Final = ANSWERERS | {Role.DISPATCHER, Role.SUPERVISOR}
MARK: Final = {Mode.URGE: "催"}


class UrgeFirst(errors.Refused):
    code = "urge-first"
    zh = "逾期工单须先催办，再督办（B-18）；处理办法：先发出催办"
    en = "an overdue order is reminded before it is supervised (B-18): send the reminder first"


class ModeUnknown(errors.Refused):
    code = "supervision-mode-unknown"
    zh = "该工单适用的规则不采用“{zh_mode}”；可用：{zh_known}"
    en = "the order's rule set knows no supervision {en_mode}; it knows: {en_known}"


class NotMet(errors.Invalid):
    code = "meeting-not-of-this-order"
    zh = "所选会议未列该工单或尚无纪要；处理办法：把工单列入会议议程并写明纪要"
    en = "the meeting does not have the order on its agenda, or has no minutes yet: put it there and write them"


class Supervisions:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def list(
        self, actor: Actor, *, state: str | None, order: OrderId | None, cursor: str | None, limit: int
    ) -> SupervisionPage:
        """Raises BadCursor."""
        at, before = place_of(cursor)
        rows = [
            row
            async for row in SQL.list_supervisions(
                self._room.pool,
                path=await self._room.reach(actor),
                user_id=actor.user_id,
                state=state,
                order_id=order,
                before_at=at,
                before_id=before,
                limit=limit + 1,
            )
        ]
        return SupervisionPage.cut(rows, limit, _view, lambda row: (row["proposed_at"], row["id"]))

    async def get(self, actor: Actor, supervision: UUID) -> SupervisionView:
        """Raises NotThere."""
        path = await self._room.reach(actor)
        row = await SQL.supervision_by_id(self._room.pool, id=supervision, path=path, user_id=actor.user_id)
        if row is None:
            raise NotThere
        return _view(row)

    async def open(self, actor: Actor, order: OrderId, new: NewSupervision) -> SupervisionView:
        """Raises Forbidden, NoSuchOrder, NoSuchOrg, NoSuchPerson, DuePast, ModeUnknown, NotMet, Incomplete, UrgeFirst,
        Conflict."""
        actor.require(*(URGERS if new.mode is Mode.URGE else OPENERS))
        row = await self._room.orders.row(actor, order)
        target = OrgId((await self._room.org(actor, new.target))["id"]) if new.target else OrgId(row["owner_org_id"])
        new = await self._checked(actor, row, target, new)
        urged = await SQL.urged_before(self._room.pool, order_id=order)
        if new.trigger is Trigger.OVERDUE and new.mode is not Mode.URGE and not urged:
            raise UrgeFirst
        one = UUID(str(new_id()))

        async def also(db: Connection, _: object) -> None:
            number = await self._room.number(db, MARK.get(new.mode, "督"))
            await insert(self._room, db, one, order, new, target, actor, number)
            await self._told(db, order, row, target, new, number)

        await self._record(actor, row, new.mode, one, target, also, opened=True)
        return await self.get(actor, one)

    async def confirm(self, actor: Actor, supervision: UUID, new: NewSupervision) -> SupervisionView:
        """A human takes up what a rule proposed; mode and requirement are the human's. Raises as `open`, NotThere,
        NotNow."""
        actor.require(*OPENERS)
        held = await self.get(actor, supervision)
        row = await self._room.orders.row(actor, OrderId(held.order_id))
        target = OrgId(held.target_org_id)
        new = await self._checked(actor, row, target, new)
        kept = held.parties if new.parties is None else new.parties

        async def also(db: Connection, _: object) -> None:
            await self._locked(db, supervision, "proposed")
            number = await self._room.number(db, MARK.get(new.mode, "督"))
            await SQL.confirm_supervision(
                db,
                id=supervision,
                number=number,
                mode=new.mode,
                initiator_id=actor.user_id,
                initiator_org_id=actor.org_id,
                requirement=new.requirement,
                due_on=new.due_on,
                due_at=self._room.end_of(new.due_on),
                higher_org_id=new.higher,
                leader_id=new.leader,
                meeting_id=new.meeting,
                record=new.record,
                parties=kept_as(new.parties),
                visit_at=new.visit_at,
                dissatisfied_at=await SQL.first_dissatisfied(db, order_id=held.order_id),
                at=self._room.clock.now(),
            )
            await self._told(db, OrderId(held.order_id), row, target, replace(new, parties=kept), number)

        await self._record(actor, row, new.mode, supervision, target, also, opened=True)
        return await self.get(actor, supervision)

    async def dismiss(self, actor: Actor, supervision: UUID, reason: str) -> SupervisionView:
        """Raises NotThere, NotNow."""
        actor.require(*OPENERS)
        await self.get(actor, supervision)
        async with self._room.pool.acquire() as db, db.transaction():
            await self._locked(db, supervision, "proposed")
            now = self._room.clock.now()
            await SQL.dismiss_supervision(db, id=supervision, result=reason, closed_by=actor.user_id, at=now)
        return await self.get(actor, supervision)

    async def reply(self, actor: Actor, supervision: UUID, text: str) -> SupervisionView:
        """By the org that is supervised. Raises NotThere, NotNow, Forbidden."""
        actor.require(*HEARERS)
        held = await self.get(actor, supervision)
        if actor.org_id != held.target_org_id:
            raise errors.Forbidden

        async def also(db: Connection, _: object) -> None:
            row = await self._locked(db, supervision, "open", "replied")
            await SQL.reply_supervision(
                db, id=supervision, reply=text, replied_by=actor.user_id, at=self._room.clock.now()
            )
            words = {"number": held.order_number, "document": held.number}
            await self._room.tell(
                db, "supervision_replied", OrgId(row["initiator_org_id"]), OPENERS, OrderId(held.order_id), **words
            )

        body = {"supervision": str(supervision), "mode": held.mode}
        await self._room.orders.record(actor, OrderId(held.order_id), "supervision_replied", body, also=also)
        return await self.get(actor, supervision)

    async def close(
        self, actor: Actor, supervision: UUID, verdict: Verdict, result: str, record: str, meeting: UUID | None
    ) -> SupervisionView:
        """By the supervising side, never by the supervised org. Raises NotThere, NotNow, NeedsAnother, Incomplete,
        NotMet."""
        held = await self.get(actor, supervision)
        mode = Mode(held.mode)
        actor.require(*(URGERS if mode is Mode.URGE else OPENERS))
        if actor.org_id == held.target_org_id:
            raise NeedsAnother(reason_zh="被督办单位不得自行办结", reason_en="the supervised org does not end it")
        record, met = record or held.record, meeting or held.meeting_id
        _check_record(mode, record, met)
        if met is not None:
            await self._check_met(actor, OrderId(held.order_id), met, written=True)
        row = await self._room.orders.row(actor, OrderId(held.order_id))

        async def also(db: Connection, _: object) -> None:
            await self._locked(db, supervision, "open", "replied")
            await SQL.close_supervision(
                db,
                id=supervision,
                verdict=verdict,
                result=result,
                record=record,
                meeting_id=met,
                closed_by=actor.user_id,
                at=self._room.clock.now(),
            )
            words = {"number": held.order_number, "document": held.number}
            target = OrgId(held.target_org_id)
            await self._room.tell(db, f"supervision_{verdict}", target, HEARERS, OrderId(held.order_id), **words)

        await self._record(actor, row, mode, supervision, OrgId(held.target_org_id), also, opened=False)
        return await self.get(actor, supervision)

    async def _checked(self, actor: Actor, row: asyncpg.Record, target: OrgId, new: NewSupervision) -> NewSupervision:
        """With the names of its parties. Raises as `open`."""
        modes = [Mode(one) for one in self._room.orders.policy_of(row).supervise.modes]
        if new.mode is not Mode.URGE and new.mode not in modes:
            known = [MODE_NAMES[one] for one in modes]
            raise ModeUnknown(
                zh_mode=MODE_NAMES[new.mode][0],
                en_mode=MODE_NAMES[new.mode][1],
                zh_known="、".join(zh for zh, _ in known),
                en_known=", ".join(en for _, en in known),
            )
        self._room.not_past(new.due_on)
        _check_complete(new)
        await check_higher(self._room, target, new.higher, new.leader)
        if new.meeting is not None:
            await self._check_met(actor, OrderId(row["id"]), new.meeting, written=False)
        return new if new.parties is None else replace(new, parties=await named(self._room, actor, new.parties))

    async def _check_met(self, actor: Actor, order: OrderId, meeting: UUID, *, written: bool) -> None:
        """JC-24: the meeting is about this order; at the end its minutes are there. Raises NotMet."""
        row = await SQL.meeting_by_id(self._room.pool, id=meeting, path=await self._room.reach(actor))
        if row is None or order not in row["orders"] or (written and not row["minutes"].strip()):
            raise NotMet

    async def _locked(self, db: Connection, supervision: UUID, *states: str) -> Any:
        row = await SQL.lock_supervision(db, id=supervision)
        if row["state"] not in states:
            raise NotNow(state=row["state"])
        return row

    async def _told(
        self, db: Connection, order: OrderId, row: asyncpg.Record, target: OrgId, new: NewSupervision, number: str
    ) -> None:
        words = {"number": row["number"], "document": number, "mode": MODE_NAMES[new.mode][0], "due": str(new.due_on)}
        kind = "urged" if new.mode is Mode.URGE else "supervision_opened"
        await self._room.tell(db, kind, target, HEARERS, order, **words)
        if new.mode is Mode.URGE:  # B-18: with a copy to the leader
            leaders = frozenset({Role.UNIT_HEAD, Role.DEPUTY})
            await self._room.tell(db, kind, OrgId(row["centre_org_id"]), leaders, order, **words)
        if new.higher is not None:
            await self._room.tell(db, kind, new.higher, OPENERS, order, **words)
        if new.leader is not None:
            await self._room.outbox.post(db, Notice(kind=kind, to=To(user=new.leader), order=order, words=words))
        at = new.visit_at.astimezone(self._room.zone).strftime("%Y-%m-%d %H:%M") if new.visit_at else str(new.due_on)
        called = {OrgId(one.org_id) for one in new.parties or () if one.org_id not in {None, target}}
        for org in sorted(called):
            visit = {"number": row["number"], "document": number, "at": at}
            await self._room.tell(db, "visit_called", org, HEARERS, order, **visit)

    async def _record(
        self, actor: Actor, row: asyncpg.Record, mode: Mode, one: UUID, target: OrgId, also: Any, *, opened: bool
    ) -> None:
        """Writes it on the order; a reminder does not hold up the close."""
        body = {"supervision": str(one), "mode": mode, "target": str(target)}
        order = OrderId(row["id"])
        if mode is Mode.URGE:
            await self._room.orders.record(
                actor, order, f"supervision_{'urged' if opened else 'urge_ended'}", body, also=also
            )
            return
        what, step = ("supervision_opened", 1) if opened else ("supervision_closed", -1)

        def counted(held: asyncpg.Record) -> Mapping[str, Any]:
            return {"supervisions": held["supervisions"] + step}

        await self._room.orders.record(actor, order, what, body, changes=counted, also=also)


def _view(row: asyncpg.Record) -> SupervisionView:
    return shown(SupervisionView, dict(row), parties=tuple(Participant(**one) for one in row["parties"]))


def _check_complete(new: NewSupervision) -> None:
    if new.mode is Mode.ESCALATED and new.higher is None and new.leader is None:
        raise Incomplete(zh_what="提级督办的上级单位或领导", en_what="the higher org or leader of an escalation")


def _check_record(mode: Mode, record: str, meeting: UUID | None) -> None:
    """JC-24: what proves that it took place."""
    if mode is Mode.JOINT_MEETING and meeting is None:
        raise Incomplete(zh_what="联席会会议纪要", en_what="the minutes of the joint meeting")
    if mode in {Mode.ON_SITE, Mode.PHONE} and not record.strip():
        raise Incomplete(zh_what="现场或通话记录", en_what="the record of the visit or call")
