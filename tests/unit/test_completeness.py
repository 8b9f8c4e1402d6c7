"""How complete a demand is (B-26, SG-30)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from callcenter.channels.completeness import ENOUGH, Told, completeness

pytestmark = pytest.mark.rule("B-26", "SG-30")

WHOLE = Told(
    title="高层水压不足",
    content="由于加压泵损坏，六楼以上从昨晚起没有水，希望尽快修复",
    address="云堰街道桐影路88号",
    happened_at=datetime(2026, 3, 3, 20, tzinfo=UTC),
    caller_name="欧阳某",
    contact=True,
    evidence=1,
)


def test_a_whole_demand_has_every_element() -> None:
    found = completeness(WHOLE)

    assert (found.score, found.missing, found.acceptable) == (100, (), True)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"caller_name": " "}, "who"),
        ({"happened_at": None}, "when"),
        ({"address": ""}, "where"),
        ({"title": "楼房", "content": "从昨天晚上到今天早上都是这样，希望尽快来人看看"}, "cause"),
        ({"content": "六楼以上没有水，希望修复加压泵吧"}, "course"),
        ({"content": "由于加压泵损坏，六楼以上从昨晚起没有水"}, "demand"),
        ({"contact": False}, "contact"),
        ({"evidence": 0}, "evidence"),
    ],
)
def test_what_is_missing_is_named_and_costs_its_points(change: dict[str, object], missing: str) -> None:
    found = completeness(replace(WHOLE, **change))  # type: ignore[arg-type] # the dataclass checks them

    assert [missing] == [element.code for element in found.missing]
    assert 100 - found.missing[0].points == found.score


def test_an_anonymous_citizen_is_somebody_and_a_point_is_a_place() -> None:
    found = completeness(replace(WHOLE, caller_name="", anonymous=True, address="", located=True))

    assert found.score == 100


def test_a_short_text_tells_neither_cause_nor_course() -> None:
    assert {"cause", "course"} <= {element.code for element in completeness(replace(WHOLE, content="停水了")).missing}


def test_unclear_elements_may_wait_as_long_as_the_citizen_can_be_asked() -> None:
    poor = Told(title="停水", content="停水了")

    assert not completeness(poor).acceptable
    assert completeness(replace(poor, contact=True)).acceptable
    assert completeness(replace(WHOLE, contact=False)).score >= ENOUGH
    assert completeness(replace(WHOLE, contact=False)).acceptable
