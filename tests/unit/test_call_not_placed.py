"""A call out of which Asterisk could make no channel is over at once, and no hole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from callcenter.calls.facts import OutboundBegan
from callcenter.calls.fold import apply
from callcenter.calls.holes import check
from callcenter.calls.state import CallState, Outcome, Stage, begin
from callcenter.core.ids import LegId
from callcenter.pbx.facts import ChannelStarted, OriginateAnswered

PBX, LEG = "pbx1", LegId("hl-01a20109-94a0-74ac-9922-02430e68fc01")
AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
FAILED = OriginateAnswered(pbx=PBX, at=AT + timedelta(seconds=1), action_id=LEG, success=False, leg=None, reason=0)


def announced() -> CallState:
    began = OutboundBegan(pbx=PBX, at=AT, leg=LEG, purpose="contact", number="+8613800000001", related=None)
    return apply(begin(PBX, LEG, AT), began)


def test_it_ends_as_failed_and_without_a_hole() -> None:
    over = apply(announced(), FAILED)
    assert (over.stage, over.outcome, over.ended_at) == (Stage.ENDED, Outcome.FAILED, FAILED.at)
    assert check(over) == ()
    assert apply(over, replace(FAILED, at=FAILED.at + timedelta(seconds=1))) is over


def test_a_call_that_has_begun_ends_with_its_legs() -> None:
    leg = ChannelStarted(
        pbx=PBX, at=AT, leg=LEG, linked=LEG, channel="PJSIP/8001-1", caller_number="", dialled="", context="hl-out"
    )
    begun = apply(announced(), leg)
    assert apply(begun, FAILED) is begun
    assert apply(announced(), replace(FAILED, success=True)).stage is not Stage.ENDED


def test_it_says_nothing_of_a_call_in() -> None:
    inbound = begin(PBX, LegId("1.1"), AT)
    assert apply(inbound, FAILED) is inbound
