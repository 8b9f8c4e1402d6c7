"""Rule sets as people read them: in the terminal, what differs between two, and what is refused in a file (XY-01)."""

from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from jsonschema import Draft202012Validator
from rich.console import Console

from callcenter.core.clock import Clock
from callcenter.orders.calendar_data import load_calendar
from callcenter.orders.policy_names import policy_name
from callcenter.orders.rule_differences import differences, flat
from callcenter.orders.rule_pages import difference_list, policy_values, ruleset_list, ruleset_view
from callcenter.orders.rules_command import print_differences, print_ruleset, print_rulesets
from callcenter.orders.ruleset_files import RULES, policy_schema, published_schema, read_rule_files, rule_book
from callcenter.orders.rulesets import RuleBook, RuleSetBroken
from callcenter.orders.terms import Kind

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = load_calendar(ZONE)
BOOK = rule_book(read_rule_files())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


class Still:
    def now(self) -> datetime:
        return at("2026-03-04T10:00")


class Shelf:
    rules: RuleBook = BOOK
    ruleset: str = "xiayang-2022"
    calendar = CALENDAR
    clock: Clock = Still()


@pytest.mark.rule("XY-01")
def test_rule_sets_in_the_terminal() -> None:
    out = StringIO()
    console = Console(file=out, width=220)
    print_rulesets(console, ruleset_list(Shelf()))
    print_ruleset(console, ruleset_view(BOOK.get("songjiang-1510", 1), Shelf()))
    print_ruleset(console, ruleset_view(BOOK.get("jincheng", 1), Shelf()))
    text = out.getvalue()
    for said in (
        "采用 chosen",
        "旧版 superseded",
        "T-CLASS-C-internal",
        "SJ-18 A-08",
        "returns.reason_min = 10",
        "supervise.modes = [phone, written",
        "warnings = [{percent: 50}, {percent: 80}",
        "returns.head_signature = true",
        "默认 default",
    ):
        assert said in text


@pytest.mark.rule("SJ-18")
def test_what_changes_for_whom_from_the_citys_indicator_to_the_districts() -> None:
    changes = differences(BOOK.get("sh-1515", 1), BOOK.get("songjiang-1510", 1), CALENDAR)
    first = changes[0]
    assert (first.kind, first.what, first.change) == (Kind.ORDINARY, "T-CLASS-C-internal", "added")
    assert "承办单位" in first.zh
    assert "10 working day(s)" in first.en
    assert first.examples[0].after == date(2026, 3, 18)
    back = differences(BOOK.get("songjiang-1510", 1), BOOK.get("sh-1515", 1), CALENDAR)
    assert {one.change for one in back if one.kind} == {"removed"}
    assert {"qc.window", "dedicated_owner"} <= {one.what for one in back if not one.kind}
    (owner,) = (one for one in back if one.what == "dedicated_owner")
    assert (owner.zh, owner.en) == ("专人全程跟踪：是→否", "one person from accept to close: yes → no")


def changed(folder: Path, change: dict[str, Any]) -> RuleBook:
    raw = {"id": "mine", "version": 1, "extends": "xiayang-2022/2", "document": {"number": "1", "title": "试行"}}
    (folder / "mine.yaml").write_text(yaml.safe_dump(raw | change), "utf-8")
    return rule_book(read_rule_files(folder))


def test_earlier_later_and_another_owner_in_words(tmp_path: Path) -> None:
    timers = {
        "accept": {"length": {"working_days": 2}},
        "contact": {"length": {"hours": 4}, "owed_by": "centre"},
        "handle2": None,
        "callback": {"owed_by": "district", "owed_to": "upper"},
    }
    kinds = {"ordinary": {"timers": {"handle": {"length": {"natural_days": 6}}}}}
    book = changed(
        tmp_path,
        {
            "timers": timers,
            "kinds": kinds,
            "policy": {"sanctions": [], "classes": [{"name": "A", "label": "甲", "requests": ["help"]}]},
        },
    )
    changes = differences(book.get("xiayang-2022", 2), book.get("mine", 1), CALENDAR)
    by_what = {one.what: one for one in changes if one.kind in {Kind.ORDINARY, None}}
    assert by_what["T-ACCEPT"].change == "later"
    assert "提前" in by_what["T-CONTACT"].zh
    assert "责任方由承办单位改为派单中心" in by_what["T-CONTACT"].zh
    assert by_what["T-HANDLE2"].change == "removed"
    assert by_what["T-CALLBACK"].change == "changed"
    assert by_what["T-CALLBACK"].zh.endswith("对象由诉求人改为上级平台")
    assert by_what["T-HANDLE1"].change == "earlier"
    assert "name=A label=甲 requests=[help]" in by_what["classes"].en
    assert "reading" not in "".join(by_what)
    out = StringIO()
    console = Console(file=out, width=220)
    print_differences(console, difference_list(book.get("xiayang-2022", 2), book.get("mine", 1), CALENDAR))
    print_differences(console, difference_list(book.get("mine", 1), book.get("mine", 1), CALENDAR))
    assert "2026-03-04 派单 dispatched: 2026-03-05 → 2026-03-06" in out.getvalue()
    assert "没有差别 nothing differs" in out.getvalue()


