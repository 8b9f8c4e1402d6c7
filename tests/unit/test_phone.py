"""Presented numbers become one comparable key; what cannot be parsed is kept, never refused."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callcenter.core.phone import Number, dial_digits, parse_number, region_of


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
        ("Anonymous", ""),
        ("Restricted 1234567", ""),
        ("匿名", ""),
        ("0000000000", ""),
        ("<sip:13800138000@10.0.0.1;user=phone>", "+8613800138000"),
        ("tel:+86-138-0013-8000", "+8613800138000"),
        ("1795113800138000", "+8613800138000"),
        ("17909008613800138000", "+8613800138000"),
        ("12593013800138000", "+8613800138000"),
        ("17951021-52340000", "+862152340000"),
        ("021-52340000-8001", "+862152340000"),
        ("(021) 52340000 转 8001", "+862152340000"),
        ("021-52340000 ext. 12", "+862152340000"),
        ("+86 0310 2345678", "+863102345678"),
        ("0310-2345678", "+863102345678"),
        ("013800138000", "+8613800138000"),
        ("008521234567", "+8521234567"),
        ("+85221234567", "+85221234567"),
    ],
)
def test_key(presented: str, key: str) -> None:
    assert parse_number(presented).key == key


@pytest.mark.parametrize(
    ("presented", "area_code", "key"),
    [
        ("52340000", "021", "+862152340000"),
        ("2345678", "0310", "+863102345678"),
        ("2345678-801", "0310", "+863102345678"),
        ("17951 2345678", "0310", "+863102345678"),
        ("0755-23456789", "0310", "+8675523456789"),
        ("13800138000", "0310", "+8613800138000"),
        ("95588", "0310", "95588"),
        ("12345", "0310", "12345"),
        ("+2345678", "0310", "+2345678"),
        ("+862345678", "0310", "+863102345678"),
        ("+863102345678", "0310", "+863102345678"),
        ("+862345678", "", "+862345678"),
    ],
)
def test_a_local_landline_gets_the_citys_area_code(presented: str, area_code: str, key: str) -> None:
    assert parse_number(presented, area_code).key == key


@pytest.mark.parametrize(
    ("presented", "digits"),
    [
        ("+86 138 0013 8000", "13800138000"),
        ("021-52340000", "02152340000"),
        ("010-58888888", "01058888888"),
        ("16812345", "16812345"),
        ("400-812-3123", "4008123123"),
        ("950 1312 3456", "95013123456"),
        ("0951-2345678", "09512345678"),
        ("110", "110"),
        ("+852 2123 4567", "0085221234567"),
        ("anonymous", ""),
    ],
)
def test_what_a_trunk_is_given(presented: str, digits: str) -> None:
    assert dial_digits(parse_number(presented)) == digits


def test_masked_shows_four_digits_at_most() -> None:
    assert parse_number("13800138000").masked == "**********8000"
    assert Number("12345").masked == "12345"
    assert Number("").masked == ""


def test_region_is_the_place_of_the_numbering_plan() -> None:
    assert region_of(parse_number("021-52340000")) == "上海市"
    assert region_of(parse_number("110")) == ""
    assert region_of(Number("")) == ""


@example(presented="862000000", area_code="021")  # the country's code without its plus, and seven digits
@given(
    presented=st.text(max_size=30) | st.from_regex(r"\+?[0-9]{0,20}", fullmatch=True),
    area_code=st.sampled_from(["", "021", "0310"]),
)
def test_whatever_a_caller_presents_is_a_number_with_a_region(presented: str, area_code: str) -> None:
    number = parse_number(presented, area_code)
    assert number.key.removeprefix("+").isdecimal() or number.key == ""
    assert parse_number(number.key, area_code) == number
    assert isinstance(region_of(number), str)
