"""Moving an order: read, decide (pure), write guarded by the version that was read, then tell the house."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg
import structlog

from callcenter.core import errors
from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.orders import lifecycle as life
from callcenter.orders.effects import Moment, effect_of
from callcenter.orders.events import ClockStarted, OrderMoved
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
    by = UserId(actor.user_id) if actor else None
    effect = effect_of(move, Moment(row=dict(row), by=by, at=now))
    changes = {**effect.changes, **(extra or {})}
    if isinstance(move, life.Dispatch) and rules is not None:
        changes |= {"ruleset": rules.id, "ruleset_version": rules.version}
    return Change(
        order=OrderId(row["id"]),
        version=row["version"],
        at=now,
        actor=by,
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


async def tell(room: Room, change: Change, moved: asyncpg.Record) -> None:
    """After the commit."""
    room.bus.publish(OrderMoved(at=change.at, order=change.order, move=change.move, stage=change.stage_after))
    log.info("order_moved", order=str(change.order), move=change.move, stage=str(change.stage_after))
    dues = [*(moved["dues_started"] or ()), *(moved["dues_resumed"] or ())]
    for due in dues:
        room.bus.publish(ClockStarted(at=change.at, order=change.order, due_at=due))
    await room.notices.tell(change.order, dues)


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
    await tell(room, change, moved)
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
    await tell(room, answering, answered)
    await tell(room, closing, closed)
    return closed


async def row_of(room: Room, order: OrderId) -> asyncpg.Record:
    """For the machine, which sees every order. Raises NoSuchOrder."""
    row = await room.store.get(order)
    if row is None:
        raise NoSuchOrder
    return row
