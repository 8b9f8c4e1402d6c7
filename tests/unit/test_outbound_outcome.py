"""What proves a contact: agent and citizen in one bridge, for long enough, whoever told it."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.core.ids import LegId
from callcenter.outbound.outcome import Outcome, Seen, outcome_of, talked

AGENT, CITIZEN, GUEST = LegId("hl-1"), LegId("pbx-2"), LegId("pbx-3")
LEAST = timedelta(seconds=5)
BEGAN = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def seen(seconds: float, kind: str, leg: LegId = CITIZEN, bridge: str = "", status: str = "") -> Seen:
    at = BEGAN + timedelta(seconds=seconds)
    return Seen(at=at, kind=kind, leg=leg, citizen=leg == CITIZEN, bridge=bridge, status=status)


def judge(*facts: Seen) -> tuple[Outcome, float]:
    talk = talked(facts, AGENT)
    return outcome_of(facts, AGENT, talk, LEAST), talk.total_seconds()


TALK = (
    seen(0, "DialEnded", AGENT, status="ANSWER"),
    seen(0, "DialplanMarked", AGENT, status="RINGING"),
    seen(3, "DialEnded", status="ANSWER"),
    seen(3, "DialplanMarked", status="ANSWER"),
    seen(3, "BridgeEntered", CITIZEN, "b"),
    seen(4, "BridgeEntered", AGENT, "b"),
)


def test_a_talk_ends_with_whoever_hangs_up_first() -> None:
    assert judge(*TALK, seen(24, "BridgeLeft", CITIZEN, "b"), seen(25, "ChannelEnded", AGENT)) == (Outcome.REACHED, 20)
    assert judge(*TALK, seen(14, "ChannelEnded", AGENT), seen(25, "ChannelEnded")) == (Outcome.REACHED, 10)
    assert judge(*TALK, seen(9, "LegVanished"), seen(25, "ChannelEnded", AGENT)) == (Outcome.REACHED, 5)


def test_a_talk_that_is_over_at_once_proves_nothing() -> None:
    assert judge(*TALK, seen(8.9, "ChannelEnded")) == (Outcome.TOO_SHORT, 4.9)


def test_facts_told_twice_count_once() -> None:
    again = (seen(4.1, "BridgeEntered", CITIZEN, "b"), seen(4.2, "BridgeEntered", AGENT, "b"))
    ends = (seen(14, "BridgeLeft", CITIZEN, "b"), seen(14.1, "BridgeLeft", CITIZEN, "b"), seen(15, "ChannelEnded"))
    assert judge(*TALK, *again, *ends) == (Outcome.REACHED, 10)


def test_moving_to_a_room_together_goes_on() -> None:
    moved = (
        seen(10, "BridgeLeft", CITIZEN, "b"),
        seen(10, "BridgeEntered", CITIZEN, "room"),
        seen(11, "BridgeLeft", CITIZEN, "b"),  # the old bridge's end, told late
        seen(12, "BridgeLeft", AGENT, "b"),
        seen(12, "BridgeEntered", AGENT, "room"),
    )
    assert judge(*TALK, *moved, seen(20, "ChannelEnded", AGENT)) == (Outcome.REACHED, 14)


def test_a_guest_is_no_citizen() -> None:
    guest = (
        seen(4, "BridgeEntered", GUEST, "g"),
        seen(5, "BridgeEntered", AGENT, "g"),
        seen(60, "ChannelEnded", GUEST),
    )
    assert judge(*guest, seen(61, "ChannelEnded", AGENT)) == (Outcome.AGENT_ABSENT, 0)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("NOANSWER", Outcome.NO_ANSWER),
        ("BUSY", Outcome.BUSY),
        ("CANCEL", Outcome.CANCELLED),
        ("CONGESTION", Outcome.FAILED),
        ("CHANUNAVAIL", Outcome.FAILED),
    ],
)
def test_without_a_talk_the_dial_tells(status: str, outcome: Outcome) -> None:
    assert judge(seen(0, "DialStarted"), seen(30, "DialEnded", status=status)) == (outcome, 0)
    assert judge(seen(30, "DialplanMarked", AGENT, status=status)) == (outcome, 0)


def test_of_several_trunks_the_last_tells() -> None:
    assert judge(seen(1, "DialEnded", status="CONGESTION"), seen(9, "DialEnded", status="BUSY"))[0] is Outcome.BUSY


def test_the_agents_own_telephone_says_nothing_of_the_citizen() -> None:
    assert judge(seen(0, "DialEnded", AGENT, status="BUSY"), seen(1, "ChannelEnded", AGENT))[0] is Outcome.AGENT_ABSENT


def test_a_citizen_who_was_rung_and_nothing_tells_how_it_ended() -> None:
    assert judge(seen(0, "DialStarted"), seen(9, "ChannelEnded"))[0] is Outcome.UNKNOWN
