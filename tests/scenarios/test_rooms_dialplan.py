"""Rooms, hold and reaching on the real Asterisk, judged by who hears whom. The server is away all the time."""

from collections.abc import AsyncIterator

import pytest
import soundfile

from callcenter.pbx import actions
from callcenter.pbx.host import AsteriskHost
from callcenter.pbx.plan import PbxPlan
from callcenter.sample.sipp import Telephone
from tests.scenarios.floor import (
    AGENT,
    CITIZEN,
    GUEST,
    RINGING,
    SOON,
    Floor,
    Leg,
    floor_plan,
    hears,
    hears_music,
    open_floor,
    they_talk,
)
from tests.simulators.tones import tone

FAR = "110|public|20"
BEEP = 1000


@pytest.fixture(scope="module")
def asterisk_plan() -> PbxPlan:
    return floor_plan()


@pytest.fixture
async def floor(asterisk: AsteriskHost) -> AsyncIterator[Floor]:
    async with open_floor(asterisk) as floor:
        yield floor


class Talk:
    """A caller and an agent, joined by the queue."""

    def __init__(self, floor: Floor, caller: Telephone, citizen: Leg, agent: Telephone, seat: Leg) -> None:
        self.floor = floor
        self.caller = caller
        self.citizen = citizen
        self.agent = agent
        self.seat = seat
        self.room = citizen.leg

    async def open_room(self) -> None:
        agent = (self.seat.channel, "hl-room-agent", self.room)
        await actions.redirect(self.floor.link, self.citizen.channel, "hl-room-citizen", self.room, extra=agent)

    async def hold(self) -> None:
        agent = (self.seat.channel, "hl-room-agent", self.room)
        await actions.redirect(self.floor.link, self.citizen.channel, "hl-hold", self.room, extra=agent)
        await self.floor.mark("HotlineHold", Room=self.room, State="on")
        await self.floor.in_room(self.room, 1)

    async def resume(self) -> None:
        await actions.redirect(self.floor.link, self.citizen.channel, "hl-room-citizen", self.room)


@pytest.fixture
async def talk(floor: Floor) -> Talk:
    agent = await floor.on_duty()
    caller, citizen = await floor.caller("queue:main")
    seat = await floor.leg_of_seat("8001")
    for leg in (citizen, seat):
        await floor.ami.until(Event="BridgeEnter", Uniqueid=leg.leg)
    return Talk(floor, caller, citizen, agent, seat)


async def test_hold_consult_three_way_and_the_agent_leaves(floor: Floor, talk: Talk) -> None:
    guest = await floor.outside()
    await talk.hold()
    transfer = await floor.reach(talk.room, FAR)
    await guest.until("answered", SOON)
    await they_talk(talk.agent, AGENT, guest, GUEST)
    await hears(guest, AGENT, not_=(CITIZEN,))
    await hears(talk.caller, not_=(AGENT, GUEST))
    await hears_music(talk.caller, floor)
    await talk.resume()
    await hears(talk.caller, AGENT, GUEST)
    await hears(talk.agent, CITIZEN, GUEST)
    await hears(guest, CITIZEN, AGENT)
    await talk.agent.hang_up()
    await they_talk(talk.caller, CITIZEN, guest, GUEST)
    await guest.hang_up()
    await talk.caller.until("bye", SOON)
    assert floor.marks("HotlineReach", "Transfer", "Step", "Status") == [
        (transfer, "target", "RINGING"),
        (transfer, "target", "ANSWER"),
    ]
    assert floor.marks("HotlineRoom", "Party") == [("agent",), ("guest",), ("citizen",)]


async def test_resume_without_a_guest_and_the_citizen_hangs_up(floor: Floor, talk: Talk) -> None:
    await talk.hold()
    await hears(talk.agent, not_=(CITIZEN,))
    await talk.resume()
    await they_talk(talk.caller, CITIZEN, talk.agent, AGENT)
    await talk.caller.hang_up()
    await talk.agent.until("bye", SOON)


async def test_the_guest_leaves_first_and_the_two_go_on(floor: Floor, talk: Talk) -> None:
    guest = await floor.outside()
    await talk.open_room()
    await floor.reach(talk.room, FAR)
    await hears(talk.caller, AGENT, GUEST)
    await guest.hang_up()
    await floor.in_room(talk.room, 2)
    await they_talk(talk.caller, CITIZEN, talk.agent, AGENT)
    await talk.agent.hang_up()
    await talk.caller.until("bye", SOON)


async def test_a_guest_who_is_shown_out_and_the_two_go_on(floor: Floor, talk: Talk) -> None:
    guest = await floor.outside()
    await talk.open_room()
    transfer = await floor.reach(talk.room, FAR)
    await hears(talk.caller, AGENT, GUEST)
    await actions.kick(floor.link, talk.room, (await floor.leg(Uniqueid=f"hl-{transfer}")).channel)
    await guest.until("bye", SOON)
    await they_talk(talk.caller, CITIZEN, talk.agent, AGENT)
    assert await actions.read_variable(floor.link, talk.citizen.channel, "HL_NEVER_SET") == ""


async def test_the_citizen_leaves_first_and_the_last_one_is_not_left_alone(floor: Floor, talk: Talk) -> None:
    guest = await floor.outside()
    await talk.open_room()
    await floor.reach(talk.room, FAR)
    await hears(talk.agent, CITIZEN, GUEST)
    await talk.caller.hang_up()
    await they_talk(talk.agent, AGENT, guest, GUEST)
    await guest.hang_up()
    await talk.agent.until("bye", SOON)


