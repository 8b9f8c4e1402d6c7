"""Moving an order: read, decide (pure), write guarded by the version that was read, then tell the house."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import structlog

from callcenter.core import errors
from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.orders import lifecycle as life
from callcenter.orders.events import OrderMoved
from callcenter.orders.guards import decide
from callcenter.orders.room import Conflict, NoSuchOrder, Room, standing_of, visible_row
from callcenter.orders.rulesets import RuleSet
from callcenter.orders.store import Change
from callcenter.orders.terms import ContactOutcome, Kind, RequestType
from callcenter.orders.timers import NO_CLOCKS, Clocks, clocks_at
from callcenter.people.actor import Actor
from callcenter.store.pool import Connection

log = structlog.get_logger(__name__)


class NoSuchUnit(errors.Invalid):
    code = "no-such-unit"
    zh = "所选承办单位不存在，或不属于您所在中心的辖区"
    en = "the chosen unit does not exist or lies outside your centre's area"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a move writes beside the stage: columns of the row, the event's body, contact rows, the new holder."""

    changes: Mapping[str, Any]
    body: Mapping[str, Any]
    contacts: Sequence[Mapping[str, Any]] = ()


def _rules_of(room: Room, row: asyncpg.Record, move: life.Move, at: datetime) -> RuleSet | None:
    """The rules an order was dispatched under, the current ones when it is being dispatched, None before."""
    if isinstance(move, life.Dispatch):
        return room.rules.current(room.ruleset, room.calendar.local_date(at))
    if row["ruleset"] is None:
        return None
    return room.rules.get(row["ruleset"], row["ruleset_version"])


def _clocks(room: Room, row: asyncpg.Record, move: life.Move, rules: RuleSet | None, at: datetime) -> Clocks:
    if rules is None:
        return NO_CLOCKS
    dispatched = isinstance(move, life.Dispatch)
    return clocks_at(
        move.kind,
        at,
        ruleset=rules,
        kind=Kind(row["kind"]),
        request=RequestType(row["request_type"]),
        calendar=room.calendar,
        unit=move.unit if isinstance(move, life.Dispatch) else OrgId(row["owner_org_id"]),
        centre=OrgId(row["owner_org_id"] if dispatched else row["centre_org_id"]),
    )


def _contact(kind: str, outcome: str, note: str, actor: Actor | None, call: object) -> Mapping[str, Any]:
    return {
        "id": new_id(),
        "kind": kind,
        "outcome": outcome,
        "note": note,
        "actor_id": actor.user_id if actor else None,
        "call_id": call,
    }


def _effect(row: asyncpg.Record, move: life.Move, actor: Actor | None, at: datetime) -> Effect:
    """Columns, event body and contact row of a move; what is empty here changes nothing but the stage."""
    changes: dict[str, Any] = {}
    body: dict[str, Any] = {}
    contacts: list[Mapping[str, Any]] = []
    match move:
        case life.Assign(centre=org, reason=reason):
            changes = {"owner_org_id": org, "centre_org_id": org}
            body = {"centre": org, "from": row["owner_org_id"], "reason": reason}
        case life.Dispatch(unit=org, reason=reason):
            changes = {"owner_org_id": org, "centre_org_id": row["owner_org_id"], "dispatched_at": at}
            body = {"unit": org, "from": row["owner_org_id"], "reason": reason}
        case life.Accept():
            changes = {"accepted_at": at}
        case life.TryContact(note=note, call=call):
            changes = {"missed_contacts": row["missed_contacts"] + 1}
            contacts = [_contact("first_contact", ContactOutcome.UNREACHABLE, note, actor, call)]
        case life.Contact(outcome=outcome, note=note, call=call):
            kind = "further" if row["contacted_at"] else "first_contact"
            changes, body = {"contacted_at": at}, {"outcome": outcome}
            contacts = [_contact(kind, outcome, note, actor, call)]
        case life.Submit():
            by = actor.user_id if actor else None
            changes = {"reply": move.reply, "solvability": move.solvability, "result_type": move.result}
            body = {**changes, "plan": move.plan}
            changes |= {"handled_by": by, "submitted_at": at}
        case life.Approve(opinion=opinion) | life.SendBack(opinion=opinion):
            body = {"opinion": opinion}
        case life.Answer(reply=reply):
            changes, body = {"reply": reply, "contacted_at": at}, {"reply": reply}
            contacts = [_contact("direct_answer", ContactOutcome.REACHED, "", actor, row["call_id"])]
        case life.Satisfy():
            changes = {"resolved": True, "satisfied": True, "closed_at": at}
            body = {"resolved": True, "satisfied": True}
        case life.Warn(resolved=resolved, satisfied=satisfied):
            body = {"resolved": resolved, "satisfied": satisfied}
            changes = {**body, "flagged": True, "flag_reason": "XY-11"}
        case life.ExhaustCallback():
            changes = {"callback_exhausted": True}
        case life.CloseUnheard(reason=reason):
            changes, body = {"closed_at": at, "close_reason": reason}, {"reason": reason}
        case _:
            raise TypeError(f"{type(move).__name__} is no move of an existing order")
    return Effect(changes=changes, body=body, contacts=contacts)


