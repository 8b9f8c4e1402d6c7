"""`callcenter due --rules`, day by day; `callcenter rules`; what differs between rule sets; signs and colours."""

import json
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from rich.console import Console

from callcenter.orders.calendar import (
    CalendarMissing,
    Hours,
    Length,
    Months,
    NaturalDays,
    WorkingDays,
    back_from,
    due_at,
    last_day,
)
from callcenter.orders.calendar_data import load_calendar
from callcenter.orders.clock_names import clock_name
from callcenter.orders.clock_rows import kind_of, length_of, rule_of, why_of
from callcenter.orders.due_command import RulesAlone, RulesNeeded, check_options, print_rule_dues
from callcenter.orders.due_sheet import (
    UnknownKind,
    UnknownLevel,
    UnknownTimer,
    as_json,
    chosen,
    last_instant,
    parse_kind,
    parse_level,
    reckon,
)
from callcenter.orders.explain import days_until, explain_due, length_text
from callcenter.orders.policy import Policy, Span, WarningSign
from callcenter.orders.ruleset_files import read_rule_files, rule_book
from callcenter.orders.ruleset_parsing import length_raw, parse_length
from callcenter.orders.signs import colour_at, signs_of
from callcenter.orders.terms import Kind, RequestType
from callcenter.orders.timers import Facts

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = load_calendar(ZONE)
BOOK = rule_book(read_rule_files())
DAYS = {
    "V1": ("2026-03-04", ("03-05", "03-06", "03-09", "03-11", "03-18", "03-25"), "03-07"),
    "V2": ("2026-03-06", ("03-09", "03-10", "03-11", "03-13", "03-20", "03-27"), "03-09"),
    "V3": ("2026-03-07", ("03-09", "03-10", "03-11", "03-13", "03-20", "03-27"), "03-10"),
    "V5": ("2026-02-13", ("02-14", "02-24", "02-25", "02-27", "03-05", "03-12"), "02-16"),
    "V7": ("2026-04-30", ("05-06", "05-07", "05-08", "05-11", "05-18", "05-25"), "05-03"),
    "V8": ("2026-09-30", ("10-08", "10-09", "10-10", "10-13", "10-20", "10-27"), "10-03"),
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def printed(**asked: Any) -> str:
    out = StringIO()
    print_rule_dues(Console(file=out, width=220), BOOK, CALENDAR, **asked)
    return out.getvalue()


def found(ruleset: str, kind: str, day: str, timer: str | None = None, *, difficult: bool = False) -> dict[str, Any]:
    given = {"ruleset": ruleset, "kind": kind, "dispatched": f"{day}T10:00", "timer": timer, "difficult": difficult}
    answer: dict[str, Any] = json.loads(printed(**given, as_text=False))
    return answer


def day_of(answer: dict[str, Any], timer: str) -> str:
    return str(answer["timers"][timer]["due"])[5:10]


@pytest.mark.rule("XY-07", "XY-08", "XY-09", "XY-15", "XY-25", "XY-26", "XY-32", "SJ-17", "SJ-18", "B-33")
@pytest.mark.parametrize("name", DAYS)
def test_every_vector_by_the_timers_public_names(name: str) -> None:
    day, (one, two, three, five, ten, fifteen), natural = DAYS[name]
    ordinary = found("xiayang-2022", "常规", day)
    wanted = {"T-ACCEPT": one, "T-CONTACT": one, "T-CALLBACK": one, "T-RETURN": two, "T-HANDLE2": three}
    wanted |= {"T-HANDLE1": five, "T-PHASE2": ten}
    assert {timer: day_of(ordinary, timer) for timer in wanted} == wanted
    urgent = found("xiayang-2022", "紧急", day)
    assert (day_of(urgent, "T-SPECIAL-L4"), day_of(urgent, "T-SPECIAL"), day_of(urgent, "T-RETURN")) == (
        two,
        three,
        one,
    )
    assert day_of(found("xiayang-2022", "snapshot", day, "T-SNAP"), "T-SNAP") == natural
    district = found("songjiang-1510", "ordinary", day)
    names = ("T-CLASS-A", "T-CLASS-B", "T-CLASS-C-internal", "T-CLASS-C", "T-QC")
    assert tuple(day_of(district, timer) for timer in names) == (one, five, ten, fifteen, fifteen)


@pytest.mark.rule("A-02", "XY-26")
@pytest.mark.parametrize(("day", "due"), [("2026-02-13", "2026-02-16"), ("2026-09-30", "2026-10-03")])
def test_the_effective_due_of_a_snapshot(day: str, due: str) -> None:
    answer = found("xiayang-2022", "随身拍", day, "T-HANDLE1")
    assert set(answer) == {"timers", "effective"}
    assert answer["effective"]["due"] == f"{due}T23:59:59+08:00"
    assert (answer["effective"]["timer"], answer["effective"]["cut_by"]) == ("T-SPECIAL-L4", "T-SNAP")
    (timer,) = answer["timers"].values()
    assert set(timer) == {"due", "days"}
    assert set(timer["days"][0]) == {"date", "counts", "why"}
    assert timer["days"][0] == {
        "date": day,
        "counts": False,
        "why": "起算当日不计入；工作日 / the start day is not counted; working day",
    }
    assert timer["days"][-1]["date"] == due
    assert "T-SNAP" in timer["days"][-1]["why"]


@pytest.mark.rule("SJ-19")
def test_the_quality_window_holds_five_working_days() -> None:
    answer = found("songjiang-1510", "常规", "2026-03-04", "T-QC", difficult=True)
    assert sum(day["counts"] for day in answer["timers"]["T-QC"]["days"]) == 5
    assert answer["effective"]["timer"] == "T-CLASS-C-internal"


def test_as_text() -> None:
    text = printed(ruleset="xiayang-2022/2", kind="次紧急", dispatched="2026-03-04T10:00")
    assert "xiayang-2022/2" in text
    assert "实际办理时限 Effective: 2026-03-06 24:00（T-SPECIAL-L4）" in text
    cut = printed(ruleset="xiayang-2022", kind="snapshot", dispatched="2026-02-13T10:00", timer="handle")
    assert "本应 Otherwise: 2026-02-24 24:00，不晚于 never later than T-SNAP" in cut


def test_what_is_typed_beside_a_rule_set_is_used_or_refused() -> None:
    """A cut due time is told to the minute, the matrix by category and level, and no option is passed over."""
    upper = printed(
        ruleset="xiayang-2022",
        kind="常规",
        dispatched="2026-03-04T10:00",
        upper_due="2026-03-06T17:00",
        timer="T-HANDLE1",
    )
    assert "到期 Due: 2026-03-06 17:00" in upper
    assert "本应 Otherwise: 2026-03-11 24:00" in upper
    assert "T-HANDLE1 首次处置（承办单位，XY-09 A-01）" in upper
    graded = printed(
        ruleset="jincheng",
        kind="常规",
        dispatched="2026-03-04T10:00",
        timer="T-HANDLE1",
        category="公用事业/供水",
        level="紧急",
    )
    assert "2026-03-05 10:00" in graded
    assert "按时刻计，无逐日说明" in graded
    assert "T-UPPER is left out" in graded
    check_options({"--json": True}, {"order": False}, rules=True)
    with pytest.raises(RulesNeeded, match="--json"):
        check_options({"--json": True}, {"order": False}, rules=False)
    with pytest.raises(RulesAlone, match="order"):
        check_options({"--json": True}, {"order": True}, rules=True)


def test_hours_are_told_to_the_minute() -> None:
    facts = Facts(kind=Kind.ORDINARY, request=RequestType.HELP, category="公用事业", level="urgent")
    sheet = reckon(BOOK.get("jincheng", 1), facts, at("2026-03-04T10:00"), CALENDAR)
    assert sheet.timers["T-HANDLE1"].due_at == at("2026-03-05T10:00")
    assert sheet.timers["T-HANDLE1"].days == ()


@pytest.mark.rule("B-34")
def test_a_year_without_data_is_refused_naming_the_remedy() -> None:
    with pytest.raises(CalendarMissing) as caught:
        found("xiayang-2022", "常规", "2027-03-01")
    assert "2027" in caught.value.text("zh")
    assert "orders.calendar_file" in caught.value.text("en")
    with pytest.raises(CalendarMissing):
        due_at(at("2026-12-20T10:00"), Months(1), CALENDAR)


@pytest.mark.parametrize("kind", Kind)
def test_kinds_in_both_languages(kind: Kind) -> None:
    names = {
        "ordinary": "常规",
        "urgent": "紧急",
        "semi_urgent": "次紧急",
        "snapshot": "随身拍",
        "city_review": "市级复核",
    }
    assert parse_kind(names[kind]) is kind
    assert parse_kind(kind.value.replace("_", "-").upper()) is kind


def test_unknown_kinds_and_timers_are_named_with_what_is_there() -> None:
    assert [parse_level(text) for text in ("紧急", "semi-urgent", "")] == ["urgent", "semi_urgent", ""]
    with pytest.raises(UnknownLevel, match="semi_urgent"):
        parse_level("hot")
    with pytest.raises(UnknownKind, match="特急.*snapshot"):
        parse_kind("特急")
    with pytest.raises(UnknownTimer, match="T-ACCEPT"):
        found("xiayang-2022", "常规", "2026-03-04", "T-NONE")
    with pytest.raises(UnknownTimer, match="T-CLASS-B"):
        found("sh-1515", "常规", "2026-03-04", "T-HANDLE1")
    sheet = reckon(
        BOOK.get("xiayang-2022", 2), Facts(kind=Kind.URGENT, request=RequestType.HELP), at("2026-03-04T10:00"), CALENDAR
    )
    assert set(chosen(sheet, "t-handle1", BOOK.get("xiayang-2022", 2))) == {"T-HANDLE1"}


def test_without_a_handling_clock_nothing_is_effective() -> None:
    praise = Facts(kind=Kind.ORDINARY, request=RequestType.PRAISE)
    sheet = reckon(BOOK.get("national", 1), praise, at("2026-03-04T10:00"), CALENDAR)
    assert sheet.effective is None
    assert as_json({}, None, CALENDAR) == {"timers": {}, "effective": {}}
    upper = Facts(kind=Kind.ORDINARY, request=RequestType.HELP, upper_due_at=at("2026-03-06T17:00"))
    bound = reckon(BOOK.get("national", 1), upper, at("2026-03-04T10:00"), CALENDAR)
    assert bound.effective is not None
    assert last_instant(bound.timers["T-UPPER"], CALENDAR) == at("2026-03-06T17:00")
    assert bound.effective.cut_by == "T-UPPER"
    assert BOOK.get("national", 1).class_of(RequestType.HELP, difficult=False) == ""


@pytest.mark.parametrize("length", [WorkingDays(2), NaturalDays(3), Months(3), Hours(timedelta(hours=4))])
def test_lengths_both_ways(length: Length) -> None:
    assert parse_length(length_raw(length)) == length
    assert Span(**length_raw(length)).length == length


@pytest.mark.rule("B-33")
def test_months_end_on_the_same_date_or_the_months_last() -> None:
    assert last_day(due_at(at("2025-11-30T10:00"), Months(3), CALENDAR), CALENDAR) == date(2026, 2, 28)
    assert last_day(due_at(at("2026-03-04T10:00"), Months(3), CALENDAR), CALENDAR) == date(2026, 6, 4)
    assert length_text(Months(3)) == ("3个月", "3 month(s)")
    assert explain_due(at("2026-03-04T10:00"), Months(3), CALENDAR) == []


def test_back_from_a_due_time() -> None:
    due = at("2026-02-17T00:00")  # the end of 16 February, in the festival
    assert back_from(due, WorkingDays(1), CALENDAR) == at("2026-02-15T00:00")
    assert back_from(due, NaturalDays(2), CALENDAR) == at("2026-02-15T00:00")
    assert back_from(due, Hours(timedelta(hours=6)), CALENDAR) == at("2026-02-16T18:00")
    assert back_from(due, Months(1), CALENDAR) == at("2026-01-17T00:00")


def test_signs_by_days_that_count_and_by_time() -> None:
    start = at("2026-03-04T10:00")
    signs = signs_of(Policy().warnings, start, at("2026-03-12T00:00"), WorkingDays(5), CALENDAR)
    assert [(sign.sign, sign.at) for sign in signs] == [
        ("50%", at("2026-03-09T12:00")),
        ("80%", at("2026-03-11T00:00")),
        ("yellow", at("2026-03-11T00:00")),
    ]
    cut = signs_of(Policy().warnings, start, at("2026-03-04T20:00"), None, CALENDAR)
    assert [(sign.sign, sign.at) for sign in cut] == [("50%", at("2026-03-04T15:00")), ("80%", at("2026-03-04T18:00"))]


@given(st.integers(1, 20), st.integers(0, 300))
def test_signs_lie_between_start_and_due_in_order(count: int, shift: int) -> None:
    start = at("2025-01-06T10:00") + timedelta(days=shift)
    due = due_at(start, WorkingDays(count), CALENDAR)
    signs = signs_of(Policy().warnings, start, due, WorkingDays(count), CALENDAR)
    assert all(start < sign.at < due for sign in signs)
    assert list(signs) == sorted(signs, key=lambda sign: sign.at)
    assert {"50%", "80%"} <= {sign.sign for sign in signs}


def test_colours() -> None:
    due, warnings = at("2026-03-12T00:00"), Policy().warnings
    assert colour_at(at("2026-03-10T23:59"), due, warnings, CALENDAR) == "green"
    assert colour_at(at("2026-03-11T00:00"), due, warnings, CALENDAR) == "yellow"
    assert colour_at(due, due, warnings, CALENDAR) == "red"


def test_a_sign_is_a_share_or_a_time_before() -> None:
    with pytest.raises(ValidationError):
        WarningSign()
    with pytest.raises(ValidationError):
        WarningSign(percent=50, before=Span(hours=1))
    assert WarningSign(percent=50).sign == "50%"
    assert WarningSign(before=Span(hours=1), colour="red").sign == "red"


def test_why_of_rows_of_every_age() -> None:
    rules = BOOK.get("xiayang-2022", 1)
    old = {
        "name": "handle",
        "kind": None,
        "length": None,
        "own_due_at": None,
        "cut_by": "",
        "started_at": at("2026-03-04T10:00"),
        "due_at": at("2026-03-12T00:00"),
    }
    rule = rules.timers[Kind.ORDINARY]["handle"]
    named = old | {"ruleset": "xiayang-2022", "ruleset_version": 1}
    assert rule_of(named, BOOK, "ordinary") == (rules, rule)
    assert kind_of(old, "ordinary") is Kind.ORDINARY
    assert length_of(old, rule) == WorkingDays(5)
    assert len(why_of(old, rules, rule, "ordinary", CALENDAR)) == 8
    new = old | {"kind": "ordinary", "length": {"hours": 24}, "own_due_at": at("2026-03-05T10:00")}
    assert length_of(new, rule) == Hours(timedelta(hours=24))
    assert length_of(new | {"length": None}, rule) is None
    start, two = at("2026-03-04T10:00"), WorkingDays(2)
    assert days_until(start, two, at("2026-03-04T19:00"), "T-UPPER", CALENDAR)[-1].on == date(2026, 3, 4)
    assert days_until(start, two, at("2026-03-03T09:00"), "T-UPPER", CALENDAR) == ()
    assert days_until(start, None, at("2026-03-04T19:00"), "", CALENDAR) == ()
    assert clock_name("own_clock") == ("own_clock", "own_clock")
