"""Every shipped rule set: what starts when, who owes it, what cuts what (requirements A3.1, A4, A5)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import yaml

from callcenter.core.ids import OrgId
from callcenter.orders.calendar import WorkingDays, last_day
from callcenter.orders.calendar_data import load_calendar
from callcenter.orders.ruleset_files import RULES, read_rule_files, rule_book
from callcenter.orders.ruleset_parsing import parse_ruleset
from callcenter.orders.rulesets import NoSuchRuleSet, RuleSet, UpperDue
from callcenter.orders.starting import events_of
from callcenter.orders.terms import Kind, RequestType
from callcenter.orders.timers import Clocks, Facts, clocks_at, dues_at, facts_of, upper_clocks, window_due

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = load_calendar(ZONE)
BOOK = rule_book(read_rule_files())
XIAYANG, SONGJIANG, JINCHENG = BOOK.get("xiayang-2022", 3), BOOK.get("songjiang-1510", 2), BOOK.get("jincheng", 2)
UNIT, CENTRE = OrgId(UUID(int=1)), OrgId(UUID(int=2))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def clocks(move: str, when: str, rules: RuleSet = XIAYANG, **facts: Any) -> Clocks:
    given: dict[str, Any] = {"kind": Kind.ORDINARY, "request": RequestType.COMPLAINT} | facts
    return clocks_at(move, at(when), ruleset=rules, facts=Facts(**given), calendar=CALENDAR, unit=UNIT, centre=CENTRE)


def days(found: Clocks) -> Mapping[str, str]:
    return {timer.name: f"{last_day(timer.due_at, CALENDAR):%m-%d}" for timer in found.started}


@pytest.mark.rule("XY-07", "XY-08", "XY-09", "A-01")
def test_the_first_dispatch_starts_acceptance_contact_and_handling() -> None:
    found = clocks("dispatched", "2026-03-04T10:00")
    assert days(found) == {"accept": "03-05", "contact": "03-05", "handle": "03-11", "phase2": "03-18"}
    assert {UNIT} == {timer.owner for timer in found.started if timer.name != "phase2"}
    flags = {timer.name: timer.consequence for timer in found.started}
    assert flags == {
        "accept": "late_accept",
        "contact": "no_contact",
        "handle": "overdue",
        "phase2": "phase_overdue",
    }
    assert clocks("accepted", "2026-03-04T11:00").stopped == ("accept",)  # accepting starts nothing
    assert clocks("contacted", "2026-03-04T11:00").stopped == ("contact",)


@pytest.mark.rule("XY-15", "XY-50")
def test_the_second_round_from_its_own_start() -> None:
    found = clocks("rehandled", "2026-02-13T10:00", round_no=2)
    assert days(found) == {"handle2": "02-25"}
    assert "handle2" in clocks("submitted", "2026-02-14T10:00", round_no=2).stopped
    assert "handle2" in clocks("sent_back", "2026-02-14T10:00", round_no=2).resumed


@pytest.mark.rule("XY-32", "A-03")
def test_the_second_five_days_begin_with_the_end_of_the_first() -> None:
    """Whether or not something was submitted: ten working days for the street in all."""
    (second,) = (timer for timer in clocks("dispatched", "2026-03-04T10:00").started if timer.name == "phase2")
    assert second.started_at == at("2026-03-12T00:00") - timedelta(microseconds=1)
    assert (second.owner, second.due_at, second.outer) == (CENTRE, at("2026-03-19T00:00"), True)
    assert "phase2" not in days(clocks("submitted", "2026-03-06T10:00"))
    assert "phase2" not in days(clocks("dispatched", "2026-03-04T10:00", request=RequestType.PRAISE))
    for move, stops in {"warned": False, "sent_back": False, "submitted": False, "heard_satisfied": True}.items():
        assert stops == ("phase2" in clocks(move, "2026-03-12T10:00").stopped)


@pytest.mark.rule("XY-32", "A-05")
def test_a_later_unit_does_not_outlast_the_second_five_days() -> None:
    outer = {"phase2": at("2026-03-19T00:00")}
    again = clocks("redispatched", "2026-03-13T10:00", outer_dues=outer)
    handle = next(timer for timer in again.started if timer.name == "handle")
    assert (days(again)["handle"], handle.cut_by) == ("03-18", "phase2")
    assert last_day(handle.own_due_at, CALENDAR) == date(2026, 3, 20)


@pytest.mark.rule("XY-32", "A-05")
def test_under_the_second_version_the_second_five_days_begin_with_the_submission() -> None:
    second = BOOK.get("xiayang-2022", 2)
    assert "phase2" not in days(clocks("dispatched", "2026-03-04T10:00", second))
    assert days(clocks("submitted", "2026-03-11T10:00", second)) == {"callback": "03-12", "phase2": "03-18"}
    assert {"callback"} == set(days(clocks("submitted", "2026-03-20T10:00", second, round_no=2)))


@pytest.mark.rule("XY-25", "XY-26", "A-02")
@pytest.mark.parametrize(
    ("dispatched", "due"), [("2026-02-13T10:00", "02-16"), ("2026-09-30T10:00", "10-03")], ids=["V5", "V8"]
)
def test_natural_days_cut_the_working_days_of_a_snapshot(dispatched: str, due: str) -> None:
    found = clocks("dispatched", dispatched, kind=Kind.SNAPSHOT)
    handle = next(timer for timer in found.started if timer.name == "handle")
    assert due == days(found)["outer"]
    assert due == days(found)["handle"]
    assert handle.cut_by == "outer"
    assert handle.own_due_at > handle.due_at


@pytest.mark.rule("XY-25", "XY-26", "A-02")
@pytest.mark.parametrize("kind", [Kind.URGENT, Kind.SEMI_URGENT, Kind.CITY_REVIEW])
def test_special_orders_keep_a_day_for_review(kind: Kind) -> None:
    """The outer clock began with the district's dispatch: a day later only one working day is left to the unit."""
    assert days(clocks("assigned", "2026-03-04T10:00", kind=kind)) == {"outer": "03-09"}
    at_once = days(clocks("dispatched", "2026-03-04T10:00", kind=kind))
    assert (at_once["handle"], at_once["outer"]) == ("03-06", "03-09")
    outer = {"outer": at("2026-03-10T00:00")}
    later = clocks("dispatched", "2026-03-05T10:00", kind=kind, outer_dues=outer)
    assert days(later)["handle"] == "03-06"
    too_late = clocks("dispatched", "2026-03-09T10:00", kind=kind, outer_dues=outer)
    assert days(too_late)["handle"] == "03-09"  # the buffer has passed: the outer limit itself


