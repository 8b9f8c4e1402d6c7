"""From violations to cases: each trigger of the rule set counts by itself (A3.6), exactly once."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog

from callcenter.core.errors import DomainError
from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.orders.policy import SanctionRule
from callcenter.oversight.case_life import AUTHORITY, first_state
from callcenter.oversight.room import SANCTIONS, Room
from callcenter.oversight.terms import CASE_NAMES, FLAG_NAMES, CaseKind
from callcenter.oversight.triggers import Counted, Counting, evidence, window_of
from callcenter.oversight.weeks import begin_of
from callcenter.people.actor import Role
from callcenter.store.pool import Connection

log = structlog.get_logger(__name__)

BATCH: Final = 100
MARKS: Final = {
    CaseKind.REMINDER: "提",
    CaseKind.EXPLANATION: "说",
    CaseKind.INTERVIEW: "约",
    CaseKind.REMINDING_INTERVIEW: "约提",
    CaseKind.LEADER_INTERVIEW: "领约",
    CaseKind.ACCOUNTABILITY: "问",
    CaseKind.CRITICISM: "批",
    CaseKind.REFERRAL: "移",
    CaseKind.POLICE: "警",
}


async def judge(room: Room) -> int:
    """Looks at confirmed violations that no trigger has seen; gives how many. One transaction: a process that ends in
    between has counted nothing. What cannot be judged now (no calendar for the year) is looked at again next time."""
    judged = 0
    async with room.pool.acquire() as db, db.transaction():
        waiting = [row async for row in SANCTIONS.unjudged(db, limit=BATCH)]
        for row in waiting:
            try:
                async with db.transaction():
                    await _judge_one(room, db, row)
            except (DomainError, ValueError) as error:  # no calendar for the year; an action that is no kind of case
                cause = error.code if isinstance(error, DomainError) else type(error).__name__
                log.warning("violation_not_judged", violation=str(row["id"]), cause=cause)
            else:
                judged += 1
    return judged


async def _judge_one(room: Room, db: Connection, row: Any) -> None:
    """XY-43, XY-45 sanction departments and villages (A-27); a centre's lateness is a fact for the lists alone."""
    if row["org_kind"] == "centre":
        await SANCTIONS.mark_judged(db, id=row["id"], at=room.clock.now())
        return
    order = await SANCTIONS.order_row(db, id=row["order_id"])
    for rule in room.orders.policy_of(order).sanctions:
        if rule.flag == row["flag"]:
            await _apply(room, db, row, rule)
    await SANCTIONS.mark_judged(db, id=row["id"], at=room.clock.now())


async def _apply(room: Room, db: Connection, row: Any, rule: SanctionRule) -> None:
    trigger = f"{rule.flag}:{rule.action}"
    await SANCTIONS.lock_count(db, key=f"{row['org_id']}:{trigger}")
    on = room.calendar.local_date(row["at"])
    counting = Counting(count=rule.count, window=rule.window, reset=rule.reset)
    since, until = window_of(on, rule.window)
    known = [
        Counted(one["id"], room.calendar.local_date(one["at"]))
        async for one in SANCTIONS.counted_with(
            db,
            org_id=row["org_id"],
            flag=rule.flag,
            since=begin_of(since, room.zone),
            until=begin_of(until, room.zone),
        )
    ]
    spent = [one["violation_id"] async for one in SANCTIONS.spent_on(db, org_id=row["org_id"], trigger=trigger)]
    made = evidence(Counted(row["id"], on), known, spent, counting)
    if made is None:
        return
    kind, now = rule.action, room.clock.now()
    case = await open_case(
        room,
        db,
        kind=kind,
        org=OrgId(row["org_id"]),
        trigger=trigger,
        by_role=rule.by,
        reason=f"{FLAG_NAMES.get(row['flag'], (row['flag'],))[0]}×{len(made)}",
        order=OrderId(row["order_id"]) if len(made) == 1 else None,
        slot=row["slot"],
        person=row["person_id"],
        due_at=room.due(now, rule.due.length),
    )
    for violation in made:
        await SANCTIONS.spend(db, case_id=case, violation_id=violation, trigger=trigger)


async def open_case(
    room: Room,
    db: Connection,
    *,
    kind: CaseKind,
    org: OrgId | None,
    trigger: str,
    by_role: Role,
    reason: str,
    reason_code: str = "",
    order: OrderId | None = None,
    slot: str = "",
    person: UserId | None = None,
    meeting: UUID | None = None,
    supervision: UUID | None = None,
    previous: UUID | None = None,
    references: list[dict[str, str]] | None = None,
    opened_by: UserId | None = None,
    due_at: datetime | None = None,
) -> UUID:
    """Writes it, numbers it, and tells the org and those who conduct it."""
    case, now = UUID(str(new_id())), room.clock.now()
    number = await room.number(db, MARKS[kind])
    await SANCTIONS.insert_case(
        db,
        id=case,
        number=number,
        kind=kind,
        state=first_state(kind),
        trigger=trigger,
        org_id=org,
        slot=slot,
        person_id=person,
        by_role=by_role,
        reason_code=reason_code,
        reason=reason,
        order_id=order,
        meeting_id=meeting,
        supervision_id=supervision,
        previous_id=previous,
        evidence=references or [],
        opened_by=opened_by,
        opened_at=now,
        due_at=due_at,
    )
    if org is not None:
        words = {"document": number, "kind": CASE_NAMES[kind][0], "due": f"{due_at:%Y-%m-%d}" if due_at else "—"}
        await room.tell(db, "case_opened", org, frozenset({Role.UNIT_HEAD, Role.UNIT_OPERATOR}), order, **words)
        for body in await conducting(db, org):
            await room.tell(db, "case_opened", body, AUTHORITY[kind] | {by_role}, order, **words)
    return case


async def conducting(db: Connection, org: OrgId) -> list[OrgId]:
    """The centre above the org, and the discipline bodies beside it (XY-43)."""
    return [OrgId(one["id"]) async for one in SANCTIONS.bodies_above(db, org_id=org)]
