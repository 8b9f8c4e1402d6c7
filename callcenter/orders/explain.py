"""Explains a deadline day by day, in Chinese and English: why each day counts or does not."""

from dataclasses import dataclass
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
