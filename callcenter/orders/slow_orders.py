"""GH-11: what was solvable, and yet used more than the target."""

from collections.abc import Sequence
from datetime import date, datetime

import asyncpg
from pydantic import BaseModel, ConfigDict

from callcenter.core.ids import OrderId
from callcenter.core.pages import Page
from callcenter.orders.calendar import due_at, last_day
from callcenter.orders.room import Room


class SlowOrder(BaseModel):
    """`late`: submitted after the target; `used_all`: on the last day of the limit itself."""

    model_config = ConfigDict(frozen=True)

    id: OrderId
    number: str
    title: str
    owner: str
    submitted_at: datetime
    target_day: date | None
    due_day: date
    late: bool
    used_all: bool


class SlowPage(Page[SlowOrder]):
    """Newest first; every solvable order with how it kept its target."""


def _slow(row: asyncpg.Record, room: Room) -> SlowOrder:
    span = room.rules.get(row["ruleset"], row["ruleset_version"]).policy.solvable_target.length
    target = due_at(row["started_at"], span.length, room.calendar) if span else None
    due_day = last_day(row["due_at"], room.calendar)
    return SlowOrder(
        id=OrderId(row["id"]),
        number=row["number"],
        title=row["title"],
        owner=row["owner"],
        submitted_at=row["stopped_at"],
        target_day=last_day(target, room.calendar) if target else None,
        due_day=due_day,
        late=target is not None and row["stopped_at"] >= target,
        used_all=room.calendar.local_date(row["stopped_at"]) >= due_day,
    )


def slow_page(rows: Sequence[asyncpg.Record], limit: int, room: Room) -> SlowPage:
    return SlowPage.cut(list(rows), limit, lambda row: _slow(row, room), lambda row: (row["created_at"], row["id"]))
