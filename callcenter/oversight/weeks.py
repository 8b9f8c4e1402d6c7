"""The weekly work: lists, when a key order leaves its list, what is discussed together (SG-11..13, XY-38). Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

LISTS: Final[Mapping[str, tuple[str, str]]] = {
    "dissatisfied": ("不满意", "dissatisfied"),
    "overdue": ("超时", "overdue"),
    "perfunctory": ("敷衍", "perfunctory"),
}


def monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def begin_of(day: date, zone: tzinfo) -> datetime:
    """0:00 of the day in the city, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def week_made_at(on: date, zone: ZoneInfo, hour: int) -> datetime:
    """When the lists of the week before are made: on the Monday at this hour of the city."""
    return datetime.combine(monday(on), time(hour), zone)


def may_leave(order: Mapping[str, Any], approved: bool) -> bool:
    """SG-12: only after it was handled again and the citizen is satisfied, or by a leader's approval."""
    again = order["round_no"] > 1 or order["reopened"] > 0
    return approved or bool(again and order["satisfied"])


class Topic(NamedTuple):
    """Orders to be discussed together."""

    kind: str
    category: str
    place: str
    centre: UUID
    orders: Sequence[UUID]


def topics(orders: Iterable[Mapping[str, Any]], least: int) -> Sequence[Topic]:
    """XY-38: unclosed orders of one category and place, from `least` on (集中), and each category's difficult ones
    (疑难)."""
    near: dict[tuple[str, str, UUID], list[UUID]] = defaultdict(list)
    hard: dict[tuple[str, UUID], list[UUID]] = defaultdict(list)
    for one in orders:
        if one["category"] and one["place"]:
            near[one["category"], one["place"], one["centre_org_id"]].append(one["id"])
        if one["difficult"]:
            hard[one["category"], one["centre_org_id"]].append(one["id"])
    many = [Topic("concentrated", *key, ids) for key, ids in near.items() if len(ids) >= least]
    return [*many, *(Topic("difficult", category, "", centre, ids) for (category, centre), ids in hard.items())]


def rate(solved: int, problems: int) -> float | None:
    """SJ-07: the share of the problem list that became satisfaction; None while there was no problem."""
    return round(solved / problems, 4) if problems else None