@pytest.mark.rule("A-05")
def test_a_redispatch_restarts_inner_clocks_and_cuts_them_by_what_is_left() -> None:
    outer = {"outer": at("2026-02-17T00:00")}
    found = clocks("redispatched", "2026-02-14T09:00", kind=Kind.SNAPSHOT, outer_dues=outer)
    assert {"accept", "contact", "handle", "outer"} == set(days(found))
    assert days(found)["handle"] == "02-16"
    assert {timer.name for timer in found.started if timer.outer} == {"outer"}  # only its owner is written
    over = clocks("redispatched", "2026-02-24T09:00", kind=Kind.SNAPSHOT, outer_dues=outer)
    assert days(over)["handle"] == "02-26"  # the outer is late already: the new unit has its own time
    assert clocks("return_granted", "2026-03-05T09:00").stopped == (
        "accept",
        "contact",
        "return_review",
        "handle2",
        "handle",
    )


@pytest.mark.rule("A-05", "XY-50")
@pytest.mark.parametrize("move", ["dispatched", "redispatched", "signed", "claimed"])
def test_any_dispatch_to_a_unit_is_a_street_dispatch(move: str) -> None:
    assert "street_dispatch" in events_of(move)
    first = BOOK.get("xiayang-2022", 1)
    assert {"accept", "contact", "handle"} == set(days(clocks(move, "2026-03-04T10:00", rules=first)))


