"""Chinese full-text search over orders (docs/search.md): two neighbouring characters are a token of one inverted index,
as are who may see the order and its week; walked from the newest weeks back. Never over a caller's name or number."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import asyncpg
from pydantic import BaseModel, ConfigDict

from callcenter.core import errors
from callcenter.core.pages import Place
from callcenter.orders.drivers import TOPMOST, access, code_of, depth_of
from callcenter.orders.filters import OrderFilter, Values, conditions
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool

MOST_FOUND: Final = 1000
"""Candidates that one look takes from the index."""
WEEKS: Final = (4, 16, 64, 256)
"""How far back the looks of one page reach, one after another; the last has no limit."""
AROUND: Final = 24
FIELDS: Final = ("title", "address", "content", "reply")
_NUMBER: Final = re.compile(r"\d{8}-\d{6,12}")
_DIGITS: Final = re.compile(r"\d{7,}")


class WordsTooShort(errors.Invalid):
    code = "search-words-too-short"
    zh = "请至少输入两个相邻的汉字，或一个字母数字词"
    en = "search for at least two neighbouring characters, or a word of letters and digits"


class NumberInWords(errors.Invalid):
    code = "search-by-number"
    zh = "不能用文字检索查电话号码。请使用“按号码查询”，并说明用途"
    en = "telephone numbers are not searched as words: use the search by number, and say what for"


class Piece(BaseModel):
    """A stretch of text; `hit` when it is what was searched for."""

    model_config = ConfigDict(frozen=True)

    text: str
    hit: bool


def number_of(text: str) -> str | None:
    """An order's number that was typed whole."""
    typed = text.strip()
    return typed if _NUMBER.fullmatch(typed) else None


def terms_of(text: str) -> list[str]:
    """Raises NumberInWords."""
    if _DIGITS.search(text):
        raise NumberInWords
    return text.lower().split()


def looks(newest: int, oldest: int) -> Iterator[tuple[int, int] | None]:
    """Stretches of weeks, the newest first; None for all that is older than the others."""
    last = newest
    for weeks in WEEKS:
        if last < oldest:
            return
        yield max(last - weeks + 1, oldest), last
        last -= weeks
    if last >= oldest:
        yield None


def marked(row: Mapping[str, Any], text: str) -> tuple[tuple[Piece, ...], ...]:
    """For each field in which a searched word stands: the text around its first place, in pieces."""
    terms = text.lower().split()
    found = (_around(row[name] or "", terms) for name in FIELDS) if terms else ()
    return tuple(pieces for pieces in found if pieces)


def _around(text: str, terms: Sequence[str]) -> tuple[Piece, ...]:
    plain = text.lower()
    if len(plain) != len(text):  # a letter whose small form is longer: places would not fit
        return ()
    hits = sorted((at, at + len(term)) for term in terms if (at := plain.find(term)) >= 0)
    if not hits:
        return ()
    first, last = max(hits[0][0] - AROUND, 0), min(hits[0][1] + AROUND, len(text))
    pieces, at = [], first
    for begin, end in hits:
        if begin >= at and end <= last:
            pieces += [Piece(text=text[at:begin], hit=False), Piece(text=text[begin:end], hit=True)]
            at = end
    return tuple(piece for piece in (*pieces, Piece(text=text[at:last], hit=False)) if piece.text)


_LINE: Final = """
select w.*, (select o.name from org o where o.id = w.owner_org_id) as owner_name, (
    select min(t.due_at) from order_timer t where t.order_id = w.id and t.stopped_at is null) as due_at
from work_order w
"""


async def found_page(
    pool: Pool, actor: Actor, asked: OrderFilter, before: Place, limit: int
) -> tuple[Sequence[asyncpg.Record], Place | None]:
    """Newest first. Raises WordsTooShort, NumberInWords."""
    if number := number_of(asked.text):
        return await _of_number(pool, actor, asked, number), None
    terms = terms_of(asked.text)
    words = " ".join(terms)
    oldest = await pool.fetchval("select order_week(min(created_at)) from work_order")
    if not await pool.fetchval("select cardinality(order_tokens($1)) > 0", words):
        raise WordsTooShort
    newest = await pool.fetchval("select order_week(max(created_at)) from work_order where created_at <= $1", before[0])
    rows: list[asyncpg.Record] = []
    if newest is None:
        return rows, None
    for weeks in looks(newest, oldest):
        candidates = await _candidates(pool, actor, asked, before, words, weeks)
        rows += await _lines(pool, actor, asked, terms, [row["order_id"] for row in candidates], limit + 1 - len(rows))
        if len(rows) > limit:
            return rows[:limit], (rows[limit - 1]["created_at"], rows[limit - 1]["id"])
        if len(candidates) == MOST_FOUND:
            return rows, (candidates[-1]["created_at"], candidates[-1]["order_id"])
    return rows, None


async def _of_number(pool: Pool, actor: Actor, asked: OrderFilter, number: str) -> Sequence[asyncpg.Record]:
    values = Values()
    wanted = [f"w.number = {values.put(number)}", access(actor, values), *conditions(asked, actor, values)]
    return await pool.fetch(f"{_LINE} where {' and '.join(wanted)}", *values.given)


async def _candidates(
    pool: Pool, actor: Actor, asked: OrderFilter, before: Place, words: str, weeks: tuple[int, int] | None
) -> Sequence[asyncpg.Record]:
    """Orders whose tokens hold those of the words and of the reader."""
    values = Values()
    wanted = [
        f"t.tokens @> order_tokens({values.put(words)})",
        f"(t.created_at, t.order_id) < ({values.put(before[0])}, {values.put(before[1])})",
    ]
    if weeks is not None:
        wanted.append(f"t.tokens && order_weeks({values.put(weeks[0])}, {values.put(weeks[1])})")
    if depth_of(actor.org_path) > TOPMOST:
        scope = (values.put(f"o:{code_of(actor.org_path)}"), values.put(f"u:{actor.user_id}"))
        wanted.append(f"t.tokens && array[order_word({scope[0]}), order_word({scope[1]})]")
    for sql, at in (("t.created_at >= ", asked.created_from), ("t.created_at < ", asked.created_to)):
        if at is not None:
            wanted.append(sql + values.put(at))
    return await pool.fetch(
        f"select t.order_id, t.created_at from order_text t where {' and '.join(wanted)}"  # noqa: S608
        f" order by t.created_at desc, t.order_id desc limit {MOST_FOUND}",
        *values.given,
    )


async def _lines(
    pool: Pool, actor: Actor, asked: OrderFilter, terms: Sequence[str], orders: list[Any], most: int
) -> Sequence[asyncpg.Record]:
    """Those that the reader may see, that the filter wants, and in which every word really stands."""
    if not orders:
        return []
    values = Values()
    wanted = [f"w.id = any({values.put(orders)}::uuid[])", access(actor, values), *conditions(asked, actor, values)]
    wanted += [f"strpos(order_told(searched_of(w)), {values.put(term)}) > 0" for term in terms]
    return await pool.fetch(
        f"{_LINE} where {' and '.join(wanted)} order by w.created_at desc, w.id desc limit {values.put(most)}",
        *values.given,
    )
