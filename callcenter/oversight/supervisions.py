"""督办 and 催办: opened by people or proposed by rules, answered by the unit, ended with a verdict (JC-24, B-18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from callcenter.core import errors
from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.core.pages import place_of
from callcenter.oversight.room import SQL, Incomplete, NeedsAnother, NoSuchOrg, NotNow, NotThere, Room
from callcenter.oversight.terms import MODE_NAMES, Mode, Trigger, Verdict
from callcenter.oversight.views import SupervisionPage, SupervisionView, shown
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

OPENERS: Final = frozenset({Role.SUPERVISOR, Role.DEPUTY, Role.LEADER, Role.INSPECTOR})
URGERS: Final = OPENERS | {Role.DISPATCHER, Role.REVIEWER}
ANSWERERS: Final = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD})
HEARERS: Final = ANSWERERS | {Role.DISPATCHER, Role.SUPERVISOR}
MARK: Final = {Mode.URGE: "催"}


class UrgeFirst(errors.Refused):
    code = "urge-first"
    zh = "逾期工单须先催办，再督办（B-18）；处理办法：先发出催办"
    en = "an overdue order is reminded before it is supervised (B-18): send the reminder first"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSupervision:
    """`due_on` is the last day in time. Escalated names a higher org or a leader; a joint meeting its meeting."""

    mode: Mode
    requirement: str
    due_on: date
    basis: str = ""
    trigger: Trigger = Trigger.BY_HAND
    target: OrgId | None = None
    higher: OrgId | None = None
    leader: UserId | None = None
    meeting: UUID | None = None
    record: str = ""


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
        return SupervisionPage.cut(
            rows, limit, lambda row: shown(SupervisionView, row), lambda row: (row["proposed_at"], row["id"])
        )

    async def get(self, actor: Actor, supervision: UUID) -> SupervisionView:
        """Raises NotThere."""
        path = await self._room.reach(actor)
        row = await SQL.supervision_by_id(self._room.pool, id=supervision, path=path, user_id=actor.user_id)
        if row is None:
            raise NotThere
        return shown(SupervisionView, row)

    async def open(self, actor: Actor, order: OrderId, new: NewSupervision) -> SupervisionView:
        """Raises Forbidden, NoSuchOrder, NoSuchOrg, Incomplete, UrgeFirst, Conflict."""
        actor.require(*(URGERS if new.mode is Mode.URGE else OPENERS))
        row = await self._room.orders.row(actor, order)
        target = await self._target(actor, row, new)
        urged = await SQL.urged_before(self._room.pool, order_id=order)
        if new.trigger is Trigger.OVERDUE and new.mode is not Mode.URGE and not urged:
            raise UrgeFirst
        one = UUID(str(new_id()))

        async def also(db: Connection, _: object) -> None:
            number = await self._room.number(db, MARK.get(new.mode, "督"))
            await _insert(self._room, db, one, order, new, target, actor, number)
            await self._told(db, order, row, target, new, number)

        await self._record(actor, row, new.mode, one, target, also, opened=True)
        return await self.get(actor, one)

    async def confirm(self, actor: Actor, supervision: UUID, new: NewSupervision) -> SupervisionView:
        """A human takes up what a rule proposed; mode and requirement are the human's. Raises NotThere, NotNow."""
        actor.require(*OPENERS)
        held = await self.get(actor, supervision)
        row = await self._room.orders.row(actor, OrderId(held.order_id))
        target = OrgId(held.target_org_id)
        _check_complete(new)

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
                at=self._room.clock.now(),
            )
            await self._told(db, OrderId(held.order_id), row, target, new, number)

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
        """By the supervising side, never by the supervised org. Raises NotThere, NotNow, NeedsAnother, Incomplete."""
        held = await self.get(actor, supervision)
        mode = Mode(held.mode)
        actor.require(*(URGERS if mode is Mode.URGE else OPENERS))
        if actor.org_id == held.target_org_id:
            raise NeedsAnother(reason_zh="被督办单位不得自行办结", reason_en="the supervised org does not end it")
        record, met = record or held.record, meeting or held.meeting_id
        _check_record(mode, record, met)
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

    async def _target(self, actor: Actor, row: asyncpg.Record, new: NewSupervision) -> OrgId:
        _check_complete(new)
        target = new.target or OrgId(row["owner_org_id"])
        if new.target is not None:
            place = await SQL.org_place(self._room.pool, id=target)
            if place is None or not place["path"].startswith(await self._room.reach(actor)):
                raise NoSuchOrg
        return target

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


def _check_complete(new: NewSupervision) -> None:
    if new.mode is Mode.ESCALATED and new.higher is None and new.leader is None:
        raise Incomplete(zh_what="提级督办的上级单位或领导", en_what="the higher org or leader of an escalation")


def _check_record(mode: Mode, record: str, meeting: UUID | None) -> None:
    """JC-24: what proves that it took place."""
    if mode is Mode.JOINT_MEETING and meeting is None:
        raise Incomplete(zh_what="联席会会议纪要", en_what="the minutes of the joint meeting")
    if mode in {Mode.ON_SITE, Mode.PHONE} and not record.strip():
        raise Incomplete(zh_what="现场或通话记录", en_what="the record of the visit or call")


async def _insert(
    room: Room,
    db: Connection,
    one: UUID,
    order: OrderId,
    new: NewSupervision,
    target: OrgId,
    actor: Actor | None,
    number: str,
    source: str | None = None,
) -> bool:
    """Whether it is new: a rule proposes once."""
    dissatisfied: datetime | None = await SQL.first_dissatisfied(db, order_id=order)
    made = await SQL.insert_supervision(
        db,
        id=one,
        order_id=order,
        number=number,
        mode=new.mode,
        state="open" if actor else "proposed",
        trigger=new.trigger,
        basis=new.basis,
        source_key=source,
        initiator_id=actor.user_id if actor else None,
        initiator_org_id=actor.org_id if actor else None,
        target_org_id=target,
        requirement=new.requirement,
        due_on=new.due_on if actor else None,
        due_at=room.end_of(new.due_on) if actor else None,
        higher_org_id=new.higher,
        leader_id=new.leader,
        meeting_id=new.meeting,
        record=new.record,
        dissatisfied_at=dissatisfied,
        at=room.clock.now(),
    )
    return made is not None


async def propose(
    room: Room, db: Connection, row: asyncpg.Record, trigger: Trigger, mode: Mode, source: str, basis: str = ""
) -> bool:
    """By rule, once a `source`; the centre's people are told, and one of them confirms or dismisses it."""
    new = NewSupervision(mode=mode, requirement="", due_on=room.today(), basis=basis, trigger=trigger)
    order, target = OrderId(row["id"]), OrgId(row["owner_org_id"])
    made = await _insert(room, db, UUID(str(new_id())), order, new, target, None, "", source)
    if made:
        words = {"number": row["number"], "mode": MODE_NAMES[mode][0]}
        await room.tell(db, "supervision_proposed", OrgId(row["centre_org_id"]), OPENERS, order, **words)
    return made
