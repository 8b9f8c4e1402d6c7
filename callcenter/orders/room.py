"""The parts that the use cases of this room share, put together once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import asyncpg

from callcenter.core import errors
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId, OrgId
from callcenter.orders.calendar import WorkingCalendar
from callcenter.orders.calendar_data import load_calendar
from callcenter.orders.config import OrdersConfig
from callcenter.orders.moves_base import Move
from callcenter.orders.notices import Notices
from callcenter.orders.phases import Template
from callcenter.orders.privacy import guarded, is_guest
from callcenter.orders.ruleset_files import enrol, read_rule_files, rule_book
from callcenter.orders.rulesets import RuleBook
from callcenter.orders.standing import standing_of as standing_of
from callcenter.orders.standing import visible
from callcenter.orders.store import OrderStore
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.store.pool import Connection, Pool


class NoSuchOrder(errors.NotFound):
    """Not there, or not visible to this user: the two look alike on purpose."""

    code = "no-such-order"
    zh = "未找到该工单"
    en = "there is no such order"


class Conflict(errors.Refused):
    """Somebody else moved the order between reading and writing."""

    code = "order-changed"
    zh = "该工单刚被他人更新，请刷新后重试"
    en = "somebody else has just changed this order: read it again and retry"


Gate = Callable[[Connection, asyncpg.Record, Move, Actor | None], Awaitable[None]]
"""What another room asks of a move, with the row before it; it raises a DomainError when the move may not be made. It
reads with the move's own connection: the row is locked, so that nothing it rests on changes before the move is
written."""

Also = Callable[[Connection, asyncpg.Record], Awaitable[None]]
"""What is written in the transaction of a move, with the row after it."""
Recorder = Callable[[asyncpg.Record, Actor, OrgId, str], Awaitable[Also]]
"""Asked with the row before a plain dispatch, who sends it where and why; gives the record of the hop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """`rules` gives versions; new dispatches use the newest one of `ruleset`. The rooms above add `gates` and
    `recorders`."""

    store: OrderStore
    clock: Clock
    bus: Bus
    rules: RuleBook
    ruleset: str
    calendar: WorkingCalendar
    audit: Audit
    vault: Vault
    notices: Notices
    phases: Template
    effect_check_days: int
    gates: list[Gate] = field(default_factory=list)
    recorders: list[Recorder] = field(default_factory=list)


async def open_room(
    pool: Pool, *, clock: Clock, bus: Bus, config: OrdersConfig, zone: ZoneInfo, audit: Audit, vault: Vault
) -> Room:
    """Reads and checks rule sets and calendar. Raises Misconfigured, naming the file, before anything is served."""
    store = OrderStore(pool)
    calendar = load_calendar(zone, config.calendar_file)
    files = read_rule_files(config.rules)
    rules = rule_book(files, config.effective_from)
    rules.current(config.ruleset, calendar.local_date(clock.now()))
    await enrol(files, store)
    return Room(
        store=store,
        clock=clock,
        bus=bus,
        rules=rules,
        ruleset=config.ruleset,
        calendar=calendar,
        audit=audit,
        vault=vault,
        notices=Notices(store),
        phases=config.phases,
        effect_check_days=config.effect_check_days,
    )


def seen_by(row: asyncpg.Record | None, actor: Actor | None) -> asyncpg.Record:
    """`actor` None is the machine, which sees every order. Raises NoSuchOrder."""
    if row is None or (actor is not None and _hidden(row, actor)):
        raise NoSuchOrder
    return row


def _hidden(row: asyncpg.Record, actor: Actor) -> bool:
    return not visible(standing_of(row), actor) or (is_guest(actor) and guarded(row))


async def visible_row(room: Room, actor: Actor, order: OrderId) -> asyncpg.Record:
    """Raises NoSuchOrder."""
    return seen_by(await room.store.get(order), actor)


async def locked_row(room: Room, actor: Actor | None, order: OrderId, on: Connection) -> asyncpg.Record:
    """For a move: nobody else moves it until the transaction ends. Raises NoSuchOrder."""
    return seen_by(await room.store.locked(order, on), actor)
