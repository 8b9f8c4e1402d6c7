"""Reading orders: lists by keyset, and what a screen-pop asks. One order for one reader is in `showing`."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal

import asyncpg

from callcenter.core.briefs import OrderBrief
from callcenter.core.ids import OrderId
from callcenter.orders import lists
from callcenter.orders.filters import OrderFilter, View
from callcenter.orders.room import Room
from callcenter.orders.showing import view_of as view_of
from callcenter.orders.terms import Stage
from callcenter.orders.views import OrderLine, OrderPage
from callcenter.people.actor import Actor

Scope = Literal["mine", "unit", "all"]
"""Orders I entered; orders my organisation holds; every order I may see."""

SIMILAR_FOR: Final = timedelta(days=7)


_VIEWS: Final[Mapping[Scope, View]] = {"mine": View.MINE, "unit": View.UNIT, "all": View.VISIBLE}


async def page_of(
    room: Room, actor: Actor, *, scope: Scope, stage: str | None, cursor: str | None, limit: int
) -> OrderPage:
    """Newest first. Raises BadCursor."""
    asked = OrderFilter(view=_VIEWS[scope], stages=(Stage(stage),) if stage else ())
    found = await lists.page(room, actor, asked, cursor=cursor, limit=limit)
    items = tuple(OrderLine(**line.model_dump(include=set(OrderLine.model_fields))) for line in found.items)
    return OrderPage(items=items, next=found.next)


def _brief(row: asyncpg.Record) -> OrderBrief:
    names = ("number", "stage", "title", "category", "address", "created_at")
    return OrderBrief(id=OrderId(row["id"]), **{name: row[name] for name in names})


async def open_of(room: Room, number_key: str, limit: int) -> list[OrderBrief]:
    """Open orders of this caller, newest first."""
    return [_brief(row) for row in await room.store.open_of(room.vault.keys(number_key), limit)]


async def similar_near(room: Room, number_key: str, limit: int) -> list[OrderBrief]:
    """Open orders of other callers at the place of this caller's last order that named one (`places.place_of`), then
    those of the same category taken in the last seven days. Confidential orders never appear. Nothing for a caller who
    has not rung before: an honest rule, not a guess."""
    since = room.clock.now() - SIMILAR_FOR
    return [_brief(row) for row in await room.store.similar_near(room.vault.keys(number_key), since, limit)]
