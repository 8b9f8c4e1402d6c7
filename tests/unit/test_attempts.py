"""A transfer attempt as Asterisk's marks tell it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callcenter.core.ids import CallId, LegId, UserId, new_id
from callcenter.transfers.attempts import (
    Attempt,
    Outcome,
    Place,
    TransferId,
    call_ended,
    case_noted,
    gone,
    reached,
    settled,
)
from callcenter.transfers.matrix import Means

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def attempt(**changed: Any) -> Attempt:
    given: dict[str, Any] = {
        "id": TransferId(new_id()),
        "call": CallId(new_id()),
        "pbx": "pbx1",
        "room": LegId("pbx1-1.1"),
        "actor": UserId(new_id()),
        "extension": "8001",
        "place": Place.LINE,
        "target": "110",
        "mode": Means.THREE_WAY,
        "version": 1,
        "keeper": "110",
        "asked_at": NOON,
    }
    return Attempt(**{**given, **changed})


def told(one: Attempt, *marks: tuple[str, str]) -> Attempt:
    for place, (step, status) in enumerate(marks, 1):
        one = reached(one, step, status, later(place))
    return one


def test_answered() -> None:
    one = told(attempt(), ("target", "RINGING"), ("target", "ANSWER"))
    assert (one.outcome, one.ringing_at, one.answered_at, one.there) == (Outcome.ANSWERED, later(1), later(2), True)
    assert one.time_to_answer == timedelta(seconds=2)
    assert one.leg == f"hl-{one.id}"
    over = gone(one, later(60))
    assert (over.outcome, over.ended_at, over.there) == (Outcome.ANSWERED, later(60), False)
    assert gone(over, later(61)) is over
    assert call_ended(over, later(61)) is over


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        ("BUSY", "busy"),
        ("NOANSWER", "no_answer"),
        ("CONGESTION", "rejected"),
        ("CHANUNAVAIL", "unreachable"),
        ("CANCEL", "cancelled"),
        ("DONTCALL", "unreachable"),
    ],
)
def test_the_fallback_answers(status: str, failure: str) -> None:
    marks = ("target", "RINGING"), ("target", status), ("fallback", "RINGING"), ("fallback", "ANSWER")
    one = told(attempt(), *marks)
    assert (one.failure, one.used_fallback, one.outcome) == (failure, True, Outcome.ANSWERED)
    assert one.ringing_at == later(1)


def test_nobody_comes_to_the_room() -> None:
    one = told(attempt(), ("target", "RINGING"), ("target", "BUSY"), ("fallback", "RINGING"), ("fallback", "NOANSWER"))
    assert one.under_way
    assert one.joins
    over = gone(one, later(9))
    assert (over.outcome, over.failure, over.ended_at) == (Outcome.NOT_REACHED, "busy", later(9))
    assert over.time_to_answer is None


def test_the_caller_comes_back_to_the_agent_or_to_the_queue() -> None:
    one = attempt(mode=Means.ONE_KEY)
    assert not one.joins
    back = told(one, ("target", "RINGING"), ("target", "NOANSWER"), ("agent", "RINGING"), ("agent", "ANSWER"))
    assert (back.outcome, back.ended_at, back.answered_at) == (Outcome.BACK_TO_AGENT, later(4), None)
    assert not back.there
    queued = told(one, ("target", "BUSY"), ("agent", "RINGING"), ("agent", "NOANSWER"), ("queue", "RINGING"))
    assert (queued.outcome, queued.ringing_at) == (Outcome.QUEUED, None)
    assert told(one, ("elsewhere", "ANSWER")).outcome is Outcome.UNKNOWN


def test_what_is_over_hears_no_more() -> None:
    over = settled(attempt(), Outcome.CANCELLED, later(1))
    assert reached(over, "target", "ANSWER", later(2)) is over
    assert call_ended(attempt(), later(3)).outcome is Outcome.ABANDONED


def test_a_case_number_is_noted_and_never_shown() -> None:
    noted = case_noted(attempt(), "A-7", later(5))
    assert (noted.remote_case_no, noted.case_noted_at) == ("A-7", later(5))
    assert "A-7" not in repr(noted)
    assert repr(attempt()).endswith("asked)")
