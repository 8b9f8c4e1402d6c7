"""Pages of orders, newest first or the most urgent first, cut to what the reader may see before anything is counted."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict

from callcenter.core.covering import without_numbers
from callcenter.core.ids import OrderId, OrgId
from callcenter.core.pages import NEWEST, PLACE, BadCursor, Page, cursor_of, key_of
from callcenter.core.pages import Place as Key
from callcenter.orders.calendar import CalendarMissing, WorkingDays, due_at
from callcenter.orders.drivers import MOST_DUES, MOST_SEEN, access, branches, few_open
from callcenter.orders.filters import Colour, OrderFilter, Values, View, conditions
from callcenter.orders.privacy import hides_numbers
from callcenter.orders.room import Room
from callcenter.orders.search import FIELDS, NEXT_DUE, Dues, Piece, by_words, due_within, found_page, marked, told_in
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool

SOONEST: Final[Key] = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))
MOST_COUNTED: Final = 1000
YELLOW_FOR: Final = WorkingDays(1)


class ListLine(BaseModel):
    """One line of a list: nothing of the caller in it. `due_at` and `colour` are of the order's next running clock;
    `found` shows where the searched words stand. In the list of orders that the reader's org helps with, `due_at` is of
    the own open tasks and `task_id` the latest of them: the order itself stays closed to it (XY-34)."""

    model_config = ConfigDict(frozen=True)

    id: OrderId
    number: str
    stage: str
    kind: str
    request_type: str
    urgency: str
    level: str
    channel: str
    title: str
    category: str
    category_code: str
    address: str
    owner_org_id: OrgId
    owner: str
    flagged: bool
    callback_exhausted: bool
    confidential: bool
    key_listed: bool
    supervisions: int
    round_no: int
    tags: tuple[str, ...]
    created_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    colour: Colour | None
    task_id: UUID | None = None
    found: tuple[tuple[Piece, ...], ...] = ()


class ListPage(Page[ListLine]):
    """A page may be short and yet not the last: `next` says so."""


class ListCount(BaseModel):
    """`count` is exact unless `more`: then there are at least so many."""

    model_config = ConfigDict(frozen=True)

    count: int
    more: bool


_OWNER: Final = "(select o.name from org o where o.id = w.owner_org_id) as owner_name"
_NEWEST_FIRST: Final = "order by w.created_at desc, w.id desc"


async def page(room: Room, actor: Actor, asked: OrderFilter, *, cursor: str | None, limit: int) -> ListPage:
    """Raises BadCursor, and what `search.found_page` raises."""
    now = room.clock.now()
    horizon = horizon_of(room, now)
    pool, dues = room.store.pool, _dues(asked, now, horizon)
    if asked.text.strip() and await by_words(pool, asked):
        rows, following = await found_page(pool, actor, asked, _before(cursor, NEWEST), limit, dues)
    elif asked.by_due and not asked.text.strip():
        rows, following = await _due_page(pool, actor, asked, _before(cursor, SOONEST), limit, dues)
    else:
        rows, following = await _newest_page(pool, actor, asked, _before(cursor, NEWEST), limit, dues)
    shown = _helped if asked.view is View.HELPING else _line
    items = tuple(shown(row, actor, asked.text, now, horizon) for row in rows)
    return ListPage(items=items, next=cursor_of(following) if following else None)


def _before(cursor: str | None, first: Key) -> Key:
    at, row = key_of(cursor, PLACE, first)
    try:
        return at.astimezone(UTC), row
    except OverflowError:
        raise BadCursor from None


def horizon_of(room: Room, now: datetime) -> datetime:
    """What is due until then is yellow: one working day ahead; a natural day where the calendar ends."""
    try:
        return due_at(now, YELLOW_FOR, room.calendar)
    except CalendarMissing:
        return now + timedelta(days=1)


def _columns(asked: OrderFilter, actor: Actor, values: Values, due: str = NEXT_DUE) -> str:
    """What a line needs: the row, whose it is, its next due time, the own task."""
    if asked.view is not View.HELPING:
        return f"w.*, {_OWNER}, {due} as due_at"
    own = f"from co_task t where t.order_id = w.id and t.org_id = {values.put(actor.org_id)} and t.cancelled_at is null"
    due = f"(select min(t.due_at) {own} and t.done_at is null)" if due == NEXT_DUE else due
    task = f"(select t.id {own} order by t.done_at is null desc, t.asked_at desc, t.id desc limit 1) as task_id"
    return f"w.*, {_OWNER}, {due} as due_at, {task}"


def newest_sql(asked: OrderFilter, actor: Actor, before: Key, values: Values) -> str:
    """The walk: at most MOST_SEEN rows `w`, newest first, of those that may be in the list."""
    if asked.created_to is not None:  # one bound of the index, or it is not used from there
        before = min(before, (asked.created_to, SOONEST[1]))
    span = [f"(w.created_at, w.id) < ({values.put(before[0])}, {values.put(before[1])})"]
    span += [f"w.created_at >= {values.put(asked.created_from)}"] if asked.created_from else []
    walked = [
        f"(select w.* from work_order w where {' and '.join([one, *span])} {_NEWEST_FIRST} limit {MOST_SEEN})"  # noqa: S608
        for one in branches(asked, actor, values)
    ]
    if len(walked) == 1:
        return walked[0]
    joined = " union all ".join(walked)
    once = "select distinct on (w.created_at, w.id) w.*"
    return f"({once} from ({joined}) w {_NEWEST_FIRST} limit {MOST_SEEN})"


def _taken(asked: OrderFilter, values: Values) -> list[str]:
    ends = (("w.created_at >= ", asked.created_from), ("w.created_at < ", asked.created_to))
    return [sql + values.put(at) for sql, at in ends if at is not None]


async def _newest_page(
    pool: Pool, actor: Actor, asked: OrderFilter, before: Key, limit: int, dues: Dues
) -> tuple[Sequence[asyncpg.Record], Key | None]:
    values = Values()
    walk = newest_sql(asked, actor, before, values)
    wanted = " and ".join(
        [
            access(asked, actor, values),
            *conditions(asked, actor, values),
            *told_in(asked, values),
            *due_within(dues, values),
        ]
    )
    columns = _columns(asked, actor, values)
    rows = await pool.fetch(
        f"select {columns} from {walk} w where {wanted} {_NEWEST_FIRST} limit {values.put(limit + 1)}",  # noqa: S608
        *values.given,
    )
    if len(rows) > limit:
        return rows[:limit], (rows[limit - 1]["created_at"], rows[limit - 1]["id"])
    return rows, await _edge(pool, actor, asked, before)


async def _edge(pool: Pool, actor: Actor, asked: OrderFilter, before: Key) -> Key | None:
    """The last row that a page could look at, when there was more to look at."""
    values = Values()
    walk = newest_sql(asked, actor, before, values)
    row = await pool.fetchrow(f"select created_at, id from {walk} w offset {MOST_SEEN - 1}", *values.given)  # noqa: S608
    return (row["created_at"], row["id"]) if row else None


def _dues(asked: OrderFilter, now: datetime, horizon: datetime) -> Dues:
    first, last = {
        None: (None, None),
        Colour.RED: (None, now),
        Colour.YELLOW: (now, horizon),
        Colour.GREEN: (horizon, None),
    }[asked.colour]
    if asked.due_before is not None:
        before = asked.due_before - timedelta(microseconds=1)
        last = min(last, before) if last else before
    return first, last


async def _due_page(
    pool: Pool,
    actor: Actor,
    asked: OrderFilter,
    after: Key,
    limit: int,
    dues: Dues,
) -> tuple[Sequence[asyncpg.Record], Key | None]:
    values = Values()
    span = f"(d.due_at, d.id) > ({values.put(after[0])}, {values.put(after[1])})"
    for sql, at in zip(("d.due_at > ", "d.due_at <= "), dues, strict=True):
        span += f" and {sql}{values.put(at)}" if at else ""
    few = few_open(asked, actor)
    walk = _few_dues(asked, actor, values) if few else _many_dues(span)
    wanted = " and ".join(
        [span, access(asked, actor, values), *conditions(asked, actor, values), *_taken(asked, values)]
    )
    columns = _columns(asked, actor, values, "d.due_at")
    rows = await pool.fetch(
        f"select {columns} from {walk} d"  # noqa: S608
        " cross join lateral (select w.* from work_order w where w.id = d.id offset 0) w"  # one by one, in this order
        f" where {wanted} order by d.due_at, d.id limit {values.put(limit + 1)}",
        *values.given,
    )
    if len(rows) > limit:
        return rows[:limit], (rows[limit - 1]["due_at"], rows[limit - 1]["id"])
    if few:
        return rows, None
    values = Values()
    span = f"(d.due_at, d.id) > ({values.put(after[0])}, {values.put(after[1])})"
    for sql, at in zip(("d.due_at > ", "d.due_at <= "), dues, strict=True):
        span += f" and {sql}{values.put(at)}" if at else ""
    edge = await pool.fetchrow(f"select due_at, id from {_many_dues(span)} d offset {MOST_DUES - 1}", *values.given)  # noqa: S608
    return rows, (edge["due_at"], edge["id"]) if edge else None


def _few_dues(asked: OrderFilter, actor: Actor, values: Values) -> str:
    """The next due time of every open order that may be in the list."""
    opened = " union ".join(
        f"select w.id from work_order w where {one}"  # noqa: S608
        for one in branches(asked, actor, values)
    )
    running = "order_timer t on t.order_id = w.id and t.stopped_at is null"
    if asked.view is View.HELPING:
        own = f"t.org_id = {values.put(actor.org_id)} and t.done_at is null and t.cancelled_at is null"
        running = f"co_task t on t.order_id = w.id and {own}"
    return f"(select w.id, min(t.due_at) as due_at from ({opened}) w join {running} group by w.id)"  # noqa: S608


def _many_dues(span: str) -> str:
    """Running clocks, the soonest first, one for each order."""
    return (
        "(select d.order_id as id, d.due_at from (select t.*, t.order_id as id from order_timer t) d"  # noqa: S608
        f" where d.stopped_at is null and {span} and (d.name, d.round_no) = (select e.name, e.round_no"
        " from order_timer e where e.order_id = d.order_id and e.stopped_at is null"
        " order by e.due_at, e.name, e.round_no limit 1)"
        f" order by d.due_at, d.order_id limit {MOST_DUES})"
    )


async def count(room: Room, actor: Actor, asked: OrderFilter) -> ListCount:
    """Of the rows that one page's walk reaches, at most MOST_COUNTED; words and due times are not counted."""
    values = Values()
    walk = newest_sql(asked, actor, NEWEST, values)
    wanted = " and ".join([access(asked, actor, values), *conditions(asked, actor, values)])
    row = await room.store.pool.fetchrow(
        f"select (select count(*) from (select from {walk} w where {wanted} limit {MOST_COUNTED}) c) as found,"  # noqa: S608
        f" exists (select from {walk} w offset {MOST_SEEN - 1}) as more",
        *values.given,
    )
    found: int = row["found"] if row else 0
    return ListCount(count=found, more=found == MOST_COUNTED or bool(row and row["more"]))


def colour_of(due: datetime | None, now: datetime, horizon: datetime) -> Colour | None:
    if due is None:
        return None
    if due <= now:
        return Colour.RED
    return Colour.YELLOW if due <= horizon else Colour.GREEN


_PLAIN: Final = tuple(name for name in ListLine.model_fields if name not in {"owner", "colour", "found", "task_id"})


def _line(row: Any, actor: Actor, text: str, now: datetime, horizon: datetime) -> ListLine:
    """Who may not see the caller reads no number that the citizen may have said."""
    line = ListLine(
        owner=row["owner_name"],
        colour=colour_of(row["due_at"], now, horizon),
        found=(),
        **{name: row[name] for name in _PLAIN},
    )
    if not hides_numbers(row, actor):
        return line.model_copy(update={"found": marked(row, text)})
    told = {name: without_numbers(row[name] or "") for name in FIELDS}
    shown = {name: told[name] for name in FIELDS if name in _PLAIN}
    return line.model_copy(update=shown | {"found": marked(told, text)})


def _helped(row: Any, actor: Actor, text: str, now: datetime, horizon: datetime) -> ListLine:
    return _line(row, actor, text, now, horizon).model_copy(update={"task_id": row["task_id"]})
