"""The dialogue as a pure function."""

from datetime import timedelta

import pytest

from callcenter.flows import engine
from callcenter.flows.engine import (
    Ask,
    AskDigits,
    EndCall,
    Entered,
    EnterFlow,
    EnterQueue,
    Place,
    Play,
    Played,
    Pressed,
    Silence,
    begin,
    step,
)
from callcenter.flows.model import Flow

SURVEY = Flow.model_validate(
    {
        "flow": "survey",
        "version": 1,
        "title": {"zh": "回访", "en": "Survey"},
        "start": "hello",
        "nodes": {
            "hello": {"kind": "say", "prompt": "hello", "next": "resolved"},
            "resolved": {
                "kind": "menu",
                "prompt": "ask",
                "retry_prompt": "again",
                "choices": {"2": "code", "1": "other"},
                "retries": 1,
                "otherwise": "person",
                "answer": True,
            },
            "code": {"kind": "collect", "prompt": "code", "least": 4, "most": 6, "retries": 0, "wait": 3}
            | {"next": "bye", "otherwise": "person"},
            "other": {"kind": "go_to", "flow": "other"},
            "person": {"kind": "queue", "queue": "home"},
            "bye": {"kind": "hang_up"},
        },
    }
)
ASK = Ask("ask", "12", timedelta(seconds=5))


def test_it_begins_at_the_start() -> None:
    assert begin(SURVEY) == engine.Step(Place("hello"), Play("hello"))


def test_a_prompt_leads_on() -> None:
    assert step(SURVEY, Place("hello"), Played()) == engine.Step(Place("resolved"), ASK)


def test_a_key_is_the_answer_of_the_node_left() -> None:
    following = step(SURVEY, Place("resolved"), Pressed("2"))
    assert following == engine.Step(Place("code"), AskDigits("code", 6, timedelta(seconds=3)), "2")


@pytest.mark.parametrize("heard", [Pressed("9"), Silence(), Played(), Entered("1")])
def test_a_missed_answer_is_asked_again_and_then_a_person_takes_over(heard: engine.Heard) -> None:
    again = step(SURVEY, Place("resolved"), heard)
    assert again == engine.Step(Place("resolved", 1), Ask("again", "12", timedelta(seconds=5)))
    assert step(SURVEY, again.place, heard) == engine.Step(Place("person"), EnterQueue("home"))


@pytest.mark.parametrize(("digits", "ok"), [("1234", True), ("123456", True), ("123", False), ("12*4", False)])
def test_digits_of_the_right_length_are_taken(digits: str, ok: bool) -> None:
    following = step(SURVEY, Place("code"), Entered(digits))
    expected = engine.Step(Place("bye"), EndCall(), digits) if ok else engine.Step(Place("person"), EnterQueue("home"))
    assert following == expected


def test_another_flow_is_entered() -> None:
    assert step(SURVEY, Place("resolved"), Pressed("1")).effect == EnterFlow("other")


def test_at_the_end_nothing_moves_any_more() -> None:
    assert step(SURVEY, Place("person"), Played()) == engine.Step(Place("person"), EnterQueue("home"))
