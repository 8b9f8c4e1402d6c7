"""Reading the registry with what has happened: for citizens, for the page of supervisors, for reports by number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from callcenter.core.clock import Clock
from callcenter.store.pool import Pool
from callcenter.transfers.hotline import Hotline, Mode, Status, status_on
from callcenter.transfers.hotline_merge import ITEMS
from callcenter.transfers.hotline_views import (
    CallCounts,
    CheckView,
    ClosingView,
    DayCounts,
    HotlineBoard,
    HotlineView,
    NumberDays,
    ProbeView,
    PublicHotline,
    PublicHotlines,
    answers_now,
)
from callcenter.transfers.registry_book import SQL, RegistryBook

_DAY: Final = timedelta(days=1)
NO_CALLS: Final = CallCounts()

Key = tuple[str, date]
"""A merged number and the first day of its notice."""


@dataclass(slots=True)
class _Known:
    """Everything about all numbers, read once for a page."""

    now: datetime
    checks: dict[tuple[str, date, str], CheckView] = field(default_factory=dict)
    closings: dict[Key, ClosingView] = field(default_factory=dict)
    probes: dict[tuple[str, bool], ProbeView] = field(default_factory=dict)
    today: Mapping[str, CallCounts] = field(default_factory=dict)
    yesterday: Mapping[str, CallCounts] = field(default_factory=dict)

    def closing_of(self, line: Hotline) -> ClosingView | None:
        return self.closings.get((line.number, line.since)) if line.mode is Mode.MERGED and line.since else None

    def status_of(self, line: Hotline) -> Status:
        closing = self.closing_of(line)
        return status_on(line, self.now.date(), closed=closing is not None and closing.closed_at is not None)


class HotlineReading:
    """`city` is an IANA zone name: days are the city's."""

    def __init__(self, pool: Pool, clock: Clock, book: RegistryBook, city: str) -> None:
        self._pool = pool
        self._clock = clock
        self._book = book
        self._city = city
        self._zone = ZoneInfo(city)

    @property
    def today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()

    async def public(self) -> PublicHotlines:
        """Which number to dial now (JC-08): nothing in it is anybody's secret."""
        known = _Known(self._clock.now().astimezone(self._zone))
        await self._read_closings(known)
        main = self._book.current.main.number
        return PublicHotlines(items=tuple(_public(line, known, main) for line in self._book.current.hotlines))

    async def board(self) -> HotlineBoard:
        known = _Known(self._clock.now().astimezone(self._zone))
        registry = self._book.current
        await self._read_closings(known)
        async for row in SQL.checks(self._pool):
            known.checks[row["number"], row["since"], row["item"]] = CheckView(
                item=row["item"], done=True, by=row["by_name"], at=row["done_at"], note=row["note"]
            )
        async for row in SQL.last_probes(self._pool, numbers=[line.number for line in registry.hotlines]):
            known.probes[row["number"], row["drill"]] = probe_view(row)
        known.today = await self._counts(known.now.date())
        known.yesterday = await self._counts(known.now.date() - _DAY)
        items = tuple(_view(line, known) for line in registry.hotlines)
        return HotlineBoard(
            version=registry.version,
            sha256=self._book.sha256,
            day=known.now.date(),
            items=items,
            alarms=tuple(item.line.number for item in items if item.alarm),
        )

    async def days(self, number: str, days: int) -> NumberDays:
        """Calls that arrived at the number, dialled as it is: of today and the days before. Raises NoSuchHotline."""
        self._book.find(number)
        first = self.today - _DAY * (days - 1)
        since, until = self._instant(first), self._instant(self.today + _DAY)
        rows = SQL.days_of_number(self._pool, number=number, zone=self._city, since=since, until=until)
        found = {row["day"]: DayCounts(**row) async for row in rows}
        whole = (first + _DAY * n for n in range(days))
        return NumberDays(number=number, items=tuple(found.get(day) or DayCounts(day=day) for day in whole))

    async def _counts(self, day: date) -> dict[str, CallCounts]:
        rows = SQL.calls_between(self._pool, since=self._instant(day), until=self._instant(day + _DAY))
        return {row["number"]: _counted(row) async for row in rows}

    def _instant(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)

    async def _read_closings(self, known: _Known) -> None:
        async for row in SQL.closings(self._pool):
            fields = dict(row)
            known.closings[fields.pop("number"), fields.pop("since")] = ClosingView(**fields)


def _counted(row: Any) -> CallCounts:
    return CallCounts(**{name: row[name] for name in CallCounts.model_fields})


def _public(line: Hotline, known: _Known, main: str) -> PublicHotline:
    gone = line.mode in {Mode.CANCELLED, Mode.MERGED}
    status = known.status_of(line)
    return PublicHotline(
        number=line.number,
        title=line.title,
        owner=line.owner,
        mode=line.mode,
        status=status,
        since=line.since,
        until=line.until,
        dial_now=main if gone and status is not Status.PLANNED else line.number,
    )


def _view(line: Hotline, known: _Known) -> HotlineView:
    test, drill = known.probes.get((line.number, False)), known.probes.get((line.number, True))
    merged = line.mode is Mode.MERGED
    return HotlineView(
        line=line,
        status=known.status_of(line),
        days_left=max((line.until - known.now.date()).days, 0) if merged and line.until else None,
        answers_now=answers_now(line.link, known.now),
        today=known.today.get(line.number, NO_CALLS),
        yesterday=known.yesterday.get(line.number, NO_CALLS),
        checklist=tuple(_check(line, item, known) for item in ITEMS) if merged else (),
        closing=known.closing_of(line),
        test=test,
        drill=drill,
        alarm=test is not None and test.status == "failed",
    )


def _check(line: Hotline, item: Any, known: _Known) -> CheckView:
    ticked = known.checks.get((line.number, line.since, item)) if line.since else None
    return ticked or CheckView(item=item, done=False)


def probe_view(row: Any) -> ProbeView:
    answered, began = row["answered_at"], row["began_at"]
    kind: Literal["daily", "manual", "drill"] = row["kind"]
    return ProbeView(
        id=row["id"],
        number=row["number"],
        kind=kind,
        status=row["status"],
        reason=row["reason"],
        asked_at=row["asked_at"],
        by=row["by_name"],
        ended_at=row["ended_at"],
        answer_seconds=(answered - began).total_seconds() if answered and began else None,
        call_id=row["call_id"],
    )
