"""Gaps of a roster hour by hour, and the table a spreadsheet makes of it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from callcenter.core.ids import UserId
from callcenter.seats.queues import QueueBook
from callcenter.seats.roster import Shift, gaps, hours_between, overlapping
from callcenter.seats.roster_csv import LONGEST, MOST_ROWS, Row, read_rows, write_rows

CITY = ZoneInfo("Asia/Shanghai")
DAY = datetime(2026, 11, 23, tzinfo=CITY)
HOUR = timedelta(hours=1)
HEADING = "username,starts_at,ends_at,breaks,note\n"


def book(least: int = 1, begin: int = 0, until: int = 24) -> QueueBook:
    title = {"zh": "综合", "en": "General"}
    staffed = {"from": begin, "until": until, "least": least}
    queues = [
        {"name": "main", "title": title, "skill": "general", "staffed": staffed},
        {"name": "tax", "title": title, "skill": "matter", "staffed": None},
    ]
    return QueueBook.model_validate({"version": 1, "queues": queues})


def shift(begin: float, end: float, *breaks: tuple[float, float], queues: tuple[str, ...] = ("main",)) -> Shift:
    return Shift(
        user=UserId(UUID(int=1)),
        name="甲",
        queues=queues,
        starts_at=DAY + begin * HOUR,
        ends_at=DAY + end * HOUR,
        breaks=tuple((DAY + one * HOUR, DAY + other * HOUR) for one, other in breaks),
    )


@pytest.mark.rule("JC-18")
@pytest.mark.parametrize(
    ("shifts", "least", "missing"),
    [
        ([shift(0, 8), shift(8, 16), shift(16, 24)], 1, []),
        ([shift(0, 8), shift(8.5, 16), shift(16, 24)], 1, [8]),  # half an hour is a gap of that hour
        ([shift(0, 16), shift(15, 23.75)], 1, [23]),
        ([shift(0, 24, (12, 12.5))], 1, [12]),  # nobody stands in during the break
        ([shift(0, 24, (12, 12.5)), shift(10, 14)], 1, []),
        ([shift(-4, 28)], 1, []),  # over midnight, both ways
        ([shift(0, 24), shift(0, 12)], 2, list(range(12, 24))),
        ([shift(0, 24, queues=("tax",))], 1, list(range(24))),
        ([], 1, list(range(24))),
    ],
)
def test_each_hour_in_which_a_queue_has_too_few(shifts: list[Shift], least: int, missing: list[int]) -> None:
    found = gaps(shifts, book(least), DAY, DAY + 24 * HOUR, CITY)
    assert [(gap.queue, gap.hour.hour) for gap in found] == [("main", hour) for hour in missing]
    assert all(gap.planned < gap.least == least for gap in found)


def test_only_the_hours_that_must_be_staffed_are_checked() -> None:
    found = gaps([], book(begin=9, until=18), DAY, DAY + 48 * HOUR, CITY)
    assert [gap.hour.hour for gap in found] == 2 * list(range(9, 18))


def test_the_check_begins_with_the_next_full_hour() -> None:
    hours = list(hours_between(DAY + 1.5 * HOUR, DAY + 4 * HOUR, CITY))
    assert hours == [DAY + 2 * HOUR, DAY + 3 * HOUR]
    assert next(hours_between(DAY.astimezone(UTC), DAY + HOUR, CITY)) == DAY


def test_who_is_at_work() -> None:
    one = shift(8, 16, (12, 13))
    assert [one.works_at(DAY + at * HOUR) for at in (7.9, 8, 12, 13, 16)] == [False, True, False, True, False]
    assert overlapping([one], DAY + 15 * HOUR, DAY + 17 * HOUR) is one
    assert overlapping([one], DAY + 16 * HOUR, DAY + 17 * HOUR) is None


def test_a_good_table_comes_back_as_it_was() -> None:
    text = HEADING + (
        "hw01,2026-11-23 08:00,16:00,12:00-12:30;14:00-14:10,早班\n"
        "\n"
        "hw02,2026-11-23 22:00,06:00,02:00-02:30,夜班\n"
        "hw03,2026-11-23 08:00,2026-11-23 16:00\n"
    )
    rows, bad = read_rows("\ufeff" + text, CITY)
    assert bad == []
    assert [(row.line, row.username, row.note) for row in rows] == [
        (2, "hw01", "早班"),
        (4, "hw02", "夜班"),
        (5, "hw03", ""),
    ]
    assert (rows[0].starts_at, rows[0].ends_at) == (DAY + 8 * HOUR, DAY + 16 * HOUR)
    assert rows[0].breaks[1] == (DAY + 14 * HOUR, DAY + timedelta(hours=14, minutes=10))
    assert rows[1].ends_at == DAY + 30 * HOUR
    assert rows[1].breaks == ((DAY + 26 * HOUR, DAY + 26.5 * HOUR),)
    again, none = read_rows(write_rows(rows, CITY), CITY)
    assert none == []
    assert [(row.username, row.starts_at, row.ends_at, row.breaks, row.note) for row in again] == [
        (row.username, row.starts_at, row.ends_at, row.breaks, row.note) for row in rows
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("hw01,2026-11-23 08:00", "columns"),
        ("hw01,2026-11-23 08:00,16:00,,,more", "columns"),
        (",2026-11-23 08:00,16:00", "username"),
        ("hw01,2026-11-23,16:00", "a time is written"),
        ("hw01,2026-11-23 08:00,25:00", "a time is written"),
        ("hw01,2026-11-23 08:00,2026-11-23 07:00", "ends after it begins"),
        ("hw01,2026-11-23 08:00,2026-11-24 08:00", "within 16 hours"),
        ("hw01,2026-11-23 08:00,16:00,12", "a break is written"),
        ("hw01,2026-11-23 08:00,16:00,12:00-27:00", "a break is written"),
        ("hw01,2026-11-23 08:00,16:00,17:00-17:30", "not inside"),
        ("hw01,2026-11-23 08:00,16:00,15:30-16:00", "not inside"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_good(line: str, says: str) -> None:
    rows, bad = read_rows(f"{HEADING}hw09,2026-11-23 08:00,16:00\n{line}\n", CITY)
    assert [row.username for row in rows] == ["hw09"]
    assert [one.line for one in bad] == [3]
    assert says in bad[0].reason_en
    assert bad[0].reason_zh


@pytest.mark.parametrize("text", ["", "name,from,to\nhw01,1,2\n"])
def test_a_table_with_another_heading(text: str) -> None:
    rows, bad = read_rows(text, CITY)
    assert (rows, [one.line for one in bad]) == ([], [1])


def test_a_table_that_is_none_or_too_long() -> None:
    broken = HEADING + "hw01," + "x" * 200_000 + "\n"
    assert read_rows(broken, CITY)[1][-1].reason_en == "not valid CSV"
    long = HEADING + "\n" * (MOST_ROWS + 5)
    assert read_rows(long, CITY)[1][-1].reason_en == "too many lines"


def test_no_cell_that_a_spreadsheet_would_run() -> None:
    row = Row(line=1, username="hw01", starts_at=DAY, ends_at=DAY + LONGEST, breaks=(), note="=1+1")
    assert ",'=1+1\r\n" in write_rows([row], CITY)
