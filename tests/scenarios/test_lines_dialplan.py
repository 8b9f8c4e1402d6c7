"""Transfers, calls out, queues, seats, supervision, refused calls and test calls on the real Asterisk. The server is
away, save for the door-keeper that leads a caller on."""

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from callcenter.core.ids import LegId
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
    SUPERVISOR,
    Floor,
    Leg,
    floor_plan,
    hears,
    hears_music,
    hears_prompts,
    open_floor,
    they_talk,
)
from tests.simulators.asterisk import seat_secret
from tests.simulators.eventually import comes_true
from tests.simulators.seat_dialer import dial_from_seat


@pytest.fixture(scope="module")
def asterisk_plan() -> PbxPlan:
    return floor_plan()


@pytest.fixture
async def floor(asterisk: AsteriskHost) -> AsyncIterator[Floor]:
    async with open_floor(asterisk) as floor:
        yield floor


async def talking(floor: Floor) -> tuple[Telephone, Leg, Telephone, Leg]:
    """Caller, his leg, agent, his leg."""
    agent = await floor.on_duty()
    caller, citizen = await floor.caller("queue:main")
    seat = await floor.leg_of_seat("8001")
    for leg in (citizen, seat):
        await floor.ami.until(Event="BridgeEnter", Uniqueid=leg.leg)
    return caller, citizen, agent, seat


async def transfer(floor: Floor, citizen: Leg, plan: str) -> str:
    transfer = str(uuid4())
    await actions.set_variable(floor.link, citizen.channel, "HL_PLAN", plan)
    await actions.redirect(floor.link, citizen.channel, "hl-transfer", transfer)
    return transfer


async def test_asterisk_knows_every_application_and_function_of_the_dialplan(floor: Floor) -> None:
    dialplan = (floor.host.paths.etc / "extensions.conf").read_text()
    step = re.compile(r"(?:^exten => [^,]+,1|^ same => n(?:\([a-z]+\))?),([A-Za-z]+)\(", re.MULTILINE)
    applications = set(step.findall(dialplan))
    applications |= set(re.findall(r"\?([A-Z][A-Za-z]+)\(", dialplan))
    functions = set(re.findall(r"\$\{([A-Z_]{2,})\(", dialplan)) | {"CHANNEL", "CALLERID", "CONFBRIDGE", "GROUP"}
    for what, names in (("application", applications), ("function", functions)):
        for name in names:
            shown = await floor.host.command(f"core show {what} {name}")
            assert f"'{name.lower()}'" in shown.lower(), f"{what} {name}"


async def test_a_transfer_is_answered_and_the_agent_is_free_at_once(floor: Floor) -> None:
    caller, citizen, agent, _ = await talking(floor)
    guest = await floor.outside(ring=1.5)
    await transfer(floor, citizen, "12366|public|20||||||")
    await agent.until("bye", SOON)
    await hears(caller, RINGING)
    await they_talk(caller, CITIZEN, guest, GUEST)
    await guest.hang_up()
    await caller.until("bye", SOON)
    assert floor.marks("HotlineReach", "Step", "Status") == [("target", "RINGING"), ("target", "ANSWER")]


async def test_nobody_answers_and_the_same_agent_takes_the_caller_back(floor: Floor) -> None:
    caller, citizen, agent, _ = await talking(floor)
    await floor.outside(ring=60)
    await transfer(floor, citizen, "12366|far|1|12366|public|8001||housing")
    await agent.until("answered", SOON, times=2)
    await they_talk(caller, CITIZEN, agent, AGENT)
    assert floor.marks("HotlineReach", "Step", "Status") == [
        ("target", "RINGING"),
        ("target", "CONGESTION"),
        ("fallback", "RINGING"),
        ("fallback", "NOANSWER"),
        ("agent", "RINGING"),
        ("agent", "ANSWER"),
    ]


async def test_nobody_at_all_and_the_queue_named_takes_the_caller_first(floor: Floor) -> None:
    _, citizen, _, _ = await talking(floor)
    await floor.engaged()
    await transfer(floor, citizen, "12366|public|5|||8999||housing")
    await floor.mark("HotlineReach", Step="queue")
    await floor.comes_to(citizen.leg, "hl-queue")
    assert await actions.read_variable(floor.link, citizen.channel, "QUEUE_PRIO") == "10"
    assert "PJSIP" in await floor.host.command("queue show housing")
    assert floor.marks("HotlineReach", "Step", "Status")[1::2] == [("target", "BUSY"), ("agent", "CHANUNAVAIL")]


