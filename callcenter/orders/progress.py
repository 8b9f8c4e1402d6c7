"""How an order stands, for a citizen who asks by number and code (B-01, B-27, SJ-36): coarse words, nothing personal.

The code is six random digits, kept sealed. Guessing is bounded twice, by who asks and by order number, over misses
only; a wrong code and a number that is not there are the same answer, and count the same.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId, new_id
from callcenter.orders.room import Room, visible_row
from callcenter.orders.terms import Stage
from callcenter.people.actor import Actor
from callcenter.store.queries import load

SQL: Final[Any] = load("progress")
UNKNOWN: Final = "unknown"
LATER: Final = "later"
TOLD: Final[Mapping[Stage, str]] = {
    Stage.NEW: "received",
    Stage.TRIAGE: "received",
    Stage.PENDING_DISPATCH: "received",
    Stage.ANSWERED: "answered",
    Stage.NOT_ACCEPTED: "answered",
    Stage.TRANSFERRED: "assigned",
    Stage.RETURNED_UP: "assigned",
    Stage.DISPATCHED: "assigned",
    Stage.RETURN_REQUESTED: "assigned",
    Stage.REDISPATCH: "assigned",
    Stage.SIGN_PENDING: "assigned",
    Stage.ACCEPTED: "handling",
    Stage.HANDLING: "handling",
    Stage.COLLAB: "handling",
    Stage.WARNED: "handling",
    Stage.REHANDLING: "handling",
    Stage.LEDGER: "handling",
    Stage.SUBMITTED: "reviewing",
    Stage.REVIEWED: "reviewing",
    Stage.CLOSE_PENDING: "reviewing",
    Stage.CALLBACK: "calling_back",
    Stage.CLOSED: "closed",
}
"""What is told of each stage. A warning order is being handled again: why it was warned, who gave it back and who
signed is not for the citizen (SJ-36)."""

CALLER_MISSES: Final = 5
CALLER_WINDOW: Final = timedelta(hours=1)
ORDER_MISSES: Final = 10
ORDER_WINDOW: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """`word` is one of `TOLD`, "unknown", or "later"; `steps` when the order came to which word, oldest first."""

    word: str
    steps: tuple[tuple[datetime, str], ...] = ()


class Progress:
    def __init__(self, room: Room) -> None:
        self._room = room
        self._pool = room.store.pool
        self._clock: Clock = room.clock

    async def code_of(self, actor: Actor, order: OrderId) -> str:
        """Made at the first asking; who asks is written down (B-29). Raises NoSuchOrder."""
        await visible_row(self._room, actor, order)
        fresh = self._room.vault.seal(f"{secrets.randbelow(1_000_000):06}")
        code: str = await SQL.code_of(self._pool, order_id=order, code=fresh, at=self._clock.now())
        await self._room.audit.record(self._pool, actor.user_id, "query_code_viewed", "order", str(order))
        return self._room.vault.open(code)

    async def progress(self, *, number: str, code: str, caller: str) -> str:
        """A word of `TOLD`, "unknown", or "later" when too many inquiries missed. `number` is the order's, digits only;
        `caller` a number's key: callers who withhold theirs share one bound."""
        found = await self._asked_for(number, code, caller)
        return found if isinstance(found, str) else TOLD[Stage(found["stage"])]

    async def told(self, *, number: str, code: str, asker: str) -> Told:
        """The same for a page, with the steps so far. `asker` is the address that asks."""
        found = await self._asked_for(number, code, asker)
        if isinstance(found, str):
            return Told(found)
        rows = SQL.steps_of(self._pool, order_id=found["id"])
        steps = _without_repeats([(row["at"], TOLD[Stage(row["stage_after"])]) async for row in rows])
        return Told(TOLD[Stage(found["stage"])], steps)

    async def _asked_for(self, number: str, code: str, caller: str) -> asyncpg.Record | str:
        now = self._clock.now()
        key = self._room.vault.key(caller).hex()
        misses = await SQL.misses(
            self._pool, caller=key, order=number, caller_since=now - CALLER_WINDOW, order_since=now - ORDER_WINDOW
        )
        if misses["of_caller"] >= CALLER_MISSES or misses["of_order"] >= ORDER_MISSES:
            return LATER
        row: asyncpg.Record | None = await SQL.asked_for(self._pool, number=f"{number[:8]}-{number[8:]}")
        kept = self._room.vault.open(row["code"]) if row is not None else ""
        if row is not None and hmac.compare_digest(kept.encode(), code.encode()):
            return row
        await SQL.note_miss(self._pool, id=new_id(), at=now, caller=key, order=number, forget=now - ORDER_WINDOW)
        return UNKNOWN


def _without_repeats(steps: list[tuple[datetime, str]]) -> tuple[tuple[datetime, str], ...]:
    """A step is told once for each run of the same word: what happens inside is the house's own affair."""
    return tuple(step for n, step in enumerate(steps) if n == 0 or steps[n - 1][1] != step[1])
