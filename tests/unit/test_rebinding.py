"""Another date from above: which clocks follow it, and what stays as it was (JC-17, A-02, A-05)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callcenter.orders.calendar import last_day
from callcenter.orders.calendar_data import load_calendar
from callcenter.orders.rebinding import Given, Key, Rebound, has_upper_clock, rebound
from callcenter.orders.ruleset_files import read_rule_files, rule_book

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = load_calendar(ZONE)
BOOK = rule_book(read_rule_files())
SOON = "2026-03-09T17:00"
LATER = "2026-03-10T12:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def row(name: str, due: str, **more: Any) -> dict[str, Any]:
    """A clock of an ordinary order that was dispatched on Wednesday 4 March under the third version of Xiayang."""
    given = {
        "name": name,
        "round_no": 1,
        "kind": "ordinary",
        "ruleset": "xiayang-2022",
        "ruleset_version": 3,
        "started_at": at("2026-03-04T10:00"),
        "due_at": at(due),
        "own_due_at": at(due),
        "cut_by": "",
        "length": None,
        "outer_clock": name in {"upper", "phase2", "outer"},
        "stopped_at": None,
        "breached_at": None,
    }
    return given | more


def second(due: str, **more: Any) -> dict[str, Any]:
    return row(
        "phase2", due, length={"working_days": 5}, started_at=at("2026-03-12T00:00") - timedelta(microseconds=1), **more
    )


UPPER = row("upper", "2026-03-06T17:00")
FIVE = {"working_days": 5}
CUT = row("handle", "2026-03-06T17:00", own_due_at=at("2026-03-12T00:00"), cut_by="upper", length=FIVE)
ACCEPT = row("accept", "2026-03-06T00:00")
PHASE2 = second("2026-03-19T00:00")


def found(
    *rows: dict[str, Any],
    upper: str = LATER,
    now: str = "2026-03-05T09:00",
    prolonged: dict[Key, datetime] | None = None,
) -> dict[str, Rebound]:
    given = Given(
        upper=at(upper), now=at(now), kind="ordinary", rules=BOOK, calendar=CALENDAR, prolonged=prolonged or {}
    )
    return {one.name: one for one in rebound(rows, given)}


@pytest.mark.rule("JC-17")
def test_a_later_date_gives_the_unit_its_time_back_and_no_more_than_its_own() -> None:
    moved = found(ACCEPT, CUT, PHASE2, UPPER)
    assert set(moved) == {"upper", "handle", "phase2"}
    assert (moved["upper"].before, moved["upper"].due_at) == (UPPER["due_at"], at(LATER))
    assert (moved["handle"].due_at, moved["handle"].cut_by, moved["handle"].afresh) == (at(LATER), "upper", False)
    assert all(sign.at > at("2026-03-05T09:00") for sign in moved["handle"].signs)
    free = found(CUT, UPPER, upper="2026-04-30T12:00")["handle"]
    assert (free.due_at, free.cut_by) == (at("2026-03-12T00:00"), "")
    assert [sign.sign for sign in free.signs] == ["50%", "80%", "yellow"]


@pytest.mark.rule("JC-17", "A-02")
def test_a_sooner_date_cuts_and_one_that_has_passed_leaves_the_unit_its_own_time() -> None:
    own = row("handle", "2026-03-12T00:00")
    sooner = found(own, UPPER, upper=SOON)["handle"]
    assert (sooner.due_at, sooner.own_due_at, sooner.cut_by) == (at(SOON), at("2026-03-12T00:00"), "upper")
    past = found(own, UPPER, upper="2026-03-04T18:00")
    assert set(past) == {"upper"}
    special = row("handle", "2026-03-07T00:00", kind="urgent")
    outer = row("outer", "2026-03-10T00:00", kind="urgent")
    assert found(special, outer, UPPER | {"kind": "urgent"}, upper="2026-04-01T12:00").keys() == {"upper"}


@pytest.mark.rule("XY-32")
def test_the_second_five_days_follow_the_end_of_the_first() -> None:
    own = row("handle", "2026-03-12T00:00")
    moved = found(own, PHASE2, UPPER, upper=SOON)["phase2"]
    assert moved.started_at == at(SOON) - timedelta(microseconds=1)
    assert str(last_day(moved.due_at, CALENDAR)) == "2026-03-16"
    quality = {"ruleset": "songjiang-1510", "ruleset_version": 2, "round_no": 1}
    window = row("qc", "2026-03-26T00:00", **quality)
    assert found(window | {"outer_clock": True}, UPPER | quality).keys() == {"upper"}


@pytest.mark.rule("JC-17", "A-05")
def test_what_is_late_stays_late_and_only_the_date_itself_starts_anew() -> None:
    late = {"breached_at": at("2026-03-06T17:00")}
    moved = found(CUT | late, UPPER | late, now="2026-03-09T09:00")
    assert set(moved) == {"upper"}
    assert moved["upper"].afresh
    assert found(UPPER | late, upper="2026-03-08T09:00", now="2026-03-09T09:00") == {}


@pytest.mark.rule("JC-17")
def test_what_has_stopped_is_reckoned_again_only_while_it_may_run_on() -> None:
    stopped = {"stopped_at": at("2026-03-05T16:00")}
    moved = found(CUT | stopped, UPPER | stopped, now="2026-03-06T09:00")
    assert set(moved) == {"handle"}


@pytest.mark.rule("JC-17", "A-07")
def test_a_granted_extension_is_not_lost() -> None:
    prolonged = {("handle", 1): at("2026-03-14T00:00")}
    assert found(CUT, UPPER, upper="2026-04-30T12:00", prolonged=prolonged)["handle"].due_at == at("2026-03-14T00:00")


def test_nothing_moves_for_the_date_that_is_there_already() -> None:
    assert found(ACCEPT, CUT, PHASE2, UPPER, upper="2026-03-06T17:00") == {}
    bare = row("handle", "2026-03-12T00:00", own_due_at=None)
    assert found(bare, UPPER, upper="2026-04-30T12:00").keys() == {"upper"}


def test_whether_there_is_a_clock_of_the_date() -> None:
    assert has_upper_clock([ACCEPT, UPPER], BOOK, "ordinary")
    assert not has_upper_clock([ACCEPT, CUT], BOOK, "ordinary")
