"""What is looked at after the close: that everything was answered (SJ-10), and that the effect holds (GH-16)."""

from typing import Any, Final

import asyncpg
import structlog

from callcenter.core.briefs import OrderBrief
from callcenter.core.ids import OrderId
from callcenter.orders.moves import record
from callcenter.orders.room import Room
from callcenter.orders.views import OrderChecks
from callcenter.people.actor import Actor, Role

log = structlog.get_logger(__name__)

AT_MOST: Final = 200
EVERYBODY: Final = "/"
READERS: Final = (Role.SUPERVISOR, Role.REVIEWER, Role.DISPATCHER, Role.INSPECTOR, Role.LEADER, Role.DEPUTY)


def _brief(row: asyncpg.Record) -> OrderBrief:
    names = ("number", "stage", "title", "category", "address", "created_at")
    return OrderBrief(id=OrderId(row["id"]), **{name: row[name] for name in names})


async def checks_of(room: Room, actor: Actor) -> OrderChecks:
    """Of the actor's subtree. Raises Forbidden."""
    actor.require(*READERS)
    today = room.calendar.local_date(room.clock.now())
    return OrderChecks(
        unanswered=tuple(map(_brief, await room.store.closed_unanswered(actor.org_path, AT_MOST))),
        effects_due=tuple(map(_brief, await room.store.effects_due(actor.org_path, today, AT_MOST))),
    )


async def check_unanswered(room: Room) -> int:
    """The nightly look at the whole house: how many closed orders lack what XY-02 asks for. More than none is a fault
    of the program, and is logged as one."""
    found = await room.store.closed_unanswered(EVERYBODY, AT_MOST)
    if found:
        log.error("closed_without_answer", orders=[row["number"] for row in found])
    return len(found)


async def check_effect(room: Room, actor: Actor, order: OrderId, *, holds: bool, note: str) -> asyncpg.Record:
    body: dict[str, Any] = {"holds": holds, "note": note}
    return await record(room, actor, order, "effect_checked", body, changes={"effect_holds": holds})
