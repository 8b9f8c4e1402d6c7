"""Which clocks a move starts, stops and lets run on; the scenario vectors of requirements A5."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from callcenter.core.ids import OrgId
from callcenter.orders.calendar import in_time, last_day
from callcenter.orders.calendar_data import load_calendar
from callcenter.orders.ruleset_files import read_rule_files, rule_book
from callcenter.orders.terms import Kind, RequestType
from callcenter.orders.timers import Clocks, Facts, clocks_at, window_due

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = load_calendar(ZONE)
RULES = rule_book(read_rule_files()).get("xiayang-2022", 1)
UNIT, CENTRE = OrgId(UUID(int=1)), OrgId(UUID(int=2))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def clocks(move: str, when: str, kind: Kind = Kind.ORDINARY, request: RequestType = RequestType.COMPLAINT) -> Clocks:
    return clocks_at(
        move,
        at(when),
        ruleset=RULES,
        facts=Facts(kind=kind, request=request),
        calendar=CALENDAR,
        unit=UNIT,
        centre=CENTRE,
    )


def due_days(found: Clocks) -> dict[str, date]:
    return {timer.name: last_day(timer.due_at, CALENDAR) for timer in found.started}


def test_dispatch_starts_three_clocks_of_the_unit() -> None:
    found = clocks("dispatched", "2026-03-04T10:00")
    assert {"accept": date(2026, 3, 5), "contact": date(2026, 3, 5), "handle": date(2026, 3, 11)} == due_days(found)
    assert {UNIT} == {timer.owner for timer in found.started}
    assert {"dispatched"} == {timer.start_event for timer in found.started}
    assert found.stopped == ()
    assert found.resumed == ()


@pytest.mark.parametrize(
    ("move", "stopped"),
    [
        ("accepted", ("accept",)),
        ("contacted", ("contact",)),
        ("contact_attempted", ()),
        ("closed", ("callback",)),
        ("warned", ("callback",)),
        ("callback_exhausted", ("callback",)),
    ],
)
def test_what_stops(move: str, stopped: tuple[str, ...]) -> None:
    assert Clocks(stopped=stopped) == clocks(move, "2026-03-04T10:00")


def test_submission_stops_handling_and_starts_the_centres_callback_clock() -> None:
    found = clocks("submitted", "2026-03-06T10:00")
    assert found.stopped == ("handle",)
    assert {"callback": date(2026, 3, 9)} == due_days(found)
    assert {CENTRE} == {timer.owner for timer in found.started}


def test_a_submission_sent_back_did_not_count() -> None:
    assert Clocks(stopped=("callback",), resumed=("handle",)) == clocks("sent_back", "2026-03-06T10:00")


def test_praise_has_no_handling_clock() -> None:
    found = clocks("dispatched", "2026-03-04T10:00", request=RequestType.PRAISE)
    assert {"accept", "contact"} == set(due_days(found))


@pytest.mark.parametrize(
    ("dispatched", "due"), [("2026-02-13T10:00", date(2026, 2, 16)), ("2026-09-30T10:00", date(2026, 10, 3))]
)
def test_v5_v8_snapshot_is_cut_by_its_natural_days(dispatched: str, due: date) -> None:
    found = due_days(clocks("dispatched", dispatched, Kind.SNAPSHOT))
    assert due == found["handle"]
    assert due == found["outer"]


def test_special_orders_have_two_and_three_working_days() -> None:
    found = due_days(clocks("dispatched", "2026-03-04T10:00", Kind.URGENT))
    assert date(2026, 3, 6) == found["handle"]
    assert date(2026, 3, 9) == found["outer"]


def test_v8_return_window() -> None:
    began = at("2026-09-30T10:00")

    def may(when: str) -> bool:
        due = window_due("return", began, ruleset=RULES, kind=Kind.ORDINARY, calendar=CALENDAR)
        return in_time(at(when), due)

    assert may("2026-10-09T23:00")
    assert not may("2026-10-10T00:01")
