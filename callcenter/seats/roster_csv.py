"""The roster as a table that a spreadsheet reads and writes: one shift a line, times of the city.

    username,starts_at,ends_at,breaks,note
    hw01,2026-11-23 08:00,16:00,12:00-12:30;14:00-14:10,早班

An end without a day, and the times of breaks, are of the day of the start, or of the next one when they are earlier.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from callcenter.seats.roster import Span

COLUMNS: Final = ("username", "starts_at", "ends_at", "breaks", "note")
LONGEST: Final = timedelta(hours=16)
MOST_ROWS: Final = 20_000
_DAY: Final = timedelta(days=1)
_STAMP: Final = "%Y-%m-%d %H:%M"
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One good line; `line` counts from 1, the heading included."""

    line: int
    username: str
    starts_at: datetime
    ends_at: datetime
    breaks: tuple[Span, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    line: int
    reason_zh: str
    reason_en: str


class _Wrong(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def read_rows(text: str, zone: ZoneInfo) -> tuple[list[Row], list[BadRow]]:
    """The good lines and the bad ones; a heading that is not as above is the one bad line."""
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    good: list[Row] = []
    bad: list[BadRow] = []
    try:
        heading = next(lines, [])
        if tuple(cell.strip() for cell in heading) != COLUMNS:
            return [], [_bad(1, _Wrong(f"表头应为 {','.join(COLUMNS)}", f"the heading must be {','.join(COLUMNS)}"))]
        for cells in lines:
            if lines.line_num > MOST_ROWS:
                bad.append(_bad(lines.line_num, _Wrong("行数过多", "too many lines")))
                break
            if not any(cell.strip() for cell in cells):
                continue
            try:
                good.append(_row(lines.line_num, cells, zone))
            except _Wrong as wrong:
                bad.append(_bad(lines.line_num, wrong))
    except csv.Error:
        bad.append(_bad(lines.line_num, _Wrong("不是有效的 CSV", "not valid CSV")))
    return good, bad


def write_rows(rows: Iterable[Row], zone: ZoneInfo) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow(_cells(row, zone))
    return out.getvalue()


def _cells(row: Row, zone: ZoneInfo) -> Iterator[str]:
    yield row.username
    yield row.starts_at.astimezone(zone).strftime(_STAMP)
    yield row.ends_at.astimezone(zone).strftime(_STAMP)
    yield ";".join(f"{begin.astimezone(zone):%H:%M}-{end.astimezone(zone):%H:%M}" for begin, end in row.breaks)
    yield _no_formula(row.note)


def _no_formula(text: str) -> str:
    """A spreadsheet would run a cell that begins like this."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _bad(line: int, wrong: _Wrong) -> BadRow:
    return BadRow(line=line, reason_zh=wrong.zh, reason_en=wrong.en)


def _row(line: int, cells: Sequence[str], zone: ZoneInfo) -> Row:
    if len(cells) > len(COLUMNS) or len(cells) < 3:
        raise _Wrong("列数不对", "wrong number of columns")
    username, start, end, breaks, note = (*(cell.strip() for cell in cells), "", "")[: len(COLUMNS)]
    if not username:
        raise _Wrong("缺少用户名", "the username is missing")
    starts_at = _stamp(start, zone)
    ends_at = _after(starts_at, end) if _CLOCK.fullmatch(end) else _stamp(end, zone)
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise _Wrong("班次须在 16 小时以内，且结束晚于开始", "a shift ends after it begins, and within 16 hours")
    return Row(
        line=line,
        username=username,
        starts_at=starts_at,
        ends_at=ends_at,
        breaks=tuple(_break(given, starts_at, ends_at) for given in breaks.split(";") if given.strip()),
        note=note[:200],
    )


def _stamp(text: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.strptime(text, _STAMP).replace(tzinfo=zone)
    except ValueError:
        raise _Wrong(
            f"时间应写作 2026-11-23 08:00：{text[:20]}", f"a time is written 2026-11-23 08:00: {text[:20]}"
        ) from None


def _after(begin: datetime, clock: str) -> datetime:
    """That time of the clock, next after the beginning."""
    at = datetime.combine(begin.date(), time.fromisoformat(clock), tzinfo=begin.tzinfo)
    return at if at > begin else at + _DAY


def _break(text: str, starts_at: datetime, ends_at: datetime) -> Span:
    begin, _, end = (part.strip() for part in text.partition("-"))
    if not _CLOCK.fullmatch(begin) or not _CLOCK.fullmatch(end):
        raise _Wrong(f"休息应写作 12:00-12:30：{text[:20]}", f"a break is written 12:00-12:30: {text[:20]}")
    span = _after(starts_at, begin), _after(_after(starts_at, begin), end)
    if not starts_at < span[0] < span[1] < ends_at:
        raise _Wrong(f"休息不在班次之内：{text[:20]}", f"the break is not inside the shift: {text[:20]}")
    return span