async def test_the_caller_gives_up_while_it_rings(floor: Floor) -> None:
    caller, citizen, _, _ = await talking(floor)
    guest = await floor.outside(ring=60)
    told = await transfer(floor, citizen, "12366|public|30||||||")
    await guest.until("offered", SOON)
    await caller.hang_up()
    await floor.mark("HotlineReach", Transfer=told, Step="target", Status="CANCEL")
    await guest.until("cancelled", SOON)


async def test_a_group_goes_on_to_its_next_trunk_and_emergencies_have_their_own(floor: Floor) -> None:
    _, citizen, _, _ = await talking(floor)
    public, police = await floor.outside(), await floor.outside("police")
    await transfer(floor, citizen, "12366|pair|5||||||")
    await public.until("answered", SOON)
    await public.hang_up()
    _, other = await floor.caller("hangup", dial="12329")
    assert police.said == ()
    caller, citizen = await floor.caller("transfer", HL_PLAN="110|emergency|5||||||", HL_TRANSFER=str(uuid4()))
    await police.until("answered", SOON)
    await they_talk(caller, CITIZEN, police, GUEST)
    assert other.leg != citizen.leg


async def test_an_agent_calls_a_citizen(floor: Floor) -> None:
    agent, citizen = await floor.agent(), await floor.outside()
    variables = {"HL_PLAN": "13900000009|public|20", "HL_CID": "12345"}
    await floor.originate("PJSIP/8001", "hl-out", "contact-1", variables, leg="hl-contact-1")
    await they_talk(agent, AGENT, citizen, GUEST)
    recording = await floor.mark("HotlineRecording")
    assert recording["Channel"].startswith("PJSIP/carrier-")
    await agent.hang_up()
    await citizen.until("bye", SOON)
    assert floor.marks("HotlineOut", "Id", "Status") == [("contact-1", "RINGING"), ("contact-1", "ANSWER")]


async def test_an_agent_calls_a_citizen_whose_line_is_engaged(floor: Floor) -> None:
    agent, _ = await floor.agent(), await floor.engaged()
    await floor.originate("PJSIP/8001", "hl-out", "contact-2", {"HL_PLAN": "13900000009"}, leg="hl-contact-2")
    await floor.mark("HotlineOut", Id="contact-2", Status="BUSY")
    await hears(agent, RINGING)
    await agent.until("bye", SOON)


@pytest.mark.parametrize(
    ("mode", "agent_hears", "caller_hears"),
    [("listen", False, False), ("whisper", True, False), ("barge", True, True)],
)
async def test_a_supervisor(floor: Floor, mode: str, agent_hears: bool, caller_hears: bool) -> None:
    caller, _, agent, seat = await talking(floor)
    supervisor = await floor.agent("8002", SUPERVISOR)
    await floor.originate("PJSIP/8002", "hl-spy", mode, {"HL_SPY": seat.channel}, leg=f"hl-{uuid4()}")
    await floor.mark("HotlineSpy", Mode=mode)
    await hears(supervisor, CITIZEN, AGENT)
    for phone, other, hearing in ((agent, CITIZEN, agent_hears), (caller, AGENT, caller_hears)):
        wanted, unwanted = ((SUPERVISOR,), ()) if hearing else ((), (SUPERVISOR,))
        await hears(phone, other, *wanted, not_=unwanted)
    await caller.hang_up()
    await supervisor.until("bye", SOON)


async def test_a_supervisor_barges_into_a_room_and_stays_with_the_caller(floor: Floor) -> None:
    caller, citizen, agent, seat = await talking(floor)
    extra = (seat.channel, "hl-room-agent", citizen.leg)
    await actions.redirect(floor.link, citizen.channel, "hl-room-citizen", citizen.leg, extra=extra)
    await floor.in_room(citizen.leg, 2)
    supervisor = await floor.agent("8002", SUPERVISOR)
    await floor.originate("PJSIP/8002", "hl-spy", "barge", {"HL_SPY": seat.channel}, leg=f"hl-{uuid4()}")
    await hears(caller, AGENT, SUPERVISOR)
    await agent.hang_up()
    await they_talk(caller, CITIZEN, supervisor, SUPERVISOR)


@pytest.mark.parametrize("dial", ["0085212345678", "110", "8002", "9"])
async def test_a_seat_may_dial_nothing(floor: Floor, dial: str) -> None:
    assert await dial_from_seat(floor.exchange, "8001", seat_secret("8001"), dial) == 403
    told = await floor.mark("HotlineTollRefused")
    assert told["Extension"] == "8001"
    assert dial not in told.values()


@pytest.mark.parametrize("dial", ["13912345678", "0085212345678", "+4930123456", "013800000000"])
async def test_what_is_not_ours_is_refused_at_the_trunk(floor: Floor, dial: str) -> None:
    phone = await floor.ring_in(await floor.rings(), dial)
    await floor.mark("HotlineTollRefused")
    assert "answered" not in phone.said


