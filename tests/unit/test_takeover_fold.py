"""A supervisor's leg in the ledger: listening makes no talk, taking over does."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

from callcenter.calls.facts import LegExpected
from callcenter.calls.fold import apply
from callcenter.calls.state import Role, Stage, begin
from callcenter.core.ids import LegId
from callcenter.pbx.facts import BridgeEntered, BridgeLeft, ChannelEnded, ChannelStarted, ChannelStateChanged, PbxFact

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
CITIZEN, AGENT, OWN = LegId("1.1"), LegId("1.2"), LegId("hl-7")
CHANNELS = {CITIZEN: "PJSIP/carrier-1", AGENT: "PJSIP/8001-2", OWN: "PJSIP/8101-3"}


def channel(leg: LegId, second: int) -> dict[str, Any]:
    at = AT + timedelta(seconds=second)
    return {"pbx": "p", "leg": leg, "linked": CITIZEN, "channel": CHANNELS[leg], "at": at}


def told(leg: LegId, second: int) -> list[PbxFact]:
    caller: dict[str, Any] = {"caller_number": "13900000001", "dialled": "12345", "context": "from-trunk"}
    return [
        ChannelStarted(**channel(leg, second), **caller),
        ChannelStateChanged(**channel(leg, second), state="Up"),
    ]


def expects(purpose: str, second: int) -> LegExpected:
    return LegExpected(pbx="p", at=AT + timedelta(seconds=second), leg=CITIZEN, expected=OWN, purpose=purpose)


TALKING: list[PbxFact] = [
    *told(CITIZEN, 0),
    *told(AGENT, 1),
    BridgeEntered(**channel(CITIZEN, 2), bridge="b1"),
    BridgeEntered(**channel(AGENT, 2), bridge="b1"),
    expects("spy", 3),
    *told(OWN, 4),
]
TAKEN: list[PbxFact] = [
    expects("takeover", 10),
    BridgeEntered(**channel(OWN, 11), bridge="b2"),
    BridgeLeft(**channel(CITIZEN, 12), bridge="b1"),
    BridgeEntered(**channel(CITIZEN, 12), bridge="b2"),
    ChannelEnded(**channel(AGENT, 13), cause=16),
]


def test_a_listening_supervisor_is_no_party() -> None:
    state = reduce(apply, TALKING, begin("p", CITIZEN, AT))
    assert state.legs[OWN].role is Role.SPY
    assert [talk.extension for talk in state.conversations if talk.leg == OWN] == []


def test_a_supervisor_who_takes_over_talks() -> None:
    state = reduce(apply, TALKING + TAKEN, begin("p", CITIZEN, AT))
    assert (state.legs[OWN].role, state.legs[OWN].purpose) == (Role.AGENT, "takeover")
    assert [talk.extension for talk in state.talks if talk.ended_at is None] == ["8101"]
    assert state.stage is Stage.TALKING


def test_a_supervisor_who_is_expected_to_take_over_before_his_telephone_rings() -> None:
    facts = [*TALKING[:-3], expects("takeover", 3), *told(OWN, 4), *TAKEN]
    state = reduce(apply, facts, begin("p", CITIZEN, AT))
    assert state.legs[OWN].role is Role.AGENT
    assert [talk.extension for talk in state.talks if talk.ended_at is None] == ["8101"]
