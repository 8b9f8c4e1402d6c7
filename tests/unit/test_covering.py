"""What is covered in free text for whoever may not see the citizen."""

import pytest

from callcenter.core.covering import without_numbers


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("请回电13800000001，急", "请回电***，急"),
        ("021-5970 0000", "***"),
        ("+86 138 0000 0001", "***"),
        ("88号6楼1203室", "88号6楼1203室"),
        ("", ""),
    ],
)
def test_numbers_are_covered_and_house_numbers_are_not(text: str, seen: str) -> None:
    assert without_numbers(text) == seen
