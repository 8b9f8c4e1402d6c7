"""What the use cases of matters share."""

from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from callcenter.core.clock import Clock
from callcenter.core.covering import without_numbers
from callcenter.core.ids import OrderId
from callcenter.matters.config import MattersConfig
from callcenter.matters.likeness import Demand, Likeness
from callcenter.matters.views import MatterLine, MatterView, MemberView, NoSuchMatter, ReasonView
from callcenter.orders.row import Row
from callcenter.orders.service import Orders
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool
from callcenter.store.queries import load

SQL: Final[Any] = load("matters")
GROUP: Final = "群体性"
"""The tag of a group demand (GH-19)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterRoom:
    pool: Pool
    orders: Orders
    clock: Clock
    config: MattersConfig
    outbox: Outbox


def demand_of(row: Row) -> Demand:
    return Demand(
        at=row["created_at"],
        text=f"{row['title']}\n{row['content']}",
        place=row["place"],
        category=row["category"],
        latitude=row["latitude"],
        longitude=row["longitude"],
    )


def reasons_of(likeness: Likeness) -> list[dict[str, Any]]:
    names = ReasonView.model_fields
    return [{name: getattr(reason, name) for name in names} for reason in likeness.reasons]


async def matter_row(room: MatterRoom, actor: Actor, matter: Any) -> asyncpg.Record:
    """Of the actor's own centre or below, or of one above whose orders reach down to the actor's org. Raises
    NoSuchMatter."""
    row: asyncpg.Record | None = await SQL.matter_of(room.pool, id=matter)
    if row is None:
        raise NoSuchMatter
    if not actor.sees(row["org_path"]):
        holders = [member["owner_org_path"] async for member in SQL.members_of(room.pool, matter_id=matter)]
        if not any(map(actor.sees, holders)):
            raise NoSuchMatter
    return row


def line_of(room: MatterRoom, row: asyncpg.Record) -> MatterLine:
    plain = ("id", "title", "place", "category", "stage", "orders", "callers", "first_at", "last_at", "created_at")
    return MatterLine(
        calls=row["orders"] + row["urges"],
        group=row["callers"] >= room.config.group_from,
        **{name: row[name] for name in plain} | {"title": without_numbers(row["title"])},
    )


async def view_of(room: MatterRoom, actor: Actor, row: asyncpg.Record) -> MatterView:
    members = [
        _member(one)
        async for one in SQL.members_of(room.pool, matter_id=row["id"])
        if actor.sees(one["owner_org_path"]) or actor.sees(one["intake_org_path"])
    ]
    line = line_of(room, row)
    return MatterView(
        plan=row["plan"], master_id=OrderId(row["master_id"]), members=tuple(members), **line.model_dump()
    )


def _member(row: asyncpg.Record) -> MemberView:
    plain = ("number", "stage", "title", "master", "created_at", "joined_at", "score", "waits", "closed_at")
    return MemberView(
        order_id=OrderId(row["id"]),
        reasons=tuple(ReasonView.model_validate(one) for one in row["reasons"]),
        **{name: row[name] for name in plain} | {"title": without_numbers(row["title"])},
    )
