"""How much two demands are alike, and why (SJ-01, SJ-15): place, category, time and text; pure.

Text is compared by the pairs of neighbouring characters that both hold (Dice's measure): Chinese needs no word
boundaries for it, and PostgreSQL as shipped here has no pg_trgm.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

PLACE: Final = 35
CATEGORY: Final = 20
TIME: Final = 10
TEXT: Final = 35
LIKELY: Final = 55
"""Points from which two demands are proposed as one matter; a person decides."""
SAME_AGAIN: Final = 45
"""For one caller fewer suffice: who rings again seldom names the place again."""
NEAR: Final = 150.0
FAR: Final = 500.0
"""Metres: up to NEAR is the same place, beyond FAR another."""
_DEGREE: Final = 111_320.0
"""Metres of a degree of latitude."""
_NOISE: Final = re.compile(r"[^0-9a-z㐀-鿿]+")
_EMPTY: Final = re.compile(
    r"您好|你好|市民|来电|反映|投诉|举报|咨询|求助|建议|希望|要求|请|有关部门|处理|谢谢|感谢|尽快|一下"
)
"""What nearly every demand says tells nothing apart."""

Of = TypeVar("Of")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """`place` is what `orders.places.place_of` makes of the address, '' when it names none; degrees are WGS84."""

    at: datetime
    text: str
    place: str = ""
    category: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    points: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` 0 … 100, the sum of the reasons' points."""

    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Found(Generic[Of]):
    what: Of
    likeness: Likeness


def pairs(text: str) -> Counter[str]:
    """Neighbouring characters; a text of one character is its own pair."""
    plain = _NOISE.sub("", _EMPTY.sub("", text.lower()))
    return Counter(plain[n : n + 2] for n in range(max(len(plain) - 1, min(len(plain), 1))))


def overlap(one: str, other: str) -> float:
    """0 … 1. The shorter text counts more: a second caller says in one line what the first told at length."""
    left, right = pairs(one), pairs(other)
    smaller = min(left.total(), right.total())
    if not smaller:
        return 0.0
    both = (left & right).total()
    dice = 2 * both / (left.total() + right.total())
    return (dice + both / smaller) / 2


def metres(one: Demand, other: Demand) -> float | None:
    """None unless both are known; on a plane, good enough within a city."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    north = (one.latitude - other.latitude) * _DEGREE
    east = (one.longitude - other.longitude) * _DEGREE * math.cos(math.radians(one.latitude))
    return math.hypot(north, east)


def likeness(one: Demand, other: Demand, within: timedelta) -> Likeness:
    """Symmetric. `within` is how long one matter goes on being reported."""
    told = [reason for reason in (_place(one, other), _category(one, other), _time(one, other, within)) if reason]
    share = overlap(one.text, other.text)
    if points := round(TEXT * share):
        told.append(Reason("text", points, f"内容相似 {share:.0%}", f"text alike by {share:.0%}"))
    return Likeness(sum(reason.points for reason in told), tuple(told))


def likely(
    one: Demand, others: Iterable[tuple[Of, Demand]], within: timedelta, least: int = LIKELY
) -> Sequence[Found[Of]]:
    """Those with `least` points or more, the most alike first, of equals the newer."""
    found = [(Found(what, likeness(one, other, within)), other.at) for what, other in others]
    alike = [pair for pair in found if pair[0].likeness.score >= least]
    return [match for match, _ in sorted(alike, key=lambda pair: (pair[0].likeness.score, pair[1]), reverse=True)]


def _place(one: Demand, other: Demand) -> Reason | None:
    apart = metres(one, other)
    if apart is not None:
        share = min(max((FAR - apart) / (FAR - NEAR), 0.0), 1.0)
        points = round(PLACE * share)
        return Reason("near", points, f"相距约 {apart:.0f} 米", f"about {apart:.0f} m apart") if points else None
    if one.place and one.place == other.place:
        return Reason("place", PLACE, f"同一地点：{one.place}", f"the same place: {one.place}")
    return None


def _category(one: Demand, other: Demand) -> Reason | None:
    if one.category and one.category == other.category:
        return Reason("category", CATEGORY, f"同一分类：{one.category}", f"the same category: {one.category}")
    return None


def _time(one: Demand, other: Demand, within: timedelta) -> Reason | None:
    apart = abs(one.at - other.at)
    if points := round(TIME * max(1 - apart / within, 0.0)):
        days = apart // timedelta(days=1)
        return Reason("time", points, f"相隔 {days} 天", f"{days} days apart")
    return None