@pytest.mark.rule("XY-50")
def test_taken_above_and_put_to_a_street_is_the_districts_dispatch() -> None:
    assert "district_dispatch" in events_of("created", handed_down=True)
    assert "district_dispatch" not in events_of("created")
    assert "district_dispatch" not in events_of("accepted", handed_down=True)
    found = clocks("created", "2026-03-04T10:00", kind=Kind.URGENT, handed_down=True)
    assert days(found) == {"outer": "03-09"}
    assert clocks("created", "2026-03-04T10:00", kind=Kind.URGENT).started == ()


@pytest.mark.rule("JC-17")
def test_an_upper_platforms_date_is_kept_and_binds() -> None:
    upper = at("2026-03-06T17:30")
    found = clocks("received", "2026-03-04T10:00", upper_due_at=upper)
    (clock,) = found.started
    assert (clock.name, clock.due_at, clock.length) == ("upper", upper, None)
    assert clock.consequence == "upper_overdue"
    dispatched = clocks("dispatched", "2026-03-05T10:00", upper_due_at=upper, outer_dues={"upper": upper})
    handle = next(timer for timer in dispatched.started if timer.name == "handle")
    assert (handle.due_at, handle.cut_by) == (upper, "upper")
    assert isinstance(XIAYANG.timers[Kind.ORDINARY]["upper"].length, UpperDue)
    assert clocks("received", "2026-03-04T10:00").started == ()


@pytest.mark.rule("JC-17")
def test_a_date_that_comes_later_than_the_order_has_its_clock() -> None:
    facts = Facts(kind=Kind.ORDINARY, request=RequestType.COMPLAINT, upper_due_at=at("2026-03-06T17:30"))
    given: dict[str, Any] = {"facts": facts, "calendar": CALENDAR, "unit": UNIT, "centre": CENTRE}
    (clock,) = upper_clocks("upper_due_set", at("2026-03-05T09:00"), ruleset=XIAYANG, **given)
    assert (clock.name, clock.owner, clock.started_at) == ("upper", CENTRE, at("2026-03-05T09:00"))
    assert upper_clocks("upper_due_set", at("2026-03-05T09:00"), ruleset=BOOK.get("xiayang-2022", 1), **given) == ()


def test_a_clock_that_waits_for_another_does_not_start_alone() -> None:
    facts = Facts(kind=Kind.ORDINARY, request=RequestType.COMPLAINT)
    alone = {"phase2": XIAYANG.timers[Kind.ORDINARY]["phase2"]}
    assert dues_at(alone, at("2026-03-05T09:00"), ruleset=XIAYANG, facts=facts, calendar=CALENDAR) == {}


@pytest.mark.rule("SJ-17", "A-08")
def test_three_classes_with_working_days() -> None:
    assert SONGJIANG.class_label(RequestType.HELP, difficult=True) == "C 疑难"
    assert SONGJIANG.class_label(RequestType.INQUIRY, difficult=False) == "A 咨询"
    assert XIAYANG.class_label(RequestType.HELP, difficult=True) == ""
    assert days(clocks("dispatched", "2026-03-04T10:00", SONGJIANG, request=RequestType.INQUIRY))["class_a"] == "03-05"
    plain = days(clocks("dispatched", "2026-03-04T10:00", SONGJIANG))
    assert plain["class_b"] == "03-11"
    assert not {"class_a", "class_c", "class_c_internal"} & set(plain)


@pytest.mark.rule("SJ-18")
def test_a_difficult_order_has_an_internal_and_a_superior_date() -> None:
    found = clocks("dispatched", "2026-03-04T10:00", SONGJIANG, difficult=True)
    assert (days(found)["class_c_internal"], days(found)["class_c"]) == ("03-18", "03-25")
    by_name = {timer.name: timer for timer in found.started}
    assert by_name["class_c_internal"].consequence == "internal_overdue"
    assert by_name["class_c"].consequence == "superior_overdue"
    assert (by_name["class_c"].owner_level, by_name["class_c_internal"].owner) == (2, UNIT)
    city = clocks("dispatched", "2026-03-04T10:00", BOOK.get("sh-1515", 1), difficult=True)
    assert days(city)["class_c"] == "03-25"
    assert "class_c_internal" not in days(city)


