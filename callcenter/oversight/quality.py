"""质控: tasks before, during and after (SJ-22), reviews by inspectors who had no hand in the order (SJ-23)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.core.pages import place_of
from callcenter.outbox.model import Notice, To
from callcenter.oversight.checks import CHECKLISTS, Check, Contradiction
from callcenter.oversight.room import SANCTIONS, SQL, Incomplete, NeedsAnother, NotNow, NotThere, Room
from callcenter.oversight.terms import Flag, Hook
from callcenter.oversight.views import TaskPage, TaskView, shown
from callcenter.oversight.violations import Found, note_violation
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

INSPECTORS: Final = frozenset({Role.INSPECTOR})
ANSWERERS: Final = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReview:
    """SJ-23. `verdict`: passed, rectify (with action and due), far_fetched or justified (of a return). `checklist`:
    code of the question → yes or no."""

    focus: str
    indicator: str
    finding: str
    severity: str
    verdict: str
    action: str = ""
    due_on: date | None = None
    checklist: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """`source` is what makes the task once."""

    hook: Hook
    origin: str
    source: str
    qc_class: str = ""
    checks: Sequence[Check] = ()
    diff: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    hints: Sequence[Contradiction] = ()
    due_at: datetime | None = None


async def open_task(room: Room, db: Connection, order: asyncpg.Record, new: NewTask) -> bool:
    """Whether it is new."""
    made = await SQL.insert_task(
        db,
        id=new_id(),
        order_id=order["id"],
        hook=new.hook,
        qc_class=new.qc_class,
        origin=new.origin,
        source_key=new.source,
        checks=[check._asdict() for check in new.checks],
        diff=dict(new.diff),
        hints=[list(hint) for hint in new.hints],
        org_id=order["owner_org_id"],
        opened_at=room.clock.now(),
        due_at=new.due_at,
    )
    return made is not None


class Quality:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def tasks(
        self,
        actor: Actor,
        *,
        state: str | None = None,
        qc_class: str | None = None,
        hook: str | None = None,
        order: OrderId | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> TaskPage:
        """Raises BadCursor."""
        at, before = place_of(cursor)
        rows = [
            row
            async for row in SQL.list_tasks(
                self._room.pool,
                path=await self._room.reach(actor),
                state=state,
                qc_class=qc_class,
                hook=hook,
                order_id=order,
                before_at=at,
                before_id=before,
                limit=limit + 1,
            )
        ]
        return TaskPage.cut(
            rows,
            limit,
            lambda row: shown(TaskView, row, qc_class=row["class"]),
            lambda row: (row["opened_at"], row["id"]),
        )

    async def open_by_hand(self, actor: Actor, order: OrderId, hook: Hook) -> None:
        """An inspector takes an order out for a look (SJ-23). Raises Forbidden, NoSuchOrder."""
        actor.require(*INSPECTORS)
        row = await self._room.orders.row(actor, order)
        async with self._room.pool.acquire() as db, db.transaction():
            source = f"hand:{order}:{hook}:{row['version']}"
            await open_task(self._room, db, row, NewTask(hook=hook, origin="by_hand", source=source))

    async def review(self, actor: Actor, task: UUID, new: NewReview) -> None:
        """Raises Forbidden, NotThere, NotNow, NeedsAnother, Incomplete, DuePast."""
        actor.require(*INSPECTORS)
        _check(new)
        self._room.not_past(new.due_on)
        held = await self._mine(actor, task)
        order = OrderId(held["order_id"])

        async def also(db: Connection, _: object) -> None:
            locked = await SQL.lock_task(db, id=task)
            if locked["state"] != "open":
                raise NotNow(state=locked["state"])
            await self._write(db, actor, locked, new)

        body = {"task": str(task), "verdict": new.verdict, "severity": new.severity}
        await self._room.orders.record(actor, order, "quality_reviewed", body, also=also)

    async def answer(self, actor: Actor, task: UUID, text: str) -> None:
        """What was put right, by the org that a review told to; once. Raises Forbidden, NotThere."""
        actor.require(*ANSWERERS)
        async with self._room.pool.acquire() as db, db.transaction():
            now = self._room.clock.now()
            row = await SQL.answer_review(db, task_id=task, org_id=actor.org_id, answer=text, by=actor.user_id, at=now)
            if row is None:
                raise NotThere
            order = await SANCTIONS.order_row(db, id=row["order_id"])
            notice = Notice(
                kind="quality_rectified",
                to=To(user=UserId(row["inspector_id"])),
                order=OrderId(row["order_id"]),
                words={"number": order["number"]},
            )
            await self._room.outbox.post(db, notice)
            await self._room.audit.record(db, actor.user_id, "quality_answered", "qc_task", task)

    async def _mine(self, actor: Actor, task: UUID) -> Any:
        path = await self._room.reach(actor)
        held = await SQL.lock_task(self._room.pool, id=task)
        if held is None:
            raise NotThere
        org = await SQL.org_place(self._room.pool, id=held["org_id"])
        if not org["path"].startswith(path):
            raise NotThere
        if await SQL.had_a_hand(self._room.pool, order_id=held["order_id"], user_id=actor.user_id):
            raise NeedsAnother(
                reason_zh="质检员不得检查自己经办或审核过的工单",
                reason_en="an inspector does not inspect what he handled or reviewed",
            )
        return held

    async def _write(self, db: Connection, actor: Actor, task: Any, new: NewReview) -> None:
        now = self._room.clock.now()
        known = {question.code for question in CHECKLISTS[Hook(task["hook"])]}
        await SQL.insert_review(
            db,
            id=new_id(),
            task_id=task["id"],
            order_id=task["order_id"],
            inspector_id=actor.user_id,
            focus=new.focus,
            indicator=new.indicator,
            finding=new.finding,
            severity=new.severity,
            action=new.action,
            due_on=new.due_on,
            verdict=new.verdict,
            checklist={code: yes for code, yes in new.checklist.items() if code in known},
            at=now,
        )
        await SQL.finish_task(db, id=task["id"])
        if new.verdict == "rectify":
            row = await SANCTIONS.order_row(db, id=task["order_id"])
            words = {"number": row["number"], "due": str(new.due_on)}
            heads = frozenset({Role.UNIT_HEAD, Role.UNIT_OPERATOR})
            await self._room.tell(db, "quality_rectify", OrgId(task["org_id"]), heads, OrderId(row["id"]), **words)
        if new.verdict == "far_fetched":
            found = Found(
                org=OrgId(task["org_id"]),
                flag=Flag.BAD_RETURN,
                source=f"review:{task['id']}",
                at=now,
                reason=new.finding,
                by=actor.user_id,
            )
            await note_violation(self._room, db, OrderId(task["order_id"]), found, confirmed_by=actor.user_id)
            row = await SANCTIONS.order_row(db, id=task["order_id"])
            desk = frozenset({Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR})
            centre = OrgId(row["centre_org_id"])
            await self._room.tell(db, "return_far_fetched", centre, desk, OrderId(row["id"]), number=row["number"])

    async def force_duty(self, actor: Actor, order: OrderId, org: OrgId, reason: str) -> None:
        """SJ-28: quality control fixes who is responsible. Raises Forbidden, NoSuchOrder, NoSuchOrg."""
        actor.require(*INSPECTORS)
        row = await self._room.orders.row(actor, order)
        await self._room.org(actor, org)
        held = row["duty_org_id"]

        async def also(db: Connection, _: object) -> None:
            desk = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
            await self._room.tell(db, "duty_forced", OrgId(row["centre_org_id"]), desk, order, number=row["number"])

        body = {"from": str(held) if held else None, "to": str(org), "reason": reason}
        await self._room.orders.record(actor, order, "duty_forced", body, changes={"duty_org_id": org}, also=also)


def _check(new: NewReview) -> None:
    if new.verdict == "rectify" and (not new.action.strip() or new.due_on is None):
        raise Incomplete(zh_what="整改要求与期限", en_what="the action and its due date")
