"""The dialogue as a pure function."""

from datetime import timedelta
from typing import Any

import pytest

from callcenter.flows.conditions import QueueFacts, World
from callcenter.flows.effects import (
    Ask,
    AskDigits,
    Done,
    Effect,
    EndCall,
    Entered,
    EnterFlow,
    EnterQueue,
    EnterTransfer,
    Greet,
    Heard,
    Listen,
    Look,
    LookUpOrder,
    OfferCallback,
    Play,
    Played,
    Pressed,
    Seen,
    Silence,
    Stands,
    TakeMessage,
    UseLanguage,
)
from callcenter.flows.engine import Place, Step, begin, step
from callcenter.flows.model import Flow

WAYS = {"next": "bye", "otherwise": "person"}
FLOW = Flow.model_validate(
    {
        "flow": "all",
        "version": 1,
        "title": {"zh": "全部", "en": "All kinds"},
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
            "own": {"kind": "say", "prompt": "hello", "own": True, "next": "bye"},
            "plain": {"kind": "menu", "prompt": "ask", "choices": {"1": "bye"}, "otherwise": "person"}
            | {"retries": 0, "barge_in": False},
            "spoken": {"kind": "speak", "prompt": "ask", "choices": {"1": "bye", "0": "person"}, "otherwise": "person"}
            | {"words": {"1": ["咨询"]}, "retries": 0},
            "code": {"kind": "collect", "prompt": "code", "least": 4, "most": 6, "retries": 0, "wait": 3} | WAYS,
            "told": {"kind": "collect", "prompt": "code", "least": 1, "most": 1, "answer": True} | WAYS,
            "branch": {
                "kind": "branch",
                "cases": [
                    {"when": [{"kind": "queue", "queue": "home", "staffed": False}], "next": "message"},
                    {"when": [{"kind": "hours", "begin": "08:00", "end": "18:00"}], "next": "bye"},
                    {"when": [{"kind": "caller", "who": "anonymous"}], "next": "bye"},
                ],
                "otherwise": "person",
            },
            "message": {"kind": "record", "prompt": "leave", "longest": 60, "least": 2, "silence": 4, "retries": 1}
            | WAYS,
            "look": {"kind": "look_up", "number": "told", "code": "code"} | WAYS,
            "wait": {"kind": "say_wait", "queue": "home", "next": "person"},
            "call_back": {"kind": "call_back", "queue": "home"} | WAYS,
            "english": {"kind": "set_language", "language": "en", "next": "person"},
            "other": {"kind": "go_to", "flow": "other"},
            "person": {"kind": "queue", "queue": "home", "priority": 3, "last_agent": True},
            "police": {"kind": "transfer", "target": "110", "queue": "home"},
            "bye": {"kind": "hang_up"},
        },
    }
)
FIVE = timedelta(seconds=5)
ASK = Ask("ask", "12", FIVE)
PERSON = Step(Place("person"), EnterQueue("home", 3, True))
BYE = Step(Place("bye"), EndCall())


def effect_at(node: str) -> Effect:
    """What is asked for on arrival: nothing that was heard moves an end on."""
    return step(FLOW.model_copy(update={"start": node}), Place("hello", leads=node), Played()).effect


def test_it_begins_at_the_start_and_a_prompt_leads_on() -> None:
    assert begin(FLOW) == Step(Place("hello"), Play(("hello",)))
    assert step(FLOW, Place("hello"), Played()) == Step(Place("resolved"), ASK)


def test_a_key_is_the_answer_of_the_node_left() -> None:
    following = step(FLOW, Place("resolved"), Pressed("2"))
    assert following == Step(Place("code"), AskDigits("code", 6, timedelta(seconds=3)), "2", True)
    assert step(FLOW, Place("plain"), Pressed("1")) == Step(Place("bye"), EndCall(), "1", False)
    assert step(FLOW, Place("spoken"), Pressed("1")) == Step(Place("bye"), EndCall(), "1", False)


