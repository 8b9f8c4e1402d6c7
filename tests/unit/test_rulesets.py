"""Rule sets: the shipped values, versions, and what is refused."""

import copy
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from callcenter.core.errors import Misconfigured
from callcenter.orders.calendar import Hours, NaturalDays, WorkingDays
from callcenter.orders.ruleset_files import RULES, RuleDateFixed, read_rule_files, rule_book
from callcenter.orders.ruleset_parsing import inherited, parse_length, parse_ruleset
from callcenter.orders.rulesets import NoSuchRuleSet, RuleBook, RuleSetBroken, RuleSetNotYet
from callcenter.orders.terms import Kind, RequestType

SHIPPED = yaml.safe_load((RULES / "xiayang-2022.yaml").read_text("utf-8"))


def test_the_regulations_values() -> None:
    rules = rule_book(read_rule_files()).get("xiayang-2022", 1)
    ordinary = rules.timers[Kind.ORDINARY]
    assert {"accept", "contact", "handle", "callback"} == set(ordinary)
    assert WorkingDays(1) == ordinary["accept"].length
    assert WorkingDays(1) == ordinary["contact"].length
    assert WorkingDays(5) == ordinary["handle"].length
    assert WorkingDays(1) == ordinary["callback"].length
    assert frozenset({RequestType.PRAISE}) == ordinary["handle"].except_for
    assert WorkingDays(2) == rules.windows[Kind.ORDINARY]["return"].length
    assert NaturalDays(3) == rules.timers[Kind.SNAPSHOT]["outer"].length
    for kind in (Kind.URGENT, Kind.SEMI_URGENT, Kind.CITY_REVIEW):
        assert WorkingDays(2) == rules.timers[kind]["handle"].length
        assert WorkingDays(3) == rules.timers[kind]["outer"].length
        assert WorkingDays(1) == rules.windows[kind]["return"].length
    assert rules.contact_attempts == 3
    assert rules.ref == "xiayang-2022/1"


def test_every_value_names_its_source() -> None:
    rules = rule_book(read_rule_files()).get("xiayang-2022", 1)
    assert all(timer.source.startswith("XY-") for kind in rules.timers.values() for timer in kind.values())


def test_lengths() -> None:
    assert parse_length({"hours": 4}) == Hours(timedelta(hours=4))
    assert parse_length({"natural_days": 4}) == NaturalDays(4)


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    raw: dict[str, Any] = copy.deepcopy(SHIPPED)
    change(raw)
    return raw


def test_the_newest_version_in_force_is_current_and_the_old_one_stays() -> None:
    second = changed(lambda raw: raw.update(version=2, effective_from="2026-07-01"))
    book = RuleBook([parse_ruleset(SHIPPED), parse_ruleset(second)])
    assert book.current("xiayang-2022", date(2026, 6, 30)).version == 1
    assert book.current("xiayang-2022", date(2026, 7, 1)).version == 2
    assert book.get("xiayang-2022", 1).version == 1


def test_what_is_not_there_is_named_with_what_is() -> None:
    book = RuleBook([parse_ruleset(SHIPPED)])
    with pytest.raises(NoSuchRuleSet, match="xiayang-2022/1"):
        book.get("xiayang-2022", 9)
    with pytest.raises(NoSuchRuleSet):
        book.current("nowhere", date(2026, 1, 1))
    with pytest.raises(RuleSetNotYet, match="2022-06-08"):
        book.current("xiayang-2022", date(2020, 1, 1))


BY = {"by": "discipline"}


def test_one_version_twice_is_refused() -> None:
    with pytest.raises(RuleSetBroken, match="twice"):
        RuleBook([parse_ruleset(SHIPPED), parse_ruleset(SHIPPED)])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda raw: raw["kinds"]["snapshot"]["timers"]["handle"].update(cap="gone"), "which is not there"),
        (lambda raw: raw["kinds"]["snapshot"]["timers"]["outer"].update(outer=False), "must be an outer clock"),
        (lambda raw: raw["kinds"]["snapshot"]["timers"]["outer"].update(cap="accept"), "have no cap itself"),
    ],
)
def test_unsound_caps(change: Callable[[dict[str, Any]], object], says: str) -> None:
    with pytest.raises(RuleSetBroken, match=says):
        parse_ruleset(changed(change))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda raw: raw.update(surprise=1), "surprise"),
        (lambda raw: raw["timers"]["accept"].update(starts=["moonrise"]), "moonrise"),
        (lambda raw: raw["timers"]["accept"].update(length={"working_days": 0}), "timers.accept.length"),
        (lambda raw: raw["timers"]["accept"].update(length={"working_days": 1, "hours": 2}), "length"),
        (lambda raw: raw["kinds"].pop("urgent"), "urgent"),
        (
            lambda raw: raw.setdefault("policy", {}).update(sanctions=[{"flag": "late", "action": "talk"} | BY]),
            "policy.sanctions",
        ),
    ],
)
def test_the_schema_refuses(change: Callable[[dict[str, Any]], object], says: str, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(changed(change)), "utf-8")
    with pytest.raises(RuleSetBroken, match=r"mine\.yaml") as caught:
        read_rule_files(tmp_path)
    assert says in caught.value.text("zh")


