"""A supervisor in real calls, through the API: who hears whom in each mode, take-over, the front of the queue. Each
telephone speaks a tone of its own, so that what is heard tells who is heard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import pytest

from callcenter.sample.desk import Desk
from callcenter.sample.rtp import alaw
from callcenter.sample.sipp import Telephone, open_agent, open_caller
from tests.scenarios.house import PATIENCE, SECOND, House, until
from tests.simulators.tones import strength, tone

pytestmark = pytest.mark.asyncio(loop_scope="module")

CITIZEN, AGENT, BOSS = 440.0, 1000.0, 1700.0
"""Hertz of what each of them says."""
AUDIBLE: Final = 1000.0
"""Of the 8000 that each tone is spoken with; leaking codecs stay far below."""
SPIES: Final = "/api/supervision/sessions"


async def hears(phone: Telephone, *voices: float) -> None:
    """Returns when the telephone hears these tones and no other of the three."""

    async def so() -> bool:
        sound = phone.voice.heard
        return all((strength(sound, one) > AUDIBLE) is (one in voices) for one in (CITIZEN, AGENT, BOSS))

    phone.voice.forget()
    try:
        await until(so, 6 * SECOND)
    except TimeoutError:
        heard = {one: round(strength(phone.voice.heard, one)) for one in (CITIZEN, AGENT, BOSS)}
        raise AssertionError(f"hears {heard}, not just {voices}") from None


@asynccontextmanager
async def seat(house: House, extension: str, hertz: float) -> AsyncIterator[Telephone]:
    secret = house.state.sip_secret_of(extension)
    async with open_agent(house.exchange, extension=extension, secret=secret, speech=alaw(tone(hertz))) as phone:
        yield phone


@asynccontextmanager
async def citizen(house: House, number: str) -> AsyncIterator[Telephone]:
    speech = alaw(tone(CITIZEN))
    hold = timedelta(seconds=60)
    async with open_caller(house.exchange, dial="12345", caller=number, speech=speech, hold=hold) as phone:
        yield phone


@asynccontextmanager
async def talk(house: House, number: str) -> AsyncIterator[tuple[Telephone, Telephone, Desk, str]]:
    """Citizen's and agent's telephones, the supervisor's desk, and the call."""
    async with seat(house, "8001", AGENT) as agent, house.desk("hw01") as hw01, house.desk("bz01") as boss:
        await hw01.post("/api/desk/presence", {"presence": "ready"})
        async with citizen(house, number) as caller:
            await agent.until("answered", PATIENCE)
            call = await house.call_of(number, stage="talking")
            yield caller, agent, boss, str(call["id"])
        await house.desk_shows(hw01, presence="after_call")
        await hw01.post("/api/desk/presence", {"presence": "offline"})


async def in_mode(house: House, session: str, mode: str | None) -> Any:
    """The intrusion's row, as soon as Asterisk has told the mode."""

    async def look() -> Any:
        row = await house.sql.fetchrow(
            "select s.*, m.mode from supervision_session s left join supervision_mode m"
            " on m.session_id = s.id and m.until is null where s.id = $1",
            session,
        )
        return row if row and row["mode"] == mode else None

    try:
        return await until(look, 15 * SECOND)
    except TimeoutError:
        row = await house.sql.fetchrow("select call_id, outcome from supervision_session where id = $1", session)
        facts = await house.facts_of(row["call_id"]) if row else []
        raise AssertionError(f"the intrusion is not {mode}: {row}, {facts}") from None


