"""The dialogue as a pure function: what was heard in, what to do next out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from callcenter.flows.model import Collect, Flow, GoTo, HangUp, Menu, Node, Queue, Say


@dataclass(frozen=True, slots=True)
class Place:
    """Where a caller is; `tries` counts the answers already missed at this node."""

    node: str
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Played:
    """The prompt has ended."""


@dataclass(frozen=True, slots=True)
class Pressed:
    key: str


@dataclass(frozen=True, slots=True)
class Entered:
    digits: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came in time."""


Heard = Played | Pressed | Entered | Silence


@dataclass(frozen=True, slots=True)
class Play:
    prompt: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Play `prompt`, which any of `keys` cuts short, then wait for one key."""

    prompt: str
    keys: str
    wait: timedelta


@dataclass(frozen=True, slots=True)
class AskDigits:
    prompt: str
    most: int
    wait: timedelta


@dataclass(frozen=True, slots=True)
class EnterQueue:
    queue: str


@dataclass(frozen=True, slots=True)
class EndCall:
    pass


@dataclass(frozen=True, slots=True)
class EnterFlow:
    flow: str


Effect = Play | Ask | AskDigits | EnterQueue | EndCall | EnterFlow


@dataclass(frozen=True, slots=True)
class Step:
    """`answer` is the key of an answering menu, or the digits collected, at the node that was left."""

    place: Place
    effect: Effect
    answer: str | None = None


def begin(flow: Flow) -> Step:
    return _arrive(flow, flow.start)


def step(flow: Flow, place: Place, heard: Heard) -> Step:
    """What follows at `place`. A thing heard that the node did not ask for counts as a missed answer."""
    node = flow.nodes[place.node]
    match node, heard:
        case Say(), _:
            return _arrive(flow, node.next)
        case Menu(), Pressed(key) if key in node.choices:
            return _arrive(flow, node.choices[key], key if node.answer else None)
        case Collect(), Entered(digits) if node.least <= len(digits) <= node.most and digits.isdigit():
            return _arrive(flow, node.next, digits)
        case ((Menu() | Collect()), _):
            return _missed(flow, node, place)
        case _:
            return Step(place, _effect(node, 0))


def _arrive(flow: Flow, name: str, answer: str | None = None) -> Step:
    return Step(Place(name), _effect(flow.nodes[name], 0), answer)


def _missed(flow: Flow, node: Menu | Collect, place: Place) -> Step:
    if place.tries >= node.retries:
        return _arrive(flow, node.otherwise)
    return Step(Place(place.node, place.tries + 1), _effect(node, place.tries + 1))


def _effect(node: Node, tries: int) -> Effect:
    match node:
        case Say():
            return Play(node.prompt)
        case Menu():
            return Ask(_prompt(node, tries), "".join(sorted(node.choices)), timedelta(seconds=node.wait))
        case Collect():
            return AskDigits(_prompt(node, tries), node.most, timedelta(seconds=node.wait))
        case Queue():
            return EnterQueue(node.queue)
        case HangUp():
            return EndCall()
        case GoTo():
            return EnterFlow(node.flow)
        case _:
            assert_never(node)


def _prompt(node: Menu | Collect, tries: int) -> str:
    return node.retry_prompt if tries and node.retry_prompt else node.prompt
