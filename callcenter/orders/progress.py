"""How an order stands, for a citizen who asks by number and code (B-01): a coarse word, and nothing personal.

The code is six random digits. Guessing is bounded twice, by caller and by order number, over misses only; a wrong code
and a number that is not there are the same answer, and count the same.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId, new_id
from callcenter.orders.room import Room, visible_row
from callcenter.orders.terms import Stage
from callcenter.people.actor import Actor
from callcenter.store.queries import load

SQL: Final = load("progress")
UNKNOWN: Final = "unknown"
LATER: Final = "later"
TOLD: Final[Mapping[Stage, str]] = {
    Stage.NEW: "received",
    Stage.PENDING_DISPATCH: "received",
    Stage.ANSWERED: "answered",
    Stage.DISPATCHED: "assigned",
    Stage.ACCEPTED: "handling",
    Stage.HANDLING: "handling",
    Stage.SUBMITTED: "reviewing",
    Stage.CALLBACK: "calling_back",
    Stage.WARNED: "handling",
    Stage.CLOSED: "closed",
}
"""What is told of each stage. A warning order is being handled again: why it was warned is not for the telephone."""

CALLER_MISSES: Final = 5
CALLER_WINDOW: Final = timedelta(hours=1)
ORDER_MISSES: Final = 10
ORDER_WINDOW: Final = timedelta(days=1)


class Progress:
    def __init__(self, room: Room) -> None:
        self._room = room
        self._pool = room.store.pool
        self._clock: Clock = room.clock

    async def code_of(self, actor: Actor, order: OrderId) -> str:
        """Made at the first asking; who asks is written down (B-29). Raises NoSuchOrder."""
        await visible_row(self._room, actor, order)
        fresh = f"{secrets.randbelow(1_000_000):06}"
        code: str = await SQL.code_of(self._pool, order_id=order, code=fresh, at=self._clock.now())
        await self._room.audit.record(self._pool, actor.user_id, "query_code_viewed", "order", str(order))
        return code

    async def progress(self, *, number: str, code: str, caller: str) -> str:
        """A word of `TOLD`, "unknown", or "later" when too many inquiries missed. `number` is the order's, digits only;
        `caller` a number's key: callers who withhold theirs share one bound."""
        now = self._clock.now()
        misses = await SQL.misses(
            self._pool, caller=caller, order=number, caller_since=now - CALLER_WINDOW, order_since=now - ORDER_WINDOW
        )
        if misses["of_caller"] >= CALLER_MISSES or misses["of_order"] >= ORDER_MISSES:
            return LATER
        stage = await SQL.stage_of(self._pool, number=f"{number[:8]}-{number[8:]}", code=code)
        if stage is not None:
            return TOLD[Stage(stage)]
        await SQL.note_miss(self._pool, id=new_id(), at=now, caller=caller, order=number, forget=now - ORDER_WINDOW)
        return UNKNOWN
