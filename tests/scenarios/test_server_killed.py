"""The real server dies or hangs under three callers at once; when it is back, ledger, seats and recordings are true."""

import signal
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from callcenter.sample.sipp import Telephone
from tests.scenarios.house import PATIENCE, SECOND, House
from tests.speech_material import Material

pytestmark = pytest.mark.asyncio(loop_scope="module")

CITIZENS = {
    signal.SIGKILL: ("13900000001", "13900000002", "13900000003"),
    signal.SIGSTOP: ("13900000004", "13900000005", "13900000006"),
}
"""Who talks, waits and is greeted; others for each fault, since who rings again is led past the queue."""
SAVED = timedelta(seconds=45)
"""The dead-man's switch of the greeting, the announcement of the safe branch and the agent's ringing."""
MATERIAL = Material()
CALLERS, AGENTS = MATERIAL.clip("damo_nav_8b52324ebf"), MATERIAL.clip("aishell1_las_audio_4")


async def they_talk(caller: Telephone, agent: Telephone) -> None:
    """Each hears the other, now."""
    for phone in (caller, agent):
        phone.voice.forget()
    await caller.voice.hears_speech(PATIENCE)
    await agent.voice.hears_speech(PATIENCE)
    assert "bye" not in caller.said


@pytest.fixture(params=[signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hung"])
def fault(request: pytest.FixtureRequest) -> signal.Signals:
    number: signal.Signals = request.param
    return number


async def test_no_caller_is_lost_and_afterwards_everything_is_known(house: House, fault: signal.Signals) -> None:
    citizens = CITIZENS[fault]
    talks, waits, is_greeted = citizens
    async with house.desk("hw01") as desk:
        await desk.post("/api/desk/presence", {"presence": "ready"})
    async with (
        house.agent_phone(AGENTS) as agent,
        house.caller(talks, CALLERS) as talking,
        AsyncExitStack() as later,
    ):
        await agent.until("answered", PATIENCE)
        await house.call_of(talks, stage="talking")
        waiting = await later.enter_async_context(house.caller(waits, CALLERS))
        await house.call_of(waits, stage="queued")
        greeted = await later.enter_async_context(house.caller(is_greeted, CALLERS))
        await greeted.voice.hears_speech(PATIENCE)
        await house.call_of(is_greeted, stage="arrived")
        house.signal_server(fault)
        await they_talk(talking, agent)
        await talking.hang_up()
        await agent.until("answered", SAVED, times=2)
        await they_talk(waiting, agent)
        await waiting.hang_up()
        await agent.until("answered", SAVED, times=3)
        await they_talk(greeted, agent)
        await house.end_server()
        await house.start_server()
        await they_talk(greeted, agent)
        await sees_the_talk(house, *citizens)
        await greeted.hang_up()
        await knows_all_three(house, citizens)


async def sees_the_talk(house: House, talked: str, waited: str, greeted: str) -> None:
    """The desk and the ledger show what Asterisk has: one caller, who talks with 8001."""
    call = await house.call_of(greeted, stage="talking", within=5 * SECOND, extension="8001")
    assert (await house.call_of(talked))["outcome"] == "answered"
    assert (await house.call_of(waited))["outcome"] == "answered"
    assert await house.sql.fetchval("select count(*) from call where ended_at is null") == 1
    async with house.desk("hw01") as desk:
        state = await house.desk_shows(desk, presence="talking")
        assert state["offer"]["call_id"] == str(call["id"])
        assert state["offer"]["card"]["hotline"]


async def knows_all_three(house: House, citizens: tuple[str, ...]) -> None:
    """Each call with its agent and its talk; the hole is shown and filled; each recording is sealed and read."""
    for number in citizens:
        call = await house.call_of(number, stage="ended")
        assert (call["outcome"], call["extension"], call["has_gap"]) == ("answered", "8001", True)
        assert call["queued_at"] <= call["answered_at"] < call["ended_at"]
        assert call["talked"] > SECOND / 2
        assert (
            await house.sql.fetchval(
                "select count(*) from call_leg where call_id = $1 and ended_at is null", call["id"]
            )
            == 0
        )
        recording = await house.recording_of(call["id"])
        assert (recording["status"], recording["channels"]) == ("sealed", 2)
        assert abs(recording["seconds"] - call["talked"].total_seconds()) < 1.5
        transcript = await house.transcript_of(call["id"])
        assert transcript["status"] == "ready"
    gap = await house.sql.fetchrow("select * from pbx_gap order by until desc limit 1")
    assert gap is not None
    assert (gap["reason"], gap["recovered_facts"] > 10) == ("server", True)
    async with house.desk("hw01") as desk:
        await house.desk_shows(desk, presence="after_call")
        await desk.post("/api/desk/presence", {"presence": "offline"})
