"""The kinds of nodes that a flow is made of."""

from typing import Annotated, Final, Literal, assert_never

from pydantic import Field

from callcenter.flows.conditions import Condition
from callcenter.flows.part import Key, Language, Name, Part, Seconds

STAGES: Final = ("received", "assigned", "handling", "reviewing", "calling_back", "answered", "closed")
"""What a citizen is told about an order: coarser than the order's own stages, and nothing personal."""
PROGRESS: Final = (*STAGES, "unknown", "later")
"""`unknown`: no such number or another code, which sound the same; `later`: asked too often, or no answer now."""


class Say(Part):
    """Plays a prompt to its end; with `own`, the greeting of the number dialled, if the registry gives one."""

    kind: Literal["say"]
    prompt: Name
    own: bool = False
    next: Name


class Menu(Part):
    """Plays a prompt, which any offered key cuts short unless `barge_in` is off, and takes one key. After `retries`
    wrong keys or silences the caller goes on to `otherwise`. An `answer` menu's key is handed to whoever asked for the
    flow."""

    kind: Literal["menu"]
    prompt: Name
    choices: dict[Key, Name] = Field(min_length=1)
    wait: Seconds = 5
    retries: int = Field(default=2, ge=0, le=5)
    retry_prompt: Name | None = None
    otherwise: Name
    answer: bool = False
    barge_in: bool = True


class Speak(Part):
    """A menu whose choices may also be spoken: `words` gives the phrases of a key, words parted by blanks as the model
    knows them. Where no speech model is configured it is a menu like any other. `listen` bounds the utterance."""

    kind: Literal["speak"]
    prompt: Name
    choices: dict[Key, Name] = Field(min_length=1)
    words: dict[Key, tuple[Annotated[str, Field(min_length=1, max_length=40)], ...]] = Field(min_length=1)
    wait: Seconds = 5
    listen: Annotated[float, Field(ge=1, le=15)] = 6
    retries: int = Field(default=1, ge=0, le=5)
    retry_prompt: Name | None = None
    otherwise: Name


class Collect(Part):
    """Takes digits up to `most` or '#'; fewer than `least` counts as a wrong answer. An `answer` node's digits are
    handed to whoever asked for the flow; others stay inside the call."""

    kind: Literal["collect"]
    prompt: Name
    least: int = Field(ge=1, le=20)
    most: int = Field(ge=1, le=20)
    wait: Seconds = 5
    retries: int = Field(default=2, ge=0, le=5)
    retry_prompt: Name | None = None
    next: Name
    otherwise: Name
    answer: bool = False


class Case(Part):
    """Taken when every condition of `when` holds."""

    when: tuple[Condition, ...] = Field(min_length=1)
    next: Name


class Branch(Part):
    """The first case that holds, else `otherwise`. What nobody knows (the database is away) does not hold."""

    kind: Literal["branch"]
    cases: tuple[Case, ...] = Field(min_length=1)
    otherwise: Name


class Queue(Part):
    """Hands the caller to a queue of the switch; `home` is the queue of the number dialled. `last_agent`: to the agent
    who answered this caller last, if that one is ready now."""

    kind: Literal["queue"]
    queue: Name
    priority: int = Field(default=0, ge=0, le=10)
    last_agent: bool = False


class Transfer(Part):
    """Hands the caller to a number of the hotline registry; not reached there, the caller comes to `queue`."""

    kind: Literal["transfer"]
    target: Annotated[str, Field(pattern=r"^[0-9]{3,11}$")]
    queue: Name


class Record(Part):
    """Takes a voice message of at most `longest` seconds; '#', `silence` seconds of it, or hanging up ends it. One
    shorter than `least` seconds is asked for again, and is not kept."""

    kind: Literal["record"]
    prompt: Name
    longest: int = Field(default=120, ge=5, le=300)
    least: float = Field(default=2, ge=0.5, le=30)
    silence: int = Field(default=5, ge=2, le=30)
    retries: int = Field(default=1, ge=0, le=5)
    next: Name
    otherwise: Name


class LookUp(Part):
    """Says how an order stands, by the number and the code that two `collect` nodes before it took."""

    kind: Literal["look_up"]
    number: Name
    code: Name
    next: Name
    otherwise: Name


class SayWait(Part):
    """Says the place in the queue and, where it is known, the estimated wait; says nothing where nobody knows."""

    kind: Literal["say_wait"]
    queue: Name
    next: Name


class CallBack(Part):
    """The caller shall be called back, with the place in the queue kept. `otherwise` when that cannot be promised: no
    number was presented, or the waiting list takes none."""

    kind: Literal["call_back"]
    queue: Name
    next: Name
    otherwise: Name


class SetLanguage(Part):
    """From here on the caller hears this language, in the queue too."""

    kind: Literal["set_language"]
    language: Language
    next: Name


class GoTo(Part):
    """Goes on in another flow, at its start."""

    kind: Literal["go_to"]
    flow: Name


class HangUp(Part):
    """Ends the call."""

    kind: Literal["hang_up"]


Node = Annotated[
    Say
    | Menu
    | Speak
    | Collect
    | Branch
    | Queue
    | Transfer
    | Record
    | LookUp
    | SayWait
    | CallBack
    | SetLanguage
    | GoTo
    | HangUp,
    Field(discriminator="kind"),
]


def next_nodes(node: Node) -> tuple[str, ...]:
    """Every node of the same flow that may follow."""
    match node:
        case Say() | SayWait() | SetLanguage():
            return (node.next,)
        case Menu() | Speak():
            return (*node.choices.values(), node.otherwise)
        case Collect() | Record() | LookUp() | CallBack():
            return (node.next, node.otherwise)
        case Branch():
            return (*(case.next for case in node.cases), node.otherwise)
        case Queue() | Transfer() | GoTo() | HangUp():
            return ()
        case _:
            assert_never(node)


def unasked_nodes(node: Node) -> tuple[str, ...]:
    """Where a caller who does nothing may come to."""
    match node:
        case Menu() | Speak() | Collect() | Record():
            return (node.otherwise,)
        case _:
            return next_nodes(node)


def queues_of(node: Node) -> tuple[str, ...]:
    match node:
        case Queue() | Transfer() | SayWait() | CallBack():
            return (node.queue,)
        case Branch():
            return tuple(one.queue for case in node.cases for one in case.when if one.kind == "queue")
        case _:
            return ()
