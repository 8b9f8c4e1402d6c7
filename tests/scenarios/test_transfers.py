"""Live calls on the real Asterisk: every means of passing a caller on, every failure, the server killed meanwhile."""

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
import soundfile

from callcenter.sample.desk import Desk, StepFailed
from callcenter.sample.rtp import RATE, alaw, similarity
from callcenter.sample.sipp import Telephone, open_agent, open_busy, open_caller, open_citizen
from tests.scenarios.house import PATIENCE, SECOND, House, until
from tests.simulators.tones import tone

pytestmark = pytest.mark.asyncio(loop_scope="module")

CITIZEN, AGENT, OTHER, LINE = 440.0, 1000.0, 1500.0, 700.0
"""What each telephone says, in Hz, so that it can be told who is heard."""
QUICK = SECOND / 5
NUMBERS = (f"139000001{number:02d}" for number in count(1))


def voice(hertz: float) -> bytes:
    return alaw(tone(hertz))


def loud_at(phone: Telephone, hertz: float) -> bool:
    """Whether the last third of a second heard has the tone in it."""
    heard = phone.voice.heard[-RATE // 3 :].astype(np.float64)
    if len(heard) < RATE // 3:
        return False
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    place = round(hertz * len(heard) / RATE)
    return bool(spectrum[place - 2 : place + 3].max() > 1.5e6)


async def hears(phone: Telephone, *hertz: float, never: tuple[float, ...] = ()) -> None:
    """Until the phone hears all these tones and none of the others. Raises AssertionError."""

    async def look() -> bool | None:
        return (all(loud_at(phone, one) for one in hertz) and not any(loud_at(phone, one) for one in never)) or None

    phone.voice.forget()
    try:
        await until(look, 10 * SECOND)
    except TimeoutError:
        tones = {one for one in (CITIZEN, AGENT, OTHER, LINE) if loud_at(phone, one)}
        raise AssertionError(f"heard {tones}, wanted {hertz} and not {never}") from None


@dataclass(slots=True)
class Talk:
    """A citizen with the agent 8001 (hw01)."""

    house: House
    desk: Desk
    call: UUID
    citizen: Telephone
    agent: Telephone

    async def press(self, what: str, **body: Any) -> Any:
        return await self.desk.post(f"/api/calls/{self.call}/{what}", body)

    async def live(self) -> Any:
        return await self.desk.get(f"/api/calls/{self.call}/live")

    async def shows(self, **wanted: Any) -> Any:
        """The live state, as soon as it is as wanted."""

        async def look() -> Any:
            seen = await self.live()
            return seen if all(seen[name] == value for name, value in wanted.items()) else None

        return await until(look, 15 * SECOND)

    async def row(self, transfer: UUID, **wanted: Any) -> Any:
        """The transfer's row, as soon as it is as wanted."""
        seen: list[Any] = []

        async def look() -> Any:
            row = await self.house.sql.fetchrow("select * from transfer_attempt where id = $1", transfer)
            seen[:] = [row]
            return row if row and all(row[name] == value for name, value in wanted.items()) else None

        try:
            return await until(look, 30 * SECOND)
        except TimeoutError:
            raise AssertionError(f"the transfer is not {wanted}: {seen}") from None

    async def transfer(self, **body: Any) -> UUID:
        transfer = uuid4()
        await self.press("transfer", id=str(transfer), **body)
        return transfer


@asynccontextmanager
async def phone_of(house: House, extension: str, hertz: float) -> AsyncIterator[Telephone]:
    secret = house.state.sip_secret_of(extension)
    async with open_agent(house.exchange, extension=extension, secret=secret, speech=voice(hertz), ring=QUICK) as phone:
        yield phone


@asynccontextmanager
async def talking(house: House) -> AsyncIterator[Talk]:
    number = next(NUMBERS)
    async with house.desk("hw01") as desk, phone_of(house, "8001", AGENT) as agent:
        await desk.post("/api/desk/presence", {"presence": "ready"})
        async with open_caller(
            house.exchange, dial="12345", caller=number, speech=voice(CITIZEN), hold=120 * SECOND
        ) as citizen:
            await citizen.voice.hears_speech(PATIENCE)
            citizen.voice.press("9")  # a key that means nothing ends the greeting
            await agent.until("answered", PATIENCE)
            call = (await house.call_of(number, stage="talking"))["id"]
            yield Talk(house, desk, call, citizen, agent)
        await house.call_of(number, stage="ended")
        await house.desk_shows(desk, presence="after_call")


@asynccontextmanager
async def rescue(house: House, ring: timedelta = QUICK) -> AsyncIterator[Telephone]:
    """Whoever is behind the emergency trunk: 110, 119 ..."""
    port = house.state.ports["rescue"]
    async with open_citizen(house.exchange, port=port, speech=voice(LINE), ring=ring) as phone:
        yield phone


async def is_ready(house: House, colleague: Desk) -> None:
    await colleague.post("/api/desk/presence", {"presence": "ready"})
    await house.desk_shows(colleague, presence="ready", reachable=True)


async def test_hold_mute_and_nobody_reached(house: House) -> None:
    async with talking(house) as talk:
        await hears(talk.citizen, AGENT)
        assert (await talk.press("hold"))["held"]
        assert (await talk.press("hold"))["held"], "a second press changes nothing"
        await hears(talk.citizen, never=(AGENT,))
        await hears(talk.agent, never=(CITIZEN,))
        assert not (await talk.press("resume"))["held"]
        await hears(talk.citizen, AGENT)
        assert (await talk.press("mute"))["muted"]
        await hears(talk.citizen, never=(AGENT,))
        await hears(talk.agent, CITIZEN)
        assert not (await talk.press("unmute"))["muted"]
        await hears(talk.citizen, AGENT)
        async with house.desk("hw02") as stranger:
            with pytest.raises(StepFailed, match="not-on-call"):
                await stranger.post(f"/api/calls/{talk.call}/hold", {})
        async with open_busy(house.exchange, port=house.state.ports["citizens"]):
            await _consulted_in_vain(talk)
            await _sent_in_vain(talk)
        assert (await talk.press("hold"))["held"], "the call goes on as any other"


async def _consulted_in_vain(talk: Talk) -> None:
    transfer = uuid4()
    await talk.press("consult", id=str(transfer), number="13911112222")
    row = await talk.row(transfer, outcome="not_reached")
    assert row["failure"] == "busy"
    await talk.shows(held=False)
    await hears(talk.citizen, AGENT)
    await hears(talk.agent, CITIZEN)


async def _sent_in_vain(talk: Talk) -> None:
    transfer = await talk.transfer(number="13911112222", mode="one_key")
    await talk.agent.until("answered", PATIENCE, times=2)
    row = await talk.row(transfer, outcome="back_to_agent")
    assert (row["failure"], row["back_to_agent"], row["used_fallback"]) == ("busy", True, False)
    await hears(talk.citizen, AGENT)
    await talk.shows(stage="talking")


@pytest.mark.rule("JC-13", "A-24")
async def test_an_emergency_line_joins_by_its_second_phone_and_the_agent_leaves(house: House) -> None:
    async with talking(house) as talk:
        offered = await talk.desk.post(f"/api/calls/{talk.call}/targets", {"text": "有人要跳楼"})
        assert offered["proposed"][0]["matter"] == "suicide"
        with pytest.raises(StepFailed, match="nobody-there"):
            await talk.press("leave")
        async with open_busy(house.exchange, port=house.state.ports["rescue"], times=1) as engaged:
            transfer = await talk.transfer(matter="suicide")
            await engaged.ended(PATIENCE)
        async with rescue(house) as police:
            await police.until("answered", PATIENCE)
            row = await talk.row(transfer, outcome="answered")
            assert (row["target"], row["mode"], row["emergency"], row["matter_version"]) == (
                "110",
                "three_way",
                True,
                1,
            )
            assert (row["failure"], row["used_fallback"]) == ("busy", True)
            assert row["time_to_answer"] > timedelta(0)
            await hears(talk.citizen, AGENT, LINE)
            await hears(police, AGENT, CITIZEN)
            await talk.desk.post(f"/api/transfers/{transfer}/case", {"remote_case_no": "110-2026-0007"})
            await talk.press("leave")
            await hears(talk.citizen, LINE, never=(AGENT,))
            await police.hang_up()
            await talk.citizen.until("bye", PATIENCE)
        row = await talk.row(transfer, remote_case_no="110-2026-0007")
        assert row["ended_at"] is not None


async def test_a_consultation_with_a_colleague_becomes_a_three_way_call(house: House) -> None:
    async with house.desk("hw02") as colleague, phone_of(house, "8002", OTHER) as other, talking(house) as talk:
        with pytest.raises(StepFailed, match="seat-not-free"):
            await talk.press("consult", target="seat/8003")
        await is_ready(house, colleague)
        transfer = uuid4()
        await talk.press("consult", id=str(transfer), target="seat/8002")
        await other.until("answered", PATIENCE)
        await hears(other, AGENT, never=(CITIZEN,))
        await talk.row(transfer, outcome="answered")
        await talk.press("merge")
        await hears(talk.citizen, AGENT, OTHER)
        await talk.press("leave")
        await hears(talk.citizen, OTHER, never=(AGENT,))
        await hears(other, CITIZEN)
        held = await colleague.post(f"/api/calls/{talk.call}/hold", {})
        assert held["held"], "the colleague has the call now"


async def test_one_key_to_a_colleague_who_alone_hears_the_summary(house: House) -> None:
    async with house.desk("hw02") as colleague, phone_of(house, "8002", OTHER) as other, talking(house) as talk:
        await is_ready(house, colleague)
        transfer = await talk.transfer(target="seat/8002", mode="one_key", summary="来电人咨询停水")
        (sound,) = house.host.paths.sounds.glob(f"zh/hotline/summary-{transfer}.wav")
        spoken = soundfile.read(sound, dtype="int16")[0]
        await other.until("answered", PATIENCE)

        async def joined() -> bool | None:
            return loud_at(other, CITIZEN) or None

        await until(joined)
        assert similarity(other.voice.heard, spoken) > 0.6
        assert similarity(talk.citizen.voice.heard, spoken) < 0.3
        await hears(talk.citizen, OTHER, never=(AGENT,))
        await talk.agent.until("bye", PATIENCE)
        await talk.row(transfer, outcome="answered", failure="")
        await talk.citizen.hang_up()

        async def removed() -> bool | None:
            return None if sound.exists() else True

        await until(removed)


async def test_the_server_is_killed_while_a_line_is_rung(house: House) -> None:
    async with talking(house) as talk, rescue(house, ring=4 * SECOND) as fire:
        transfer = await talk.transfer(target="119")
        await fire.until("offered", PATIENCE)
        house.signal_server(signal.SIGKILL)
        await hears(talk.citizen, AGENT)
        await fire.until("answered", PATIENCE)
        await hears(talk.citizen, AGENT, LINE)
        await house.end_server()
        await house.start_server()
        row = await talk.row(transfer, outcome="answered")
        assert row["answered_at"] is not None
        await talk.shows(stage="talking")
        await talk.press("leave")
        await hears(talk.citizen, LINE, never=(AGENT,))
