"""The pure side of search: what may be searched for, how far back a look reaches, what is marked."""

from datetime import UTC, datetime

import pytest

from callcenter.orders.filters import OrderFilter, Values
from callcenter.orders.search import (
    NumberInWords,
    Piece,
    due_within,
    has_characters,
    looks,
    marked,
    number_of,
    terms_of,
    told_in,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("20260304-000001", "20260304-000001"),
        (" 20260304-1234567 ", "20260304-1234567"),
        ("20260304000001", "20260304-000001"),
        ("２０２６０３０４－０００００１", "20260304-000001"),
        ("13800000001", None),
        ("31011819900101123x", None),
        ("水压", None),
    ],
)
def test_an_order_number_typed_whole(text: str, number: str | None) -> None:
    assert number == number_of(text)


def test_terms() -> None:
    assert terms_of("  水压  ABC 88号 ") == ["水压", "abc", "88号"]
    assert terms_of("Ｂ１２　号楼 ㎡") == ["b12", "号楼", "m2"]
    assert terms_of("2026-03-04 000001") == ["2026-03-04", "000001"]


@pytest.mark.parametrize(
    "text",
    [
        "水压 13800000001",
        "138 0000 0001",
        "138-0000-0001",
        "１３８００００００００１",
        "021-5970 0000",
        "021 59700000",
        "31011819900101123x",
    ],
)
def test_what_may_be_a_citizens_number_is_refused(text: str) -> None:
    with pytest.raises(NumberInWords):
        terms_of(text)


def test_one_character_is_something_to_look_for_and_punctuation_is_not() -> None:
    assert has_characters("水")
    assert has_characters("𠮷")
    assert not has_characters("，。 ab 12 ？")


def test_words_are_compared_as_the_database_has_them() -> None:
    ((piece, *_),) = marked(_row(title="Ｂ１２楼漏水"), "b12")
    assert (piece.text, piece.hit) == ("Ｂ１２", True)
    values = Values()
    wanted = told_in(OrderFilter(text="水 Ｂ１２"), values)
    assert (len(wanted), values.given) == (3, ["水 b12", "水", "b12"])
    assert told_in(OrderFilter(), Values()) == []
    assert told_in(OrderFilter(text="20260304000001"), Values()) == ["w.number = $1"]


def test_due_times_cut_a_search() -> None:
    values = Values()
    assert due_within((None, None), values) == []
    at = datetime(2026, 3, 4, tzinfo=UTC)
    (after, until) = due_within((at, at), values)
    assert (after[-4:], until[-5:], values.given) == ("> $1", "<= $2", [at, at])


def test_looks_go_back_in_growing_stretches_and_end_with_everything() -> None:
    assert list(looks(100, 99)) == [(99, 100)]
    assert list(looks(100, 90)) == [(97, 100), (90, 96)]
    assert list(looks(100, 101)) == []
    assert list(looks(1000, 0)) == [(997, 1000), (981, 996), (917, 980), (661, 916), None]
    assert list(looks(339, 0)) == [(336, 339), (320, 335), (256, 319), (0, 255)]


def _row(**texts: str | None) -> dict[str, str | None]:
    return {"title": "", "address": "", "content": "", "reply": None} | texts


def test_words_are_marked_with_what_stands_around_them() -> None:
    (pieces,) = marked(_row(content="前" * 60 + "水压不足，水压" + "后" * 60), "水压 不足")
    assert "".join(piece.text for piece in pieces).count("水压") == 2
    assert [piece.text for piece in pieces if piece.hit] == ["水压", "不足"]
    assert len("".join(piece.text for piece in pieces)) == 50
    assert marked(_row(title="水压"), "水压") == ((Piece(text="水压", hit=True),),)
    assert marked(_row(title="水压"), "") == ()
    assert marked(_row(title="İ水压"), "水压") == ()
    assert marked(_row(title="水压"), "停电") == ()


def test_marks_never_overlap() -> None:
    (pieces,) = marked(_row(title="噪音扰民严重"), "噪音扰 音扰民 扰民严")
    assert "".join(piece.text for piece in pieces) == "噪音扰民严重"
    assert [piece.text for piece in pieces if piece.hit] == ["噪音扰"]
