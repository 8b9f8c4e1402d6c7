"""Reading orders: lists by keyset, and what a screen-pop asks. One order for one reader is in `showing`."""

from datetime import timedelta
from typing import Final, Literal

import asyncpg

from callcenter.core.briefs import OrderBrief
from callcenter.core.ids import OrderId, OrgId
from callcenter.core.pages import place_of
from callcenter.orders.room import Room
from callcenter.orders.showing import view_of as view_of
from callcenter.orders.views import OrderLine, OrderPage
from callcenter.people.actor import Actor

Scope = Literal["mine", "unit", "all"]
"""Orders I entered; orders my organisation holds; every order I may see."""

SIMILAR_FOR: Final = timedelta(days=7)


def _line(row: asyncpg.Record) -> OrderLine:
    return OrderLine(
        id=OrderId(row["id"]),
        number=row["number"],
        stage=row["stage"],
        kind=row["kind"],
        request_type=row["request_type"],
        urgency=row["urgency"],
        title=row["title"],
        category=row["category"],
        owner_org_id=OrgId(row["owner_org_id"]),
        owner=row["owner_name"],
        flagged=row["flagged"],
        callback_exhausted=row["callback_exhausted"],
        created_at=row["created_at"],
        closed_at=row["closed_at"],
    )


async def page_of(
    room: Room, actor: Actor, *, scope: Scope, stage: str | None, cursor: str | None, limit: int
) -> OrderPage:
    """Newest first. Raises BadCursor."""
    before, most = place_of(cursor), limit + 1
    match scope:
        case "mine":
            rows = await room.store.created_by(actor.user_id, stage, before, most)
        case "unit":
            rows = await room.store.held_by(actor.org_id, stage, before, most)
        case "all":
            rows = await room.store.visible_to(actor.user_id, actor.org_path, stage, before, most)
    return OrderPage.cut(rows, limit, _line, lambda row: (row["created_at"], row["id"]))


def _brief(row: asyncpg.Record) -> OrderBrief:
    names = ("number", "stage", "title", "category", "address", "created_at")
    return OrderBrief(id=OrderId(row["id"]), **{name: row[name] for name in names})


async def open_of(room: Room, number_key: str, limit: int) -> list[OrderBrief]:
    """Open orders of this caller, newest first."""
    return [_brief(row) for row in await room.store.open_of(room.vault.key(number_key), limit)]


async def similar_near(room: Room, number_key: str, limit: int) -> list[OrderBrief]:
    """Open orders of other callers at the place of this caller's last order that named one (`places.place_of`), then
    those of the same category taken in the last seven days. Confidential orders never appear. Nothing for a caller who
    has not rung before: an honest rule, not a guess."""
    since = room.clock.now() - SIMILAR_FOR
    return [_brief(row) for row in await room.store.similar_near(room.vault.key(number_key), since, limit)]
