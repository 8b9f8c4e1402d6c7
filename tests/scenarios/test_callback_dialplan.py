"""The switch as judge of a call-back (D8): claimed once in AstDB, dialled once, its outcome told; then the survey."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from callcenter.pbx.host import AsteriskHost, default_cache
from callcenter.sample.rtp import alaw
from callcenter.sample.sipp import Exchange, Telephone, open_busy, open_citizen
from tests.simulators.asterisk import sample_plan
from tests.simulators.dialogue_server import DialogueServer, open_dialogue_server
from tests.simulators.raw_ami import RawAmi, open_raw_ami
from tests.simulators.tones import tone

SOON = timedelta(seconds=15)
NUMBER = "13900000009"
QUIET = alaw(tone(0, 1.0))


@pytest.fixture
async def ami(asterisk: AsteriskHost) -> AsyncIterator[RawAmi]:
    async with open_raw_ami(asterisk.plan) as ami:
        yield ami


@pytest.fixture
def exchange(asterisk: AsteriskHost) -> Exchange:
    return Exchange(host="127.0.0.1", port=asterisk.plan.sip_port)


@pytest.fixture
async def server(asterisk: AsteriskHost) -> AsyncIterator[DialogueServer]:
    cache = default_cache() / "prompts"
    async with open_dialogue_server(asterisk.plan.agi_port, cache=cache, sounds=asterisk.paths.sounds) as server:
        yield server


def call_back(ami: RawAmi, attempt: str, timeout: timedelta = timedelta(seconds=60)) -> None:
    ami.send(
        "Originate",
        ("ActionID", f"originate-{attempt}"),
        ("Channel", f"Local/{attempt}@hl-dial/n"),
        ("Context", "hl-survey"),
        ("Exten", "s"),
        ("Priority", "1"),
        ("Async", "true"),
        ("Timeout", str(int(timeout.total_seconds() * 1000))),
        ("ChannelId", f"hl-{attempt}"),
        ("OtherChannelId", f"hl-{attempt}-2"),
        ("Variable", f"__HL_ATTEMPT={attempt}"),
        ("Variable", f"__HL_NUMBER={NUMBER}"),
        ("Variable", "HL_SURVEY=survey"),
    )


async def outcome(asterisk: AsteriskHost, attempt: str) -> str:
    shown = await asterisk.command(f"database get hlcb {attempt}")
    return shown.strip().removeprefix("Value: ")


async def answer_by_key(citizen: Telephone, key: str) -> None:
    citizen.voice.forget()
    await citizen.voice.hears_speech(SOON)
    citizen.voice.press(key)


async def test_the_citizen_answers_both_questions(
    asterisk: AsteriskHost, ami: RawAmi, exchange: Exchange, server: DialogueServer
) -> None:
    attempt = str(uuid4())
    async with open_citizen(exchange, port=asterisk.plan.trunks[0].port, speech=QUIET) as citizen:
        call_back(ami, attempt)
        await citizen.until("answered", SOON)
        answered = await ami.until(UserEvent="HotlineDial", Attempt=attempt)
        assert answered["Status"] == "ANSWER"
        await server.until(kind="step", node="greeting")
        await answer_by_key(citizen, "1")
        await server.until(kind="step", node="resolved", key="1")
        await answer_by_key(citizen, "2")
        ended = await server.until(kind="end", flow="survey")
        await citizen.until("bye", SOON)
    assert ended["answers"] == {"resolved": "1", "satisfied": "2"}
    assert ended["args"] == {"name": "survey", "attempt": attempt}
    assert await outcome(asterisk, attempt) == "ANSWER"
    originated = await ami.until(Event="OriginateResponse", ActionID=f"originate-{attempt}")
    assert originated["Response"] == "Success"
    started = ami.found(Event="Newchannel", Uniqueid=f"hl-{attempt}")
    assert started
    assert {event["Linkedid"] for event in started} == {f"hl-{attempt}"}


async def test_a_repeated_attempt_is_refused_and_rings_nobody(
    asterisk: AsteriskHost, ami: RawAmi, exchange: Exchange, server: DialogueServer
) -> None:
    attempt = str(uuid4())
    async with open_citizen(exchange, port=asterisk.plan.trunks[0].port, speech=QUIET) as citizen:
        call_back(ami, attempt)
        await citizen.until("answered", SOON)
        await citizen.hang_up()
        await ami.until(Event="Hangup", Uniqueid=f"hl-{attempt}-2")
        call_back(ami, attempt)
        await ami.until(UserEvent="HotlineDial", Attempt=attempt, Status="repeated")
        originated = await ami.until(Event="OriginateResponse", ActionID=f"originate-{attempt}", Response="Failure")
        assert originated["Response"] == "Failure"
        assert citizen.said.count("offered") == 1
    assert await outcome(asterisk, attempt) == "ANSWER"


async def test_a_busy_citizen(asterisk: AsteriskHost, ami: RawAmi, exchange: Exchange) -> None:
    attempt = str(uuid4())
    async with open_busy(exchange, port=asterisk.plan.trunks[0].port):
        call_back(ami, attempt)
        told = await ami.until(UserEvent="HotlineDial", Attempt=attempt)
    assert told["Status"] == "BUSY"
    assert await outcome(asterisk, attempt) == "BUSY"


async def test_a_citizen_who_does_not_answer(asterisk: AsteriskHost, ami: RawAmi, exchange: Exchange) -> None:
    attempt = str(uuid4())
    port = asterisk.plan.trunks[0].port
    async with open_citizen(exchange, port=port, speech=QUIET, ring=timedelta(minutes=2)) as citizen:
        call_back(ami, attempt, timeout=timedelta(seconds=2))
        await citizen.until("cancelled", SOON)
        told = await ami.until(UserEvent="HotlineDial", Attempt=attempt)
    assert told["Status"] in ("NOANSWER", "CANCEL")
    assert await outcome(asterisk, attempt) == told["Status"]


async def test_without_a_server_the_citizen_hears_an_apology(
    asterisk: AsteriskHost, ami: RawAmi, exchange: Exchange
) -> None:
    attempt = str(uuid4())
    async with open_citizen(exchange, port=asterisk.plan.trunks[0].port, speech=QUIET) as citizen:
        call_back(ami, attempt)
        await citizen.until("answered", SOON)
        await citizen.voice.hears_speech(SOON)
        await citizen.until("bye", SOON)
    assert ami.found(UserEvent="HotlineSafe")


def test_a_plan_names_only_queues_that_exist() -> None:
    with pytest.raises(ValueError, match="queues not planned: housing, main"):
        sample_plan(queues=())
