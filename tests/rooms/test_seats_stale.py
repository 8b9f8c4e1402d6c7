"""Seats whose calls ended unheard, found while the stored seats are behind what memory knows."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from callcenter.calls.events import AgentAnswered, GapRecorded
from callcenter.core.ids import CallId, new_id
from callcenter.store.pool import Pool
from tests.rooms.desks_of_town import Room, open_room


@pytest.fixture
async def room(pool: Pool) -> AsyncIterator[Room]:
    async with open_room(pool) as room:
        yield room


async def call_of(room: Room, *, ended: bool) -> CallId:
    """A call's row, and a caller who waits."""
    call = CallId(new_id())
    await room.pool.execute(
        "insert into call (id, pbx, linked, direction, stage, started_at, ended_at)"
        " values ($1, 'a', $2, 'inbound', $3, now(), case when $4 then now() end)",
        call,
        call.hex,
        "ended" if ended else "talking",
        ended,
    )
    room.ring_in(call=call)
    return call


def answered(call: CallId, extension: str) -> AgentAnswered:
    waited = timedelta(seconds=5)
    return AgentAnswered(at=datetime.now(UTC), call=call, extension=extension, queue="main", waited=waited)


async def test_the_call_that_memory_knows_is_not_ended_with_the_one_that_is_still_stored(
    room: Room, database_url: str
) -> None:
    gone, other_gone, present = [await call_of(room, ended=ended) for ended in (True, True, False)]
    for username, call, extension in (("hw01", gone, "8001"), ("hw02", other_gone, "8002")):
        await room.seats.log_in(room.actors[username])
        room.bus.publish(answered(call, extension))
        await room.until("talking", username=username)
    await room.seats.stored()
    elsewhere = await asyncpg.connect(database_url)
    async with elsewhere.transaction():
        await elsewhere.execute("lock table agent_seat in share mode")  # reads go on, writes wait
        room.bus.publish(answered(present, "8001"))
        room.bus.publish(GapRecorded(at=datetime.now(UTC), pbx="a", since=datetime.now(UTC), recovered=3))
        await room.until("after_call", username="hw02")
        assert (await room.seats.state_of(room.user("hw01"))).presence == "talking"
    await elsewhere.close()
