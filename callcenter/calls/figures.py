"""The key figures of calls, read from the ledger."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from callcenter.calls.kpi import IN_TIME, WINDOW, Tally
from callcenter.calls.views import View
from callcenter.store.pool import Pool
from callcenter.store.queries import load

SQL: Final = load("kpi")


class TallyView(View):
    """Counts as in `calls.kpi.Tally`; rates are 0 to 1, null where there is nothing to divide by."""

    arrived: int
    asked: int
    answered: int
    in_time: int
    abandoned: int
    failed: int
    connect_rate: float | None
    in_time_rate: float | None
    abandon_rate: float | None


class HotlineTally(View):
    """Of one number that citizens dial; `hotline` is its name, '' for a number of no registry entry."""

    number: str
    hotline: str
    tally: TallyView


class HourTally(View):
    """Of the hour that begins at `at` (UTC)."""

    at: datetime
    tally: TallyView


class CallFigures(View):
    """Of the calls that arrived from `since` until `until`; hotlines by number, hours in order, those without calls
    left out."""

    since: datetime
    until: datetime
    connect_line_held: bool
    all: TallyView
    hotlines: tuple[HotlineTally, ...]
    hours: tuple[HourTally, ...]


class FiguresReading:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def rolling(self, until: datetime) -> CallFigures:
        """Of the 24 h before (B-07)."""
        return await self.between(until - WINDOW, until)

    async def between(self, since: datetime, until: datetime) -> CallFigures:
        by_number: defaultdict[str, Tally] = defaultdict(Tally)
        by_hour: defaultdict[datetime, Tally] = defaultdict(Tally)
        names: dict[str, str] = {}
        async for row in SQL.tallies(self._pool, since=since, until=until, in_time=IN_TIME):
            tally = Tally(**{name: row[name] for name in _COUNTS})
            by_number[row["dialled"]] += tally
            by_hour[row["hour"]] += tally
            names[row["dialled"]] = row["hotline"] or names.get(row["dialled"], "")
        whole = _sum(by_hour.values())
        hotlines = (
            HotlineTally(number=number, hotline=names[number], tally=_shown(by_number[number]))
            for number in sorted(by_number)
        )
        return CallFigures(
            since=since,
            until=until,
            connect_line_held=whole.connect_line_held,
            all=_shown(whole),
            hotlines=tuple(hotlines),
            hours=tuple(HourTally(at=hour, tally=_shown(by_hour[hour])) for hour in sorted(by_hour)),
        )


_COUNTS: Final = ("arrived", "asked", "answered", "in_time", "abandoned", "failed")


def _sum(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())


def _shown(tally: Tally) -> TallyView:
    return TallyView.model_validate(tally, from_attributes=True)
