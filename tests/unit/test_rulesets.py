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
from callcenter.orders.ruleset_files import RULES, read_rule_files, rule_book
from callcenter.orders.ruleset_parsing import parse_length, parse_ruleset
from callcenter.orders.rulesets import NoSuchRuleSet, RuleBook, RuleSetBroken
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
    with pytest.raises(NoSuchRuleSet):
        book.current("xiayang-2022", date(2020, 1, 1))


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
