"""Conditions over values: what holds, and that nobody's knowing never holds."""

from datetime import time, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from callcenter.flows.conditions import CallerFacts, Condition, Moment, QueueFacts, World, holds
from callcenter.flows.spoken import number, progress, waiting

CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
NIGHT = {"kind": "hours", "begin": "22:00", "end": "06:00"}
DAY = {"kind": "hours", "begin": "06:00", "end": "22:00"}


def true(condition: dict[str, Any], **world: Any) -> bool:
    return holds(CONDITION.validate_python(condition), World(**world))


@pytest.mark.parametrize(
    ("clock", "night"),
    [("00:00", True), ("05:59", True), ("06:00", False), ("21:59", False), ("22:00", True), ("23:59", True)],
)
def test_hours_may_go_over_midnight(clock: str, night: bool) -> None:
    moment = Moment("working", time.fromisoformat(clock))
    assert true(NIGHT, moment=moment) is night
    assert true(DAY, moment=moment) is not night
    assert not true(NIGHT)


def test_a_make_up_day_is_no_weekend_and_an_unknown_year_is_nothing() -> None:
    free = {"kind": "day", "among": ["weekend", "holiday"]}
    assert true(free, moment=Moment("holiday", time(9)))
    assert not true(free, moment=Moment("make_up", time(9)))
    assert not true(free, moment=Moment(None, time(9)))
    assert not true(free)


def test_number_and_language_are_always_known() -> None:
    assert true({"kind": "dialled", "among": ["12345", "12329"]}, dialled="12329")
    assert not true({"kind": "dialled", "among": ["12345"]}, dialled="12329")
    assert true({"kind": "language", "language": "en"}, language="en")
    assert not true({"kind": "language", "language": "en"})


@pytest.mark.parametrize(
    ("who", "facts"),
    [
        ("known", CallerFacts(known=True)),
        ("repeat", CallerFacts(repeat=True)),
        ("open_order", CallerFacts(open_orders=2)),
        ("care", CallerFacts(care=True)),
        ("english", CallerFacts(language="en")),
        ("restrained", CallerFacts(restraint="notice")),
        ("refused", CallerFacts(restraint="refuse")),
    ],
)
def test_the_caller_is_what_the_history_says(who: str, facts: CallerFacts) -> None:
    condition = {"kind": "caller", "who": who}
    assert true(condition, caller=facts)
    assert not true(condition, caller=CallerFacts())
    assert not true(condition)


@pytest.mark.parametrize(
    ("restraint", "care", "given", "placed"),
    [
        ("", False, 0, 0),
        ("", False, 3, 3),
        ("notice", False, 0, 0),
        ("lower", False, 0, -1),
        ("refuse", False, 0, -1),
        ("lower", False, 3, 3),
        ("notice", True, 0, 5),
        ("lower", True, 0, 5),
        ("", True, 3, 5),
    ],
)
def test_a_restrained_caller_stands_behind_the_others(restraint: str, care: bool, given: int, placed: int) -> None:
    assert CallerFacts(restraint=restraint, care=care).placed(given) == placed


def test_only_the_care_list_gives_priority() -> None:
    assert (CallerFacts(care=True).priority, CallerFacts(repeat=True).priority) == (5, 0)


def test_who_withholds_the_number_is_anonymous() -> None:
    assert true({"kind": "caller", "who": "anonymous"}, anonymous=True)
    assert not true({"kind": "caller", "who": "anonymous"})


@pytest.mark.parametrize(
    ("given", "holding"),
    [
        ({}, True),
        ({"staffed": True}, True),
        ({"staffed": False}, False),
        ({"over": 3}, True),
        ({"over": 4}, False),
        ({"wait_over": 119}, True),
        ({"wait_over": 120}, False),
        ({"staffed": True, "over": 9}, False),
    ],
)
def test_every_part_of_a_queue_s_state_must_hold(given: dict[str, Any], holding: bool) -> None:
    queues = {"main": QueueFacts(waiting=4, staffed=True, wait=timedelta(minutes=2))}
    assert true({"kind": "queue", "queue": "main", **given}, queues=queues) is holding
    assert not true({"kind": "queue", "queue": "main", **given})


def test_a_wait_that_nobody_knows_is_not_long() -> None:
    queues = {"main": QueueFacts(waiting=4, staffed=True)}
    assert not true({"kind": "queue", "queue": "main", "wait_over": 1}, queues=queues)


@pytest.mark.parametrize(
    ("n", "prompts"),
    [
        (0, ("number_0",)),
        (13, ("number_13",)),
        (20, ("number_20",)),
        (21, ("number_20", "number_1")),
        (90, ("number_90",)),
        (99, ("number_90", "number_9")),
        (100, ("number_more",)),
    ],
)
def test_numbers_are_said_tens_first(n: int, prompts: tuple[str, ...]) -> None:
    assert number(n) == prompts


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 1), (60, 1), (61, 2), (1200, 20)])
def test_a_wait_is_said_in_minutes_rounded_up(seconds: int, minutes: int) -> None:
    facts = QueueFacts(waiting=0, staffed=True, wait=timedelta(seconds=seconds))
    assert waiting(facts)[2:] == ("wait_place", "wait_about", f"number_{minutes}", "wait_minutes")


def test_nothing_is_said_where_nobody_knows() -> None:
    assert waiting(None) == ()
    assert waiting(QueueFacts(waiting=1, staffed=False)) == ("wait_position", "number_2", "wait_place")
    assert progress("closed") == "progress_closed"
