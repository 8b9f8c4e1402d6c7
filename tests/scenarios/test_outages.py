"""Database, manager link or Asterisk itself goes away under a call: nothing that happened is lost or doubled."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from callcenter.sample.desk import Desk
from callcenter.sample.rtp import FRAME, RATE
from callcenter.sample.sipp import Telephone
from tests.scenarios.house import PATIENCE, House, until
from tests.speech_material import Material

pytestmark = pytest.mark.asyncio(loop_scope="module")

MATERIAL = Material()
CALLERS, AGENTS = MATERIAL.clip("damo_nav_8b52324ebf"), MATERIAL.clip("aishell1_las_audio_4")


async def they_talk(caller: Telephone, agent: Telephone) -> None:
    for phone in (caller, agent):
        phone.voice.forget()
    await caller.voice.hears_speech(PATIENCE)
    await agent.voice.hears_speech(PATIENCE)


async def test_the_database_is_away_while_a_call_comes_and_is_answered(house: House) -> None:
    async with house.desk("hw01") as desk, house.agent_phone(AGENTS) as agent:
        await desk.post("/api/desk/presence", {"presence": "ready"})
        usual = await a_call(house, desk, agent, "13900000011")
        async with desk.notices() as notices:
            await house.database.cut()
            async with house.caller("13900000012", CALLERS) as caller:
                await agent.until("answered", PATIENCE, times=2)
                await they_talk(caller, agent)
                state = await shown(notices, presence="talking")
                assert "history_unavailable" in state["offer"]["card"]["notes"]
                assert state["offer"]["card"]["caller_number"] == "+8613900000012"
                assert "database" in await house.away()
                assert house.spool.stat().st_size > 0
                await they_talk(caller, agent)
            await shown(notices, presence="after_call")
            assert b"13900000012" not in house.spool.read_bytes()
            met = "select count(*) from call where caller_key = $1"
            assert await house.sql.fetchval(met, house.key_of("13900000012")) == 0
            await house.database.mend()
        await is_told_as_usual(house, "13900000012", usual)
        await desk.post("/api/desk/presence", {"presence": "offline"})


async def is_told_as_usual(house: House, number: str, usual: UUID) -> None:
    """Every fact of a call of this shape, once; the recording sealed and read; no gap."""
    call = await house.call_of(number, stage="ended")
    assert (call["outcome"], call["extension"], call["has_gap"]) == ("answered", "8001", False)
    assert await kinds_of(house, call["id"]) == await kinds_of(house, usual)
    await until(house.is_ready)
    assert house.spool.stat().st_size == 0
    recording = await house.recording_of(call["id"])
    assert (recording["status"], recording["channels"]) == ("sealed", 2)
    assert (await house.transcript_of(call["id"]))["status"] == "ready"
    assert await house.sql.fetchval("select count(*) from pbx_gap") == 0


async def test_the_manager_link_is_cut_in_mid_call(house: House) -> None:
    async with house.desk("hw01") as desk, house.agent_phone(AGENTS) as agent, desk.notices() as notices:
        await desk.post("/api/desk/presence", {"presence": "ready"})
        async with house.caller("13900000013", CALLERS) as caller:
            await agent.until("answered", PATIENCE)
            await shown(notices, presence="talking")
            await house.ami.cut()
            await shown(notices, pbx_connected=False)
            assert await house.away() == {"ami:pbx1"}
            await they_talk(caller, agent)
        await house.ami.mend()
        await shown(notices, pbx_connected=True, presence="after_call")
        call = await house.call_of("13900000013", stage="ended")
        assert (call["outcome"], call["extension"]) == ("answered", "8001")
        gap = await until(lambda: house.sql.fetchrow("select * from pbx_gap"))
        assert (gap["reason"], gap["recovered_facts"] > 0) == ("link", True)
        assert (await house.recording_of(call["id"]))["status"] == "sealed"
        await desk.post("/api/desk/presence", {"presence": "offline"})


async def test_asterisk_dies_under_a_call_and_is_started_again(house: House) -> None:
    async with house.desk("hw01") as desk, house.desk("hw02") as other, desk.notices() as notices:
        for one in (desk, other):
            await one.post("/api/desk/presence", {"presence": "ready"})
        async with house.agent_phone(AGENTS) as agent:
            async with house.caller("13900000014", CALLERS):
                await agent.until("answered", PATIENCE)
                await until(lambda: heard(agent, seconds=5))  # Asterisk writes the recording in blocks of 2 s
                await house.host.kill()
                await shown(notices, pbx_connected=False)
                await house.host.start()
            await shown(notices, pbx_connected=True, presence="after_call")
            call = await house.call_of("13900000014", stage="ended")
            assert (call["outcome"], call["extension"], call["has_gap"]) == ("answered", "8001", True)
            assert (await house.recording_of(call["id"]))["status"] in {"sealed", "damaged"}
            await until(lambda: members_are(house, {"8001": True, "8002": False}))
            await desk.post("/api/desk/presence", {"presence": "ready"})
            await a_call(house, desk, agent, "13900000015")


async def a_call(house: House, desk: Desk, agent: Telephone, number: str) -> UUID:
    """From the ring to the end, and the agent is ready again."""
    answered = agent.said.count("answered")
    async with house.caller(number, CALLERS) as caller:
        await agent.until("answered", PATIENCE, times=answered + 1)
        await they_talk(caller, agent)
        await they_talk(caller, agent)
    call = await house.call_of(number, stage="ended")
    assert call["outcome"] == "answered"
    await house.desk_shows(desk, presence="after_call")
    await desk.post("/api/desk/presence", {"presence": "ready"})
    found: UUID = call["id"]
    return found


async def heard(phone: Telephone, *, seconds: int) -> bool:
    return phone.voice.packets_heard * FRAME > seconds * RATE


async def shown(notices: "asyncio.Queue[dict[str, Any]]", **wanted: Any) -> Any:
    """The first state pushed to the desk that is as wanted."""
    state: dict[str, Any] = {}
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            while True:
                state = (await notices.get()).get("state") or state
                if state and all(state[name] == value for name, value in wanted.items()):
                    return state
    except TimeoutError:
        raise AssertionError(f"the desk is not shown {wanted}, last: {state}") from None


async def kinds_of(house: House, call: UUID) -> Counter[str]:
    rows = await house.sql.fetch("select kind from call_fact where call_id = $1", call)
    return Counter(row["kind"] for row in rows)


async def members_are(house: House, wanted: dict[str, bool]) -> bool:
    """Asterisk's own word on the members of the main queue, and whether each is paused."""
    lines = (await house.host.command("queue show main")).splitlines()
    return {line.split()[0]: "(paused" in line for line in lines if "PJSIP/" in line} == wanted
