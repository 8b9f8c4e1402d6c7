"""The port of speech recognition: samples go in, utterances come out. Pure.

Batch transcription and live captions use the same port (D9); Vosk is one adapter behind it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

UNKNOWN: Final = "[unk]"
_BLANK_BESIDE_HANZI: Final = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")


@dataclass(frozen=True, slots=True)
class Segment:
    """One utterance of one party. Times are milliseconds from the recording's beginning; `confidence` is 0 to 1, None
    where the recogniser gives none."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float | None


class Recogniser(Protocol):
    """One party's voice. Not thread-safe; blocking."""

    def feed(self, pcm: bytes) -> Segment | None:
        """Takes 16-bit little-endian mono samples at the rate it was made for; gives an utterance that has ended."""

    def finish(self) -> Segment | None:
        """No more samples: gives the last utterance, if there is one."""


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word with its times in seconds."""

    text: str
    start: float
    end: float
    confidence: float


def join_words(words: Sequence[str]) -> str:
    """Words as written: Chinese without blanks, Latin words with one between them."""
    return _BLANK_BESIDE_HANZI.sub("", " ".join(word for word in words if word != UNKNOWN)).strip()


def segment_of(words: Sequence[Word]) -> Segment | None:
    """None when nothing intelligible was said."""
    heard = [word for word in words if word.text != UNKNOWN]
    text = join_words([word.text for word in heard])
    if not text:
        return None
    return Segment(
        text=text,
        start_ms=round(heard[0].start * 1000),
        end_ms=round(heard[-1].end * 1000),
        confidence=sum(word.confidence for word in heard) / len(heard),
    )
