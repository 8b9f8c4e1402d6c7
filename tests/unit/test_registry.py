"""The hotline registry: notices of three calendar months, hours, standings, faults, and what differs after a change."""

from datetime import date, datetime, time
from typing import Any

import pytest
from pydantic import ValidationError

from callcenter.core.ids import CallId, new_id
from callcenter.flows.files import read_flows, read_prompts
from callcenter.numbers.rules import Purpose, Reason, decide
from callcenter.numbers.rules_file import read_rules
from callcenter.resources import IVR
from callcenter.transfers.check import registry_faults
from callcenter.transfers.hotline import Hotline, Hours, Link, Mode, Status, status_on
from callcenter.transfers.hotline_months import notice_end
from callcenter.transfers.hotline_views import answers_now
from callcenter.transfers.inbound_origins import Origin, forms_of, origin_of
from callcenter.transfers.inbound_views import CaseView
from callcenter.transfers.registry import Registry, read_registry
from callcenter.transfers.registry_diff import Difference, differences

TITLE = {"zh": "甲", "en": "a"}
MAIN = {"number": "12345", "title": TITLE, "mode": "main", "flow": "main", "queue": "main"}
MERGED = {
    "number": "12369", "title": TITLE, "mode": "merged", "owner": TITLE, "flow": "merged", "queue": "main",
    "since": "2026-11-30", "until": "2027-02-28",
}  # fmt: skip
DUAL = {
    "number": "12329", "title": TITLE, "mode": "dual", "owner": TITLE, "flow": "dual", "queue": "housing",
    "greeting": "hello", "seats": 2,
}  # fmt: skip
TAX = DUAL | {
    "number": "12366", "mode": "subcentre", "queue": "tax", "link": {"transfer": "12366", "orders_to": "tax"},
}  # fmt: skip
POLICE = {
    "number": "110", "title": TITLE, "mode": "emergency", "owner": TITLE,
    "link": {"transfer": "110", "group": "emergency", "fallback": "62340110", "drill": "62349110"},
}  # fmt: skip
FIRE = POLICE | {"number": "119", "link": {"transfer": "119", "group": "emergency", "drill": "62349119"}}


def registry_of(*lines: dict[str, Any]) -> Registry:
    return Registry.model_validate({"version": 1, "hotlines": [MAIN, *lines]})


def faults(*lines: dict[str, Any], groups: tuple[str, ...] = ("public",)) -> list[str]:
    return registry_faults(registry_of(*lines), flows={"main", "merged", "dual"}, prompts={"hello"}, groups=groups)


@pytest.mark.rule("JC-09")
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-10-01", "2027-01-01"),
        ("2026-11-30", "2027-02-28"),
        ("2027-11-30", "2028-02-29"),
        ("2026-11-28", "2027-02-28"),
        ("2026-12-31", "2027-03-31"),
        ("2026-08-31", "2026-11-30"),
        ("2026-09-30", "2026-12-30"),
        ("2028-02-29", "2028-05-29"),
        ("2026-03-31", "2026-06-30"),
    ],
)
def test_a_notice_lasts_three_calendar_months(start: str, end: str) -> None:
    assert notice_end(date.fromisoformat(start)) == date.fromisoformat(end)


def test_a_notice_ends_within_the_calendar() -> None:
    with pytest.raises(ValueError, match="9999"):
        notice_end(date(9999, 10, 1))


def test_a_merged_number_is_forwarded_until_it_is_closed() -> None:
    line = Hotline.model_validate(MERGED)
    standing = {
        day: status_on(line, date.fromisoformat(day), closed=False)
        for day in ("2026-11-29", "2026-11-30", "2027-02-27", "2027-02-28", "2030-01-01")
    }
    assert list(standing.values()) == [
        Status.PLANNED, Status.NOTICE, Status.NOTICE, Status.CLOSABLE, Status.CLOSABLE,
    ]  # fmt: skip
    assert status_on(line, date(2027, 3, 1), closed=True) is Status.CLOSED


