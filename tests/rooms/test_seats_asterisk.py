"""Seats on a real Asterisk: its queues hold what the agents asked for, also after it was killed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from callcenter.core.bus import Bus
from callcenter.core.clock import SystemClock
from callcenter.pbx import actions
from callcenter.pbx.facts import LinkUp, MemberChanged
from callcenter.pbx.host import AsteriskHost
from callcenter.pbx.link import AmiLink, LinkState, open_link
from callcenter.seats.presence import Presence
from callcenter.seats.telephony import AmiTelephony
from callcenter.store.pool import Pool
from tests.rooms.desks_of_town import Room, open_room
from tests.rooms.test_link_asterisk import config_of

PATIENCE = 60.0


@dataclass(slots=True)
class Linked:
    link: AmiLink
    room: Room

    async def members(self) -> dict[tuple[str, str], tuple[bool, str]]:
        """What Asterisk says of its queues."""
        reply = await self.link.send("QueueStatus", {})
        seen = [event for event in reply.events if event["Event"] == "QueueMember"]
        return {(event["Queue"], event["Name"]): (event["Paused"] == "1", event["PausedReason"]) for event in seen}

    async def penalties(self) -> dict[tuple[str, str], int]:
        reply = await self.link.send("QueueStatus", {})
        seen = [event for event in reply.events if event["Event"] == "QueueMember"]
        return {(event["Queue"], event["Name"]): int(event["Penalty"]) for event in seen}


async def tell(link: AmiLink, bus: Bus) -> None:
    async for fact in link.facts():
        bus.publish(fact)


@asynccontextmanager
async def linked(host: AsteriskHost, pool: Pool) -> AsyncIterator[Linked]:
    async with (
        open_link(config_of(host), SystemClock()) as link,
        open_room(pool, real=AmiTelephony(link)) as room,
    ):
        teller = asyncio.create_task(tell(link, room.bus))
        try:
            async with asyncio.timeout(PATIENCE):
                await link.reaches(LinkState.UP)
            yield Linked(link, room)
        finally:
            teller.cancel()
            with suppress(asyncio.CancelledError):
                await teller


async def test_asterisk_holds_what_the_agent_asked_for(asterisk: AsteriskHost, pool: Pool) -> None:
    async with linked(asterisk, pool) as here:
        agent = here.room.actors["hw01"]
        await here.room.seats.log_in(agent)
        members = await here.members()
        assert {key: paused for key, (paused, _) in members.items()} == {
            ("main", "8001"): False,
            ("housing", "8001"): False,
        }
        await here.room.seats.set_presence(agent, Presence.PAUSED, "meal")
        assert (await here.members())["main", "8001"] == (True, "meal")
        await here.room.seats.set_presence(agent, Presence.READY)
        assert (await here.members())["main", "8001"][0] is False
        state = await here.room.until("ready", lambda desk: not desk.reachable)
        assert state.pbx_connected, "no phone is registered, and the desk says so"
        await here.room.seats.log_out(agent)
        assert await here.members() == {}


async def test_asterisk_holds_the_penalties_that_a_supervisor_set(asterisk: AsteriskHost, pool: Pool) -> None:
    async with linked(asterisk, pool) as here:
        seats, boss, agent = here.room.seats, here.room.actors["bz01"], here.room.actors["hw01"]
        await seats.set_skills(boss, agent.user_id, {"main": 0, "housing": 4})
        await seats.log_in(agent)
        assert await here.penalties() == {("main", "8001"): 0, ("housing", "8001"): 4}
        await seats.set_skills(boss, agent.user_id, {"main": 7})
        assert await here.penalties() == {("main", "8001"): 7}
        await actions.set_penalty(here.link, "main", "8001", 2)
        with here.room.bus.subscribe(MemberChanged) as told:
            await actions.pause_member(here.link, "8001", paused=True, queue="main")
            async with asyncio.timeout(PATIENCE):
                heard = await anext(aiter(told))
        assert isinstance(heard, MemberChanged)
        assert heard.penalty == 2
        async with asyncio.timeout(PATIENCE):  # the seats may hear of it a moment later than this test
            while await here.penalties() != {("main", "8001"): 7}:  # what a seat holds is the seats' to say
                await seats.set_presence(agent, Presence.READY)
        await seats.log_out(agent)


async def test_after_asterisk_was_killed_ready_agents_are_members_again(own_asterisk: AsteriskHost, pool: Pool) -> None:
    async with linked(own_asterisk, pool) as here:
        await here.room.seats.log_in(here.room.actors["hw01"])
        await actions.add_member(here.link, "main", "8004", paused=False)
        with here.room.bus.subscribe(LinkUp) as ups:
            await own_asterisk.kill()
            await own_asterisk.start()
            async with asyncio.timeout(PATIENCE):
                await anext(aiter(ups))
        async with asyncio.timeout(PATIENCE):
            while True:
                held = await here.members()
                if set(held) == {("main", "8001"), ("housing", "8001")}:
                    break
                await asyncio.sleep(0.1)
        assert (await here.room.seats.desk_state(here.room.actors["hw01"])).presence == "ready"
