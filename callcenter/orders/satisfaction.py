"""Two lists of one unit and period, and what became of the one in the other (SJ-07); a head's figure (XY-33)."""

from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from callcenter.core.errors import Invalid, NotFound
from callcenter.core.ids import OrgId
from callcenter.orders.room import Room
from callcenter.people.actor import Actor
from callcenter.store.queries import load

SQL: Final[Any] = load("order_lists")
LONGEST: Final = timedelta(days=370)


class PeriodTooLong(Invalid):
    code = "period-too-long"
    zh = "统计期间须在 {days} 天以内，且起始早于终止"
    en = "the period must be {days} days or less, and begin before it ends"


class Satisfaction(BaseModel):
    """Of the orders taken in the period that the unit holds. `conversion` is satisfied ÷ (problems + satisfied), `rate`
    content ÷ answered call-backs; null where there is nothing to divide by."""

    model_config = ConfigDict(frozen=True)

    problems: int
    satisfied: int
    warned: int
    total: int
    conversion: float | None
    rate: float | None


async def satisfaction(room: Room, actor: Actor, unit: OrgId, since: datetime, until: datetime) -> Satisfaction:
    """Raises PeriodTooLong; NotFound for a unit outside the reader's own subtree."""
    if not timedelta(0) < until - since <= LONGEST:
        raise PeriodTooLong(days=LONGEST.days)
    org = await room.store.org(unit)
    if org is None or not actor.sees(org["path"]):
        raise NotFound
    row = await SQL.satisfaction(room.store.pool, org_id=unit, since=since, until=until)
    return Satisfaction(
        problems=row["problems"],
        satisfied=row["satisfied"],
        warned=row["warned"],
        total=row["total"],
        conversion=_share(row["satisfied"], row["problems"] + row["satisfied"]),
        rate=_share(row["content"], row["answered"]),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
