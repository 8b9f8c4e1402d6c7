"""Recognised words as utterances."""

import pytest

from callcenter.speech.recogniser import Segment, Word, join_words, segment_of


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["我", "要", "投诉"], "我要投诉"),
        (["打开", "wi", "fi", "开关"], "打开wi fi开关"),
        (["我", "[unk]", "投诉"], "我投诉"),
        ([], ""),
    ],
)
def test_words_as_written(words: list[str], text: str) -> None:
    assert join_words(words) == text


def test_an_utterance_spans_its_intelligible_words() -> None:
    words = [Word("[unk]", 0.0, 0.2, 0.1), Word("停", 0.25, 0.5, 0.5), Word("水", 0.5, 0.9, 1.0)]
    assert segment_of(words) == Segment(text="停水", start_ms=250, end_ms=900, confidence=0.75)


@pytest.mark.parametrize("words", [[], [Word("[unk]", 0, 1, 0.5)]])
def test_nothing_intelligible_is_no_utterance(words: list[Word]) -> None:
    assert segment_of(words) is None
