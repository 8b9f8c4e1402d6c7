"""Signs on a clock before it is late: at a share of its length, or so long before it is due (XY-08, B-14)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from callcenter.orders.calendar import Length, NaturalDays, WorkingCalendar, WorkingDays, back_from, walk
from callcenter.orders.policy import WarningSign

Colour = Literal["green", "yellow", "red"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """`sign` is `50%`, `80%`, `yellow`: what the warning event says."""

    at: datetime
    sign: str


def _share(percent: int, start: datetime, due: datetime, length: Length | None, calendar: WorkingCalendar) -> datetime:
    """For days the share of the days that count, so that half of a working day is noon and four fifths of five days are
    the morning of the fifth; else the share of the time."""
    if not isinstance(length, WorkingDays | NaturalDays):
        return start + (due - start) * percent / 100
    whole, rest = divmod(length.count * percent, 100)
    counted = [day.on for day in walk(start, length, calendar) if day.number]
    return calendar.end_of(counted[whole] - timedelta(days=1)) + timedelta(days=1) * rest / 100


def signs_of(
    warnings: Iterable[WarningSign], start: datetime, due: datetime, length: Length | None, calendar: WorkingCalendar
) -> tuple[Sign, ...]:
    """In order of time; a sign that would show before the clock starts is left out. `length` is None for a clock that
    was cut or has a given date."""
    found = []
    for warning in warnings:
        if warning.before is not None:
            at = back_from(due, warning.before.length, calendar)
        else:
            at = _share(warning.percent or 0, start, due, length, calendar)
        if start < at < due:
            found.append(Sign(at=at, sign=warning.sign))
    return tuple(sorted(found, key=lambda sign: (sign.at, sign.sign)))


def colour_at(now: datetime, due: datetime, warnings: Iterable[WarningSign], calendar: WorkingCalendar) -> Colour:
    """Red from the due instant, yellow when less is left than the widest yellow sign says, else green."""
    if now >= due:
        return "red"
    yellow = [back_from(due, one.before.length, calendar) for one in warnings if one.before and one.colour]
    return "yellow" if any(now >= at for at in yellow) else "green"