def plan(
    room: Room,
    row: asyncpg.Record,
    move: life.Move,
    actor: Actor | None,
    *,
    extra: Mapping[str, Any] | None = None,
    note: Mapping[str, Any] | None = None,
) -> Change:
    """What the move would write. `extra` are further columns, `note` further words of the event. Raises Refused,
    Forbidden, CalendarMissing; writes nothing."""
    before = standing_of(row)
    after = decide(before, move, actor)
    now = room.clock.now()
    rules = _rules_of(room, row, move, now)
    effect = _effect(row, move, actor, now)
    changes = {**effect.changes, **(extra or {})}
    if isinstance(move, life.Dispatch) and rules is not None:
        changes |= {"ruleset": rules.id, "ruleset_version": rules.version}
    return Change(
        order=OrderId(row["id"]),
        version=row["version"],
        at=now,
        actor=UserId(actor.user_id) if actor else None,
        move=move.kind,
        stage_before=before.stage,
        stage_after=after,
        calendar=room.calendar.name,
        changes=changes,
        body={**effect.body, **(note or {})},
        contacts=effect.contacts,
        clocks=_clocks(room, row, move, rules, now),
    )


async def write(room: Room, change: Change, on: "Connection | None" = None) -> asyncpg.Record:
    """Raises Conflict when somebody else was faster."""
    moved = await room.store.move(change, on)
    if moved is None:
        raise Conflict
    return moved


def tell(room: Room, change: Change) -> None:
    """After the commit."""
    room.bus.publish(OrderMoved(at=change.at, order=change.order, move=change.move, stage=change.stage_after))
    log.info("order_moved", order=str(change.order), move=change.move, stage=str(change.stage_after))


async def apply(
    room: Room,
    row: asyncpg.Record,
    move: life.Move,
    actor: Actor | None,
    *,
    extra: Mapping[str, Any] | None = None,
    note: Mapping[str, Any] | None = None,
) -> asyncpg.Record:
    """Plans, writes, tells; gives the row after the move."""
    change = plan(room, row, move, actor, extra=extra, note=note)
    moved = await write(room, change)
    tell(room, change)
    return moved


async def make(room: Room, actor: Actor, order: OrderId, move: life.Move) -> asyncpg.Record:
    """A move that needs nothing but the order itself."""
    return await apply(room, await visible_row(room, actor, order), move, actor)


async def dispatch(room: Room, actor: Actor, order: OrderId, unit: OrgId, reason: str) -> asyncpg.Record:
    """To a unit (XY-06), or down to another centre that will dispatch it (XY-05). Raises NoSuchUnit."""
    row = await visible_row(room, actor, order)
    org = await room.store.org(unit)
    if org is None or not actor.sees(org["path"]):
        raise NoSuchUnit
    move: life.Move = life.Dispatch(unit=unit, reason=reason)
    if org["kind"] == "centre":
        move = life.Assign(centre=unit, reason=reason)
    return await apply(room, row, move, actor, extra={"owner_org_path": org["path"]})


async def contact(
    room: Room, actor: Actor, order: OrderId, outcome: ContactOutcome, note: str, call: Any
) -> asyncpg.Record:
    row = await visible_row(room, actor, order)
    rules = _rules_of(room, row, life.Accept(), room.clock.now())
    enough = rules.contact_attempts if rules else 1
    move = life.contact_move(outcome, note, call, row["missed_contacts"], enough)
    return await apply(room, row, move, actor)


async def answer(room: Room, actor: Actor, order: OrderId, reply: str) -> asyncpg.Record:
    """Answers and closes in one transaction: the citizen was on the line, so there is nothing to call back for
    (XY-02 c)."""
    row = await visible_row(room, actor, order)
    answering = plan(room, row, life.Answer(reply=reply), actor)
    async with room.store.pool.acquire() as connection, connection.transaction():
        answered = await write(room, answering, connection)
        closing = plan(room, answered, life.CloseUnheard(reason="direct_answer"), actor)
        closed = await write(room, closing, connection)
    tell(room, answering)
    tell(room, closing)
    return closed


async def row_of(room: Room, order: OrderId) -> asyncpg.Record:
    """For the machine, which sees every order. Raises NoSuchOrder."""
    row = await room.store.get(order)
    if row is None:
        raise NoSuchOrder
    return row
