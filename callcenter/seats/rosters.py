"""The roster in use: who is on, import and export, and the check for gaps (JC-18)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter

from callcenter.core.clock import Clock
from callcenter.core.errors import Invalid, NotFound, Refused
from callcenter.core.ids import UserId, new_id
from callcenter.core.pages import Page
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.seats.queues import QueueBook
from callcenter.seats.roster import Gap, Shift, Span, gaps
from callcenter.seats.roster_csv import BadRow, Row, read_rows, write_rows
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load

SQL: Final = load("rosters")
LONGEST_SPAN: Final = timedelta(days=92)
FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LAST: Final = datetime(9000, 1, 1, tzinfo=UTC)
_BREAKS: Final[TypeAdapter[tuple[tuple[AwareDatetime, AwareDatetime], ...]]] = TypeAdapter(
    tuple[tuple[AwareDatetime, AwareDatetime], ...]
)


class SpanTooLong(Invalid):
    code = "roster-span-wrong"
    zh = "时间范围须在 {days} 天以内，且结束晚于开始"
    en = "The time must end after it begins, and be at most {days} days"


class ShiftsOverlap(Refused):
    code = "shift-overlaps"
    zh = "该坐席在这段时间已有班次"
    en = "This agent has a shift in that time already"


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class BreakView(_Shown):
    begin: datetime
    end: datetime


class ShiftView(_Shown):
    """`works_now` is False in a break."""

    id: UUID
    username: str
    name: str
    extension: str
    queues: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    breaks: tuple[BreakView, ...]
    note: str
    works_now: bool


class ShiftList(Page[ShiftView]):
    """By start, all of the time on one page."""


class GapView(_Shown):
    """An hour, named by its start, in which so many fewer agents are planned than the queue needs."""

    queue: str
    hour: datetime
    least: int
    planned: int


class GapReport(Page[GapView]):
    """By time; empty when every hour that must be staffed is."""


class BadRowView(_Shown):
    line: int
    reason_zh: str
    reason_en: str


class ImportReport(_Shown):
    """The good rows are stored, the bad ones are not: correct them and import the file again."""

    stored: int
    bad: tuple[BadRowView, ...]


class Rosters:
    def __init__(self, pool: Pool, book: QueueBook, clock: Clock, audit: Audit, city: str) -> None:
        """`city` is an IANA zone name."""
        self._pool = pool
        self._book = book
        self._clock = clock
        self._audit = audit
        self._zone = ZoneInfo(city)

    async def shifts(self, actor: Actor, since: datetime, until: datetime) -> ShiftList:
        """Raises Forbidden, SpanTooLong."""
        actor.require(Role.SUPERVISOR, Role.AGENT, Role.LEADER)
        now = self._clock.now()
        rows = await self._rows(since, until)
        return ShiftList(items=tuple(_view(row, now) for row in rows))

    async def on_duty(self, actor: Actor) -> ShiftList:
        """Who is planned to work at this moment, those in a break included."""
        actor.require(Role.SUPERVISOR, Role.AGENT, Role.LEADER)
        now = self._clock.now()
        rows = await self._rows(now, now + timedelta(microseconds=1))
        return ShiftList(items=tuple(_view(row, now) for row in rows))

    async def check(self, since: datetime, until: datetime) -> list[Gap]:
        """Raises SpanTooLong."""
        rows = await self._rows(since, until)
        return gaps((_shift(row) for row in rows), self._book, since, until, self._zone)

    async def report(self, actor: Actor, since: datetime | None, days: int) -> GapReport:
        """From now on, if no start is given. Raises Forbidden."""
        actor.require(Role.SUPERVISOR, Role.LEADER)
        begin = since or self._clock.now()
        try:
            end = begin + timedelta(days=days)
        except OverflowError:
            raise SpanTooLong(days=LONGEST_SPAN.days) from None
        found = await self.check(begin, end)
        return GapReport(items=tuple(GapView.model_validate(gap) for gap in found))

    async def plan(self, actor: Actor, rows: Iterable[Row]) -> ImportReport:
        """Stores the rows that can be. A row with the start of a known shift replaces that. Raises Forbidden."""
        actor.require(Role.SUPERVISOR)
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.lock_rosters(connection)
            stored, bad = await _store(connection, list(rows))
            detail = {"stored": stored, "bad": len(bad)}
            await self._audit.record(connection, actor.user_id, "roster_imported", "roster", "", detail)
        return ImportReport(stored=stored, bad=tuple(BadRowView.model_validate(one) for one in bad))

    async def read_in(self, actor: Actor, text: str) -> ImportReport:
        """A table as in `roster_csv`. Raises Forbidden."""
        rows, unreadable = read_rows(text, self._zone)
        report = await self.plan(actor, rows)
        bad = (*(BadRowView.model_validate(one) for one in unreadable), *report.bad)
        return ImportReport(stored=report.stored, bad=tuple(sorted(bad, key=lambda one: one.line)))

    async def write_out(self, actor: Actor, since: datetime, until: datetime) -> str:
        """As CSV. Raises Forbidden, SpanTooLong."""
        actor.require(Role.SUPERVISOR)
        rows = await self._rows(since, until)
        return write_rows((_row(row) for row in rows), self._zone)

    async def remove(self, actor: Actor, shift: UUID) -> None:
        """Raises Forbidden, NotFound."""
        actor.require(Role.SUPERVISOR)
        if await SQL.remove_shift(self._pool, id=shift) is None:
            raise NotFound
        await self._audit.record(self._pool, actor.user_id, "shift_removed", "shift", shift)

    async def _rows(self, since: datetime, until: datetime) -> list[Any]:
        require_span(since, until)
        return [row async for row in SQL.shifts_between(self._pool, since=since, until=until)]


def require_span(since: datetime, until: datetime) -> None:
    """Raises SpanTooLong, also for the ends of all time."""
    if not timedelta(0) < until - since <= LONGEST_SPAN or not FIRST < since < LAST:
        raise SpanTooLong(days=LONGEST_SPAN.days)


async def _store(connection: Connection, rows: Sequence[Row]) -> tuple[int, list[BadRow]]:
    names = sorted({row.username for row in rows})
    seats = {row["username"]: UserId(row["id"]) async for row in SQL.seats_by_username(connection, usernames=names)}
    held = await _held(connection, seats, rows)
    stored, bad = 0, []
    for row in rows:
        user = seats.get(row.username)
        if user is None:
            bad.append(_bad(row, f"没有坐席 {row.username}", f"no seat of {row.username}"))
        elif any(begin < row.ends_at and row.starts_at < end for begin, end in _others(held[user], row)):
            bad.append(_bad(row, ShiftsOverlap.zh, ShiftsOverlap.en))
        else:
            held[user] = [*_others(held[user], row), (row.starts_at, row.ends_at)]
            await SQL.write_shift(
                connection,
                id=new_id(),
                user_id=user,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                breaks=_BREAKS.dump_python(row.breaks, mode="json"),
                note=row.note,
            )
            stored += 1
    return stored, bad


async def _held(connection: Connection, seats: dict[str, UserId], rows: Sequence[Row]) -> dict[UserId, list[Span]]:
    held: dict[UserId, list[Span]] = {user: [] for user in seats.values()}
    if rows:
        since, until = min(row.starts_at for row in rows), max(row.ends_at for row in rows)
        async for row in SQL.shifts_of(connection, users=list(held), since=since, until=until):
            held[row["user_id"]].append((row["starts_at"], row["ends_at"]))
    return held


def _others(held: Iterable[Span], row: Row) -> list[Span]:
    """But for the shift that the row replaces."""
    return [span for span in held if span[0] != row.starts_at]


def _bad(row: Row, zh: str, en: str) -> BadRow:
    return BadRow(line=row.line, reason_zh=zh, reason_en=en)


def _shift(row: Any) -> Shift:
    return Shift(
        user=row["user_id"],
        name=row["name"],
        queues=tuple(row["queues"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        breaks=_BREAKS.validate_python(row["breaks"]),
    )


def _row(row: Any) -> Row:
    return Row(
        line=0,
        username=row["username"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        breaks=_BREAKS.validate_python(row["breaks"]),
        note=row["note"],
    )


def _view(row: Any, now: datetime) -> ShiftView:
    shift = _shift(row)
    return ShiftView(
        id=row["id"],
        username=row["username"],
        name=row["name"],
        extension=row["extension"],
        queues=shift.queues,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        breaks=tuple(BreakView(begin=begin, end=end) for begin, end in shift.breaks),
        note=row["note"],
        works_now=shift.works_at(now),
    )
