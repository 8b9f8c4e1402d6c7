"""What is looked at after the close: that everything was answered (SJ-10), and that the effect holds (GH-16)."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import asyncpg
import structlog

from callcenter.core.briefs import OrderBrief
from callcenter.core.ids import OrderId
from callcenter.orders.moves import record
from callcenter.orders.room import Room
from callcenter.orders.views import OrderChecks
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import AWAY

log = structlog.get_logger(__name__)

AT_MOST: Final = 200
EVERYBODY: Final = "/"
NIGHT: Final = time(3)
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


def until_night(now: datetime, zone: ZoneInfo) -> timedelta:
    """To the next 03:00 of the city."""
    local = now.astimezone(zone)
    night = datetime.combine(local.date(), NIGHT, zone)
    if night <= local:
        night = datetime.combine(local.date() + timedelta(days=1), NIGHT, zone)
    return night.astimezone(UTC) - now


async def check_nightly(room: Room) -> None:
    """Until cancelled: at the start, and every night. A database that is away is asked again the night after."""
    while True:
        try:
            await check_unanswered(room)
        except (*AWAY, asyncpg.PostgresError) as error:
            log.warning("order_check_away", cause=type(error).__name__)
        await asyncio.sleep(until_night(room.clock.now(), room.calendar.zone).total_seconds())


async def check_effect(room: Room, actor: Actor, order: OrderId, *, holds: bool, note: str) -> asyncpg.Record:
    body: dict[str, Any] = {"holds": holds, "note": note}
    return await record(room, actor, order, "effect_checked", body, changes={"effect_holds": holds})
