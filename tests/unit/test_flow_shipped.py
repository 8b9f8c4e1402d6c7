"""The shipped flows, walked as values: where each kind of caller comes to."""

import json
from datetime import time
from pathlib import Path

import pytest

import callcenter
from callcenter.flows import effects
from callcenter.flows.conditions import Moment, QueueFacts, World
from callcenter.flows.effects import Done, EnterFlow, EnterQueue, Heard, Pressed, Seen, Silence
from callcenter.flows.engine import Step, begin, step
from callcenter.flows.files import read_flows
from callcenter.flows.nodes import Branch, GoTo, HangUp, SetLanguage
from callcenter.resources import IVR

FLOWS = read_flows(IVR / "flows")
UNTOLD = (Branch, GoTo, HangUp, SetLanguage)
NIGHT, DAY = Moment("working", time(3)), Moment("working", time(10))
HOLIDAY, MAKE_UP = Moment("holiday", time(10)), Moment("make_up", time(10))
HOME = EnterQueue("home")


def walk(flow: str, world: World, *keys: str) -> list[effects.Effect]:
    """Everything that is asked for, other flows included, until the caller leaves; keys where one is asked for, then
    silence; messages and call-backs succeed."""
    left, seen = list(keys), []
    now: Step = begin(FLOWS[flow])
    while True:
        seen.append(now.effect)
        match now.effect:
            case EnterFlow(name):
                flow, now = name, begin(FLOWS[name])
            case EnterQueue() | effects.EndCall() | effects.EnterTransfer():
                return seen
            case _:
                now = step(FLOWS[flow], now.place, _heard(now.effect, world, left))


def _heard(effect: effects.Effect, world: World, left: list[str]) -> Heard:
    match effect:
        case effects.Ask():
            return Pressed(left.pop(0)) if left else Silence()
        case effects.Look():
            return Seen(world)
        case effects.TakeMessage() | effects.OfferCallback():
            return Done(True)
        case _:
            return effects.Played()


def said(path: list[effects.Effect]) -> list[str]:
    prompts: list[str] = []
    for effect in path:
        match effect:
            case effects.Play(given):
                prompts += given
            case effects.Greet(prompt) | effects.Ask(prompt=prompt) | effects.TakeMessage(prompt=prompt):
                prompts.append(prompt)
            case _:
                pass
    return prompts


@pytest.mark.parametrize("flow", sorted(FLOWS))
@pytest.mark.parametrize("moment", [NIGHT, DAY, HOLIDAY, None])
def test_who_presses_nothing_comes_to_a_person_at_any_hour(flow: str, moment: Moment | None) -> None:
    end = walk(flow, World(moment=moment))[-1]
    assert isinstance(end, EnterQueue) is FLOWS[flow].operator_exit


def test_human_first() -> None:
    path = walk("main", World())
    assert said(path) == ["greeting"]
    assert path[-1] == EnterQueue("home", 0, True)


@pytest.mark.parametrize(
    ("moment", "prompts"),
    [
        (DAY, ["greeting", "enterprise_greeting"]),
        (MAKE_UP, ["greeting", "enterprise_greeting"]),
        (None, ["greeting", "enterprise_greeting"]),
        (HOLIDAY, ["greeting", "night_offer"]),
        (NIGHT, ["greeting", "night_offer"]),
    ],
)
def test_enterprises_have_people_of_their_own_in_working_hours(moment: Moment | None, prompts: list[str]) -> None:
    path = walk("main", World(moment=moment), "2")
    assert said(path) == prompts
    assert path[-1] == HOME, "nobody of the enterprises' seats is known to be there"


def test_enterprises_seats_are_asked_while_somebody_is_there() -> None:
    idle = World(moment=DAY, queues={"enterprise": QueueFacts(waiting=0, staffed=True)})
    busy = World(moment=DAY, queues={"enterprise": QueueFacts(waiting=3, staffed=True)})
    assert said(walk("enterprise", idle)) == ["enterprise_greeting"]
    assert said(walk("enterprise", busy))[1:] == ["wait_position", "number_4", "wait_place"]
    assert walk("enterprise", busy)[-1] == EnterQueue("enterprise", 0, True)


def test_english_goes_to_english_seats_while_somebody_is_there() -> None:
    there = World(queues={"english": QueueFacts(waiting=0, staffed=True)})
    assert walk("main", there, "3")[-1] == EnterQueue("english")
    assert walk("main", World(), "3")[-1] == HOME
    assert effects.UseLanguage("en") in walk("main", World(), "3")


def test_overflow_keeps_the_place_takes_a_message_or_goes_before_later_callers() -> None:
    assert walk("overflow", World())[-1] == EnterQueue("home", 3)
    assert said(walk("overflow", World(), "1")) == ["overflow_offer", "callback_promised"]
    assert said(walk("overflow", World(), "2")) == ["overflow_offer", "message_prompt", "message_thanks"]


@pytest.mark.parametrize("flow", ["kept_place", "missed_callback"])
def test_who_is_rung_back_does_not_wait_again(flow: str) -> None:
    assert walk(flow, World())[-1] == EnterQueue("home", 5)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_step_that_a_card_may_show_has_a_name(language: str) -> None:
    file: Path = Path(callcenter.__file__).parent / "web" / "static" / "i18n" / f"{language}.json"
    names = json.loads(file.read_text(encoding="utf-8"))
    nodes = {name for flow in FLOWS.values() for name, node in flow.nodes.items() if not isinstance(node, UNTOLD)}
    assert not [name for name in nodes if f"node.{name}" not in names]
