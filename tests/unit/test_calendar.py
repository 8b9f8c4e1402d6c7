"""The calendar vectors of requirements A5, and the file that adds years."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.errors import Misconfigured
from callcenter.orders.calendar import (
    CalendarMissing,
    DayKind,
    Hours,
    NaturalDays,
    WorkingDays,
    due_at,
    in_time,
    last_day,
    walk,
)
from callcenter.orders.calendar_data import load_calendar
from callcenter.orders.explain import explain_due, explanation, length_text

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = load_calendar(ZONE)

# dispatch day, then the due day after 1, 2, 3, 5, 10 and 15 working days and after 3 natural days
VECTORS = {
    "V1": ("2026-03-04", ("03-05", "03-06", "03-09", "03-11", "03-18", "03-25"), "03-07"),
    "V2": ("2026-03-06", ("03-09", "03-10", "03-11", "03-13", "03-20", "03-27"), "03-09"),
    "V3": ("2026-03-07", ("03-09", "03-10", "03-11", "03-13", "03-20", "03-27"), "03-10"),
    "V5": ("2026-02-13", ("02-14", "02-24", "02-25", "02-27", "03-05", "03-12"), "02-16"),
    "V7": ("2026-04-30", ("05-06", "05-07", "05-08", "05-11", "05-18", "05-25"), "05-03"),
    "V8": ("2026-09-30", ("10-08", "10-09", "10-10", "10-13", "10-20", "10-27"), "10-03"),
}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize("hour", ["00:00", "10:00", "23:59"])
def test_vectors(name: str, hour: str) -> None:
    day, working, natural = VECTORS[name]
    start = local(f"{day}T{hour}")
    found = tuple(
        f"{last_day(due_at(start, WorkingDays(count), CALENDAR), CALENDAR):%m-%d}" for count in (1, 2, 3, 5, 10, 15)
    )
    assert working == found
    assert natural == f"{last_day(due_at(start, NaturalDays(3), CALENDAR), CALENDAR):%m-%d}"


def test_v10_an_unknown_year_is_refused_naming_year_and_remedy() -> None:
    with pytest.raises(CalendarMissing) as caught:
        due_at(local("2027-03-01T10:00"), WorkingDays(1), CALENDAR)
    assert "2027" in caught.value.text("zh")
    assert "calendar_file" in caught.value.text("en")
    with pytest.raises(CalendarMissing):
        due_at(local("2026-12-30T10:00"), NaturalDays(3), CALENDAR)


def test_return_window_of_v8() -> None:
    due = due_at(local("2026-09-30T10:00"), WorkingDays(2), CALENDAR)
    assert in_time(local("2026-10-09T23:00"), due)
    assert in_time(local("2026-10-09T23:59:59.999999"), due)
    assert not in_time(local("2026-10-10T00:00"), due)
    assert not in_time(local("2026-10-10T00:01"), due)


def test_second_round_of_a_warned_order() -> None:
    due = due_at(local("2026-02-13T10:00"), WorkingDays(3), CALENDAR)
    assert date(2026, 2, 25) == last_day(due, CALENDAR)


def test_the_day_is_the_citys_not_utcs() -> None:
    start = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)  # already 5 March in the city
    assert datetime(2026, 3, 6, 16, tzinfo=UTC) == due_at(start, WorkingDays(1), CALENDAR)


def test_hours_run_round_the_clock() -> None:
    start = local("2026-02-16T10:00")
    assert start + timedelta(hours=5) == due_at(start, Hours(timedelta(hours=5)), CALENDAR)
    assert explain_due(start, Hours(timedelta(hours=5)), CALENDAR) == []


def test_explained_day_by_day() -> None:
    found = explanation(local("2026-04-30T10:00"), WorkingDays(5), CALENDAR)
    assert datetime(2026, 5, 11, 16, tzinfo=UTC) == found.due_at
    assert date(2026, 4, 30) == found.days[0].on
    assert not found.days[0].counts
    by_day = {line.on: line for line in found.days}
    assert "劳动节" in by_day[date(2026, 5, 1)].why_zh
    assert by_day[date(2026, 5, 1)].number is None
    assert by_day[date(2026, 5, 9)].number == 4
    assert "调休" in by_day[date(2026, 5, 9)].why_zh
    assert "make-up" in by_day[date(2026, 5, 9)].why_en
    assert "周末" in by_day[date(2026, 5, 10)].why_zh
    assert found.days[-1].number == 5


def test_natural_days_explain_that_all_count() -> None:
    lines = explain_due(local("2026-02-13T10:00"), NaturalDays(3), CALENDAR)
    assert [line.number for line in lines] == [None, 1, 2, 3]
    assert "natural" in lines[-1].why_en


def test_lengths_have_names() -> None:
    assert length_text(WorkingDays(5)) == ("5个工作日", "5 working day(s)")
    assert length_text(NaturalDays(3)) == ("3个自然日", "3 natural day(s)")
    assert length_text(Hours(timedelta(hours=12))) == ("12小时", "12 hour(s)")


@given(
    st.datetimes(min_value=datetime(2005, 1, 1), max_value=datetime(2025, 11, 1)),  # noqa: DTZ001 - made aware below
    st.integers(min_value=1, max_value=30),
)
def test_working_days_properties(naive: datetime, count: int) -> None:
    start = naive.replace(tzinfo=ZONE)
    days = list(walk(start, WorkingDays(count), CALENDAR))
    assert count == sum(day.number is not None for day in days)
    assert all(day.day.kind.worked for day in days if day.number)
    assert due_at(start, WorkingDays(count), CALENDAR) > due_at(start, NaturalDays(1), CALENDAR) - timedelta(days=1)
    assert due_at(start, WorkingDays(count), CALENDAR) < due_at(start, WorkingDays(count + 1), CALENDAR)


def write(folder: Path, text: str) -> Path:
    file = folder / "calendar.yaml"
    file.write_text(text, "utf-8")
    return file


def test_a_published_year_is_added_and_replaces(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "years:\n  2027:\n    source: 通知\n    holidays:\n"
        "      - {name: 元旦, first: 2027-01-01, last: 2027-01-03}\n      - 2027-02-08\n    workdays: [2027-02-13]\n"
        "  2026:\n    holidays: ['2026-03-05']\n",
    )
    calendar = load_calendar(ZONE, file)
    assert DayKind.HOLIDAY is calendar.day(date(2027, 1, 2)).kind
    assert DayKind.MAKE_UP is calendar.day(date(2027, 2, 13)).kind
    assert DayKind.HOLIDAY is calendar.day(date(2026, 3, 5)).kind
    assert DayKind.WORKING is calendar.day(date(2026, 10, 1)).kind  # the year is replaced as a whole
    assert DayKind.HOLIDAY is calendar.day(date(2025, 10, 1)).kind


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("years: {2027: {holidays: [2026-01-01]}}", "2026-01-01 stands under the year 2027"),
        ("years: {2027: {workdays: [2027-01-04]}}", "no free weekend day"),
        ("years: {2027: {hollidays: []}}", "hollidays"),
        ("years: [", "not valid YAML"),
        ("[]", "not a calendar"),
    ],
)
def test_a_wrong_calendar_file_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Misconfigured, match="calendar.yaml") as caught:
        load_calendar(ZONE, write(tmp_path, text))
    assert says in caught.value.text("en")


def test_a_missing_calendar_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"gone\.yaml"):
        load_calendar(ZONE, tmp_path / "gone.yaml")