@pytest.mark.parametrize("heard", [Pressed("9"), Silence(), Played(), Entered("1")])
def test_a_missed_answer_is_asked_again_and_then_a_person_takes_over(heard: Heard) -> None:
    again = step(FLOW, Place("resolved"), heard)
    assert again == Step(Place("resolved", 1), Ask("again", "12", FIVE))
    assert step(FLOW, again.place, heard) == PERSON


@pytest.mark.parametrize(("digits", "ok"), [("1234", True), ("123456", True), ("123", False), ("12*4", False)])
def test_digits_of_the_right_length_are_taken_and_kept_inside(digits: str, ok: bool) -> None:
    following = step(FLOW, Place("code"), Entered(digits))
    assert following == (Step(Place("bye"), EndCall(), digits, False) if ok else PERSON)
    assert step(FLOW, Place("told"), Entered("7")).answer is True


@pytest.mark.parametrize(
    ("node", "effect"),
    [
        ("own", Greet("hello")),
        ("plain", Ask("ask", "1", FIVE, barge_in=False)),
        ("spoken", Listen("ask", "01", {"1": ("咨询",)}, FIVE, timedelta(seconds=6))),
        ("branch", Look(moment=True, caller=True, queues=frozenset({"home"}))),
        ("message", TakeMessage("leave", timedelta(seconds=60), timedelta(seconds=2), timedelta(seconds=4))),
        ("look", LookUpOrder("told", "code")),
        ("wait", Look(queues=frozenset({"home"}))),
        ("call_back", OfferCallback("home")),
        ("english", UseLanguage("en")),
        ("other", EnterFlow("other")),
        ("person", EnterQueue("home", 3, True)),
        ("police", EnterTransfer("110", "home")),
        ("bye", EndCall()),
    ],
)
def test_each_kind_asks_for_its_own(node: str, effect: Effect) -> None:
    assert effect_at(node) == effect


@pytest.mark.parametrize(
    ("node", "heard", "leads"),
    [
        ("branch", Seen(World(queues={"home": QueueFacts(waiting=0, staffed=False)})), "message"),
        ("branch", Seen(World(anonymous=True)), "bye"),
        ("branch", Seen(World()), "person"),
        ("branch", Silence(), "person"),
        ("message", Done(True), "bye"),
        ("call_back", Done(True), "bye"),
        ("call_back", Done(False), "person"),
        ("look", Silence(), "person"),
        ("wait", Seen(World()), "person"),
        ("wait", Silence(), "person"),
        ("english", Played(), "person"),
        ("spoken", Silence(), "person"),
        ("plain", Pressed("5"), "person"),
    ],
)
def test_each_answer_leads_on(node: str, heard: Heard, leads: str) -> None:
    assert step(FLOW, Place(node), heard).place == Place(leads)


def test_a_message_that_is_too_short_is_asked_for_once_more() -> None:
    again = step(FLOW, Place("message"), Done(False))
    assert again.place == Place("message", 1)
    assert step(FLOW, again.place, Done(False)) == PERSON


@pytest.mark.parametrize(
    ("word", "leads"), [("handling", BYE), ("closed", BYE), ("unknown", PERSON), ("later", PERSON)]
)
def test_what_an_order_stands_at_is_said_before_the_caller_goes_on(word: str, leads: Step) -> None:
    told = step(FLOW, Place("look"), Stands(word))
    assert told == Step(Place("look", leads=leads.place.node), Play((f"progress_{word}",)))
    assert step(FLOW, told.place, Played()) == leads


def test_the_place_in_the_queue_is_said_before_the_caller_goes_on() -> None:
    facts: dict[str, Any] = {"home": QueueFacts(waiting=3, staffed=True)}
    told = step(FLOW, Place("wait"), Seen(World(queues=facts)))
    assert told == Step(Place("wait", leads="person"), Play(("wait_position", "number_4", "wait_place")))
    assert step(FLOW, told.place, Played()) == PERSON


def test_at_the_end_nothing_moves_any_more() -> None:
    assert step(FLOW, Place("person"), Played()) == PERSON
