"""Moving an order: lock, read, decide (pure), write in one transaction, then tell the house."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import asyncpg
import structlog

from callcenter.core import errors
from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.orders import lifecycle as life
from callcenter.orders.effect_check import effect_due
from callcenter.orders.effects import Moment, effect_of
from callcenter.orders.events import ClockStarted, OrderMoved
from callcenter.orders.guards import decide, decide_record, follow_up, standing_of
from callcenter.orders.refusals import BarredUnit
from callcenter.orders.room import Also as Also
from callcenter.orders.room import Conflict, NoSuchOrder, Room, locked_row, visible_row
from callcenter.orders.row import Row
from callcenter.orders.rulesets import RuleSet
from callcenter.orders.standing import is_under
from callcenter.orders.store import Change
from callcenter.orders.terms import ContactOutcome, Stage
from callcenter.orders.timers import NO_CLOCKS, Clocks, clocks_at, facts_of
from callcenter.people.actor import Actor
from callcenter.store.pool import Connection

log = structlog.get_logger(__name__)

Columns = Mapping[str, Any] | Callable[[asyncpg.Record], Mapping[str, Any]]
"""Columns of work_order, null allowed; a function gets the row that is being changed (counters, sets)."""

UNFINISHED = frozenset({Stage.REVIEWED, Stage.ANSWERED, Stage.CLOSE_PENDING})
"""Stages from which the machine may go on by itself."""
Asked = life.Move | Callable[[asyncpg.Record], life.Move]
"""A move, or what makes it of the locked row (counters, whoever held it before)."""


class NoSuchUnit(errors.Invalid):
    code = "no-such-unit"
    zh = "所选承办单位不存在，或不属于您所在中心的辖区"
    en = "the chosen unit does not exist or lies outside your centre's area"


def current_rules(room: Room) -> RuleSet:
    return room.rules.current(room.ruleset, room.calendar.local_date(room.clock.now()))


def rules_of(room: Room, row: Row) -> RuleSet:
    """The rules an order was dispatched under; before, those that it would be dispatched under now (XY-01)."""
    if row["ruleset"] is None:
        return current_rules(room)
    return room.rules.get(row["ruleset"], row["ruleset_version"])


def _clocks(room: Room, after: Mapping[str, Any], move: str, rules: RuleSet) -> Clocks:
    """`after` is the row as the move leaves it."""
    return clocks_at(
        move,
        room.clock.now(),
        ruleset=rules,
        facts=facts_of(after),
        calendar=room.calendar,
        unit=OrgId(after["owner_org_id"]),
        centre=OrgId(after["centre_org_id"]),
    )


async def _with_path(room: Room, changes: dict[str, Any], on: Connection) -> dict[str, Any]:
    """Rows are seen by their holder's path: it changes with the holder. Raises NoSuchUnit."""
    if "owner_org_id" not in changes or "owner_org_path" in changes:
        return changes
    org = await room.store.org(changes["owner_org_id"], on)
    if org is None:
        raise NoSuchUnit
    return changes | {"owner_org_path": org["path"]}


def columns_of(given: Columns | None, row: asyncpg.Record) -> dict[str, Any]:
    return dict(given(row) if callable(given) else given or {})


async def plan(
    room: Room,
    row: asyncpg.Record,
    asked: life.Move,
    actor: Actor | None,
    *,
    on: Connection,
    extra: Columns | None = None,
    note: Mapping[str, Any] | None = None,
) -> Change:
    """What the move would write, from the row that `on` has locked. `extra` are further columns, `note` further words
    of the event. Raises Refused, Forbidden, CalendarMissing; writes nothing."""
    move = life.fitting(asked, again=row["again"])
    rules = rules_of(room, row)
    before = standing_of(row, rules.policy)
    after = decide(before, move, actor)
    for gate in room.gates:
        await gate(on, row, move, actor)
    now = room.clock.now()
    by = UserId(actor.user_id) if actor else None
    moment = Moment(row=dict(row), by=by, at=now, centre_contacts=before.centre_contacts)
    effect = effect_of(move, moment)
    changes = await _with_path(room, {**effect.changes, **columns_of(extra, row)}, on)
    if is_under(changes.get("owner_org_path", ""), before.barred_path):
        raise BarredUnit
    if isinstance(move, life.Dispatched) and row["ruleset"] is None:
        changes |= {"ruleset": rules.id, "ruleset_version": rules.version}
    if isinstance(move, life.Close):
        changes |= effect_due(row, room.calendar.local_date(now), room.effect_check_days)
    return Change(
        order=OrderId(row["id"]),
        version=row["version"],
        at=now,
        actor=by,
        move=move.kind,
        stage_before=before.stage,
        stage_after=after,
        changes=changes,
        body={**effect.body, **(note or {})},
        contacts=effect.contacts,
        clocks=_clocks(room, {**row, **changes}, move.kind, rules),
    )


async def write(room: Room, change: Change, on: Connection) -> asyncpg.Record:
    """Raises Conflict when the row is not the one that was planned for."""
    moved = await room.store.move(change, on)
    if moved is None:
        raise Conflict
    return moved


async def tell(room: Room, change: Change, moved: asyncpg.Record) -> None:
    """After the commit."""
    room.bus.publish(
        OrderMoved(
            at=change.at,
            order=change.order,
            move=change.move,
            stage=change.stage_after,
            owner=OrgId(moved["owner_org_id"]),
            centre=OrgId(moved["centre_org_id"]),
        )
    )
    log.info("order_moved", order=str(change.order), move=change.move, stage=str(change.stage_after))
    dues = [*(moved["dues_started"] or ()), *(moved["dues_resumed"] or ())]
    for due in dues:
        room.bus.publish(ClockStarted(at=change.at, order=change.order, due_at=due))
    await room.notices.tell(change.order, dues)


