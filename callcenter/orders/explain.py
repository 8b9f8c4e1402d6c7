"""Explains a deadline day by day, in Chinese and English: why each day counts or does not."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from callcenter.orders.calendar import (
    Counted,
    DayKind,
    Hours,
    Length,
    Months,
    NaturalDays,
    WorkingCalendar,
    WorkingDays,
    due_at,
    last_day,
    walk,
)

WEEKDAYS: Final = (
    ("周一", "Mon"),
    ("周二", "Tue"),
    ("周三", "Wed"),
    ("周四", "Thu"),
    ("周五", "Fri"),
    ("周六", "Sat"),
    ("周日", "Sun"),
)
KINDS: Final = {
    DayKind.WORKING: ("工作日", "working day"),
    DayKind.WEEKEND: ("周末", "weekend"),
    DayKind.HOLIDAY: ("法定节假日", "public holiday"),
    DayKind.MAKE_UP: ("调休上班", "make-up working day"),
}


@dataclass(frozen=True, slots=True)
class DayLine:
    """`number` is the day's place in the period, None when it does not count."""

    on: date
    weekday_zh: str
    weekday_en: str
    counts: bool
    number: int | None
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`due_at` is the first instant that is late (UTC)."""

    start: datetime
    length: Length
    due_at: datetime
    days: tuple[DayLine, ...]


def length_text(length: Length) -> tuple[str, str]:
    match length:
        case WorkingDays(count):
            return f"{count}个工作日", f"{count} working day(s)"
        case NaturalDays(count):
            return f"{count}个自然日", f"{count} natural day(s)"
        case Months(count):
            return f"{count}个月", f"{count} month(s)"
    hours = length.span.total_seconds() / 3600
    return f"{hours:g}小时", f"{hours:g} hour(s)"


def _why(day: Counted, length: WorkingDays | NaturalDays) -> tuple[str, str]:
    zh, en = KINDS[day.day.kind]
    if day.day.zh:
        zh, en = f"{zh}（{day.day.zh}）", f"{en} ({day.day.en})"
    if day.is_start:
        return f"起算当日不计入；{zh}", f"the start day is not counted; {en}"
    if day.number is None:
        return f"{zh}，不计入", f"{en}, not counted"
    if isinstance(length, NaturalDays):
        return f"自然日，逐日计入；{zh}", f"natural days all count; {en}"
    return f"{zh}，计入", f"{en}, counted"


def explain_due(start: datetime, length: Length, calendar: WorkingCalendar) -> list[DayLine]:
    """One line a day from the start day to the due day; none for hours and months. Raises CalendarMissing."""
    if isinstance(length, Hours | Months):
        return []
    lines = []
    for day in walk(start, length, calendar):
        weekday_zh, weekday_en = WEEKDAYS[day.on.weekday()]
        zh, en = _why(day, length)
        lines.append(DayLine(day.on, weekday_zh, weekday_en, day.number is not None, day.number, zh, en))
    return lines


def explanation(start: datetime, length: Length, calendar: WorkingCalendar) -> Explanation:
    days = tuple(explain_due(start, length, calendar))
    return Explanation(start, length, due_at(start, length, calendar), days)


def days_until(
    start: datetime, length: Length | None, due: datetime, cut_by: str, calendar: WorkingCalendar
) -> tuple[DayLine, ...]:
    """Why a clock is due at `due`, which `cut_by` (the public name of an outer clock, '' when none) may have made
    sooner than the length says: then the days end there. None for a given date. Raises CalendarMissing."""
    if length is None:
        return ()
    days = explain_due(start, length, calendar)
    if not cut_by:
        return tuple(days)
    kept = [day for day in days if day.on <= last_day(due, calendar)]
    if kept:
        zh, en = f"外层时限 {cut_by} 于此截止，先到者为准", f"the outer limit {cut_by} ends here, the earlier binds"
        kept[-1] = replace(kept[-1], why_zh=f"{kept[-1].why_zh}；{zh}", why_en=f"{kept[-1].why_en}; {en}")
    return tuple(kept)
