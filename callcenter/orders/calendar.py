"""Working and natural days over a table of days, in the city's time (A5, B-33; Civil Code art. 200-204 by analogy).

The start day is not counted; a period of days ends with the last moment of its last day. Every due time here is the
first instant that is late: the start of the following day. So 23:59:59.999999 is still in time, 24:00 is not.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from callcenter.core import errors


class DayKind(StrEnum):
    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"  # 调休: a weekend day that is worked

    @property
    def worked(self) -> bool:
        return self in {DayKind.WORKING, DayKind.MAKE_UP}


@dataclass(frozen=True, slots=True)
class DayMark:
    """What a day is, with the festival's name when it is one."""

    kind: DayKind
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    count: int


@dataclass(frozen=True, slots=True)
class NaturalDays:
    """Every day counts; no roll-forward when the last one is a holiday (A-02)."""

    count: int


@dataclass(frozen=True, slots=True)
class Months:
    """To the same date of a later month, or to its last day when it has no such date; no roll-forward (JC-09)."""

    count: int


@dataclass(frozen=True, slots=True)
class Hours:
    span: timedelta


Length = WorkingDays | NaturalDays | Months | Hours


class CalendarMissing(errors.Unavailable):
    """D7: an unknown year fails closed."""

    code = "calendar-missing"
    zh = (
        "缺少{year}年的工作日历，无法计算期限；处理办法：按国务院办公厅通知把{year}年节假日与调休"
        "写入日历补充表（orders.calendar_file）"
    )
    en = (
        "there is no working calendar for {year}, so the deadline cannot be computed. Remedy: enter the holidays and "
        "make-up days of {year} from the State Council's notice into the calendar file (orders.calendar_file)"
    )


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """`exceptions` holds the days that differ from their weekday, for the `years` that are known."""

    name: str
    zone: ZoneInfo
    years: frozenset[int]
    exceptions: Mapping[date, DayMark]

    def day(self, on: date) -> DayMark:
        """What kind of day it is. Raises CalendarMissing."""
        if on.year not in self.years:
            raise CalendarMissing(year=on.year)
        return self.exceptions.get(on) or DayMark(DayKind.WORKING if on.weekday() < 5 else DayKind.WEEKEND)

    def local_date(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def end_of(self, on: date) -> datetime:
        """24:00 of the day, in UTC: the first instant after it."""
        following = on + timedelta(days=1)
        return datetime(following.year, following.month, following.day, tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Counted:
    """One day of a walk: `number` is its place in the period, None when it does not count."""

    on: date
    day: DayMark
    number: int | None
    is_start: bool = False


def walk(start: datetime, length: WorkingDays | NaturalDays, calendar: WorkingCalendar) -> Iterator[Counted]:
    """Every day from the start day to the last one that counts. Raises CalendarMissing."""
    on, number = calendar.local_date(start), 0
    yield Counted(on, calendar.day(on), None, is_start=True)
    while number < length.count:
        on += timedelta(days=1)
        day = calendar.day(on)
        if isinstance(length, NaturalDays) or day.kind.worked:
            number += 1
            yield Counted(on, day, number)
        else:
            yield Counted(on, day, None)


def months_after(on: date, count: int) -> date:
    """31 January plus one month is the last day of February."""
    year, month = divmod(on.year * 12 + on.month - 1 + count, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def due_at(start: datetime, length: Length, calendar: WorkingCalendar) -> datetime:
    """The first instant that is late, in UTC. Raises CalendarMissing; days must be at least one."""
    match length:
        case Hours(span):
            return start + span
        case Months(count):
            last_on = months_after(calendar.local_date(start), count)
            calendar.day(last_on)
            return calendar.end_of(last_on)
    *_, last = walk(start, length, calendar)
    return calendar.end_of(last.on)


def back_from(due: datetime, length: Length, calendar: WorkingCalendar) -> datetime:
    """The instant from which less than `length` is left until `due`: one working day before the end of a Monday is the
    end of the Friday before. Raises CalendarMissing."""
    on = last_day(due, calendar)
    match length:
        case Hours(span):
            return due - span
        case Months(count):
            return calendar.end_of(months_after(on, -count))
        case NaturalDays(count):
            return calendar.end_of(on - timedelta(days=count))
    left = length.count
    while left:
        on -= timedelta(days=1)
        left -= calendar.day(on).kind.worked
    return calendar.end_of(on)


def in_time(at: datetime, due: datetime) -> bool:
    return at < due


def last_day(due: datetime, calendar: WorkingCalendar) -> date:
    """The day that people call the due day: the one the last good instant lies in."""
    return calendar.local_date(due - timedelta(microseconds=1))
