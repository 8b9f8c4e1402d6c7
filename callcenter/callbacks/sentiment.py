"""Hints from what a citizen said at a call-back (XY-11, SG-11, SG-28): each with the words it rests on. A hint decides
nothing and is not kept; the person who writes the questionnaire does. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from callcenter.orders.terms import Emotion

NEAR: Final = 2
"""What may stand between a negator and its word: 没(给我)解决, 不(太)满意."""
SHOWN: Final = 5
"""Words shown of one hint."""
STOPS: Final = frozenset("，。！？；、,.!?; \n")
"""A negator does not reach over these: 没有，很好."""
ASKING: Final = ("吗", "么", "没有", "没", "度")
"""After a word they make it a question, or another word (满意度)."""

Word = Annotated[str, Field(min_length=1, max_length=20)]


class Entry(BaseModel):
    """`words` speak for themselves, negated for `opposite` (none: not at all); `denied` only when negated, for the
    opposite, or for the entry itself when it has none. `emotion`: the mood to propose."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str
    words: tuple[Word, ...] = Field(min_length=1)
    denied: tuple[Word, ...] = ()
    opposite: str = ""
    emotion: Emotion | None = None


class Lexicon(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    negators: tuple[Word, ...]
    no_negators: tuple[Word, ...]
    hints: Mapping[str, Entry]

    @model_validator(mode="after")
    def _opposites_known(self) -> Self:
        unknown = {entry.opposite for entry in self.hints.values()} - {"", *self.hints}
        if unknown:
            raise ValueError(f"opposites that are no hints: {sorted(unknown)}")
        return self


class Hint(NamedTuple):
    """`words` as the citizen said them, negator included."""

    code: str
    zh: str
    en: str
    words: Sequence[str]
    emotion: Emotion | None


def hints(said: Sequence[str], lexicon: Lexicon) -> Sequence[Hint]:
    """Of utterances, in the order of the lexicon."""
    found: dict[str, list[str]] = {}
    for utterance in said:
        for code, words in _heard(utterance, lexicon):
            found.setdefault(code, []).append(words)
    return tuple(
        Hint(code, entry.zh, entry.en, tuple(dict.fromkeys(found[code]))[:SHOWN], entry.emotion)
        for code, entry in lexicon.hints.items()
        if code in found
    )


def _heard(text: str, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """Code and words. The longest word of a place is heard (不起作用, not 作用); one that stands under several hints
    speaks for each of them (踢皮球)."""
    known: dict[str, list[tuple[str, bool]]] = {}
    for code, entry in lexicon.hints.items():
        for word in entry.words:
            known.setdefault(word, []).append((code, False))
        for word in entry.denied:
            known.setdefault(word, []).append((code, True))
    taken: set[int] = set()
    for word in sorted(known, key=len, reverse=True):
        for start in _places(text, word):
            place = range(start, start + len(word))
            if taken.isdisjoint(place):
                negator = _negator_before(text, start, lexicon)
                meant = [*_meant(text, word, start, negator, known[word], lexicon)]
                taken.update(place if meant else ())
                yield from meant


def _places(text: str, word: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + len(word))


def _meant(
    text: str, word: str, start: int, negator: str, codes: Sequence[tuple[str, bool]], lexicon: Lexicon
) -> Iterator[tuple[str, str]]:
    if _asks(text, word, start, negator):
        return
    for code, denied in codes:
        opposite = lexicon.hints[code].opposite
        if negator and (denied or opposite):
            yield opposite or code, negator + word
        elif not negator and not denied:
            yield code, word


def _asks(text: str, word: str, start: int, negator: str) -> bool:
    """能不能解决, 有没有联系, 满意吗, 行不行: what is asked is not said."""
    begins = start - len(negator)
    before, after = text[max(0, begins - 1) : begins], text[start + len(word) :]
    said = (negator + word)[:3]
    return after.startswith(ASKING) or (before not in {"", *STOPS} and before in said[1:])


def _negator_before(text: str, start: int, lexicon: Lexicon) -> str:
    """With what stands between it and the word; '' for none, and for two that cancel each other (不是没解决)."""
    for gap in range(NEAR + 1):
        end = start - gap
        between = text[max(0, end) : start]
        if end <= 0 or not STOPS.isdisjoint(between):
            return ""
        negator = next((one for one in lexicon.negators if text[:end].endswith(one)), "")
        if negator:
            begins = end - len(negator)
            seeming = any(text.startswith(one, begins) for one in lexicon.no_negators)
            return "" if seeming or _negator_before(text, begins, lexicon) else negator + between
    return ""
