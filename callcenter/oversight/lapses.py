"""What nobody did in time is told, each once: a proposal undecided, a supervision, a case or an instruction unanswered
(JC-24, JC-27, SJ-33, A3.1 T-EXPLAIN)."""

from datetime import timedelta
from typing import Any, Final

from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.outbox.model import Notice, To
from callcenter.oversight.case_life import AUTHORITY
from callcenter.oversight.entering import OPENERS
from callcenter.oversight.judging import conducting
from callcenter.oversight.room import SANCTIONS, SQL, Room
from callcenter.oversight.terms import CASE_NAMES, MODE_NAMES, CaseKind
from callcenter.people.actor import Role
from callcenter.store.pool import Connection

AT_ONCE: Final = 200
LEADERS: Final = frozenset({Role.DEPUTY, Role.LEADER})
UNIT_SIDE: Final = frozenset({Role.UNIT_HEAD, Role.UNIT_OPERATOR, Role.DISPATCHER, Role.SUPERVISOR})


async def tell_lapses(room: Room) -> int:
    """One batch of each; gives how many."""
    told = 0
    for part in (_supervisions, _cases, _instructions):
        async with room.pool.acquire() as db, db.transaction():
            told += await part(room, db)
    return told


async def _supervisions(room: Room, db: Connection) -> int:
    """An undecided proposal alarms who leads the centre (JC-27: no silent loop), an unanswered one both sides."""
    now = room.clock.now()
    rows = [row async for row in SQL.lapsed_supervisions(db, at=now, limit=AT_ONCE)]
    for row in rows:
        order = OrderId(row["order_id"])
        words = {"number": row["order_number"], "mode": MODE_NAMES[row["mode"]][0], "document": row["number"]}
        if row["state"] == "proposed":
            await room.tell(db, "proposal_lapsed", OrgId(row["centre_org_id"]), LEADERS, order, **words)
            continue
        await room.tell(db, "supervision_lapsed", OrgId(row["target_org_id"]), UNIT_SIDE, order, **words)
        await room.tell(db, "supervision_lapsed", OrgId(row["initiator_org_id"]), OPENERS, order, **words)
    await SQL.mark_lapsed(db, ids=[row["id"] for row in rows], at=now)
    return len(rows)


async def _cases(room: Room, db: Connection) -> int:
    """T-EXPLAIN: reminded, and a line of the next circular."""
    now = room.clock.now()
    rows = [row async for row in SANCTIONS.lapsed_cases(db, at=now, limit=AT_ONCE)]
    for row in rows:
        await _tell_case(room, db, row)
        if row["org_id"] is not None:
            due_on = room.calendar.local_date(row["due_at"] - timedelta(microseconds=1))
            await SANCTIONS.tell_case(db, case_id=row["id"], org_id=row["org_id"], due_on=due_on, at=now)
        await SANCTIONS.mark_case_lapsed(db, id=row["id"], at=now)
    return len(rows)


async def _tell_case(room: Room, db: Connection, row: Any) -> None:
    if row["org_id"] is None:
        return
    kind, order = CaseKind(row["kind"]), OrderId(row["order_id"]) if row["order_id"] else None
    words = {"document": row["number"], "kind": CASE_NAMES[kind][0]}
    await room.tell(db, "case_lapsed", OrgId(row["org_id"]), UNIT_SIDE, order, **words)
    for body in await conducting(db, OrgId(row["org_id"])):
        await room.tell(db, "case_lapsed", body, AUTHORITY[kind], order, **words)


async def _instructions(room: Room, db: Connection) -> int:
    rows = [row async for row in SQL.lapsed_instructions(db, today=room.today(), limit=AT_ONCE)]
    for row in rows:
        order, words = OrderId(row["order_id"]) if row["order_id"] else None, {"due": str(row["due_on"])}
        await room.tell(db, "instruction_lapsed", OrgId(row["target_org_id"]), UNIT_SIDE, order, **words)
        to = To(user=UserId(row["leader_id"]))
        await room.outbox.post(db, Notice(kind="instruction_lapsed", to=to, order=order, words=words))
    await SQL.mark_instructions_lapsed(db, ids=[row["id"] for row in rows], at=room.clock.now())
    return len(rows)
