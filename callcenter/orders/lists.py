"""Pages of orders, newest first or the most urgent first, cut to what the reader may see before anything is counted."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict

from callcenter.core.ids import OrderId, OrgId
from callcenter.core.pages import NEWEST, PLACE, BadCursor, Page, cursor_of, key_of
from callcenter.core.pages import Place as Key
from callcenter.orders.calendar import CalendarMissing, WorkingDays, due_at
from callcenter.orders.drivers import MOST_DUES, MOST_SEEN, access, branches, few_open
from callcenter.orders.filters import Colour, OrderFilter, Values, conditions
from callcenter.orders.room import Room
from callcenter.orders.search import Piece, found_page, marked
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool

SOONEST: Final[Key] = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))
MOST_COUNTED: Final = 1000
YELLOW_FOR: Final = WorkingDays(1)


class ListLine(BaseModel):
    """One line of a list: nothing of the caller in it. `due_at` and `colour` are of the order's next running clock;
    `found` shows where the searched words stand."""

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
    found: tuple[tuple[Piece, ...], ...] = ()


class ListPage(Page[ListLine]):
    """A page may be short and yet not the last: `next` says so."""


class ListCount(BaseModel):
    """`count` is exact unless `more`: then there are at least so many."""

    model_config = ConfigDict(frozen=True)

    count: int
    more: bool


_OWNER: Final = "(select o.name from org o where o.id = w.owner_org_id) as owner_name"
_NEXT: Final = "(select min(t.due_at) from order_timer t where t.order_id = w.id and t.stopped_at is null) as due_at"
_LINE: Final = f"select w.*, {_OWNER}, {_NEXT} from"
_NEWEST_FIRST: Final = "order by w.created_at desc, w.id desc"


async def page(room: Room, actor: Actor, asked: OrderFilter, *, cursor: str | None, limit: int) -> ListPage:
    """Raises BadCursor, and what `search.found_page` raises."""
    now = room.clock.now()
    horizon = horizon_of(room, now)
    pool = room.store.pool
    if asked.text.strip():
        rows, following = await found_page(pool, actor, asked, _before(cursor, NEWEST), limit)
    elif asked.by_due:
        rows, following = await _due_page(
            pool, actor, asked, _before(cursor, SOONEST), limit, _dues(asked, now, horizon)
        )
    else:
        rows, following = await _newest_page(pool, actor, asked, _before(cursor, NEWEST), limit)
    items = tuple(_line(row, asked.text, now, horizon) for row in rows)
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
    pool: Pool, actor: Actor, asked: OrderFilter, before: Key, limit: int
) -> tuple[Sequence[asyncpg.Record], Key | None]:
    values = Values()
    walk = newest_sql(asked, actor, before, values)
    wanted = " and ".join([access(actor, values), *conditions(asked, actor, values)])
    rows = await pool.fetch(
        f"{_LINE} {walk} w where {wanted} {_NEWEST_FIRST} limit {values.put(limit + 1)}",
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


def _dues(asked: OrderFilter, now: datetime, horizon: datetime) -> tuple[datetime | None, datetime | None]:
    """Strictly after, and up to: of the due times that are wanted."""
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
    dues: tuple[datetime | None, datetime | None],
) -> tuple[Sequence[asyncpg.Record], Key | None]:
    values = Values()
    span = f"(d.due_at, d.id) > ({values.put(after[0])}, {values.put(after[1])})"
    for sql, at in zip(("d.due_at > ", "d.due_at <= "), dues, strict=True):
        span += f" and {sql}{values.put(at)}" if at else ""
    walk = _few_dues(asked, actor, values) if few_open(asked, actor) else _many_dues(span)
    wanted = " and ".join([span, access(actor, values), *conditions(asked, actor, values), *_taken(asked, values)])
    rows = await pool.fetch(
        f"select w.*, {_OWNER}, d.due_at from {walk} d"  # noqa: S608
        " cross join lateral (select w.* from work_order w where w.id = d.id offset 0) w"  # one by one, in this order
        f" where {wanted} order by d.due_at, d.id limit {values.put(limit + 1)}",
        *values.given,
    )
    if len(rows) > limit:
        return rows[:limit], (rows[limit - 1]["due_at"], rows[limit - 1]["id"])
    if few_open(asked, actor):
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
    return (
        f"(select w.id, min(t.due_at) as due_at from ({opened}) w"  # noqa: S608
        " join order_timer t on t.order_id = w.id and t.stopped_at is null group by w.id)"
    )


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
    wanted = " and ".join([access(actor, values), *conditions(asked, actor, values)])
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


_PLAIN: Final = tuple(name for name in ListLine.model_fields if name not in {"owner", "colour", "found"})


def _line(row: Any, text: str, now: datetime, horizon: datetime) -> ListLine:
    return ListLine(
        owner=row["owner_name"],
        colour=colour_of(row["due_at"], now, horizon),
        found=marked(row, text),
        **{name: row[name] for name in _PLAIN},
    )
