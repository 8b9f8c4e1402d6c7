"""No caller is lost when the server is (D2): real Asterisk, real callers, a real server that dies or hangs."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from callcenter.pbx.host import AsteriskHost, default_cache
from callcenter.sample.rtp import alaw
from callcenter.sample.sipp import Exchange, Telephone, open_agent, open_caller, open_citizen
from tests.simulators.asterisk import seat_secret
from tests.simulators.dialogue_server import DialogueServer, open_dialogue_server
from tests.simulators.tones import tone

CALLER, AGENT, DISPATCHER = alaw(tone(440)), alaw(tone(1000)), alaw(tone(700))
SOON = timedelta(seconds=10)
SAVED = timedelta(seconds=45)
"""The dead-man's switch of the greeting, the fail-safe prompt and the agent's ringing, with room for a busy machine."""
FAULTS = pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hung"])


@pytest.fixture
def exchange(asterisk: AsteriskHost) -> Exchange:
    return Exchange(host="127.0.0.1", port=asterisk.plan.sip_port)


@pytest.fixture(autouse=True)
async def quiet_line(asterisk: AsteriskHost) -> None:
    """The calls of the test before are over."""
    async with asyncio.timeout(10):
        while True:
            if "0 active channels" in await asterisk.command("core show channels count"):
                return


@pytest.fixture
async def server(asterisk: AsteriskHost) -> AsyncIterator[DialogueServer]:
    cache = default_cache() / "prompts"
    async with open_dialogue_server(asterisk.plan.agi_port, cache=cache, sounds=asterisk.paths.sounds) as server:
        yield server


@asynccontextmanager
async def agent_on_duty(asterisk: AsteriskHost, exchange: Exchange) -> AsyncIterator[Telephone]:
    """Seat 8001, ready in the main queue."""
    async with open_agent(exchange, extension="8001", secret=seat_secret("8001"), speech=AGENT) as agent:
        assert "Added" in await asterisk.command("queue add member PJSIP/8001 to main")
        try:
            yield agent
        finally:
            await asterisk.command("queue remove member PJSIP/8001 from main")


@asynccontextmanager
async def caller_of(exchange: Exchange, hold: timedelta = timedelta(seconds=90)) -> AsyncIterator[Telephone]:
    async with open_caller(exchange, dial="12345", caller="13800000001", speech=CALLER, hold=hold) as caller:
        await caller.until("answered", SOON)
        yield caller


async def they_talk(caller: Telephone, agent: Telephone) -> None:
    """Each hears the other, now."""
    for phone in (caller, agent):
        phone.voice.forget()
    await caller.voice.hears_speech(SOON)
    await agent.voice.hears_speech(SOON)
    assert "bye" not in caller.said
    assert "bye" not in agent.said


async def test_without_a_fault_the_caller_hears_the_greeting_and_reaches_an_agent(
    asterisk: AsteriskHost, exchange: Exchange, server: DialogueServer
) -> None:
    async with agent_on_duty(asterisk, exchange) as agent, caller_of(exchange) as caller:
        await caller.voice.hears_speech(SOON)
        await agent.until("answered", timedelta(seconds=20))
        await they_talk(caller, agent)
    assert await server.until(kind="end") == {
        "kind": "end",
        "flow": "main",
        "answers": {},
        "args": {"name": "main", "dnis": "12345", "queue": "main"},
    }
    assert [step["node"] for step in server.told if step["kind"] == "step"] == ["greeting", "agent"]


async def test_with_no_server_at_all(asterisk: AsteriskHost, exchange: Exchange) -> None:
    async with agent_on_duty(asterisk, exchange) as agent, caller_of(exchange) as caller:
        await agent.until("answered", SAVED)
        await they_talk(caller, agent)


@FAULTS
async def test_fault_in_the_greeting(
    asterisk: AsteriskHost, exchange: Exchange, server: DialogueServer, fault: signal.Signals
) -> None:
    async with agent_on_duty(asterisk, exchange) as agent, caller_of(exchange) as caller:
        await caller.voice.hears_speech(SOON)
        assert not [told for told in server.told if told["kind"] == "step"]
        server.process.send_signal(fault)
        await agent.until("answered", SAVED)
        await they_talk(caller, agent)


@FAULTS
async def test_fault_in_the_queue(
    asterisk: AsteriskHost, exchange: Exchange, server: DialogueServer, fault: signal.Signals
) -> None:
    async with caller_of(exchange) as caller:
        await server.until(kind="end")
        server.process.send_signal(fault)
        async with agent_on_duty(asterisk, exchange) as agent:
            await agent.until("answered", SAVED)
            await they_talk(caller, agent)


@FAULTS
async def test_fault_while_talking(
    asterisk: AsteriskHost, exchange: Exchange, server: DialogueServer, fault: signal.Signals
) -> None:
    async with (
        agent_on_duty(asterisk, exchange) as agent,
        caller_of(exchange, hold=timedelta(seconds=25)) as caller,
    ):
        await agent.until("answered", timedelta(seconds=20))
        await they_talk(caller, agent)
        server.process.send_signal(fault)
        await they_talk(caller, agent)
        assert (await caller.ended(timedelta(seconds=40))).exit_code == 0
        assert caller.said == ("answered", "hung_up")
        await agent.until("bye", SOON)


async def test_a_server_that_hangs_before_the_call_comes(
    asterisk: AsteriskHost, exchange: Exchange, server: DialogueServer
) -> None:
    """The connection is accepted by the kernel, but nobody speaks: even the answer comes from the safety net."""
    server.process.send_signal(signal.SIGSTOP)
    async with (
        agent_on_duty(asterisk, exchange) as agent,
        open_caller(exchange, dial="12345", caller="13800000001", speech=CALLER, hold=timedelta(seconds=60)) as caller,
    ):
        await caller.until("answered", timedelta(seconds=20))
        await agent.until("answered", SAVED)
        await they_talk(caller, agent)


async def test_an_emergency_key_in_the_safe_branch_rings_the_emergency_number(
    asterisk: AsteriskHost, exchange: Exchange
) -> None:
    port = asterisk.plan.trunks[0].port
    async with open_citizen(exchange, port=port, speech=DISPATCHER) as dispatcher, caller_of(exchange) as caller:
        await caller.voice.hears_speech(SOON)
        caller.voice.press("2")
        await dispatcher.until("answered", SOON)
        assert "119" in await asterisk.command("core show channels concise")
        await they_talk(caller, dispatcher)
