"""WGS84 and GCJ-02, the shifted grid of Chinese maps (requirements B-35, B-46); pure.

The shift is the one that public map libraries agree on; it is not published by its authority. Its inverse has no closed
form: it is found by iteration, to less than a centimetre.
"""

import math
from dataclasses import dataclass
from typing import Final

_AXIS: Final = 6378245.0
"""Krasovsky 1940, metres."""
_FLATTENED: Final = 0.00669342162296594323
_STEPS: Final = 8
"""Each step is a thousand times nearer: after four, doubles tell no difference any more."""


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError("not a place on earth")


def in_china(point: Point) -> bool:
    """The rectangle within which map services shift; it reaches beyond the border in places."""
    return 0.8293 <= point.latitude <= 55.8271 and 72.004 <= point.longitude <= 137.8347


def gcj_of_wgs(point: Point) -> Point:
    """As a Chinese map shows it. Outside of China the same."""
    if not in_china(point):
        return point
    north, east = _shift(point)
    return Point(point.latitude + north, point.longitude + east)


def wgs_of_gcj(point: Point) -> Point:
    """What a Chinese map's point is to a satellite receiver. Outside of China the same."""
    if not in_china(point):
        return point
    guess = point
    for _ in range(_STEPS):
        shown = gcj_of_wgs(guess)
        north, east = point.latitude - shown.latitude, point.longitude - shown.longitude
        guess = Point(guess.latitude + north, guess.longitude + east)
    return guess


def blurred(point: Point, places: int) -> Point:
    """Rounded to decimal places: three are about a hundred metres."""
    return Point(round(point.latitude, places), round(point.longitude, places))


def _shift(point: Point) -> tuple[float, float]:
    x, y = point.longitude - 105.0, point.latitude - 35.0
    radians = math.radians(point.latitude)
    magic = 1 - _FLATTENED * math.sin(radians) ** 2
    root = math.sqrt(magic)
    north = _northward(x, y) * 180 / ((_AXIS * (1 - _FLATTENED)) / (magic * root) * math.pi)
    east = _eastward(x, y) * 180 / (_AXIS / root * math.cos(radians) * math.pi)
    return north, east


def _northward(x: float, y: float) -> float:
    metres = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    metres += _waves(x, (20, 6), (20, 2)) + _waves(y, (20, 1), (40, 1 / 3))
    return metres + (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3


def _eastward(x: float, y: float) -> float:
    metres = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    metres += _waves(x, (20, 6), (20, 2)) + _waves(x, (20, 1), (40, 1 / 3))
    return metres + (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3


def _waves(along: float, *waves: tuple[float, float]) -> float:
    return sum(height * math.sin(often * along * math.pi) for height, often in waves) * 2 / 3
