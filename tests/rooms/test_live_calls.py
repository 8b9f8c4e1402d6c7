"""Hold, mute, merge, leave over the real ledger: who may, one at a time, and what a fallen link leaves behind."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from callcenter.calls.state import Stage
from callcenter.core.ids import CallId, new_id
from callcenter.pbx.errors import ActionRefused, LinkDown, OutcomeUnknown
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool
from callcenter.transfers.live_errors import (
    CallsElsewhere,
    NobodyTalks,
    NobodyThere,
    NoLiveCall,
    NotOnCall,
)
from tests.rooms.live_house import AGENT, CITIZEN, LiveHouse, open_live
from tests.rooms.town_of_orders import add_people
from tests.simulators.eventually import comes_true


@pytest.fixture
async def people(pool: Pool) -> dict[str, Actor]:
    return (await add_people(pool))[1]


@pytest.fixture
async def house(pool: Pool, people: dict[str, Actor], tmp_path: Path) -> AsyncIterator[LiveHouse]:
    async with open_live(pool, tmp_path) as house, house.watching():
        house.desks.extensions[people["agent"].user_id] = "8001"
        house.desks.extensions[people["agent2"].user_id] = "8002"
        yield house


async def test_hold_and_back(house: LiveHouse, people: dict[str, Actor]) -> None:
    agent, call = people["agent"], await house.talk()
    live = house.room.live
    before = await live.state(agent, call)
    assert (before.stage, before.held, before.can) == (Stage.TALKING, False, ("hold", "mute", "consult", "transfer"))
    held = await live.hold(agent, call)
    assert (held.stage, held.held) == (Stage.ON_HOLD, True)
    assert {party.party: party.held for party in held.parties} == {"citizen": True, "agent": False}
    assert house.link.channels[AGENT].context == "hl-room-agent"
    assert (await live.hold(agent, call)).held
    assert house.link.count("Redirect") == 1, "held already: nothing was sent"
    back = await live.resume(agent, call)
    assert (back.stage, back.held) == (Stage.TALKING, False)
    assert house.link.channels[CITIZEN].context == "hl-room-citizen"
    assert not (await live.resume(agent, call)).held
    assert house.link.count("Redirect") == 2


async def test_two_presses_at_once_are_one_operation(house: LiveHouse, people: dict[str, Actor]) -> None:
    call = await house.talk()
    await asyncio.gather(*(house.room.live.hold(people["agent"], call) for _ in range(3)))
    assert house.link.count("Redirect") == 1
    with pytest.raises(NoLiveCall):
        await house.room.live.hold(people["agent"], CallId(new_id()))
    assert house.room.watch._turns._locks == {}, "nothing is kept of calls that nobody operates on"


async def test_mute(house: LiveHouse, people: dict[str, Actor]) -> None:
    agent, call = people["agent"], await house.talk()
    live = house.room.live
    assert (await live.mute(agent, call, on=True)).muted
    assert house.link.channels[AGENT].muted
    assert (await live.mute(agent, call, on=True)).can[1:2] == ("unmute",)
    assert house.link.count("ConfbridgeMute") == 1
    assert not (await live.mute(agent, call, on=False)).muted
    assert not house.link.channels[AGENT].muted
    assert not (await live.mute(agent, call, on=False)).muted
    assert house.link.count("ConfbridgeUnmute") == 1


async def test_a_mute_is_known_again_after_a_reconnect(house: LiveHouse, people: dict[str, Actor]) -> None:
    agent, call = people["agent"], await house.talk()
    await house.room.live.open_room(call)
    house.link.channels[AGENT].muted = True
    await house.relink()

    async def known() -> bool:
        return (await house.room.live.state(agent, call)).muted

    await comes_true(known)


async def test_only_the_calls_own_agent_and_supervisors_may(house: LiveHouse, people: dict[str, Actor]) -> None:
    call, live = await house.talk(), house.room.live
    for stranger in ("agent2", "leader", "dispatcher"):
        with pytest.raises(NotOnCall):
            await live.hold(people[stranger], call)
    assert (await live.hold(people["supervisor"], call)).held
    with pytest.raises(NoLiveCall):
        await live.hold(people["agent"], CallId(new_id()))
    with pytest.raises(NotOnCall):
        await live.hold(people["leader"], CallId(new_id()))


async def test_another_server_has_the_calls(pool: Pool, people: dict[str, Actor], tmp_path: Path) -> None:
    async with open_live(pool, tmp_path) as house:
        call = await house.talk()
        with pytest.raises(CallsElsewhere):
            await house.room.live.hold(people["agent"], call)


@pytest.mark.parametrize("error", [LinkDown("pbx1"), ActionRefused("Redirect", "no"), OutcomeUnknown("Redirect")])
async def test_a_move_that_fails_leaves_the_call_as_it_was(
    house: LiveHouse, people: dict[str, Actor], error: Exception
) -> None:
    call = await house.talk()
    house.link.fail_next["Redirect"] = [error]  # type: ignore[list-item]
    with pytest.raises(type(error)):
        await house.room.live.hold(people["agent"], call)
    assert (await house.room.live.state(people["agent"], call)).stage is Stage.TALKING
    assert house.link.channels[AGENT].context == "from-seat"


async def test_an_answer_that_was_lost_does_not_matter_when_it_has_happened(
    house: LiveHouse, people: dict[str, Actor]
) -> None:
    call = await house.talk()
    house.link.lose.add("Redirect")
    assert (await house.room.live.hold(people["agent"], call)).held


async def test_what_asterisk_never_confirms_is_unknown(house: LiveHouse, people: dict[str, Actor]) -> None:
    call = await house.talk()
    house.link.silent = True
    with pytest.raises(OutcomeUnknown):
        await house.room.live.hold(people["agent"], call)


async def test_a_caller_who_hangs_up_meanwhile(house: LiveHouse, people: dict[str, Actor]) -> None:
    call = await house.talk()
    house.link.silent = True
    holding = asyncio.create_task(house.room.live.hold(people["agent"], call))
    await asyncio.sleep(0)
    await house.link.end(AGENT)
    await house.link.end(CITIZEN)
    with pytest.raises(NoLiveCall):
        await holding


async def test_nobody_is_left_alone(house: LiveHouse, people: dict[str, Actor]) -> None:
    call, live = await house.talk(), house.room.live
    for press in (live.merge, live.leave):
        with pytest.raises(NobodyThere):
            await press(people["agent"], call)
    await house.link.end(AGENT)
    for press in (live.hold, live.resume):
        with pytest.raises(NobodyTalks):
            await press(people["supervisor"], call)
    with pytest.raises(NobodyTalks):
        await live.open_room(call)
    assert (await live.state(people["supervisor"], call)).can == ()


async def test_a_room_is_opened_once(house: LiveHouse, people: dict[str, Actor]) -> None:
    call = await house.talk()
    room = await house.room.live.open_room(call)
    assert room == house.link.channels[CITIZEN].leg
    assert await house.room.live.open_room(call, "8001") == room
    assert house.link.count("Redirect") == 1
