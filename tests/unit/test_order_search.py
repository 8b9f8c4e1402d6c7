"""The pure side of search: what may be searched for, how far back a look reaches, what is marked."""

import pytest

from callcenter.orders.search import NumberInWords, Piece, looks, marked, number_of, terms_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("20260304-000001", "20260304-000001"),
        (" 20260304-1234567 ", "20260304-1234567"),
        ("13800000001", None),
        ("水压", None),
    ],
)
def test_an_order_number_typed_whole(text: str, number: str | None) -> None:
    assert number == number_of(text)


def test_terms() -> None:
    assert terms_of("  水压  ABC 88号 ") == ["水压", "abc", "88号"]
    with pytest.raises(NumberInWords):
        terms_of("水压 13800000001")


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
