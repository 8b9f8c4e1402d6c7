"""Adapter: the working calendar of mainland China from `chinesecalendar`, plus a file for what it does not know yet."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import yaml
from chinese_calendar.constants import Holiday, holidays, workdays
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from callcenter.core.errors import Misconfigured
from callcenter.orders.calendar import DayKind, DayMark, WorkingCalendar

NAME: Final = "cn-statutory"


def _as_date(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


Day = Annotated[date, BeforeValidator(_as_date)]


class Festival(BaseModel):
    """A run of days off with its name, both ends included."""

    model_config = ConfigDict(extra="forbid")
    name: str
    first: Day
    last: Day


class PublishedYear(BaseModel):
    """One year as the State Council's notice gives it. `holidays` are days off (single days or runs), `workdays` the
    weekend days that are worked. A year in the file replaces the library's year as a whole."""

    model_config = ConfigDict(extra="forbid")
    source: str = ""
    holidays: list[Day | Festival] = []
    workdays: list[Day] = []


class CalendarFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    years: dict[int, PublishedYear]


def _library() -> dict[date, DayMark]:
    names = {festival.value: festival.chinese for festival in Holiday}
    marks = {on: DayMark(DayKind.HOLIDAY, names[name], name) for on, name in holidays.items()}
    marks |= {on: DayMark(DayKind.MAKE_UP, names[name], name) for on, name in workdays.items()}
    return marks


def _marks_of(year: int, published: PublishedYear, file: str) -> dict[date, DayMark]:
    marks: dict[date, DayMark] = {}
    for entry in published.holidays:
        run = entry if isinstance(entry, Festival) else Festival(name="", first=entry, last=entry)
        for ordinal in range(run.first.toordinal(), run.last.toordinal() + 1):
            marks[date.fromordinal(ordinal)] = DayMark(DayKind.HOLIDAY, run.name or "法定节假日", run.name or "holiday")
    for worked in published.workdays:
        if worked in marks or worked.weekday() < 5:
            raise Misconfigured(
                cause=f"{file}: {worked} is listed as a make-up working day but is no free weekend day",
                remedy="compare the file with the State Council's notice",
            )
        marks[worked] = DayMark(DayKind.MAKE_UP, "调休上班", "make-up working day")
    stray = [on for on in marks if on.year != year]
    if stray:
        raise Misconfigured(cause=f"{file}: {stray[0]} stands under the year {year}", remedy="move it to its own year")
    return marks


def read_calendar_file(path: Path) -> Mapping[int, dict[date, DayMark]]:
    """Raises Misconfigured, naming the file and what is wrong in it."""
    try:
        given = CalendarFile.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except OSError as error:
        raise Misconfigured(
            cause=f"cannot read the calendar file {path.name} ({error.strerror})", remedy="correct orders.calendar_file"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Misconfigured(cause=f"{path.name} is not valid YAML: {error}", remedy="correct the file") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise Misconfigured(cause=f"{path.name} is not a calendar ({wrong})", remedy="correct the file") from error
    return {year: _marks_of(year, published, path.name) for year, published in given.years.items()}


def load_calendar(zone: ZoneInfo, file: Path | None = None) -> WorkingCalendar:
    """The years the library knows, overlaid by the years of `file`."""
    marks = _library()
    years = {on.year for on in marks}
    for year, published in (read_calendar_file(file) if file else {}).items():
        marks = {on: mark for on, mark in marks.items() if on.year != year} | published
        years.add(year)
    return WorkingCalendar(NAME, zone, frozenset(years), marks)