@pytest.mark.parametrize(
    ("dial", "home"), [("12329", "housing"), ("057112329", "housing"), ("+861012345", "main"), ("88886666", "main")]
)
async def test_our_numbers_with_and_without_the_area_code(floor: Floor, dial: str, home: str) -> None:
    _, citizen = await floor.caller("seat:8999", dial=dial)
    await floor.comes_to(citizen.leg, "hl-queue")
    assert await actions.read_variable(floor.link, citizen.channel, "HL_HOME") == home


async def test_a_drained_exchange_takes_no_new_call(floor: Floor) -> None:
    await actions.set_global(floor.link, "HL_DRAIN", "1")
    try:
        phone = await floor.ring_in(await floor.rings(), "12345")
        await floor.ami.until(Event="Hangup", Cause="34")
        assert "answered" not in phone.said
    finally:
        await actions.set_global(floor.link, "HL_DRAIN", "")


async def test_who_waits_hears_his_place_and_music(floor: Floor) -> None:
    first, one = await floor.caller("queue:main")
    await floor.ami.until(Event="QueueCallerJoin", Uniqueid=one.leg)
    second, _ = await floor.caller("queue:main")
    await hears_prompts(first, floor, "hotline/queue_next", "hotline/queue_thanks")
    await hears_prompts(
        second, floor, "hotline/wait_position", "digits/2", "hotline/wait_place", "hotline/queue_thanks"
    )
    await hears_music(second, floor)


async def test_the_higher_priority_is_served_first(floor: Floor) -> None:
    ordinary, one = await floor.caller("queue:main")
    urgent, two = await floor.caller("queue:main", HL_PRIO="10")
    last, three = await floor.caller("queue:main")
    for leg in (one, two, three):
        await floor.ami.until(Event="QueueCallerJoin", Uniqueid=leg.leg)
    await actions.queue_priority(floor.link, "main", three.channel, 11, immediate=True)
    agent = await floor.on_duty()
    for leg, phone in ((three, last), (two, urgent), (one, ordinary)):
        await floor.ami.until(Event="AgentConnect", Uniqueid=leg.leg)
        await phone.hang_up()
    assert agent.said.count("answered") == 3


async def test_out_of_patience_with_the_server_dead_the_caller_keeps_waiting_before_others(floor: Floor) -> None:
    _, citizen = await floor.caller("queue:hasty")
    told = await floor.mark("HotlineOverflow", Queue="hasty")
    assert int(told["Waited"]) >= 1
    await floor.mark("HotlineSafe")
    await floor.comes_to(citizen.leg, "hl-queue")
    assert int(await actions.read_variable(floor.link, citizen.channel, "HL_PRIO")) >= 1


async def test_the_agent_of_last_time_is_rung_first(floor: Floor) -> None:
    agent = await floor.agent()
    caller, citizen = await floor.caller("seat:8001", HL_HOME="main")
    told = await floor.mark("HotlineSeat", Uniqueid=citizen.leg)
    assert (told["Extension"], told["Queue"]) == ("8001", "main")
    await they_talk(caller, CITIZEN, agent, AGENT)


async def test_the_agent_of_last_time_does_not_come(floor: Floor) -> None:
    absent, other = await floor.agent(ring=60), await floor.on_duty("8002")
    caller, _ = await floor.caller("seat:8001", HL_HOME="main", HL_SEAT_RING="1")
    await absent.until("cancelled", SOON)
    await they_talk(caller, CITIZEN, other, AGENT)


async def test_a_test_call_hears_the_greeting_and_comes_to_no_agent(floor: Floor) -> None:
    agent = await floor.on_duty()
    probe = str(uuid4())
    await floor.originate("Local/12345@hl-test/n", "hl-listen", probe, {"__HL_TEST": probe}, leg=f"hl-{probe}")
    await floor.mark("HotlineTest", Id=probe, Reached="line")
    await floor.mark("HotlineTest", Id=probe, Reached="voice")
    await floor.ami.until(Event="Hangup", Uniqueid=LegId(f"hl-{probe}"))
    assert "offered" not in agent.said


async def test_a_trunk_that_answers_no_options_is_passed_over_at_once(floor: Floor) -> None:
    async def found_out() -> bool:
        return "Unavail" in await floor.host.command("pjsip show aor silent")

    await comes_true(found_out, SOON)
    guest = await floor.outside()
    caller, _ = await floor.caller("transfer", HL_PLAN="12366|dumb|60||||||", HL_TRANSFER=str(uuid4()))
    await they_talk(caller, CITIZEN, guest, GUEST)
