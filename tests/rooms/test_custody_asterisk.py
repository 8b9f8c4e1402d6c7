"""Custody of what a real Asterisk records: an ended call, and one whose Asterisk is killed in the middle of a word."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from callcenter.calls.events import CallEnded, RecordingBegan
from callcenter.core.bus import Bus
from callcenter.core.ids import LegId
from callcenter.media.config import MediaConfig
from callcenter.media.events import RecordingSealed
from callcenter.pbx.facts import ChannelEnded
from callcenter.pbx.host import AsteriskHost
from callcenter.sample.rtp import alaw, linear, similarity
from callcenter.sample.sipp import Exchange, open_agent, open_caller
from callcenter.store.pool import Pool
from tests.rooms.media_calls import BEGAN, PBX, make_call
from tests.rooms.test_custody import custody, next_of, until
from tests.simulators.asterisk import seat_secret
from tests.simulators.raw_ami import open_raw_ami
from tests.simulators.tones import tone
from tests.speech_material import read_wav

SOON = timedelta(seconds=10)
CALLER, AGENT = alaw(tone(440, 1.0)), alaw(tone(1000, 1.0))


async def talk(asterisk: AsteriskHost, *, kill: bool) -> Mapping[str, str]:
    """Caller and agent hear each other; then the caller hangs up, or Asterisk is killed. Gives the announcement."""
    exchange = Exchange(host="127.0.0.1", port=asterisk.plan.sip_port)
    async with (
        open_raw_ami(asterisk.plan) as ami,
        open_agent(exchange, extension="8001", secret=seat_secret("8001"), speech=AGENT) as agent,
        open_caller(exchange, dial="12345", caller="13800000001", speech=CALLER, hold=timedelta(minutes=1)) as caller,
    ):
        announced: Mapping[str, str] = await ami.until(timedelta(seconds=30), UserEvent="HotlineRecording")
        await asterisk.command("queue add member PJSIP/8001 to main")
        await agent.until("answered", SOON)
        agent.voice.forget()
        await agent.voice.hears_speech(SOON)
        await caller.voice.hears_speech(SOON)
        if kill:
            await until(lambda: _written(asterisk, announced["File"]), within=30)
            await asterisk.kill()
        else:
            await caller.hang_up()
            await ami.until(Event="Hangup", Uniqueid=announced["Uniqueid"])
    return announced


async def _written(asterisk: AsteriskHost, source: str) -> bool:
    """Asterisk's buffer of some seconds has reached the disk once: what it holds when it is killed is lost."""
    return all((asterisk.paths.monitor / f"{source}-{side}.wav").stat().st_size > 44 for side in ("rx", "tx"))


async def keep(pool: Pool, asterisk: AsteriskHost, tmp_path: Path, announced: Mapping[str, str]) -> Any:
    """The recording's row once it is sealed."""
    leg = LegId(announced["Uniqueid"])
    call = await make_call(pool, leg)
    config = MediaConfig(folder=tmp_path / "media", monitor_folder=asterisk.paths.monitor)
    bus = Bus()
    async with custody(pool, config, bus) as told:
        bus.publish(RecordingBegan(at=BEGAN, call=call, leg=leg, file=announced["File"]))
        bus.publish(ChannelEnded(at=BEGAN, pbx=PBX, leg=leg, linked=leg, channel=announced["Channel"], cause=16))
        bus.publish(CallEnded(at=BEGAN, call=call, outcome="answered", waited=timedelta(0), talked=timedelta(0)))
        assert isinstance(await next_of(told), RecordingSealed)
    return await pool.fetchrow("select * from recording where call_id = $1", call)


async def test_ended_call(pool: Pool, asterisk: AsteriskHost, tmp_path: Path) -> None:
    announced = await talk(asterisk, kill=False)
    row = await keep(pool, asterisk, tmp_path, announced)
    assert (row["status"], row["fault"], row["repaired"]) == ("sealed", "", False)
    rate, both = read_wav(tmp_path / "media" / row["path"])
    caller, agent = linear(CALLER)[:2400], linear(AGENT)[:2400]
    assert rate == 8000
    assert similarity(both[:, 0], caller) > 0.9 > 0.3 > similarity(both[:, 0], agent)
    assert similarity(both[:, 1], agent) > 0.9 > 0.3 > similarity(both[:, 1], caller)
    assert not list(asterisk.paths.monitor.glob(f"{announced['File']}*"))


async def test_asterisk_killed_in_the_middle(pool: Pool, own_asterisk: AsteriskHost, tmp_path: Path) -> None:
    announced = await talk(own_asterisk, kill=True)
    sizes = [(own_asterisk.paths.monitor / f"{announced['File']}-{side}.wav").stat().st_size for side in ("rx", "tx")]
    row = await keep(pool, own_asterisk, tmp_path, announced)
    assert (row["status"], row["fault"], row["repaired"]) == ("sealed", "", True)
    _, both = read_wav(tmp_path / "media" / row["path"])
    assert len(both) == max((size - 44) // 2 for size in sizes) > 0
    assert similarity(both[:, 0], linear(CALLER)[:2400]) > 0.9
