"""The four presumptions (GH-21): reasonable, solvable, our fault until examined, our duty. To leave one takes a reason,
evidence and a second person. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from callcenter.core.errors import Invalid


class Matter(StrEnum):
    REASONABLENESS = "reasonableness"  # 有理推定, JC-20
    SOLVABILITY = "solvability"  # 有解推定
    FAULT = "fault"  # 有过推定
    RESPONSIBILITY = "responsibility"  # 有责推定


DEFAULTS: Final[Mapping[Matter, frozenset[str]]] = {
    Matter.REASONABLENESS: frozenset({"reasonable"}),
    Matter.SOLVABILITY: frozenset({"solvable", "coordinate"}),
    Matter.FAULT: frozenset({"to_examine", "founded"}),
    Matter.RESPONSIBILITY: frozenset({"own"}),
}
DEPARTURES: Final[Mapping[Matter, tuple[str, ...]]] = {
    Matter.REASONABLENESS: ("partly", "unreasonable", "litigation"),
    Matter.SOLVABILITY: ("hard_now",),
    Matter.FAULT: ("unfounded",),
    Matter.RESPONSIBILITY: ("other_level", "other_body"),
}


class NoDeparture(Invalid):
    code = "no-departure"
    zh = "“{value}”不是对该推定的偏离，可选：{possible}"
    en = "“{value}” does not leave this presumption; possible: {possible}"


def check_departure(matter: Matter, value: str) -> None:
    """Raises NoDeparture."""
    if value not in DEPARTURES[matter]:
        raise NoDeparture(value=value, possible="、".join(DEPARTURES[matter]))
