"""Orders by the last digits of a caller's number: what a citizen remembers to say, and what a note holds (B-29)."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any, Final

from callcenter.core.briefs import OrderBrief
from callcenter.core.ids import OrderId
from callcenter.core.pages import NEWEST
from callcenter.orders.by_number import MOST, BriefPage
from callcenter.orders.drivers import access
from callcenter.orders.filters import OrderFilter, Values
from callcenter.orders.lists import newest_sql
from callcenter.orders.privacy import Purpose, may_reveal
from callcenter.orders.reveal import RevealNotYours
from callcenter.orders.room import Room
from callcenter.people.actor import Actor

_TAIL: Final = re.compile(r"\d{4,6}")


def tail_of(typed: str) -> str | None:
    """Four to six digits are the end of a number; anything else is a number."""
    found = _TAIL.fullmatch(typed.strip())
    return found[0] if found else None


async def orders_of_tail(room: Room, actor: Actor, tail: str, purpose: Purpose, reason: str) -> BriefPage:
    """Among the newest orders that the reader may see (`drivers.MOST_SEEN`): numbers are sealed, so each is opened and
    compared, and shown to nobody. Guarded orders appear only to who entered them. Written into the trail first, with
    the keyed hash of the digits. Raises RevealNotYours."""
    if not may_reveal(actor, purpose):
        raise RevealNotYours(purpose=purpose.value)
    detail = {"purpose": purpose.value, "reason": reason, "tail": len(tail)}
    await room.audit.record(
        room.store.pool, actor.user_id, "searched_by_number", "caller", room.vault.key(tail).hex(), detail
    )
    asked, values = OrderFilter(), Values()
    walk = newest_sql(asked, actor, NEWEST, values)
    plain = f"(not w.confidential and w.request_type <> 'report' or w.created_by = {values.put(actor.user_id)})"
    wanted = f"w.caller_number <> '' and {access(asked, actor, values)} and {plain}"
    rows = await room.store.pool.fetch(
        "select w.id, w.number, w.stage, w.title, w.category, w.address, w.created_at, w.caller_number"  # noqa: S608
        f" from {walk} w where {wanted} order by w.created_at desc, w.id desc",
        *values.given,
    )
    found = await asyncio.to_thread(_ending, room, rows, tail)
    names = ("number", "stage", "title", "category", "address", "created_at")
    items = [OrderBrief(id=OrderId(row["id"]), **{name: row[name] for name in names}) for row in found[:MOST]]
    return BriefPage(items=tuple(items))


def _ending(room: Room, rows: Sequence[Any], tail: str) -> list[Any]:
    return [row for row in rows if room.vault.open(row["caller_number"]).endswith(tail)]