async def test_listen_whisper_barge_and_leave(house: House) -> None:
    async with talk(house, "13900000061") as (caller, agent, boss, call), seat(house, "8101", BOSS) as own:
        begun = await boss.post(SPIES, {"call_id": call, "mode": "listen", "reason": "质量检查"})
        await in_mode(house, begun["id"], "listen")
        await hears(own, CITIZEN, AGENT)
        await hears(agent, CITIZEN)
        await hears(caller, AGENT)
        async with house.desk("hw01") as hw01:
            assert (await hw01.get("/api/desk/supervision"))["items"] == []
            await boss.post(f"{SPIES}/{begun['id']}/mode", {"mode": "whisper"})
            await in_mode(house, begun["id"], "whisper")
            (told,) = (await hw01.get("/api/desk/supervision"))["items"]
            assert (told["supervisor"], told["mode"]) == ("班长何", "whisper")
        await hears(agent, CITIZEN, BOSS)
        await hears(caller, AGENT)
        await boss.post(f"{SPIES}/{begun['id']}/mode", {"mode": "barge"})
        await in_mode(house, begun["id"], "barge")
        await hears(caller, AGENT, BOSS)
        await hears(agent, CITIZEN, BOSS)
        await hears(own, CITIZEN, AGENT)
        await boss._ask("DELETE", f"{SPIES}/{begun['id']}", None)
        ended = await in_mode(house, begun["id"], None)
        assert (ended["outcome"], own.said.count("offered")) == ("done", 1), "no mode rang the telephone again"
        await hears(caller, AGENT)
        detail = await boss.get(f"/api/calls/{call}")
        assert [leg["role"] for leg in detail["legs"] if leg["channel"].startswith("PJSIP/8101-")] == ["spy"]
    row = await house.call_of("13900000061", stage="ended", outcome="answered")
    assert row["extension"] == "8001"
    acts = await house.sql.fetch("select action from audit_log where subject_id = $1 order by at", call)
    assert [act["action"] for act in acts if act["action"] != "number_viewed"] == [
        "call_listened",
        "call_whispered",
        "call_barged",
    ]


async def test_barging_into_a_room_and_taking_over(house: House) -> None:
    async with talk(house, "13900000062") as (caller, agent, boss, call), seat(house, "8101", BOSS) as own:
        begun = await boss.post(SPIES, {"call_id": call, "mode": "listen", "reason": "投诉处置"})
        await in_mode(house, begun["id"], "listen")
        async with house.desk("hw01") as hw01:
            await hw01.post(f"/api/calls/{call}/hold", {})
            await hw01.post(f"/api/calls/{call}/resume", {})
        await hears(caller, AGENT)
        await hears(own, CITIZEN, AGENT)
        await boss.post(f"{SPIES}/{begun['id']}/mode", {"mode": "barge"})
        await in_mode(house, begun["id"], "barge")
        await hears(caller, AGENT, BOSS)
        await boss.post(f"{SPIES}/{begun['id']}/mode", {"mode": "listen"})
        await in_mode(house, begun["id"], "listen")
        await hears(caller, AGENT)
        await hears(own, CITIZEN, AGENT)
        await boss.post(f"{SPIES}/{begun['id']}/mode", {"mode": "take_over"})
        await in_mode(house, begun["id"], "take_over")
        await agent.until("bye", PATIENCE)
        await hears(caller, BOSS)
        await hears(own, CITIZEN)
        taken = await house.call_of("13900000062", stage="talking", extension="8101")
        assert "bye" not in caller.said
        assert str(taken["id"]) == call
        await own.hang_up()
        await caller.until("bye", PATIENCE)
        assert (await in_mode(house, begun["id"], None))["outcome"] == "done"


async def test_a_caller_to_the_front_and_a_call_taken_over_at_once(house: House) -> None:
    async with house.desk("bz01") as boss, house.desk("hw01") as hw01, citizen(house, "13900000064") as first:
        await house.call_of("13900000064")
        async with citizen(house, "13900000065") as second:
            await house.call_of("13900000064", stage="queued")
            last = await house.call_of("13900000065", stage="queued")
            board = await boss.get("/api/board")
            assert [line["number"][-4:] for line in board["waiting"]] == ["0064", "0065"]
            await boss.post(f"/api/supervision/calls/{last['id']}/front", {"reason": "应急处置"})
            async with seat(house, "8001", AGENT) as agent, seat(house, "8101", BOSS) as own:
                await hw01.post("/api/desk/presence", {"presence": "ready"})
                await agent.until("answered", PATIENCE)
                await hears(second, AGENT)
                waits = await house.call_of("13900000064")
                assert waits["stage"] == "queued", "the one who came first still waits"
                call = await house.call_of("13900000065", stage="talking")
                (line,) = [one for one in (await boss.get("/api/board"))["agents"] if one["extension"] == "8001"]
                assert (line["presence"], line["number"][-4:]) == ("talking", "0065")
                over = {"call_id": str(call["id"]), "mode": "take_over", "reason": "应急处置"}
                begun = await boss.post(SPIES, over)
                await in_mode(house, begun["id"], "take_over")
                await agent.until("bye", PATIENCE)
                await hears(second, BOSS)
                await hears(own, CITIZEN)
                assert "bye" not in second.said
                await house.desk_shows(hw01, presence="after_call")
                await hw01.post("/api/desk/presence", {"presence": "offline"})
                await second.hang_up()
        await first.hang_up()
