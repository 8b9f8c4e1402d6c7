"""Orders of a telephone number: by its keyed hash alone, for a purpose, by those who may reveal callers (B-29)."""

from typing import Any, Final

from callcenter.core.briefs import OrderBrief
from callcenter.core.ids import OrderId
from callcenter.core.pages import Page
from callcenter.core.phone import parse_number
from callcenter.orders.privacy import Purpose, may_reveal
from callcenter.orders.reveal import RevealNotYours
from callcenter.orders.room import Room
from callcenter.people.actor import Actor
from callcenter.store.queries import load

SQL: Final[Any] = load("order_lists")
MOST: Final = 50


class BriefPage(Page[OrderBrief]):
    """Newest first, at most fifty, all on one page."""


async def orders_of_number(room: Room, actor: Actor, number: str, purpose: Purpose, reason: str) -> BriefPage:
    """Written into the audit trail first; the trail holds the keyed hash, not the number. Guarded orders appear only to
    who entered them. Raises RevealNotYours."""
    if not may_reveal(actor, purpose):
        raise RevealNotYours(purpose=purpose.value)
    keyed = parse_number(number).key
    detail = {"purpose": purpose.value, "reason": reason}
    await room.audit.record(
        room.store.pool, actor.user_id, "searched_by_number", "caller", room.vault.key(keyed).hex(), detail
    )
    rows = SQL.orders_of_number(
        room.store.pool, keys=room.vault.keys(keyed), path=actor.org_path, user_id=actor.user_id, limit=MOST
    )
    names = ("number", "stage", "title", "category", "address", "created_at")
    items = [OrderBrief(id=OrderId(row["id"]), **{name: row[name] for name in names}) async for row in rows]
    return BriefPage(items=tuple(items))