Made = Sequence[tuple[Change, asyncpg.Record]]


async def _follow(room: Room, row: asyncpg.Record, on: Connection) -> Made:
    """What the machine does next, until it waits for somebody."""
    made: list[tuple[Change, asyncpg.Record]] = []
    while row["stage"] in UNFINISHED:
        policy = rules_of(room, row).policy
        standing = standing_of(row, policy)
        move = follow_up(standing, qc_window=policy.qc.window, closing_audit=policy.callback.closing_audit)
        if move is None:
            break
        change = await plan(room, row, move, None, on=on)
        row = await write(room, change, on)
        made.append((change, row))
    return made


async def carry_out(
    room: Room,
    actor: Actor | None,
    order: OrderId,
    planned: Callable[[Connection, asyncpg.Record], Awaitable[Change]],
    also: Also | None,
) -> asyncpg.Record:
    """Locks the row, plans, and writes the change with what belongs to it in one transaction, then tells. Gives the row
    at its end."""
    async with room.store.pool.acquire() as connection, connection.transaction():
        row = await locked_row(room, actor, order, connection)
        change = await planned(connection, row)
        moved = await write(room, change, connection)
        if also is not None:
            await also(connection, moved)
        made = [(change, moved), *await _follow(room, moved, connection)]
    for one, row in made:
        await tell(room, one, row)
    return made[-1][1]


async def make(
    room: Room,
    actor: Actor | None,
    order: OrderId,
    asked: Asked,
    *,
    extra: Columns | None = None,
    note: Mapping[str, Any] | None = None,
    also: Also | None = None,
    version: int | None = None,
) -> asyncpg.Record:
    """Gives the row after the move and after what the machine did upon it. `actor` None is the machine, which sees
    every order. `version` is that of the row which the move was chosen for. Raises NoSuchOrder, Refused, Forbidden,
    Conflict."""

    async def planned(on: Connection, row: asyncpg.Record) -> Change:
        if version is not None and row["version"] != version:
            raise Conflict
        move = asked(row) if callable(asked) else asked
        return await plan(room, row, move, actor, on=on, extra=extra, note=note)

    return await carry_out(room, actor, order, planned, also)


def plan_record(
    room: Room,
    row: asyncpg.Record,
    what: str,
    actor: Actor | None,
    body: Mapping[str, Any],
    changes: Columns | None,
) -> Change:
    """Raises NoSuchRecord, RecordRefused, Forbidden."""
    rules = rules_of(room, row)
    before = standing_of(row, rules.policy)
    decide_record(before, what, actor)
    columns = columns_of(changes, row)
    return Change(
        order=OrderId(row["id"]),
        version=row["version"],
        at=room.clock.now(),
        actor=UserId(actor.user_id) if actor else None,
        move=what,
        stage_before=before.stage,
        stage_after=before.stage,
        changes=columns,
        body=dict(body),
        clocks=_clocks(room, {**row, **columns}, what, rules) if row["ruleset"] else NO_CLOCKS,
    )


async def record(
    room: Room,
    actor: Actor | None,
    order: OrderId,
    what: str,
    body: Mapping[str, Any],
    *,
    changes: Columns | None = None,
    also: Also | None = None,
) -> asyncpg.Record:
    """Writes on the order without moving it, after whoever was faster. Raises NoSuchOrder, NoSuchRecord, RecordRefused,
    Forbidden."""

    async def planned(_: Connection, row: asyncpg.Record) -> Change:
        return plan_record(room, row, what, actor, body, changes)

    return await carry_out(room, actor, order, planned, also)


async def dispatch(room: Room, actor: Actor, order: OrderId, unit: OrgId, reason: str) -> asyncpg.Record:
    """To a unit (XY-06), or down to another centre that will dispatch it (XY-05). Raises NoSuchUnit."""
    row = await visible_row(room, actor, order)
    org = await room.store.org(unit)
    if org is None or not actor.sees(org["path"]):
        raise NoSuchUnit
    move: life.Move = life.Dispatch(unit=unit, reason=reason)
    if org["kind"] == "centre":
        move = life.Assign(centre=unit, reason=reason)
    records = [await record_of(row, actor, unit, reason) for record_of in room.recorders]

    async def also(on: Connection, moved: asyncpg.Record) -> None:
        for write_record in records:
            await write_record(on, moved)

    extra = {"owner_org_path": org["path"]}
    return await make(room, actor, order, move, extra=extra, also=also if records else None, version=row["version"])


async def give_back(room: Room, actor: Actor, order: OrderId, reason: str) -> asyncpg.Record:
    """To the centre that assigned it (XY-05)."""

    def back(row: asyncpg.Record) -> life.Move:
        return life.GiveBack(centre=OrgId(row["assigned_by_org_id"] or row["owner_org_id"]), reason=reason)

    return await make(room, actor, order, back)


async def contact(
    room: Room, actor: Actor, order: OrderId, outcome: ContactOutcome, note: str, call: Any
) -> asyncpg.Record:
    def reached_or_not(row: asyncpg.Record) -> life.Move:
        enough = rules_of(room, row).policy.contact.attempts
        return life.contact_move(outcome, note, call, row["missed_contacts"], enough)

    return await make(room, actor, order, reached_or_not)


async def row_of(room: Room, order: OrderId) -> asyncpg.Record:
    """For the machine, which sees every order. Raises NoSuchOrder."""
    row = await room.store.get(order)
    if row is None:
        raise NoSuchOrder
    return row
