"""The working-hour roster: who is on when, and in which hours a queue has too few (JC-18). Values only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from callcenter.core.ids import UserId
from callcenter.seats.queues import QueueBook, QueueDefinition

HOUR: Final = timedelta(hours=1)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """`queues` are those of the agent's seat; `breaks` lie inside the shift."""

    user: UserId
    name: str
    queues: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    breaks: tuple[Span, ...] = ()

    def works_at(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at and not any(begin <= at < end for begin, end in self.breaks)

    def turns(self) -> Iterator[datetime]:
        """Whenever the agent begins or stops."""
        yield from (self.starts_at, self.ends_at)
        for span in self.breaks:
            yield from span


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One hour in which a queue that must be staffed has fewer agents than it needs, at least for a while."""

    queue: str
    hour: datetime
    least: int
    planned: int


def hours_between(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Each full hour of the city's clock that begins in the time."""
    hour = since.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    if hour < since:
        hour += HOUR
    while hour < until:
        yield hour
        hour += HOUR


def gaps(shifts: Iterable[Shift], book: QueueBook, since: datetime, until: datetime, zone: ZoneInfo) -> list[Gap]:
    """In the order of time, then of the queues' definitions. One agent stands in for each of the seat's queues."""
    by_hour = _by_hour(shifts, zone)
    return [
        Gap(queue=queue.name, hour=hour, least=queue.staffed.least, planned=planned)
        for hour in hours_between(since, until, zone)
        for queue in book.queues
        if queue.staffed is not None and queue.staffed.holds(hour.hour)
        if (planned := planned_in(queue, hour, by_hour.get(hour, ()))) < queue.staffed.least
    ]


def planned_in(queue: QueueDefinition, hour: datetime, shifts: Sequence[Shift]) -> int:
    """The fewest agents of the queue at any moment of the hour."""
    able = [shift for shift in shifts if queue.name in shift.queues]
    moments = {hour, *(turn for shift in able for turn in shift.turns() if hour < turn < hour + HOUR)}
    return min(sum(shift.works_at(moment) for shift in able) for moment in moments)


def overlapping(shifts: Iterable[Shift], begin: datetime, end: datetime) -> Shift | None:
    return next((shift for shift in shifts if shift.starts_at < end and begin < shift.ends_at), None)


def _by_hour(shifts: Iterable[Shift], zone: ZoneInfo) -> Mapping[datetime, list[Shift]]:
    table: defaultdict[datetime, list[Shift]] = defaultdict(list)
    for shift in shifts:
        for hour in hours_between(shift.starts_at - HOUR + timedelta(microseconds=1), shift.ends_at, zone):
            table[hour].append(shift)
    return table
