"""Which unit, category and level an order's words, place and precedents speak for, with the reasons (SG-05, SG-40,
SJ-27). Weights are visible here and nowhere else; a human always chooses. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from callcenter.core.ids import OrgId
from callcenter.dispatching.duty import DutyItem

AT_MOST: Final = 5
_WORD, _CATEGORY, _AREA, _RULING, _PRECEDENT, _PLACE = 2.0, 3.0, 4.0, 100.0, 1.0, 2.0
_STANDARD: Final = 5.0
_PRECEDENTS_AT_MOST: Final = 5
URGENT_WORDS: Final = ("燃气泄漏", "漏电", "塌陷", "坍塌", "坠落", "起火", "生命危险")
SEMI_URGENT_WORDS: Final = ("停水", "停电", "积水", "老人被困", "路面塌", "电梯困人")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is known of the order. `where` is address and grid code."""

    text: str
    category: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """Finished dispatches that held: `orders` of one category (and of one place when `same_place`) ended at the org."""

    org: OrgId
    orders: int
    same_place: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """口径 (SJ-27): approved words on who is in charge; `keywords` and `place` say where it applies."""

    org: OrgId
    title: str
    keywords: tuple[str, ...]
    category: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """`kind` is words, category, area, ruling, standard, precedent or place; `told` what speaks for the org."""

    kind: str
    told: str


@dataclass(slots=True)
class _Weighed:
    score: float = 0.0
    reasons: list[Reason] = field(default_factory=list)
    item: DutyItem | None = None
    item_score: float = 0.0

    def add(self, weight: float, kind: str, told: str) -> None:
        self.score += weight
        self.reasons.append(Reason(kind=kind, told=told))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """`item` is the best item of the list that leads to the org; None: only precedents and rulings do."""

    org: OrgId
    score: float
    item: DutyItem | None
    category: str
    level: str
    reasons: tuple[Reason, ...]


def suggest(
    demand: Demand,
    items: Sequence[DutyItem],
    precedents: Sequence[Precedent],
    rulings: Sequence[Ruling],
    responsible: Mapping[OrgId, str] = MappingProxyType({}),
) -> list[Suggestion]:
    """The best first. What nothing speaks for is not suggested. `responsible`: whom the standard by category and level
    names (JC-21)."""
    weighed: dict[OrgId, _Weighed] = {}
    for ruling in rulings:
        if _ruled(ruling, demand):
            weighed.setdefault(ruling.org, _Weighed()).add(_RULING, "ruling", ruling.title)
    for org, name in responsible.items():
        weighed.setdefault(org, _Weighed()).add(_STANDARD, "standard", name)
    for item in items:
        _weigh_item(item, demand, weighed)
    for one in precedents:
        weight = (_PLACE if one.same_place else _PRECEDENT) * min(one.orders, _PRECEDENTS_AT_MOST) / 2
        kind = "place" if one.same_place else "precedent"
        weighed.setdefault(one.org, _Weighed()).add(weight, kind, str(one.orders))
    ranked = sorted(weighed.items(), key=lambda entry: (-entry[1].score, entry[1].item is None, str(entry[0])))
    return [_suggestion(org, one, demand) for org, one in ranked[:AT_MOST]]


def _ruled(ruling: Ruling, demand: Demand) -> bool:
    """A ruling binds where everything it names is there."""
    if ruling.category and ruling.category != demand.category:
        return False
    if ruling.place and ruling.place not in demand.where:
        return False
    return not ruling.keywords or any(word in demand.text for word in ruling.keywords)


def _weigh_item(item: DutyItem, demand: Demand, weighed: dict[OrgId, _Weighed]) -> None:
    """An item whose areas leave the place out says nothing; one of no word and no category neither."""
    areas = [area for area in item.areas if area in demand.where]
    if item.areas and not areas:
        return
    found = [word for word in item.keywords if word in demand.text]
    same = bool(item.category) and item.category == demand.category
    if not found and not same:
        return
    one = weighed.setdefault(item.lead_org_id, _Weighed())
    before = one.score
    if found:
        one.add(_WORD * sum(map(len, found)), "words", "、".join(found))
    if same:
        one.add(_CATEGORY, "category", item.category)
    if areas:
        one.add(_AREA, "area", "、".join(areas))
    if one.score - before > one.item_score:
        one.item, one.item_score = item, one.score - before


def level_of(text: str, default: str) -> str:
    """Danger in the words raises the item's default level, never lowers it."""
    if default == "urgent" or any(word in text for word in URGENT_WORDS):
        return "urgent"
    if default == "semi_urgent" or any(word in text for word in SEMI_URGENT_WORDS):
        return "semi_urgent"
    return default


def _suggestion(org: OrgId, one: _Weighed, demand: Demand) -> Suggestion:
    item = one.item
    return Suggestion(
        org=org,
        score=round(one.score, 1),
        item=item,
        category=(item.category if item else "") or demand.category,
        level=level_of(demand.text, item.level if item else "normal"),
        reasons=tuple(one.reasons),
    )


def rank_of(org: OrgId, suggested: Sequence[Suggestion]) -> int | None:
    """1 for the first; None when the dispatcher chose what was not suggested."""
    return next((place for place, one in enumerate(suggested, start=1) if one.org == org), None)


def stations_at(where: str, areas: Mapping[OrgId, tuple[Sequence[str], Sequence[str]]], grid_code: str) -> list[OrgId]:
    """The joint-duty stations whose roads or grid codes hold the place (XY-34); `areas` gives both for each."""

    def covers(roads: Sequence[Any], grids: Sequence[Any]) -> bool:
        return any(road in where for road in roads) or (grid_code != "" and grid_code in grids)

    return [station for station, (roads, grids) in areas.items() if covers(roads, grids)]
