"""Cursors lead on without loss and refuse what nobody was given."""

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest

from callcenter.core.pages import NEWEST, BadCursor, Page, cursor_of, name_of, place_of


class Numbers(Page[int]):
    """Whole numbers, smallest first."""


def pages_of(rows: list[int], limit: int) -> list[tuple[int, ...]]:
    pages, after = [], 0
    while True:
        page = Numbers.cut([row for row in rows if row > after][: limit + 1], limit, int, lambda row: (f"{row:03}",))
        pages.append(page.items)
        if page.next is None:
            return pages
        after = int(name_of(page.next))


def test_pages_hold_every_row_once() -> None:
    assert pages_of([], 3) == [()]
    assert pages_of([1, 2, 3], 3) == [(1, 2, 3)]
    assert pages_of([1, 2, 3, 4], 3) == [(1, 2, 3), (4,)]
    assert pages_of(list(range(1, 8)), 3) == [(1, 2, 3), (4, 5, 6), (7,)]


def test_a_place_comes_back_to_the_microsecond() -> None:
    place = (datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC), UUID(int=7))
    assert place_of(cursor_of(place)) == place
    assert place_of(None) == NEWEST


@pytest.mark.parametrize(
    "said",
    [
        "x",
        "é",
        "W10=",
        cursor_of(["2026-03-01T08:00:00", str(UUID(int=7))]),  # no time zone
        cursor_of(["0001-01-01T00:00:00+14:00", str(UUID(int=7))]),  # before the first year
        cursor_of(["2026-03-01T08:00:00Z", "7"]),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_other_texts_are_no_place(said: str) -> None:
    with pytest.raises(BadCursor):
        place_of(said)


def test_a_name_holds_no_nul() -> None:
    with pytest.raises(BadCursor):
        name_of(cursor_of(["a\x00"]))