async def test_a_muted_agent_hears_and_is_not_heard(floor: Floor, talk: Talk) -> None:
    await talk.open_room()
    await they_talk(talk.caller, CITIZEN, talk.agent, AGENT)
    await actions.mute(floor.link, talk.room, talk.seat.channel, True)
    await hears(talk.caller, not_=(AGENT,))
    await hears(talk.agent, CITIZEN)
    await actions.mute(floor.link, talk.room, talk.seat.channel, False)
    await hears(talk.caller, AGENT)


async def test_the_agent_dies_while_the_caller_is_on_hold(floor: Floor, talk: Talk) -> None:
    await talk.hold()
    await actions.hang_up(floor.link, talk.seat.channel)
    await floor.mark("HotlineHold", Room=talk.room, State="off")
    await floor.comes_to(talk.citizen.leg, "hl-queue")
    assert await actions.read_variable(floor.link, talk.citizen.channel, "QUEUE_PRIO") == "10"
    await talk.agent.until("answered", SOON, times=2)
    await they_talk(talk.caller, CITIZEN, talk.agent, AGENT)


async def test_the_agent_dies_on_hold_with_a_guest_in_the_room(floor: Floor, talk: Talk) -> None:
    guest = await floor.outside()
    await talk.hold()
    await floor.reach(talk.room, FAR)
    await floor.in_room(talk.room, 2)
    await actions.hang_up(floor.link, talk.seat.channel)
    await they_talk(talk.caller, CITIZEN, guest, GUEST)


async def test_the_agent_leaves_while_the_guest_is_rung(floor: Floor, talk: Talk) -> None:
    guest = await floor.outside(ring=2.5)
    await talk.open_room()
    await floor.reach(talk.room, FAR)
    await guest.until("offered", SOON)
    await talk.agent.hang_up()
    await hears(talk.caller, RINGING)
    await they_talk(talk.caller, CITIZEN, guest, GUEST)


async def test_the_agent_leaves_and_the_guest_is_not_reached(floor: Floor, talk: Talk) -> None:
    await floor.outside(ring=60)
    await actions.remove_member(floor.link, "main", "8001")
    await talk.open_room()
    await floor.reach(talk.room, "110|public|2")
    await floor.mark("HotlineReach", Status="RINGING")
    await talk.agent.hang_up()
    await hears(talk.caller, RINGING)
    await floor.mark("HotlineReach", Step="target", Status="NOANSWER")
    await floor.comes_to(talk.citizen.leg, "hl-queue")


async def test_busy_then_the_fallback_answers(floor: Floor, talk: Talk) -> None:
    await floor.engaged()
    other = await floor.outside("police")
    await talk.open_room()
    await floor.reach(talk.room, "96110|public|3|110|emergency")
    await hears(talk.caller, AGENT, GUEST)
    assert other.said.count("offered") == 1
    assert floor.marks("HotlineReach", "Step", "Status") == [
        ("target", "RINGING"),
        ("target", "BUSY"),
        ("fallback", "RINGING"),
        ("fallback", "ANSWER"),
    ]


async def test_a_reach_that_is_given_up_is_told_and_the_two_go_on(floor: Floor, talk: Talk) -> None:
    guest = await floor.outside(ring=60)
    await talk.open_room()
    transfer = await floor.reach(talk.room, "110|public|30")
    await guest.until("offered", SOON)
    await actions.hang_up(floor.link, (await floor.leg(Uniqueid=f"hl-{transfer}")).channel)
    await floor.mark("HotlineReach", Transfer=transfer, Status="CANCEL")
    await they_talk(talk.caller, CITIZEN, talk.agent, AGENT)


async def test_only_the_guest_hears_the_summary(floor: Floor, talk: Talk) -> None:
    sounds = floor.host.paths.sounds / "zh" / "hotline"
    soundfile.write(sounds / "summary-test.wav", tone(BEEP, 2.5), 8000, subtype="PCM_16")
    guest = await floor.outside()
    await talk.open_room()
    await they_talk(talk.caller, CITIZEN, talk.agent, AGENT)
    await floor.reach(talk.room, "110|public|3||||hotline/summary-test")
    await hears(guest, BEEP, not_=(CITIZEN, AGENT))
    await hears(talk.caller, AGENT, not_=(BEEP,))
    await hears(talk.agent, CITIZEN, not_=(BEEP,))
    await hears(guest, CITIZEN, AGENT, not_=(BEEP,))


async def test_a_guest_who_comes_too_late_is_told(floor: Floor, talk: Talk) -> None:
    guest = await floor.outside(ring=1.5)
    await talk.open_room()
    await floor.reach(talk.room, FAR)
    await guest.until("offered", SOON)
    await talk.caller.hang_up()
    await talk.agent.until("bye", SOON)
    await guest.until("answered", SOON)
    await guest.voice.hears_speech(SOON)
    await guest.until("bye", SOON)


async def test_a_room_that_nobody_joins_is_not_waited_in_for_ever(floor: Floor, talk: Talk) -> None:
    await actions.remove_member(floor.link, "main", "8001")
    await actions.redirect(floor.link, talk.citizen.channel, "hl-room-citizen", talk.room)
    await talk.agent.until("bye", SOON)
    await floor.comes_to(talk.citizen.leg, "hl-queue", SOON * 2)
