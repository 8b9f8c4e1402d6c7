"""Scenes with more than two parties: rooms, hold, consult, transfers, calls out, seats rung without a queue."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from callcenter.core.ids import LegId
from callcenter.pbx import actions
from callcenter.pbx.facts import AgentConnected
from callcenter.sample.sipp import Telephone, open_busy, open_citizen
from tests.simulators.recorder_stage import CALLER, OTHER_HOTLINE, SECOND, TONE, Stage

LONG: Final = 90 * SECOND


@asynccontextmanager
async def talk(stage: Stage) -> AsyncIterator[Telephone]:
    """The caller talks to the agent at 8001; at the end all legs have ended."""
    async with stage.agent("8001"), stage.caller(LONG) as caller:
        await stage.until(AgentConnected)
        await stage.bridged(stage.seat("8001").leg)
        await stage.bridged(stage.first.leg)
        yield caller
        await stage.quiet()


@asynccontextmanager
async def other_hotline(stage: Stage) -> AsyncIterator[Telephone]:
    async with open_citizen(stage.exchange, port=stage.host.plan.trunks[0].port, speech=TONE) as phone:
        yield phone


async def held(stage: Stage) -> None:
    async with talk(stage):
        await stage.open_room("8001")
        await stage.move("hl-hold", stage.first.leg)
        await stage.marked("HotlineHold", State="on")
        await stage.move("hl-room-citizen", stage.first.leg)
        await stage.bridged(stage.first.leg, 3)
        await actions.hang_up(stage.link, stage.seat("8001").channel)


async def consulted(stage: Stage) -> None:
    """A colleague is asked while the citizen hears music, and leaves."""
    async with stage.agent("8002", penalty=5), talk(stage):
        await stage.open_room("8001")
        await stage.move("hl-hold", stage.first.leg)
        transfer = await stage.fetch("seat/8002||20")
        await stage.marked("HotlineReach", Transfer=transfer, Status="ANSWER")
        await stage.bridged(stage.seat("8002").leg)
        await stage.marked("HotlineRoom", Party="guest")
        await actions.hang_up(stage.link, stage.seat("8002").channel)
        await stage.gone(stage.seat("8002").leg)
        await stage.move("hl-room-citizen", stage.first.leg)
        await stage.bridged(stage.first.leg, 3)
        await stage.hang_up_caller()


async def three_way(stage: Stage) -> None:
    """Another hotline joins citizen and agent; the agent leaves the two."""
    async with other_hotline(stage) as other, talk(stage):
        await stage.open_room("8001")
        transfer = await stage.fetch(f"{OTHER_HOTLINE}|public|20")
        await stage.marked("HotlineReach", Transfer=transfer, Status="ANSWER")
        await stage.marked("HotlineRoom", Party="guest")
        await stage.bridged(LegId(f"hl-{transfer}"))
        agent = stage.seat("8001")
        await actions.hang_up(stage.link, agent.channel)
        await stage.gone(agent.leg)
        await other.hang_up()


async def fetched_in_vain(stage: Stage) -> None:
    """The target is engaged and the one after it does not answer; the agent goes on with the citizen."""
    async with (
        open_busy(stage.exchange, port=stage.host.plan.trunks[0].port),
        stage.agent("8002", ring=LONG, penalty=5),
        talk(stage),
    ):
        await stage.open_room("8001")
        transfer = await stage.fetch(f"{OTHER_HOTLINE}|public|20|seat/8002|public")
        await stage.marked("HotlineReach", Transfer=transfer, Step="fallback", Status="RINGING")
        await stage.ringing(2)
        await actions.hang_up(stage.link, stage.seat("8002").channel, cause=19)
        await stage.gone(LegId(f"hl-{transfer}-2"))
        await stage.hang_up_caller()


async def transferred(stage: Stage) -> None:
    async with other_hotline(stage) as other, talk(stage):
        agent = stage.seat("8001")
        transfer = await stage.blind(f"{OTHER_HOTLINE}|public|20|||8001||main")
        await stage.gone(agent.leg)
        await stage.marked("HotlineReach", Transfer=transfer, Status="ANSWER")
        await stage.bridged(stage.first.leg, 2)
        await other.hang_up()


async def transferred_back(stage: Stage) -> None:
    """The target is engaged: the agent who sent the citizen there takes the call again."""
    async with open_busy(stage.exchange, port=stage.host.plan.trunks[0].port), talk(stage):
        before = stage.seat("8001").leg
        transfer = await stage.blind(f"{OTHER_HOTLINE}|public|20|||8001||main")
        await stage.gone(before)
        await stage.marked("HotlineReach", Transfer=transfer, Step="agent", Status="ANSWER")
        await stage.bridged(stage.first.leg, 2)
        await stage.hang_up_caller()


async def transferred_to_a_queue(stage: Stage) -> None:
    """Nobody can be reached: the queue, where the same agent answers."""
    async with open_busy(stage.exchange, port=stage.host.plan.trunks[0].port), talk(stage):
        transfer = await stage.blind(f"{OTHER_HOTLINE}|public|20|||||main")
        await stage.marked("HotlineReach", Transfer=transfer, Step="queue")
        await stage.until(AgentConnected, 2)
        await stage.bridged(stage.first.leg, 2)
        await stage.hang_up_caller()


async def given_up_while_transferred(stage: Stage) -> None:
    async with (
        open_citizen(stage.exchange, port=stage.host.plan.trunks[0].port, speech=TONE, ring=LONG),
        talk(stage),
    ):
        transfer = await stage.blind(f"{OTHER_HOTLINE}|public|20|||8001||main")
        await stage.marked("HotlineReach", Transfer=transfer, Status="RINGING")
        await stage.ringing(2)
        await stage.hang_up_caller()


async def called_out(stage: Stage) -> None:
    async with stage.agent("8001") as _, other_hotline(stage) as citizen:
        await stage.call_out("8001", CALLER)
        await stage.marked("HotlineOut", Status="ANSWER")
        await stage.bridged(stage.first.leg)
        await citizen.hang_up()
        await stage.quiet()


async def called_out_busy(stage: Stage) -> None:
    async with stage.agent("8001"), open_busy(stage.exchange, port=stage.host.plan.trunks[0].port):
        await stage.call_out("8001", CALLER)
        await stage.quiet()


async def last_agent_answers(stage: Stage) -> None:
    async with stage.caller(LONG) as caller:
        await stage.marked("HotlineSafe")
        async with stage.agent("8001", penalty=5, joins=False):
            await stage.offer_seat("8001")
            await stage.ringing(1)
            await stage.bridged(stage.seat("8001").leg)
            await stage.bridged(stage.first.leg)
            await stage.hang_up_caller()
            await caller.until("bye", LONG)
            await stage.quiet()


async def last_agent_misses(stage: Stage) -> None:
    async with stage.caller(LONG) as caller:
        await stage.marked("HotlineSafe")
        async with stage.agent("8001", ring=LONG, joins=False), stage.agent("8002"):
            await stage.offer_seat("8001", ring="2")
            await stage.ringing(1)
            await stage.until(AgentConnected)
            await stage.bridged(stage.first.leg)
            await stage.hang_up_caller()
            await caller.until("bye", LONG)
            await stage.quiet()


async def listened_to(stage: Stage) -> None:
    async with stage.agent("8004", joins=False), talk(stage):
        spied = {"HL_SPY": stage.seat("8001").channel}
        await stage.call_seat("8004", "hl-spy", "listen", "spy", **spied)
        await stage.marked("HotlineSpy", Mode="listen")
        await stage.hang_up_caller()


async def taken_over(stage: Stage) -> None:
    async with stage.agent("8004", joins=False), talk(stage):
        await stage.open_room("8001")
        leg = await stage.call_seat("8004", "hl-room-agent", stage.first.leg, "takeover")
        await stage.bridged(leg)
        await actions.hang_up(stage.link, stage.seat("8001").channel)
        await stage.gone(stage.seat("8001").leg)
        await stage.hang_up_caller()


ROOM_SCENES: tuple[Callable[[Stage], Awaitable[None]], ...] = (
    held,
    consulted,
    three_way,
    fetched_in_vain,
    transferred,
    transferred_back,
    transferred_to_a_queue,
    given_up_while_transferred,
    called_out,
    called_out_busy,
    last_agent_answers,
    last_agent_misses,
    listened_to,
    taken_over,
)