@pytest.mark.rule("JC-07", "JC-08")
def test_other_numbers_stand_as_their_mode_says() -> None:
    cancelled = Hotline.model_validate(MERGED | {"mode": "cancelled", "until": None})
    assert status_on(cancelled, date(2026, 11, 29), closed=False) is Status.PLANNED
    assert status_on(cancelled, date(2026, 12, 1), closed=False) is Status.CANCELLED
    assert status_on(Hotline.model_validate(DUAL), date(2026, 12, 1), closed=False) is Status.ACTIVE


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (POLICE | {"mode": "dual", "flow": "dual", "queue": "police"}, "never taken over"),
        (DUAL | {"flow": None}, "needs a flow and a queue"),
        (POLICE | {"queue": "main"}, "neither flow nor queue"),
        (DUAL | {"key": "1"}, "only an emergency number has a key"),
        (DUAL | {"link": {"transfer": "12329"}}, "a link belongs to"),
        (POLICE | {"link": None}, "a link belongs to"),
        (MERGED | {"until": None}, "first day and the end"),
        (DUAL | {"since": "2026-02-01", "until": "2026-01-01"}, "ends before it begins"),
        (TAX | {"link": {"transfer": "1", "orders_to": "tax"}}, "link.transfer"),
        (TAX | {"link": {"transfer": "123", "hours": {"begin": "09:00", "end": "09:00"}}}, "before they begin"),
    ],
)
def test_a_line_that_does_not_fit_its_mode_is_refused(line: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said.replace(".", r"\.")):
        registry_of(line)


@pytest.mark.rule("JC-07", "A-15")
def test_the_shipped_registry_has_no_fault() -> None:
    registry = read_registry(IVR / "hotlines.yaml")
    flows, prompts = read_flows(IVR / "flows"), read_prompts(IVR / "prompts" / "prompts.yaml")
    assert registry_faults(registry, flows=flows.keys(), prompts=prompts.keys(), groups={"public"}) == []
    assert {line.number for line in registry.hotlines if line.mode is Mode.EMERGENCY} >= {"110", "119", "120", "122"}
    assert all(link.drill for line, link in registry.links if line.mode is Mode.EMERGENCY)
    assert {line.number for line in registry.forwarded} >= {"12329", "12333", "12369", "12328"}
    assert registry.find("12366") not in registry.forwarded


def test_a_sound_registry_has_no_fault() -> None:
    assert faults(MERGED, DUAL, TAX, POLICE, FIRE) == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([MERGED | {"flow": "gone"}], "12369: the registry names the flow gone, which is not there"),
        ([MERGED | {"until": "2027-03-02"}], "it ends on 2027-02-28, not on 2027-03-02"),
        ([MERGED | {"owner": None}], "12369: nobody answers for the number"),
        ([DUAL | {"greeting": "nowhere"}], "12329: the greeting nowhere is not among the prompts"),
        ([DUAL | {"greeting": None}], "12329: a number that is kept needs a greeting of its own"),
        ([DUAL | {"seats": None}], "12329: tell how many seats came with the number"),
        ([DUAL | {"queue": "main"}], "12329: a number that is kept needs a queue of its own, not main"),
        ([DUAL, DUAL | {"number": "12333"}], "12333: a number that is kept needs a queue of its own, not housing"),
        ([TAX | {"link": {"transfer": "12366"}}], "12366: tell which org takes a message order"),
        (
            [TAX | {"link": TAX["link"] | {"group": "tax"}}],  # type: ignore[operator]
            "12366: the trunk group tax has no trunk",
        ),
        (
            [DUAL, TAX | {"link": TAX["link"] | {"fallback": "12329"}}],  # type: ignore[operator]
            "12366: 12329 is served here",
        ),
        (
            [TAX | {"link": TAX["link"] | {"fallback": "12366"}}],  # type: ignore[operator]
            "12366: the fallback is the number that did not answer",
        ),
        (
            [POLICE | {"link": {"transfer": "110", "group": "public"}}],
            "110: an emergency number is dialled by the trunk group emergency, not by public",
        ),
        (
            [POLICE | {"link": POLICE["link"] | {"drill": "110"}}],  # type: ignore[operator]
            "110: the drill target 110 is a number in use",
        ),
        (
            [POLICE, FIRE | {"link": FIRE["link"] | {"drill": "62340110"}}],  # type: ignore[operator]
            "119: the drill target 62340110 is a number in use",
        ),
        (
            [POLICE | {"link": POLICE["link"] | {"entries": ["12345"]}}],  # type: ignore[operator]
            "110: 12345 is a hotline",
        ),
        (
            [
                POLICE | {"link": POLICE["link"] | {"callers": ["62340000"], "machine": "m"}},  # type: ignore[operator]
                FIRE | {"link": FIRE["link"] | {"callers": ["62340000"], "machine": "m"}},  # type: ignore[operator]
            ],
            "the number 62340000 stands among the callers of several links",
        ),
        (
            [
                POLICE | {"link": POLICE["link"] | {"machine": "m"}},  # type: ignore[operator]
                FIRE | {"link": FIRE["link"] | {"machine": "m"}},  # type: ignore[operator]
            ],
            "the machine m speaks for several links",
        ),
    ],
)
def test_every_fault_is_told_with_its_number(lines: list[dict[str, Any]], said: str) -> None:
    found = faults(*lines)
    assert any(said in line for line in found), found


