"""What happened to orders becomes violations, tasks and proposals: each event once, in one transaction (SJ-22..26)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from callcenter.core.errors import DomainError
from callcenter.core.ids import OrderId, OrgId
from callcenter.orders.policy import Policy
from callcenter.orders.standards import standard_of
from callcenter.oversight.checks import (
    Check,
    Seen,
    automatic,
    contradictions,
    difference,
    disputed,
    hasty,
    sampled,
    too_soon,
)
from callcenter.oversight.entering import propose
from callcenter.oversight.proposing import Facts, Limits, proposals
from callcenter.oversight.quality import NewTask, open_task
from callcenter.oversight.room import SANCTIONS, SQL, Room
from callcenter.oversight.terms import BY_CLOCK, DISPUTES, Flag, Hook, Mode, QcClass, Trigger
from callcenter.oversight.violations import Found, note_violation
from callcenter.people.actor import Role
from callcenter.store.pool import Connection

log = structlog.get_logger(__name__)

BATCH: Final = 200
UNREADABLE: Final = (
    DomainError,
    LookupError,
    ValueError,
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
)
"""What is wrong with one event, and would be wrong again: the others go on."""
PRECEDENTS: Final = 5
DISPATCHES: Final = frozenset({"dispatched", "redispatched", "signed", "claimed"})

Row = asyncpg.Record


async def read_inbox(room: Room) -> int:
    """One batch; gives how many events it took. An event that cannot be read is kept, with the reason."""
    async with room.pool.acquire() as db, db.transaction():
        events = [row async for row in SANCTIONS.take_inbox(db, limit=BATCH)]
        done = []
        for event in events:
            try:
                async with db.transaction():
                    await _conclude(room, db, event)
            except UNREADABLE as error:
                cause = error.code if isinstance(error, DomainError) else type(error).__name__
                log.warning("oversight_event_refused", source=str(event["id"]), move=event["move"], cause=cause)
                await SANCTIONS.refuse_inbox(db, id=event["inbox_id"], code=cause)
            else:
                done.append(event["inbox_id"])
        await SANCTIONS.done_inbox(db, ids=done)
    return len(events)


async def _conclude(room: Room, db: Connection, event: Row) -> None:
    order = await SANCTIONS.order_row(db, id=event["order_id"])
    policy = room.orders.policy_of(order)
    for reader in _READERS.get(event["move"], ()):
        await reader(room, db, event, order, policy)
    if event["changes"]:
        await _changed(room, db, event, order)


async def _breached(room: Room, db: Connection, event: Row, order: Row, _: Policy) -> None:
    """A breached clock is a fact (XY-43..45)."""
    body = event["body"]
    timer = await SANCTIONS.breached_timer(
        db, order_id=order["id"], name=body["timer"], round_no=body["round"], event_at=event["at"]
    )
    if timer is None or timer["consequence"] not in BY_CLOCK:
        return
    flag = Flag(timer["consequence"])
    found = Found(
        org=OrgId(timer["owner_org_id"]),
        flag=flag,
        source=f"event:{event['id']}",
        at=timer["due_at"],
        round_no=body["round"],
        due_at=timer["due_at"],
    )
    await note_violation(room, db, OrderId(order["id"]), found, fact=True)
    if flag is Flag.OVERDUE and order["closed_at"] is None:
        await propose(room, db, order, Trigger.OVERDUE, Mode.URGE, f"overdue:{event['id']}")
        line = standard_of(room.orders.rules_of(order), dict(order))
        if line is not None and line.supervise:  # JC-21: what is to follow the reminder, once a round
            key = f"standard:{order['id']}:{order['round_no']}"
            await propose(room, db, order, Trigger.OVERDUE, Mode(line.supervise), key)


async def _dispatched(room: Room, db: Connection, event: Row, order: Row, policy: Policy) -> None:
    """Before the unit handles it: was it complete, was the basis cited (SJ-22)."""
    checks = automatic(Hook.BEFORE, Seen(order=dict(order), reason=str(event["body"].get("reason", ""))))
    await _sample(room, db, event, order, policy, Hook.BEFORE, checks)


async def _graded(room: Room, db: Connection, event: Row, order: Row, _: Policy) -> None:
    """GH-14: whom the standard by category and level names hears of the dispatch, at the unit and at its centre."""
    line = standard_of(room.orders.rules_of(order), dict(order))
    if line is None or not line.notify:
        return
    unit = await SQL.org_place(db, id=order["owner_org_id"])
    words = {"number": order["number"], "category": order["category"], "unit": unit["name"]}
    for org in dict.fromkeys((order["owner_org_id"], order["centre_org_id"])):
        await room.tell(
            db, "graded_dispatch", OrgId(org), frozenset(map(Role, line.notify)), OrderId(order["id"]), **words
        )


async def _return_asked(room: Room, db: Connection, event: Row, order: Row, policy: Policy) -> None:
    """SJ-24: a dispute once a second return is asked for. SJ-25: what speaks against the reason."""
    asked = [row["org_id"] async for row in SANCTIONS.returns_asked(db, order_id=order["id"])]
    due = room.due(event["at"], policy.qc.ruling_due.length)
    if disputed(asked, asked):
        source = f"q1:{order['id']}:{len(asked)}"
        task = NewTask(hook=Hook.DURING, origin="rule", source=source, qc_class=QcClass.Q1, due_at=due)
        await open_task(room, db, order, task)
    org, category = event["actor_org_id"], order["category"]
    centre = await SQL.org_place(db, id=order["centre_org_id"])
    items = await room.duties.items_of(category, centre["path"])
    handled = SQL.handled_by_org(db, org_id=org, category=category, not_order=order["id"], limit=PRECEDENTS)
    rulings = SQL.rulings_for(db, category=category, place=order["place"], today=room.today())
    hints = contradictions(org, items, [dict(one) async for one in handled], [dict(one) async for one in rulings])
    if hints:
        task = NewTask(
            hook=Hook.DURING,
            origin="rule",
            source=f"q2:{event['id']}",
            qc_class=QcClass.Q2,
            hints=hints,
            due_at=due,
        )
        await open_task(room, db, order, task)


async def _sign_needed(room: Room, db: Connection, event: Row, order: Row, policy: Policy) -> None:
    """SJ-24: units disagree, or none is in charge: a dispute, unless the returns have opened one already."""
    asked = [row["org_id"] async for row in SANCTIONS.returns_asked(db, order_id=order["id"])]
    if not disputed(asked, asked):
        due = room.due(event["at"], policy.qc.ruling_due.length)
        source = f"q1:{event['id']}"
        await open_task(
            room, db, order, NewTask(hook=Hook.DURING, origin="rule", source=source, qc_class=QcClass.Q1, due_at=due)
        )


async def _blocked(room: Room, db: Connection, event: Row, order: Row, policy: Policy) -> None:
    """SJ-03: nobody is responsible, or it cannot be told who is: a dispute (Q1)."""
    reason = event["body"].get("block_reason")
    if reason in DISPUTES:
        due, source = room.due(event["at"], policy.qc.ruling_due.length), f"q1:{order['id']}:{reason}"
        task = NewTask(hook=Hook.DURING, origin="rule", source=source, qc_class=QcClass.Q1, due_at=due)
        await open_task(room, db, order, task)


async def _halfway(room: Room, db: Connection, event: Row, order: Row, policy: Policy) -> None:
    """While it is handled (SJ-22, 事中), at the first sign of its clock: was the citizen contacted. Once a round."""
    counts = await SANCTIONS.evidence_counts(db, order_id=order["id"])
    checks = automatic(Hook.DURING, Seen(order=dict(order), reason=None, contacts=counts["contacts"]))
    if sampled(UUID(str(order["id"])), Hook.DURING, policy.qc.sampling):
        source = f"halfway:{order['id']}:{order['round_no']}"
        await open_task(room, db, order, NewTask(hook=Hook.DURING, origin="sample", source=source, checks=checks))


async def _submitted(room: Room, db: Connection, event: Row, order: Row, policy: Policy) -> None:
    """After: every order in the window between the internal and the superior due (SJ-19), a sample of the others."""
    counts = await SANCTIONS.evidence_counts(db, order_id=order["id"])
    checks = automatic(Hook.AFTER, Seen(order=dict(order), contacts=counts["contacts"], files=counts["files"]))
    signs = await room.signs.perfunctory(dict(order), counts["contacts"])
    if signs:
        await _propose_flag(room, db, order, event, Flag.PERFUNCTORY, "；".join(signs))
    outer = await SANCTIONS.superior_due(db, order_id=order["id"]) if policy.qc.window else None
    if outer is not None:
        source = f"window:{order['id']}:{order['round_no']}"
        task = NewTask(hook=Hook.AFTER, origin="window", source=source, checks=checks, due_at=outer)
        await open_task(room, db, order, task)
        return
    await _sample(room, db, event, order, policy, Hook.AFTER, checks)


async def _during(room: Room, db: Connection, event: Row, order: Row, policy: Policy) -> None:
    counts = await SANCTIONS.evidence_counts(db, order_id=order["id"])
    reason = str(event["body"].get("opinion") or event["body"].get("reason") or "")
    checks = automatic(Hook.DURING, Seen(order=dict(order), reason=reason, contacts=counts["contacts"]))
    await _sample(room, db, event, order, policy, Hook.DURING, checks)


async def _sample(room: Room, db: Connection, event: Row, order: Row, policy: Policy, hook: Hook, checks: Any) -> None:
    found: tuple[Check, ...] = tuple(checks)
    if not sampled(UUID(str(order["id"])), hook, policy.qc.sampling):
        return
    task = NewTask(hook=hook, origin="sample", source=f"sample:{event['id']}", checks=found)
    await open_task(room, db, order, task)


async def _changed(room: Room, db: Connection, event: Row, order: Row) -> None:
    """SJ-26: what the first submission said is changed afterwards."""
    before: dict[str, Any] = {}
    submitted = False
    async for earlier in SANCTIONS.events_before(db, order_id=order["id"], seq=event["seq"]):
        before |= earlier["changes"]
        submitted = submitted or earlier["move"] == "submitted"
    if not submitted:
        return
    diff = dict(difference(before, event["changes"]))
    if "duty_org_id" in diff:
        before_it, after_it = diff["duty_org_id"]
        diff["duty_org_id"] = (await _name_of(db, before_it), await _name_of(db, after_it))
    if diff:
        task = NewTask(hook=Hook.DURING, origin="rule", source=f"q3:{event['id']}", qc_class=QcClass.Q3, diff=diff)
        await open_task(room, db, order, task)


async def _name_of(db: Connection, org: str | None) -> str:
    return (await SQL.org_place(db, id=UUID(org)))["name"] if org else ""


async def _warned(room: Room, db: Connection, event: Row, order: Row, policy: Policy) -> None:
    await propose_by_rule(room, db, order, policy)


async def _called_again(room: Room, db: Connection, event: Row, order: Row, _: Policy) -> None:
    """JC-29: the citizen said no and rings again: the order of the matter that a unit has in hand is looked at."""
    held = await SQL.open_of_family(db, order_id=order["id"])
    if held is not None:
        await propose_by_rule(room, db, held, room.orders.policy_of(held))


async def propose_by_rule(room: Room, db: Connection, order: Row, policy: Policy) -> None:
    """JC-29 and the other rules, each once a round of the order."""
    facts = Facts(
        created_at=order["created_at"],
        dissatisfied_at=await SQL.first_dissatisfied(db, order_id=order["id"]),
        satisfied=bool(order["satisfied"]),
        repeats=await SQL.repeats_of(db, order_id=order["id"]),
        round_no=order["round_no"],
        closed=order["closed_at"] is not None,
        flags={one["flag"] async for one in SANCTIONS.confirmed_flags(db, order_id=order["id"], org_id=None)}
        - {Flag.OVERDUE},
    )
    limits = Limits(
        repeat_calls=policy.supervise.auto.repeat_calls,
        age_days=policy.supervise.auto.age_days,
        rounds=policy.rehandle.rounds_before_escalation,
    )
    for one in proposals(facts, room.clock.now(), limits):
        key = ":".join((one.trigger, *filter(None, (one.flag,)), str(order["id"]), str(order["round_no"])))
        await propose(room, db, order, one.trigger, one.mode, key, one.flag)


async def _closed(room: Room, db: Connection, event: Row, order: Row, _: Policy) -> None:
    """草草结案 (GH-20): the detector proposes, a human confirms."""
    counts = await SANCTIONS.evidence_counts(db, order_id=order["id"])
    if order["dispatched_at"] is None or not hasty(dict(order), counts["contacts"], counts["visits"], counts["files"]):
        return
    await _propose_flag(room, db, order, event, Flag.HASTY_CLOSE)


async def _reopened(room: Room, db: Connection, event: Row, order: Row, _: Policy) -> None:
    """Closed too soon, as the reopening shows (GH-20: within `oversight.hasty_days`)."""
    closed, day = await SQL.last_close(db, order_id=order["id"], seq=event["seq"]), room.calendar.local_date
    if order["dispatched_at"] is not None and too_soon(
        day(closed) if closed else None, day(event["at"]), room.config.hasty_days
    ):
        await _propose_flag(room, db, order, event, Flag.HASTY_CLOSE)


async def _propose_flag(room: Room, db: Connection, order: Row, event: Row, flag: Flag, reason: str = "") -> None:
    found = Found(
        org=OrgId(order["owner_org_id"]),
        flag=flag,
        source=f"event:{event['id']}:{flag}",
        at=event["at"],
        round_no=order["round_no"],
        reason=reason,
    )
    await note_violation(room, db, OrderId(order["id"]), found)


async def _no_show(room: Room, db: Connection, event: Row, order: Row, _: Policy) -> None:
    """GH-12: departments that were whistled for and did not report."""
    if not event["body"].get("absent"):
        return
    await propose(room, db, order, Trigger.NO_SHOW, Mode.PHONE, f"no_show:{event['id']}")


async def _decided(room: Room, db: Connection, event: Row, order: Row, policy: Policy) -> None:
    """A confirmed flag may ask for a supervision (GH-20)."""
    if event["body"].get("confirmed"):
        await propose_by_rule(room, db, order, policy)


Reader = Callable[[Room, Connection, Row, Row, Policy], Awaitable[None]]
_READERS: Final[Mapping[str, tuple[Reader, ...]]] = {
    "timer_breached": (_breached,),
    "timer_warned": (_halfway,),
    **dict.fromkeys(DISPATCHES, (_dispatched, _called_again, _graded)),
    **dict.fromkeys(("urged", "repeat_noted", "merged"), (_called_again,)),
    "block_reason_set": (_blocked,),
    "return_requested": (_return_asked,),
    "return_granted": (_during,),
    "return_rejected": (_during,),
    "submitted": (_submitted,),
    "warned": (_warned,),
    "flag_decided": (_decided,),
    "closed": (_closed,),
    "reopened": (_reopened,),
    "whistle_confirmed": (_no_show,),
    "sign_needed": (_sign_needed,),
}
