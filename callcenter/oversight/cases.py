"""Cases: 提醒、书面说明、约谈、问责、移送: opened by a trigger or by people, answered, ended (A3.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from callcenter.core import errors
from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.core.pages import place_of
from callcenter.oversight.case_life import AUTHORITY, BY_UNIT, UNIT, Act, State, after, open_acts
from callcenter.oversight.judging import open_case
from callcenter.oversight.room import SANCTIONS, SQL, Incomplete, NeedsAnother, NoSuchPerson, NotThere, Room
from callcenter.oversight.terms import FLAG_NAMES, GRAVE, CaseKind, Flag, MeetingKind
from callcenter.oversight.views import CasePage, CaseView, EvidenceView, shown
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

REASONS: Final[Mapping[CaseKind, frozenset[str]]] = {
    CaseKind.REMINDER: frozenset({Flag.PASSING_BUCK, Flag.INACTION, Flag.SLOW}),
    CaseKind.REFERRAL: frozenset({Flag.INACTION, Flag.BAD_ATTITUDE, Flag.SLOW}),
}
"""XY-31, JC-40: the reasons that the documents name."""
REFERRERS: Final = frozenset({Role.INSPECTOR, Role.SUPERVISOR, Role.DEPUTY, Role.LEADER, Role.DISCIPLINE})
MET: Final = frozenset({CaseKind.REMINDER})
TEXTS: Final = frozenset({Act.SUBMIT, Act.HOLD, Act.REPLY, Act.CLOSE, Act.RETURN, Act.DISMISS})


class StepMissing(errors.Refused):
    code = "ladder-step-missing"
    zh = "{zh_what}（GH-20：须上一步认定“落实不力”后才能进入下一步）"
    en = "{en_what} (GH-20: each step needs the one before it ended as poor)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """Opened by hand. `references` are ids of what proves it (orders, calls, recordings); no citizen's data."""

    kind: CaseKind
    reason: str
    org: OrgId | None = None
    reason_code: str = ""
    order: OrderId | None = None
    meeting: UUID | None = None
    supervision: UUID | None = None
    previous: UUID | None = None
    person: UserId | None = None
    references: Sequence[tuple[str, str]] = ()
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an act carries: the explanation, the record of an interview, a reply, an opinion."""

    text: str = ""
    commitments: str = ""
    due_on: date | None = None
    poor: bool = False


class Cases:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def list(
        self,
        actor: Actor,
        *,
        kind: str | None = None,
        state: str | None = None,
        org: OrgId | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> CasePage:
        """Raises BadCursor."""
        at, before = place_of(cursor)
        rows = [
            row
            async for row in SANCTIONS.list_cases(
                self._room.pool,
                path=await self._room.reach(actor),
                user_id=actor.user_id,
                kind=kind,
                state=state,
                org_id=org,
                before_at=at,
                before_id=before,
                limit=limit + 1,
            )
        ]
        return CasePage.cut(rows, limit, lambda row: _view(row, actor), lambda row: (row["opened_at"], row["id"]))

    async def get(self, actor: Actor, case: UUID) -> CaseView:
        """With its evidence. Raises NotThere."""
        row = await SANCTIONS.case_by_id(
            self._room.pool, id=case, path=await self._room.reach(actor), user_id=actor.user_id
        )
        if row is None:
            raise NotThere
        evidence = [shown(EvidenceView, one) async for one in SANCTIONS.case_evidence(self._room.pool, case_id=case)]
        return _view(row, actor, evidence)

    async def open(self, actor: Actor, new: NewCase) -> CaseView:
        """Raises Forbidden, Incomplete, DuePast, StepMissing, NoSuchOrg, NoSuchOrder, NoSuchPerson, NotThere."""
        actor.require(*(AUTHORITY[new.kind] | (REFERRERS if new.kind is CaseKind.REFERRAL else frozenset())))
        await self._check(actor, new)
        slot, person, role = "", new.person, min(AUTHORITY[new.kind])
        if new.org is not None and person is None:
            slot, person = await self._room.answerable(new.org, new.reason_code, self._room.clock.now())
        async with self._room.pool.acquire() as db, db.transaction():
            case = await open_case(
                self._room,
                db,
                kind=new.kind,
                org=new.org,
                trigger="by_hand",
                by_role=role,
                reason=new.reason,
                reason_code=new.reason_code,
                order=new.order,
                slot=slot,
                person=person,
                meeting=new.meeting,
                supervision=new.supervision,
                previous=new.previous,
                references=[{"kind": kind, "id": one} for kind, one in new.references],
                opened_by=actor.user_id,
                due_at=self._room.end_of(new.due_on),
            )
            await self._room.audit.record(db, actor.user_id, "case_opened", "case", case, {"kind": new.kind})
        return await self.get(actor, case)

    async def act(self, actor: Actor, case: UUID, act: Act, done: Done) -> CaseView:
        """Raises NotThere, Forbidden, CaseMoveRefused, NeedsAnother, Incomplete."""
        held = await self.get(actor, case)
        kind = CaseKind(held.kind)
        _check_who(actor, held, kind, act)
        if act in TEXTS and not done.text.strip():
            raise Incomplete(zh_what="文字内容", en_what="the text")
        async with self._room.pool.acquire() as db, db.transaction():
            row = await SANCTIONS.lock_case(db, id=case)
            state = after(kind, State(row["state"]), act)
            if act in {Act.CONFIRM, Act.DISMISS} and actor.user_id == row["opened_by"]:
                raise NeedsAnother(reason_zh="移送须两人", reason_en="a referral takes two persons")
            await self._write(db, actor, row, state, act, done)
            await self._room.audit.record(db, actor.user_id, f"case_{act}", "case", case, {"state": state})
        return await self.get(actor, case)

    async def _write(self, db: Connection, actor: Actor, row: Any, state: State, act: Act, done: Done) -> None:
        now, by = self._room.clock.now(), actor.user_id
        names = ("text", "commitments", "opinion", "outcome", "due_at", "replied_by", "replied_at")
        columns = {name: row[name] for name in (*names, "second_by", "second_at", "closed_by", "closed_at")}
        match act:
            case Act.SUBMIT | Act.REPLY:
                columns |= {"replied_by": by, "replied_at": now, "text": _joined(row["text"], act, done.text)}
            case Act.HOLD:
                columns |= {"text": done.text, "commitments": done.commitments}
                columns["due_at"] = self._room.end_of(done.due_on) or row["due_at"]
            case Act.CONFIRM:
                columns |= {"second_by": by, "second_at": now, "opinion": done.text}
            case Act.RETURN:
                columns["opinion"] = done.text
            case _:
                columns |= {"opinion": done.text, "closed_by": by, "closed_at": now}
                columns["outcome"] = "poor" if done.poor else "done"
        await SANCTIONS.move_case(db, id=row["id"], state=state, **columns)
        if row["org_id"] is not None:
            words = {"document": row["number"], "state": state.value}
            org = OrgId(row["org_id"])
            await self._room.tell(db, "case_moved", org, UNIT, row["order_id"], **words)

    async def _check_named(self, actor: Actor, new: NewCase) -> None:
        """What the case names is there, and the actor sees it."""
        path = await self._room.reach(actor)
        if new.order is not None:
            await self._room.orders.row(actor, new.order)
        if new.meeting is not None and await SQL.meeting_by_id(self._room.pool, id=new.meeting, path=path) is None:
            raise NotThere
        seen = {"path": path, "user_id": actor.user_id}
        if new.supervision is not None and not await SQL.supervision_by_id(self._room.pool, id=new.supervision, **seen):
            raise NotThere
        if new.previous is not None:
            await self.get(actor, new.previous)
        if new.person is not None and not await SQL.works_for(self._room.pool, user_id=new.person, org_id=new.org):
            raise NoSuchPerson

    async def _check(self, actor: Actor, new: NewCase) -> None:
        self._room.not_past(new.due_on)
        await self._check_named(actor, new)
        if new.org is not None:
            await self._room.org(actor, new.org)
        elif new.kind is not CaseKind.POLICE:
            raise Incomplete(zh_what="单位", en_what="the organisation")
        reasons = REASONS.get(new.kind)
        if reasons is not None and new.reason_code not in reasons:
            zh, en = zip(*(FLAG_NAMES[one] for one in sorted(reasons)), strict=True)
            raise Incomplete(zh_what=f"事由（{'、'.join(zh)}之一）", en_what=f"the reason: one of {', '.join(en)}")
        if new.kind in {CaseKind.REFERRAL, CaseKind.POLICE} and not new.references:
            raise Incomplete(zh_what="证据材料", en_what="the evidence")
        if new.kind in MET:
            meeting = await SQL.meeting_by_id(self._room.pool, id=new.meeting, path=await self._room.reach(actor))
            if meeting is None or meeting["kind"] != MeetingKind.OFFICE:
                raise Incomplete(zh_what="主任办公会", en_what="the director's office meeting")
        if new.kind is CaseKind.LEADER_INTERVIEW:
            await self._check_supervised(new)
        if new.kind is CaseKind.ACCOUNTABILITY:
            await self._check_interviewed(new)

    async def _check_supervised(self, new: NewCase) -> None:
        row = await SQL.lock_supervision(self._room.pool, id=new.supervision)
        poor = row is not None and row["verdict"] == "poor" and row["target_org_id"] == new.org
        flags = (
            {
                one["flag"]
                async for one in SANCTIONS.confirmed_flags(self._room.pool, order_id=row["order_id"], org_id=new.org)
            }
            if poor
            else set()
        )
        if not flags & GRAVE:
            raise StepMissing(
                zh_what="须先有已认定的拖拉敷衍、推诿扯皮或草草结案，且督办认定落实不力",
                en_what="a confirmed flag and a supervision that ended as poor come first",
            )

    async def _check_interviewed(self, new: NewCase) -> None:
        row = await SANCTIONS.lock_case(self._room.pool, id=new.previous)
        if (
            row is None
            or row["kind"] != CaseKind.LEADER_INTERVIEW
            or row["org_id"] != new.org
            or (row["state"], row["outcome"]) != (State.CLOSED, "poor")
        ):
            raise StepMissing(
                zh_what="须先完成领导约谈且认定落实不力", en_what="a leader's interview that ended as poor comes first"
            )


def _joined(text: str, act: Act, added: str) -> str:
    """A reply stands below the record of the interview; a new explanation replaces the one that was returned."""
    return f"{text}\n\n{added}" if act is Act.REPLY and text else added


def _check_who(actor: Actor, held: CaseView, kind: CaseKind, act: Act) -> None:
    if act in BY_UNIT:
        actor.require(*UNIT)
        if actor.org_id != held.org_id:
            raise errors.Forbidden
        return
    actor.require(*AUTHORITY[kind])
    if held.org_id is not None and actor.org_id == held.org_id:
        raise NeedsAnother(reason_zh="被问责单位不得自行处理", reason_en="the org itself does not decide its case")


def _view(row: Any, actor: Actor, evidence: Sequence[EvidenceView] = ()) -> CaseView:
    kind = CaseKind(row["kind"])
    mine = actor.org_id == row["org_id"]
    acts = [
        act
        for act in open_acts(kind, State(row["state"]))
        if (actor.may(*UNIT) and mine if act in BY_UNIT else actor.may(*AUTHORITY[kind]) and not mine)
    ]
    return shown(
        CaseView,
        row,
        evidence=tuple(evidence),
        acts=tuple(acts),
        references=tuple((one["kind"], one["id"]) for one in row["evidence"]),
    )