@pytest.mark.rule("SJ-18")
def test_an_order_found_difficult_gets_the_clocks_of_its_class_from_its_dispatch() -> None:
    facts = {"difficult": True, "outer_dues": {"class_b": at("2026-03-12T00:00")}, "begun_at": at("2026-03-04T10:00")}
    found = clocks("marked_difficult", "2026-03-06T10:00", SONGJIANG, **facts)
    assert found.stopped == ("class_b",)
    assert days(found) == {"class_c": "03-25", "class_c_internal": "03-18", "qc": "03-25"}
    assert {timer.started_at for timer in found.started if timer.name != "qc"} == {at("2026-03-04T10:00")}


@pytest.mark.rule("SJ-19")
def test_quality_control_lies_between_the_two_dates() -> None:
    """From the internal date to the superior one, whenever the unit submits (A3.1)."""
    superior, internal = at("2026-03-26T00:00"), at("2026-03-19T00:00")
    begun = clocks("dispatched", "2026-03-04T10:00", SONGJIANG, difficult=True)
    window = next(timer for timer in begun.started if timer.name == "qc")
    assert (window.started_at, window.due_at) == (internal - timedelta(microseconds=1), superior)
    assert window.consequence == "late_quality"
    dues = {"class_c": superior, "class_c_internal": internal, "qc": superior}
    found = clocks("submitted", "2026-03-17T10:00", SONGJIANG, difficult=True, outer_dues=dues)
    assert "class_c_internal" in found.stopped
    assert not {"class_c", "qc"} & set(found.stopped)
    assert SONGJIANG.policy.qc.window
    first = BOOK.get("songjiang-1510", 1)
    late = clocks("submitted", "2026-03-17T10:00", first, difficult=True, outer_dues=dues)
    assert days(late)["qc"] == "03-25"
    assert "qc" not in days(clocks("submitted", "2026-03-17T10:00", first, difficult=True))


@pytest.mark.rule("A-11", "SJ-17")
def test_the_district_contacts_before_dispatch_and_nobody_twice() -> None:
    taken = clocks("created", "2026-03-04T10:00", SONGJIANG)
    assert days(taken) == {"contact": "03-05"}
    assert taken.started[0].owner_level == 2
    assert SONGJIANG.policy.contact.before_dispatch
    assert SONGJIANG.policy.contact.tier == "centre"
    assert "contact" not in days(clocks("dispatched", "2026-03-05T10:00", SONGJIANG, contacted=True))
    assert "contact" not in days(clocks("created", "2026-03-05T10:00", SONGJIANG, contacted=True))


@pytest.mark.rule("JC-21")
def test_the_matrix_gives_category_and_level_their_own_time() -> None:
    usual = days(clocks("dispatched", "2026-03-04T10:00", JINCHENG))["handle"]
    water = {"category": "公用事业/供水"}
    assert (usual, days(clocks("dispatched", "2026-03-04T10:00", JINCHENG, **water))["handle"]) == ("03-11", "03-09")
    urgent = clocks("dispatched", "2026-03-04T10:00", JINCHENG, level="urgent", **water)
    handle = next(timer for timer in urgent.started if timer.name == "handle")
    assert handle.due_at == at("2026-03-05T10:00")
    assert handle.length == {"hours": 24}
    line = JINCHENG.line_for("公用事业/供水", "urgent")
    assert line is not None
    assert (line.duty, line.supervise, line.callback) == ("供应单位", "phone", "human")


@pytest.mark.rule("A-07")
def test_joint_handling_stops_no_clock_and_no_seed_knows_an_extension() -> None:
    for move in ("collab_begun", "return_requested", "contact_attempted"):
        assert clocks(move, "2026-03-05T10:00").stopped == ()
    for rules in (XIAYANG, SONGJIANG, JINCHENG):
        assert not rules.policy.extension.allowed
    assert BOOK.get("national", 1).policy.extension.allowed