def test_a_limit_that_moves_both_ways_is_only_changed(tmp_path: Path) -> None:
    kinds = {"ordinary": {"timers": {"handle": {"length": {"natural_days": 8}}}}}
    book = changed(tmp_path, {"kinds": kinds})
    changes = differences(book.get("xiayang-2022", 2), book.get("mine", 1), CALENDAR)
    assert next(one for one in changes if one.what == "T-HANDLE1").change == "changed"


PHASE = {"starts": ["submit"], "stops": ["closed"], "owed_by": "unit", "source": "-"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"extends": "nowhere/1"}, "which is not there"),
        ({"extends": "mine/1"}, "inherits from itself"),
        ({"policy": {"returns": {"reason_min": -1}}}, "reason_min"),
        ({"policy": {"extension": {"most": {"hours": 1, "months": 1}}}}, "exactly one"),
        ({"timers": {"handle2": {"cap": "nothing"}}}, "which is not there"),
        ({"timers": {"callback": {"until": "gone"}}}, "until"),
        (
            {
                "timers": {
                    "phase3": {
                        "until": "gone",
                        "starts": ["submit"],
                        "stops": ["closed"],
                        "owed_by": "unit",
                        "source": "-",
                    }
                }
            },
            "gone",
        ),
    ],
)
def test_an_unsound_heir_is_named(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    with pytest.raises(RuleSetBroken) as caught:
        changed(tmp_path, change)
    assert says in caught.value.text("en")


def test_the_published_schema_holds_the_policy_as_it_is_read() -> None:
    schema, made = published_schema(), policy_schema()
    Draft202012Validator.check_schema(schema)
    definitions = made.pop("$defs")
    assert schema["$defs"]["Policy"] == made
    assert {name: schema["$defs"][name] for name in definitions} == definitions


@pytest.mark.rule("A-25")
def test_defaults_show_themselves_and_their_reading() -> None:
    values = {value.path: value for value in policy_values(BOOK.get("xiayang-2022", 2).policy)}
    assert values["ledger.contact_every.working_days"].default
    assert not values["contact.attempts"].default
    assert values["supervise.auto.age_days"].default
    assert values["returns.reason_min"].reading == "A-06"
    assert flat({"a": {"b": 1}, "c": [1]}) == {"a.b": 1, "c": [1]}


@pytest.mark.rule("XY-32")
def test_another_beginning_is_a_difference() -> None:
    (one,) = differences(BOOK.get("xiayang-2022", 2), BOOK.get("xiayang-2022", 3), CALENDAR)
    assert (one.kind, one.what, one.change) == (Kind.ORDINARY, "T-PHASE2", "changed")
    assert "起算由提交改为首次处置到期" in one.zh
    assert "the end of first handling instead of submission" in one.en


def test_every_rule_file_is_published_with_its_schema() -> None:
    assert {path.name for path in RULES.iterdir()} == {
        "jincheng.v2.yaml",
        "jincheng.yaml",
        "national.v2.yaml",
        "national.yaml",
        "ruleset.schema.json",
        "sh-1515.v2.yaml",
        "sh-1515.yaml",
        "songjiang-1510.v2.yaml",
        "songjiang-1510.yaml",
        "xiayang-2022.v2.yaml",
        "xiayang-2022.v3.yaml",
        "xiayang-2022.yaml",
    }


def test_every_value_has_a_name_in_both_languages() -> None:
    for one in policy_values(BOOK.get("national", 2).policy):
        assert one.path not in {one.name_zh, one.name_en}, one.path
    assert policy_name("qc.ruling_due.working_days") == (
        "派单分歧裁定时限（工作日）",
        "time to rule on a dispute (working days)",
    )
    assert policy_name("new.value") == ("new.value", "new.value")


@pytest.mark.rule("JC-21", "GH-14")
def test_lines_of_the_matrix_are_told_by_category_and_level() -> None:
    old, new = BOOK.get("jincheng", 1), BOOK.get("jincheng", 2)
    told = {one.what: one for one in differences(old, new, CALENDAR)}
    assert [what for what in told if what.startswith("matrix.")] == ["matrix.公用事业.urgent"]
    assert told["matrix.公用事业.urgent"].zh.endswith("知会 -→unit_head, supervisor, deputy")
    plain = BOOK.get("national", 2)
    added = {one.what: one.change for one in differences(plain, new, CALENDAR) if one.what.startswith("matrix.")}
    assert added == dict.fromkeys(("matrix.公用事业.urgent", "matrix.公用事业.*", "matrix.咨询.*"), "added")
    gone = [one for one in differences(new, plain, CALENDAR) if one.what == "matrix.咨询.*"]
    assert [one.change for one in gone] == ["removed"]
    assert "首次处置 1个工作日→-" in gone[0].zh
