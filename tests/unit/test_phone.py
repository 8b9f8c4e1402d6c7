"""Presented numbers become one comparable key; what cannot be parsed is kept, never refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.phone import Number, parse_number, region_of


@pytest.mark.parametrize(
    ("presented", "key"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("021-52340000", "+862152340000"),
        ("12345", "12345"),
        ("110", "110"),
        ("", ""),
        ("anonymous", ""),
        ("asterisk", ""),
        ("99999999999999999999999", "99999999999999999999999"),
        ("+", ""),
        ("+123", "+123"),
        ("+9999999999", "+9999999999"),
        ("++86 138 0013 8000", "+8613800138000"),
        ("（+86）138 0013 8000", "+8613800138000"),
        ("１１０", ""),
    ],
)
def test_key(presented: str, key: str) -> None:
    assert parse_number(presented).key == key


def test_masked_shows_four_digits_at_most() -> None:
    assert parse_number("13800138000").masked == "**********8000"
    assert Number("12345").masked == "12345"
    assert Number("").masked == ""


def test_region_is_the_place_of_the_numbering_plan() -> None:
    assert region_of(parse_number("021-52340000")) == "上海市"
    assert region_of(parse_number("110")) == ""
    assert region_of(Number("")) == ""


@given(presented=st.text(max_size=30) | st.from_regex(r"\+?[0-9]{0,20}", fullmatch=True))
def test_whatever_a_caller_presents_is_a_number_with_a_region(presented: str) -> None:
    number = parse_number(presented)
    assert number.key.removeprefix("+").isdecimal() or number.key == ""
    assert parse_number(number.key) == number
    assert isinstance(region_of(number), str)