def test_a_trunk_group_with_a_trunk_is_no_fault() -> None:
    tax = TAX | {"link": TAX["link"] | {"group": "tax"}}  # type: ignore[operator]
    assert faults(tax, groups=("public", "tax")) == []


def test_the_gate_learns_which_numbers_are_real_emergencies() -> None:
    codes = registry_of(DUAL, TAX, POLICE).short_codes()
    assert codes.emergency == {"110", "62340110"}
    assert codes.hotlines == {"12345", "12329", "12366", "62349110"}


def test_the_gate_lets_every_drill_target_pass_and_no_real_number_of_an_emergency() -> None:
    registry, rules = read_registry(IVR / "hotlines.yaml"), read_rules(IVR / "dialling.yaml")
    codes = registry.short_codes()
    for line, link in registry.links:
        if line.mode is Mode.EMERGENCY:
            assert link.drill is not None
            passed = decide(rules, codes, None, Purpose.TEST, link.drill, "021")
            assert not isinstance(passed, Reason)
            assert passed[0].number == link.drill
            for number in link.numbers:
                assert isinstance(decide(rules, codes, None, Purpose.TEST, number, "021"), Reason), number


def test_hours_are_the_citys() -> None:
    hours = Hours(begin=time(8, 30), end=time(17, 30))
    link = Link(transfer="12366", hours=hours)
    monday = datetime(2026, 11, 23, 8, 30)  # noqa: DTZ001 - the city's own time
    assert link.answers_at(monday)
    assert link.answers_at(monday.replace(hour=17, minute=29))
    assert not link.answers_at(monday.replace(hour=17, minute=30))
    assert not link.answers_at(monday.replace(day=22))
    assert Link(transfer="110").answers_at(monday.replace(day=22))
    assert answers_now(None, monday) is None
    assert answers_now(link, monday) is True


def test_differences_tell_number_and_fields() -> None:
    before: dict[str, dict[str, Any]] = {"1": {"mode": "dual", "queue": "a"}, "2": {"seats": 1}, "3": {"mode": "main"}}
    after: dict[str, dict[str, Any]] = {"2": {"seats": 2}, "3": {"mode": "main"}, "4": {"mode": "dual"}}
    found = differences(before, after)
    assert found == [
        Difference("1", "removed", ("mode", "queue"), before["1"], None),
        Difference("2", "changed", ("seats",), before["2"], after["2"]),
        Difference("4", "added", ("mode",), None, after["4"]),
    ]
    assert [one.needs_switch for one in found] == [True, False, True]
    assert differences({"1": {"queue": "a"}}, {"1": {"queue": "b"}})[0].needs_switch


@pytest.mark.parametrize(
    ("caller", "dialled", "origin"),
    [
        ("13900000001", "62341110", Origin("110", "entry")),
        ("110", "12345", Origin("110", "caller")),
        ("+8662340119", "12345", Origin("119", "caller")),
        ("119", "62341110", Origin("110", "entry")),
        ("13900000001", "12345", None),
        ("", "", None),
    ],
)
def test_a_call_is_known_by_what_it_dialled_or_presents(caller: str, dialled: str, origin: Origin | None) -> None:
    lines = registry_of(
        POLICE | {"link": POLICE["link"] | {"callers": ["110"], "entries": ["62341110"]}},  # type: ignore[operator]
        FIRE | {"link": FIRE["link"] | {"callers": ["119", "+8662340119"[1:]]}},  # type: ignore[operator]
    )
    assert origin_of(lines.links, caller=caller, dialled=dialled) == origin


def test_a_landline_of_the_city_has_two_forms() -> None:
    lines = registry_of(POLICE | {"link": POLICE["link"] | {"callers": ["62340110"]}})  # type: ignore[operator]
    for presented in ("62340110", "02162340110", "+862162340110"):
        found = origin_of(lines.links, caller=presented, dialled="12345", area_code="021")
        assert found == Origin("110", "caller"), presented
    assert forms_of("+862162340110", "021") == ["+862162340110", "+8662340110"]
    assert forms_of("+8613900000001", "021") == ["+8613900000001"]
    assert forms_of("", "") == [""]


def test_a_case_in_a_list_hides_the_citizens_number() -> None:
    now = datetime(2026, 11, 22).astimezone()
    case = CaseView(
        id=new_id(),
        link="110",
        external="A-1",
        summary="",
        caller_number="+8613900000001",
        received_at=now,
        expires_at=now,
        call_id=CallId(new_id()),
        matched_at=now,
        state="matched",
    )
    assert case.masked().caller_number == "*" * 10 + "0001"