def test_bad_yaml_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("id: [", "utf-8")
    with pytest.raises(RuleSetBroken, match="not valid YAML"):
        read_rule_files(tmp_path)
    (tmp_path / "mine.yaml").unlink()
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(Misconfigured, match=r"folder\.yaml"):
        read_rule_files(tmp_path)
    with pytest.raises(Misconfigured, match="is not there"):
        read_rule_files(tmp_path / "gone")


FILES = read_rule_files()


@pytest.mark.rule("XY-01")
def test_every_set_in_force_says_what_its_date_rests_on() -> None:
    book = rule_book(FILES)
    bases = {one.id: one.effective_basis for one in book.all() if book.current(one.id, date(2026, 1, 1)) is one}
    assert bases == {
        "jincheng": "assumed",
        "national": "assumed",
        "sh-1515": "assumed",
        "songjiang-1510": "assumed",
        "xiayang-2022": "published",
    }
    assert all(one.effective_source for one in book.all() if one.effective_basis)
    assert book.get("xiayang-2022", 1).effective_basis == ""


def test_another_date_does_not_inherit_what_a_date_rests_on() -> None:
    parent = {"effective_from": "2022-06-08", "effective_basis": "enacted", "effective_source": "第九条"}
    assert inherited(parent, {"version": 2})["effective_basis"] == "enacted"
    assert inherited(parent, {"effective_from": "2026-01-01"}) == {"effective_from": "2026-01-01"}


@pytest.mark.rule("XY-01")
def test_the_city_sets_the_date_that_no_document_says() -> None:
    book = rule_book(FILES, {"jincheng/2": date(2026, 7, 1)})
    assert book.current("jincheng", date(2026, 6, 30)).version == 1
    second = book.current("jincheng", date(2026, 7, 1))
    assert (second.version, second.effective_basis, second.effective_source) == (2, "city", "orders.effective_from")


@pytest.mark.parametrize(
    ("ref", "day", "says"),
    [("xiayang-2022/3", date(2022, 6, 7), "2022-06-08"), ("national/2", date(2020, 1, 1), "2020-12-28")],
)
def test_a_date_before_the_document_is_refused(ref: str, day: date, says: str) -> None:
    with pytest.raises(RuleDateFixed, match=says):
        rule_book(FILES, {ref: day})


def test_a_date_that_the_document_says_stays_and_unknown_sets_are_named(tmp_path: Path) -> None:
    enacted = changed(lambda raw: raw.update(id="mine", effective_basis="enacted", effective_source="第九条"))
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(enacted), "utf-8")
    with pytest.raises(RuleDateFixed):
        rule_book(read_rule_files(tmp_path), {"mine/1": date(2026, 1, 1)})
    with pytest.raises(NoSuchRuleSet, match="jincheng/7"):
        rule_book(FILES, {"jincheng/7": date(2026, 1, 1)})


@pytest.mark.parametrize(
    "phase",
    [{"from_due_of": "phase2"}, {"from_due_of": "handle", "starts": ["submit"]}],
    ids=["begins with one that waits itself", "starts apart from it"],
)
def test_a_clock_that_begins_at_the_end_of_another_starts_with_it(phase: dict[str, Any], tmp_path: Path) -> None:
    timer = {"length": {"working_days": 1}, "starts": ["street_dispatch"], "stops": ["closed"], "owed_by": "centre"}
    raw = {"id": "mine", "version": 1, "extends": "xiayang-2022/3"}
    raw |= {"kinds": {"ordinary": {"timers": {"phase3": timer | {"source": "-"} | phase}}}}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(raw), "utf-8")
    with pytest.raises(RuleSetBroken, match="phase3 begins when"):
        read_rule_files(tmp_path)
