"""What is covered in free text for whoever may not see the citizen, and what stays readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.covering import COVER, covered, without_numbers

pytestmark = pytest.mark.rule("B-29", "SG-22")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("请回电13800000001，急", "请回电***，急"),
        ("请回电１３８００００００００１，急", "请回电***，急"),
        ("138-0000-0001或138 0000 0001", "***或***"),
        ("+86 138 0000 0001", "***"),
        ("8613800000001", "***"),
        ("021-5970 0000", "***"),
        ("（021）59700000", "***"),
        ("(0512)65223344", "***"),
        ("家里电话59700000", "家里电话***"),
        ("家里电话5970 0000", "家里电话***"),
        ("身份证31011519900101123X", "身份证***"),
        ("身份证 310115 1990 0101 1234。", "身份证 ***。"),
        ("老证310115900101123", "老证***"),
        ("卡号6222 0210 0111 1234 567", "卡号***"),
        ("卡号6222021001111234567", "卡号***"),
        ("QQ1234567", "QQ***"),
        ("我的电话是幺三八零零零零零零零一", "我的电话是***"),
        ("我的电话是一 三 八 零 零 零 零 零 零 零 一", "我的电话是***"),
    ],
)
def test_what_leads_to_a_person_is_covered(text: str, seen: str) -> None:
    assert without_numbers(text) == seen


@pytest.mark.parametrize(
    "text",
    [
        "88号6楼1203室",
        "2026-02-13 10:00报修，20260214仍未处理",
        "拖欠工资1000000元、12345678.5万元",
        "二〇二六年二月十三日",
        "第三十二条第一款",
        "打过12345和110",
        "坐标31.2304167，121.4737012",
        "与20261122-000017、20261122-1000017重复",
        "G15高速1203公里处",
        "",
    ],
)
def test_days_amounts_and_places_stay(text: str) -> None:
    assert without_numbers(text) == text


@given(st.text(), st.integers(3, 9), st.integers(0, 999_999_999), st.text())
def test_no_mobile_number_survives_whatever_stands_around_it(before: str, second: int, rest: int, after: str) -> None:
    number = f"1{second}{rest:09}"
    assert number not in without_numbers(f"{before} {number} {after}")


@given(st.text())
def test_a_text_without_digits_is_untouched(text: str) -> None:
    plain = "".join(c for c in text if not c.isdecimal() and c not in "零〇一幺二两三四五六七八九")
    assert without_numbers(plain) == plain


def test_a_record_is_covered_but_for_what_programs_wrote() -> None:
    record = {
        "note": "打13800000001",
        "people": ["张三 13800000001"],
        "id": "01912345-6789-7012-8345-678901234567",
        "digest": "12345678" * 8,
        "at": "2026-11-22T08:00:00.123456+08:00",
        "times": 13800000001,
        "seen": None,
    }
    assert covered(record) == record | {"note": "打***", "people": ["张三 ***"]}


def test_the_cover_can_be_another() -> None:
    assert without_numbers("13800000001", "＊＊") == "＊＊"
    assert without_numbers("13800000001") == COVER
