"""What the generated dialplan records on a real Asterisk: one file per party, in step, the conversation only."""

from datetime import timedelta

import numpy as np
import soundfile

from callcenter.pbx.host import AsteriskHost
from callcenter.sample.rtp import alaw, linear, similarity
from callcenter.sample.sipp import Exchange, open_agent, open_caller
from tests.simulators.asterisk import seat_secret
from tests.simulators.raw_ami import open_raw_ami
from tests.simulators.tones import tone

SOON = timedelta(seconds=10)
CALLER, AGENT = alaw(tone(440, 1.0)), alaw(tone(1000, 1.0))


async def test_each_party_has_its_own_file_of_the_same_length(asterisk: AsteriskHost) -> None:
    exchange = Exchange(host="127.0.0.1", port=asterisk.plan.sip_port)
    async with (
        open_raw_ami(asterisk.plan) as ami,
        open_agent(exchange, extension="8001", secret=seat_secret("8001"), speech=AGENT) as agent,
        open_caller(exchange, dial="12345", caller="13800000001", speech=CALLER, hold=timedelta(minutes=1)) as caller,
    ):
        announced = await ami.until(timedelta(seconds=30), UserEvent="HotlineRecording")
        await asterisk.command("queue add member PJSIP/8001 to main")
        await agent.until("answered", SOON)
        agent.voice.forget()
        caller.voice.forget()
        await agent.voice.hears_speech(SOON)
        await caller.voice.hears_speech(SOON)
        await caller.hang_up()
        gone = await ami.until(Event="Hangup", Uniqueid=announced["Uniqueid"])
        joined = ami.found(Event="BridgeEnter", Uniqueid=announced["Uniqueid"])[0]
        left = ami.found(Event="BridgeLeave", Uniqueid=announced["Uniqueid"])[0]
    assert gone
    day, _, leg = announced["File"].partition("/")
    assert len(day) == 8
    assert leg == announced["Uniqueid"]
    spoken, rate = soundfile.read(asterisk.paths.monitor / f"{announced['File']}-rx.wav", dtype="int16")
    heard, _ = soundfile.read(asterisk.paths.monitor / f"{announced['File']}-tx.wav", dtype="int16")
    assert rate == 8000
    assert spoken.ndim == 1
    assert len(spoken) == len(heard)
    bridged = float(left["Timestamp"]) - float(joined["Timestamp"])
    assert abs(len(spoken) / rate - bridged) < 0.2
    caller_voice, agent_voice = linear(CALLER)[:2400], linear(AGENT)[:2400]
    assert similarity(spoken, caller_voice) > 0.9 > 0.3 > similarity(spoken, agent_voice)
    assert similarity(heard, agent_voice) > 0.9 > 0.3 > similarity(heard, caller_voice)
    assert np.abs(heard.astype(int)).max() > 1000


async def test_a_caller_who_gives_up_leaves_no_sound(asterisk: AsteriskHost) -> None:
    exchange = Exchange(host="127.0.0.1", port=asterisk.plan.sip_port)
    async with open_raw_ami(asterisk.plan) as ami:
        async with open_caller(
            exchange, dial="12329", caller="13800000002", speech=CALLER, hold=timedelta(minutes=1)
        ) as caller:
            announced = await ami.until(timedelta(seconds=30), UserEvent="HotlineRecording")
            await ami.until(Event="QueueCallerJoin", Queue="housing")
            await caller.hang_up()
        await ami.until(Event="Hangup", Uniqueid=announced["Uniqueid"])
    for side in ("rx", "tx"):
        assert (asterisk.paths.monitor / f"{announced['File']}-{side}.wav").stat().st_size == 44