@pytest.mark.rule("A-21")
def test_the_right_of_return_is_shorter_than_the_handling() -> None:
    began = at("2026-09-30T10:00")
    right = {"ruleset": XIAYANG, "calendar": CALENDAR}
    assert window_due("return", began, kind=Kind.ORDINARY, **right) == at("2026-10-10T00:00")  # type: ignore[arg-type]
    assert window_due("return", began, kind=Kind.URGENT, **right) == at("2026-10-09T00:00")  # type: ignore[arg-type]
    assert window_due("return", began, kind=Kind.SNAPSHOT, **right) == at("2026-10-04T00:00")  # type: ignore[arg-type]


@pytest.mark.rule("A-25")
def test_what_the_text_leaves_open_says_that_it_is_a_reading() -> None:
    for kind, timers in XIAYANG.timers.items():
        assert timers["callback"].reading == "A-25", kind
        assert timers["return_review"].reading == "A-25"
    assert XIAYANG.policy.ledger.reading == "A-25"
    assert BOOK.get("national", 1).timers[Kind.ORDINARY]["handle"].reading == "A-25"


@pytest.mark.rule("GH-11")
def test_what_is_solvable_has_a_shorter_target() -> None:
    target = BOOK.get("national", 1).policy.solvable_target.length
    assert target is not None
    assert target.length == WorkingDays(3)
    assert XIAYANG.policy.solvable_target.length is None


@pytest.mark.rule("A-07")
def test_the_ledger_holds_the_units_clock_and_no_outer_one() -> None:
    for rules in (XIAYANG, SONGJIANG, JINCHENG):
        for timers in rules.timers.values():
            held = {name for name, rule in timers.items() if "hung" in rule.stops}
            assert held == {name for name, rule in timers.items() if "unhung" in rule.resumes}
            assert not held & {"outer", "upper", "class_c"}


def test_an_order_of_another_kind_leaves_the_clocks_of_the_old_one() -> None:
    found = clocks("classified", "2026-03-04T12:00", outer_dues={"outer": at("2026-03-10T00:00")})
    assert found.stopped == ("outer",)


def test_praise_has_no_handling_clock() -> None:
    assert {"accept", "contact"} == set(days(clocks("dispatched", "2026-03-04T10:00", request=RequestType.PRAISE)))


def test_facts_of_a_row() -> None:
    row = {
        "kind": "urgent",
        "request_type": "help",
        "owner_org_path": "/city/street/",
        "intake_org_path": "/city/",
        "contacted_at": at("2026-03-04T10:00"),
        "outer_dues": {"outer": "2026-03-10T00:00:00+08:00"},
        "difficult": True,
    }
    facts = facts_of(row)
    assert facts.handed_down
    assert facts.contacted
    assert facts.outer_dues["outer"] - at("2026-03-04T00:00") == timedelta(days=6)
    assert not facts_of({**row, "intake_org_path": "/city/street/", "outer_dues": None}).handed_down


def test_the_signs_go_with_the_clock() -> None:
    (contact,) = (timer for timer in clocks("dispatched", "2026-03-04T10:00").started if timer.name == "contact")
    assert [(sign.sign, sign.at) for sign in contact.signs] == [
        ("yellow", at("2026-03-05T00:00")),
        ("50%", at("2026-03-05T12:00")),
        ("80%", at("2026-03-05T19:12")),
    ]


@pytest.mark.rule("XY-01")
def test_a_rule_set_names_its_document_and_every_version_stays() -> None:
    assert (XIAYANG.document, XIAYANG.published_on) == ("QF4017004-2022-001", date(2022, 6, 8))
    assert BOOK.get("xiayang-2022", 1).version == 1
    assert BOOK.current("xiayang-2022", date(2026, 1, 1)) is XIAYANG
    assert [one.ref for one in BOOK.all()] == sorted(one.ref for one in BOOK.all())
    assert BOOK.named("xiayang-2022/1", date(2026, 1, 1)).version == 1
    assert BOOK.named("xiayang-2022", date(2026, 1, 1)).version == 3
    for wrong in ("xiayang-2022/x", "xiayang-2022/", "nowhere"):
        with pytest.raises(NoSuchRuleSet):
            BOOK.named(wrong, date(2026, 1, 1))
    first = yaml.safe_load((RULES / "xiayang-2022.yaml").read_text("utf-8"))
    assert parse_ruleset(first).policy.contact.attempts == 3
