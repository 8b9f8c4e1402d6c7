"""How much two demands are alike (SJ-01, SJ-15)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.matters.likeness import LIKELY, SAME_AGAIN, Demand, likely, likeness, metres, overlap, pairs

pytestmark = pytest.mark.rule("SJ-01", "SJ-15")

WITHIN = timedelta(days=30)
AT = datetime(2026, 3, 4, 2, tzinfo=UTC)
FIRST = Demand(at=AT, text="您好，桐影路88号小区六楼以上早晚没有水，水压不足", place="桐影路", category="供水")
SECOND = Demand(at=AT + timedelta(hours=5), text="桐影路小区高层水压不足没有水", place="桐影路", category="供水")
OTHER = Demand(at=AT, text="夜间施工噪声扰民，工地凌晨还在打桩", place="柳岸街", category="噪声")


def test_two_citizens_on_one_outage_are_likely_with_reasons() -> None:
    found = likeness(FIRST, SECOND, WITHIN)

    assert found.score >= LIKELY
    assert [reason.code for reason in found.reasons] == ["place", "category", "time", "text"]
    assert found.score == sum(reason.points for reason in found.reasons)
    assert all(reason.zh and reason.en for reason in found.reasons)


def test_other_demands_are_not() -> None:
    assert likeness(FIRST, OTHER, WITHIN).score < SAME_AGAIN


def test_place_and_category_alone_do_not_make_a_matter() -> None:
    late = replace(OTHER, place=FIRST.place, category=FIRST.category, at=AT - WITHIN)

    assert likeness(FIRST, late, WITHIN).score <= LIKELY


@pytest.mark.parametrize(("north", "code"), [(0.0005, "near"), (0.003, "near"), (0.02, None)])
def test_points_count_before_names(north: float, code: str | None) -> None:
    here = replace(FIRST, latitude=31.15, longitude=121.12)
    there = replace(SECOND, latitude=31.15 + north, longitude=121.12, place="")

    assert (code is not None) == any(reason.code == "near" for reason in likeness(here, there, WITHIN).reasons)
    assert north * 111_320 == pytest.approx(metres(here, there))


def test_without_a_point_there_is_no_distance() -> None:
    assert metres(replace(FIRST, latitude=31.0, longitude=121.0), SECOND) is None


def test_empty_words_are_no_likeness() -> None:
    assert overlap("您好，请尽快处理", "请有关部门处理，谢谢") == 0.0
    assert not pairs("")
    assert pairs("水") == {"水": 1}


def test_the_most_alike_first_of_equals_the_newer() -> None:
    others = [("far", OTHER), ("old", replace(FIRST, at=AT - timedelta(minutes=2))), ("new", FIRST), ("near", SECOND)]

    assert [found.what for found in likely(FIRST, others, WITHIN)] == ["new", "old", "near"]


@given(st.text("桐影路水压不足没有施工噪声", max_size=20), st.text("桐影路水压不足没有施工噪声", max_size=20))
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    left, right = replace(FIRST, text=one), replace(OTHER, text=other)

    assert likeness(left, right, WITHIN) == likeness(right, left, WITHIN)
    assert 0 <= likeness(left, left, WITHIN).score <= 100
