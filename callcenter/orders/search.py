"""Chinese full-text search over orders (docs/search.md): two neighbouring characters are a token of one inverted index,
as are who may see the order and its week; walked from the newest weeks back. Never over a caller's name or number."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg
from pydantic import BaseModel, ConfigDict

from callcenter.core import errors
from callcenter.core.pages import Place
from callcenter.orders.drivers import TOPMOST, access, code_of, depth_of
from callcenter.orders.filters import OrderFilter, Values, View, conditions
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool

MOST_FOUND: Final = 1000
"""Candidates that one look takes from the index."""
WEEKS: Final = (4, 16, 64, 256)
"""How far back the looks of one page reach, one after another; the last has no limit."""
AROUND: Final = 24
FIELDS: Final = ("title", "address", "content", "reply")
_NUMBER: Final = re.compile(r"(20\d{6})-?(\d{6,12})")
_DIGITS: Final = re.compile(r"\d{7,}|(?<!\d)1[3-9]\d(?:[- ]?\d){8}(?!\d)|(?<!\d)0\d{2,3}[- ]\d{3,4}[- ]?\d{4}(?!\d)")
"""Seven digits in a row, or a telephone number that is parted by blanks or dashes."""
_HAN: Final = re.compile(r"[\u3040-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")


class WordsTooShort(errors.Invalid):
    code = "search-words-too-short"
    zh = "检索词须含汉字、字母或数字；标点和符号不能检索"
    en = "search for characters, letters or digits: punctuation and signs are not searched"


class NumberInWords(errors.Invalid):
    code = "search-by-number"
    zh = "不能用文字检索查电话号码。请使用“按号码查询”，并说明用途"
    en = "telephone numbers are not searched as words: use the search by number, and say what for"


class Piece(BaseModel):
    """A stretch of text; `hit` when it is what was searched for."""

    model_config = ConfigDict(frozen=True)

    text: str
    hit: bool


def plain(text: str) -> str:
    """As `order_told` of the database has it: full-width letters and digits become common ones, capitals small."""
    return unicodedata.normalize("NFKC", text).lower()


def number_of(text: str) -> str | None:
    """An order's number that was typed whole, with or without its dash."""
    found = _NUMBER.fullmatch(plain(text).strip())
    return f"{found[1]}-{found[2]}" if found else None


def terms_of(text: str) -> list[str]:
    """Raises NumberInWords."""
    words = plain(text)
    if _DIGITS.search(words):
        raise NumberInWords
    return words.split()


def has_characters(text: str) -> bool:
    """Whether there is a Chinese character in it: one alone is no token, and found by looking at the texts."""
    return _HAN.search(text) is not None


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
    terms = plain(text).split()
    found = (_around(row[name] or "", terms) for name in FIELDS) if terms else ()
    return tuple(pieces for pieces in found if pieces)


def _around(text: str, terms: Sequence[str]) -> tuple[Piece, ...]:
    told = plain(text)
    if len(told) != len(text):  # a letter whose common form is longer: places would not fit
        return ()
    hits = sorted((at, at + len(term)) for term in terms if (at := told.find(term)) >= 0)
    if not hits:
        return ()
    first, last = max(hits[0][0] - AROUND, 0), min(hits[0][1] + AROUND, len(text))
    pieces, at = [], first
    for begin, end in hits:
        if begin >= at and end <= last:
            pieces += [Piece(text=text[at:begin], hit=False), Piece(text=text[begin:end], hit=True)]
            at = end
    return tuple(piece for piece in (*pieces, Piece(text=text[at:last], hit=False)) if piece.text)


Dues = tuple[datetime | None, datetime | None]
"""Strictly after, and up to: of the due times that are wanted."""
NEXT_DUE: Final = "(select min(t.due_at) from order_timer t where t.order_id = w.id and t.stopped_at is null)"
_LINE: Final = f"""
select w.*, (select o.name from org o where o.id = w.owner_org_id) as owner_name, {NEXT_DUE} as due_at
from work_order w
"""  # noqa: S608


def due_within(dues: Dues, values: Values) -> list[str]:
    """That the order's next clock runs out then."""
    return [f"{NEXT_DUE} {sign} {values.put(at)}" for sign, at in zip((">", "<="), dues, strict=True) if at]


async def by_words(pool: Pool, asked: OrderFilter) -> bool:
    """Whether the index of words answers, and not a walk that looks at the texts: a single character has no token, and
    who helps is in no token. Raises WordsTooShort, NumberInWords."""
    if number_of(asked.text):
        return True
    words = " ".join(terms_of(asked.text))
    indexed = await pool.fetchval("select cardinality(order_tokens($1)) > 0", words)
    if not indexed and not has_characters(words):
        raise WordsTooShort
    return bool(indexed) and asked.view is not View.HELPING


def told_in(asked: OrderFilter, values: Values) -> list[str]:
    """That every word stands in `w`: digits as a whole word, never as a part of a number."""
    if not asked.text.strip():
        return []
    if number := number_of(asked.text):
        return [f"w.number = {values.put(number)}"]
    terms = terms_of(asked.text)
    words = values.put(" ".join(terms))
    tokens = f"select from order_text t where t.order_id = w.id and t.tokens @> order_tokens({words})"
    return [*_standing_in(terms, values), f"exists ({tokens})"]


def _standing_in(terms: Sequence[str], values: Values) -> list[str]:
    return [f"strpos(order_told(searched_of(w)), {values.put(term)}) > 0" for term in terms]


async def found_page(
    pool: Pool, actor: Actor, asked: OrderFilter, before: Place, limit: int, dues: Dues
) -> tuple[Sequence[asyncpg.Record], Place | None]:
    """Newest first, out of the index; `by_words` says when. Raises NumberInWords."""
    if number := number_of(asked.text):
        return await _of_number(pool, actor, asked, number), None
    terms = terms_of(asked.text)
    words = " ".join(terms)
    oldest = await pool.fetchval("select order_week(min(created_at)) from work_order")
    newest = await pool.fetchval("select order_week(max(created_at)) from work_order where created_at <= $1", before[0])
    rows: list[asyncpg.Record] = []
    if newest is None:
        return rows, None
    for weeks in looks(newest, oldest):
        candidates = await _candidates(pool, actor, asked, before, words, weeks)
        found = [row["order_id"] for row in candidates]
        rows += await _lines(pool, actor, asked, terms, found, limit + 1 - len(rows), dues)
        if len(rows) > limit:
            return rows[:limit], (rows[limit - 1]["created_at"], rows[limit - 1]["id"])
        if len(candidates) == MOST_FOUND:
            return rows, (candidates[-1]["created_at"], candidates[-1]["order_id"])
    return rows, None


async def _of_number(pool: Pool, actor: Actor, asked: OrderFilter, number: str) -> Sequence[asyncpg.Record]:
    values = Values()
    wanted = [f"w.number = {values.put(number)}", access(asked, actor, values), *conditions(asked, actor, values)]
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
    pool: Pool, actor: Actor, asked: OrderFilter, terms: Sequence[str], orders: list[Any], most: int, dues: Dues
) -> Sequence[asyncpg.Record]:
    """Those that the reader may see, that the filter wants, and in which every word really stands."""
    if not orders:
        return []
    values = Values()
    wanted = [
        f"w.id = any({values.put(orders)}::uuid[])",
        access(asked, actor, values),
        *conditions(asked, actor, values),
    ]
    wanted += [*_standing_in(terms, values), *due_within(dues, values)]
    return await pool.fetch(
        f"{_LINE} where {' and '.join(wanted)} order by w.created_at desc, w.id desc limit {values.put(most)}",
        *values.given,
    )
