"""When a citizen is rung, and what an attempt came to."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from callcenter.callbacks.config import CallbackConfig
from callcenter.callbacks.policy import (
    Outcome,
    Verdict,
    allowed_from,
    dialable,
    next_at,
    outcome_of,
    verdict,
)

CITY = ZoneInfo("Asia/Shanghai")
CONFIG = CallbackConfig()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-03-02T08:59:59", "2026-03-02T09:00:00"),
        ("2026-03-02T09:00:00", "2026-03-02T09:00:00"),
        ("2026-03-02T19:59:59", "2026-03-02T19:59:59"),
        ("2026-03-02T20:00:00", "2026-03-03T09:00:00"),
        ("2026-12-31T23:30:00", "2027-01-01T09:00:00"),
        ("2026-03-02T00:10:00", "2026-03-02T09:00:00"),
    ],
)
def test_the_window_is_of_the_citys_day(at: str, allowed: str) -> None:
    assert allowed_from(local(at), CONFIG, CITY) == local(allowed)


@given(st.integers(0, 10**7).map(lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)))
def test_the_allowed_instant_is_in_the_window_and_never_earlier(at: datetime) -> None:
    allowed = allowed_from(at, CONFIG, CITY)
    assert at <= allowed < at + timedelta(days=1)
    assert CONFIG.begin <= allowed.astimezone(CITY).time() < CONFIG.end
    assert allowed.tzinfo is UTC


def test_summer_time_moves_the_window_with_the_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before_change = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    assert allowed_from(before_change, CONFIG, berlin) == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "rings", "again"),
    [
        (Outcome.NO_ANSWER, 1, "2026-03-02T13:00:00"),
        (Outcome.NO_ANSWER, 2, "2026-03-02T13:00:00"),
        (Outcome.NO_ANSWER, 3, None),
        (Outcome.BUSY, 1, "2026-03-02T10:20:00"),
        (Outcome.FAILED, 1, "2026-03-02T11:00:00"),
        (Outcome.UNKNOWN, 1, "2026-03-02T13:00:00"),
        (Outcome.UNKNOWN, 3, None),
        (Outcome.NO_SURVEY, 1, "2026-03-03T10:00:00"),
        (Outcome.NO_SURVEY, 3, None),
        (Outcome.UNSENT, 0, "2026-03-02T10:01:00"),
        (Outcome.UNSENT, 9, "2026-03-02T10:01:00"),
        (Outcome.HELD, 0, "2026-03-02T11:00:00"),
        (Outcome.HELD, 9, "2026-03-02T11:00:00"),
        (Outcome.REFUSED, 0, None),
        (Outcome.ANSWERED, 1, None),
        (Outcome.NO_NUMBER, 0, None),
    ],
)
def test_each_outcome_has_its_next_attempt_up_to_the_last(outcome: Outcome, rings: int, again: str | None) -> None:
    found = next_at(outcome, rings, local("2026-03-02T10:00:00"), CONFIG, CITY)
    assert found == (None if again is None else local(again))


def test_a_retry_that_falls_into_the_night_waits_for_the_morning() -> None:
    assert next_at(Outcome.NO_ANSWER, 1, local("2026-03-02T18:00:00"), CONFIG, CITY) == local("2026-03-03T09:00:00")


@pytest.mark.parametrize(
    ("answers", "given_", "decides"),
    [
        ({"resolved": "1", "satisfied": "1"}, Verdict(True, True), True),
        ({"resolved": "1", "satisfied": "2"}, Verdict(True, True), True),
        ({"resolved": "1", "satisfied": "3"}, Verdict(True, False), True),
        ({"resolved": "2"}, Verdict(False, None), True),
        ({"resolved": "1"}, Verdict(True, None), False),
        ({}, Verdict(None, None), False),
        ({"resolved": "9", "satisfied": ""}, Verdict(None, None), False),
    ],
)
def test_the_verdict_of_the_keys(answers: dict[str, str], given_: Verdict, decides: bool) -> None:
    found = verdict(answers, fairly_counts=True)
    assert (found, found.decides) == (given_, decides)


def test_fairly_satisfied_is_the_citys_choice() -> None:
    answers = {"resolved": "1", "satisfied": "2"}
    assert verdict(answers, fairly_counts=False) == Verdict(True, False)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("ANSWER", Outcome.NO_SURVEY),
        ("BUSY", Outcome.BUSY),
        ("NOANSWER", Outcome.NO_ANSWER),
        ("CANCEL", Outcome.NO_ANSWER),
        ("CONGESTION", Outcome.FAILED),
        ("CHANUNAVAIL", Outcome.FAILED),
        ("INVALIDARGS", Outcome.FAILED),
        ("dialling", Outcome.UNKNOWN),
        ("void", Outcome.UNSENT),
        (None, Outcome.UNSENT),
    ],
)
def test_the_outcome_of_the_mark(status: str | None, outcome: Outcome) -> None:
    assert outcome_of(status, Verdict()) is outcome


def test_an_answer_counts_only_with_a_verdict() -> None:
    assert outcome_of("ANSWER", Verdict(True, True)) is Outcome.ANSWERED
    assert outcome_of("BUSY", Verdict(True, True)) is Outcome.BUSY


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("+8613912345678", "13912345678"),
        ("+862112345678", "02112345678"),
        ("+867551234567", "07551234567"),
        ("13912345678", "13912345678"),
        ("+14155550100", "0014155550100"),
        ("", None),
        ("110", None),
        ("12345", None),
        ("anonymous", None),
        ("139\r\nAction: x", None),
        ("139;12345678", None),
        ("１３９１２３４５６７８", None),
        ("1" * 21, None),
    ],
)
def test_only_a_whole_number_of_digits_is_dialled(number: str, digits: str | None) -> None:
    assert dialable(number) == digits


def test_a_window_that_never_opens_is_refused() -> None:
    with pytest.raises(ValidationError, match="begin"):
        CallbackConfig(begin=time(20), end=time(9))
