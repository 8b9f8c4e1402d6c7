"""Who is where in a live call; what a whispered summary says."""

from dataclasses import replace
from datetime import UTC, datetime

from callcenter.calls.state import CallState, Leg, Role, Stage, Wait, begin
from callcenter.core.ids import LegId
from callcenter.transfers.live_parties import agent_of, home_of, parties
from callcenter.transfers.whisper import summary_text

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
CALLER = LegId("pbx1-1.1")


def leg(name: str, channel: str, role: Role, **more: object) -> Leg:
    given = Leg(id=LegId(name), channel=channel, role=role, seen_at=NOON, up=True)
    return replace(given, **more)  # type: ignore[arg-type]


def call(*legs: Leg, stage: Stage = Stage.TALKING) -> CallState:
    caller = leg(CALLER, "PJSIP/carrier-1", Role.CALLER)
    return replace(begin("pbx1", CALLER, NOON), stage=stage, legs={one.id: one for one in (caller, *legs)})


def test_a_plain_talk() -> None:
    seen = parties(call(leg("a", "PJSIP/8001-1", Role.AGENT, bridge="b")))
    assert seen is not None
    assert (seen.room, seen.extension, seen.held, seen.on_the_way) == (CALLER, "8001", False, False)
    assert not seen.agent_in_room
    assert not seen.joined


def test_in_the_room_and_on_hold() -> None:
    agent = leg("a", "PJSIP/8001-1", Role.AGENT, party="agent", bridge="r")
    there = leg(CALLER, "PJSIP/carrier-1", Role.CALLER, party="citizen", bridge="r")
    seen = parties(call(agent, there))
    assert seen is not None
    assert seen.joined
    away = parties(call(agent, replace(there, bridge=None), stage=Stage.ON_HOLD))
    assert away is not None
    assert (away.held, away.agent_in_room, away.joined) == (True, True, False)


def test_nobody() -> None:
    gone = leg(CALLER, "PJSIP/carrier-1", Role.CALLER, ended_at=NOON)
    assert parties(call(gone)) is None
    alone = parties(call(leg("a", "PJSIP/8001-1", Role.AGENT, up=False)))
    assert alone is not None
    assert (alone.agent, alone.extension, alone.joined, alone.agent_in_room) == (None, "", False, False)


def test_whose_operation_it_is() -> None:
    first = leg("a", "PJSIP/8001-1", Role.AGENT)
    colleague = leg("b", "PJSIP/8002-1", Role.AGENT, purpose="guest")
    spy = leg("c", "PJSIP/8009-1", Role.AGENT, purpose="spy")
    state = call(first, colleague, spy)
    assert agent_of(state) is first
    assert agent_of(state, "8002") is colleague
    assert agent_of(state, "8003") is None
    assert agent_of(call(replace(first, up=False)), "8001") is None
    assert agent_of(call(replace(first, ended_at=NOON), colleague, spy)) is colleague
    assert agent_of(call(spy)) is None


def test_the_queue_to_come_back_to() -> None:
    state = call()
    assert home_of(state, "main") == "main"
    waits = (Wait(queue="housing", joined_at=NOON), Wait(queue="", joined_at=NOON))
    assert home_of(replace(state, waits=waits), "main") == "housing"


def test_a_summary_is_short_and_spells_the_orders_number() -> None:
    assert summary_text("税务咨询", "20260302-07", "市民  问 退税", 120) == (
        "12345热线转来税务咨询。工单号2 0 2 6 0 3 0 2 0 7。市民 问 退税"
    )
    assert summary_text("", "", " ", 120) == "12345热线转来电话"
    assert len(summary_text("", "", "很长" * 500, 120)) == 180
