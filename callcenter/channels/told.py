"""What intake knows of an order: completeness, its caller's region, what was handed in (B-26, JC-42, A-19)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from callcenter.channels.completeness import Told, completeness
from callcenter.channels.taking import SQL
from callcenter.core.ids import OrderId
from callcenter.core.phone import Number, region_of
from callcenter.orders.service import Orders
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool


class _Seen(BaseModel):
    model_config = ConfigDict(frozen=True)


class ElementView(_Seen):
    code: str
    there: bool
    points: int
    zh: str
    en: str


class HandedIn(_Seen):
    """One delivery of a channel: `original` before the normaliser, kept as it came."""

    at: datetime
    channel: str
    external_id: str
    by: str
    original: Mapping[str, str]


class IntakeView(_Seen):
    """`caller_home_region`: as the numbering plan tells, '' for mobiles without a place and for withheld numbers."""

    score: int
    acceptable: bool
    elements: tuple[ElementView, ...]
    caller_home_region: str
    deliveries: tuple[HandedIn, ...]


async def intake_of(pool: Pool, orders: Orders, actor: Actor, order: OrderId) -> IntakeView:
    """Raises NoSuchOrder."""
    row = await orders.row(actor, order)
    number, name = (orders.room.vault.open(row[column]) for column in ("caller_number", "caller_name"))
    found = completeness(
        Told(
            title=row["title"],
            content=row["content"],
            address=row["address"],
            happened_at=row["happened_at"],
            caller_name=name,
            anonymous=row["anonymous"],
            contact=bool(number or row["call_id"]),
            evidence=await SQL.files_of_order(pool, order_id=order),
            located=row["latitude"] is not None,
        )
    )
    deliveries = [_handed_in(one) async for one in SQL.deliveries_of(pool, order_id=order)]
    names = ElementView.model_fields
    return IntakeView(
        score=found.score,
        acceptable=found.acceptable,
        elements=tuple(ElementView(**{name: getattr(one, name) for name in names}) for one in found.elements),
        caller_home_region=region_of(Number(number)),
        deliveries=tuple(deliveries),
    )


def _handed_in(row: Any) -> HandedIn:
    return HandedIn(
        at=row["at"],
        channel=row["channel"],
        external_id=row["external_id"],
        by=row["by_name"],
        original=row["original"],
    )
