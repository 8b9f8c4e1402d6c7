"""Byte ranges (RFC 9110 section 14)."""

import pytest

from callcenter.web.ranges import NotSatisfiable, Span, read_range


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (None, None),
        ("bytes=0-", Span(0, 99)),
        ("bytes=10-19", Span(10, 19)),
        ("bytes=90-500", Span(90, 99)),
        ("bytes=-10", Span(90, 99)),
        ("bytes=-500", Span(0, 99)),
        ("bytes=99-99", Span(99, 99)),
        ("bytes=-", None),
        ("bytes=20-10", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=" + "9" * 5000 + "-", None),
        ("bytes=٣-", None),
    ],
)
def test_range(header: str | None, span: Span | None) -> None:
    assert span == read_range(header, 100)


@pytest.mark.parametrize(("header", "size"), [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=0-", 0), ("bytes=-5", 0)])
def test_behind_the_end(header: str, size: int) -> None:
    with pytest.raises(NotSatisfiable):
        read_range(header, size)


def test_both_ends_count() -> None:
    assert Span(10, 19).length == 10
