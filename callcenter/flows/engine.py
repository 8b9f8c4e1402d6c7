"""The dialogue as a pure function: what was heard in, what to do next out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from callcenter.flows import effects, spoken
from callcenter.flows.conditions import holds
from callcenter.flows.effects import Done, Effect, Entered, Heard, Look, Play, Pressed, Seen, Stands
from callcenter.flows.model import Flow
from callcenter.flows.nodes import (
    Branch,
    CallBack,
    Collect,
    GoTo,
    HangUp,
    LookUp,
    Menu,
    Node,
    Queue,
    Record,
    Say,
    SayWait,
    SetLanguage,
    Speak,
    Transfer,
    queues_of,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a caller is; `tries` counts the answers already missed at this node. `leads` is where the caller goes on
    when the node has said what it found, '' before."""

    node: str
    tries: int = 0
    leads: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """`taken` is the key of a menu or the digits collected at the node that was left; `answer` says whether that is for
    whoever asked for the flow."""

    place: Place
    effect: Effect
    taken: str | None = None
    answer: bool = False


def begin(flow: Flow) -> Step:
    return _arrive(flow, flow.start)


def step(flow: Flow, place: Place, heard: Heard) -> Step:
    """What follows at `place`. A thing heard that the node did not ask for counts as a missed answer."""
    node = flow.nodes[place.node]
    if place.leads:
        return _arrive(flow, place.leads)
    match node, heard:
        case ((Say() | SetLanguage()), _):
            return _arrive(flow, node.next)
        case ((Menu() | Speak()), Pressed(key)) if key in node.choices:
            return _arrive(flow, node.choices[key], key, answer=isinstance(node, Menu) and node.answer)
        case Collect(), Entered(digits) if node.least <= len(digits) <= node.most and digits.isdigit():
            return _arrive(flow, node.next, digits, answer=node.answer)
        case ((Record() | CallBack()), Done(True)):
            return _arrive(flow, node.next)
        case Branch(), Seen(world):
            cases = (case.next for case in node.cases if all(holds(one, world) for one in case.when))
            return _arrive(flow, next(cases, node.otherwise))
        case SayWait(), Seen(world):
            return _tell(flow, place, spoken.waiting(world.queues.get(node.queue)), node.next)
        case LookUp(), Stands(word):
            leads = node.otherwise if word in ("unknown", "later") else node.next
            return _tell(flow, place, (spoken.progress(word),), leads)
        case _:
            return _missed(flow, node, place)


def _arrive(flow: Flow, name: str, taken: str | None = None, *, answer: bool = False) -> Step:
    return Step(Place(name), _effect(flow.nodes[name], 0), taken, answer)


def _tell(flow: Flow, place: Place, prompts: tuple[str, ...], leads: str) -> Step:
    return Step(Place(place.node, 0, leads), Play(prompts)) if prompts else _arrive(flow, leads)


def _missed(flow: Flow, node: Node, place: Place) -> Step:
    match node:
        case Menu() | Speak() | Collect() | Record() if place.tries < node.retries:
            return Step(Place(place.node, place.tries + 1), _effect(node, place.tries + 1))
        case Menu() | Speak() | Collect() | Record() | Branch() | CallBack() | LookUp():
            return _arrive(flow, node.otherwise)
        case SayWait():
            return _arrive(flow, node.next)
        case _:
            return Step(place, _effect(node, 0))


def _effect(node: Node, tries: int) -> Effect:
    match node:
        case Say():
            return effects.Greet(node.prompt) if node.own else Play((node.prompt,))
        case Menu():
            return effects.Ask(_prompt(node, tries), _keys(node), timedelta(seconds=node.wait), node.barge_in)
        case Speak():
            wait, longest = timedelta(seconds=node.wait), timedelta(seconds=node.listen)
            return effects.Listen(_prompt(node, tries), _keys(node), node.words, wait, longest)
        case Collect():
            return effects.AskDigits(_prompt(node, tries), node.most, timedelta(seconds=node.wait))
        case Record():
            seconds = (timedelta(seconds=s) for s in (node.longest, node.least, node.silence))
            return effects.TakeMessage(node.prompt, *seconds)
        case Branch():
            return _question(node)
        case SayWait():
            return Look(queues=frozenset({node.queue}))
        case LookUp():
            return effects.LookUpOrder(node.number, node.code)
        case CallBack():
            return effects.OfferCallback(node.queue)
        case SetLanguage():
            return effects.UseLanguage(node.language)
        case Queue():
            return effects.EnterQueue(node.queue, node.priority, node.last_agent)
        case Transfer():
            return effects.EnterTransfer(node.target, node.queue)
        case GoTo():
            return effects.EnterFlow(node.flow)
        case HangUp():
            return effects.EndCall()
        case _:
            assert_never(node)


def _question(node: Branch) -> Look:
    """Only what the cases ask for: each question costs the caller a moment."""
    kinds = {one.kind for case in node.cases for one in case.when}
    return Look(moment=bool(kinds & {"hours", "day"}), caller="caller" in kinds, queues=frozenset(queues_of(node)))


def _keys(node: Menu | Speak) -> str:
    return "".join(sorted(node.choices))


def _prompt(node: Menu | Speak | Collect, tries: int) -> str:
    return node.retry_prompt if tries and node.retry_prompt else node.prompt
