"""What the engine asks for, and what it hears back. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from callcenter.flows.conditions import World


@dataclass(frozen=True, slots=True)
class Played:
    """What was to be said or done is over."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key, or the choice of that key spoken."""

    key: str


@dataclass(frozen=True, slots=True)
class Entered:
    digits: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came in time."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The answer to `Look`."""

    world: World


@dataclass(frozen=True, slots=True)
class Done:
    """Whether the message was taken, or the call-back promised."""

    well: bool


@dataclass(frozen=True, slots=True)
class Stands:
    """The answer to `LookUpOrder`: one of `nodes.PROGRESS`."""

    word: str


Heard = Played | Pressed | Entered | Silence | Seen | Done | Stands


@dataclass(frozen=True, slots=True)
class Play:
    """One prompt after the other."""

    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Greet:
    """Play the greeting of the number dialled, else `prompt`."""

    prompt: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Play `prompt`, which any of `keys` cuts short if `barge_in`, then wait for one key."""

    prompt: str
    keys: str
    wait: timedelta
    barge_in: bool = True


@dataclass(frozen=True, slots=True)
class Listen:
    """As `Ask`; a phrase of `words` (key → phrases) counts as its key, where speech can be recognised."""

    prompt: str
    keys: str
    words: Mapping[str, tuple[str, ...]]
    wait: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class AskDigits:
    prompt: str
    most: int
    wait: timedelta


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """Play `prompt` and the tone, record; Done(True) when at least `least` were recorded."""

    prompt: str
    longest: timedelta
    least: timedelta
    silence: timedelta


@dataclass(frozen=True, slots=True)
class Look:
    """Ask the world: the clock and calendar, the caller's history, the state of queues."""

    moment: bool = False
    caller: bool = False
    queues: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class LookUpOrder:
    """By the digits that these two nodes took."""

    number_node: str
    code_node: str


@dataclass(frozen=True, slots=True)
class OfferCallback:
    queue: str


@dataclass(frozen=True, slots=True)
class UseLanguage:
    language: str


@dataclass(frozen=True, slots=True)
class EnterQueue:
    queue: str
    priority: int = 0
    last_agent: bool = False


@dataclass(frozen=True, slots=True)
class EnterTransfer:
    """To a number of the registry; `queue` if that fails."""

    target: str
    queue: str


@dataclass(frozen=True, slots=True)
class EnterFlow:
    flow: str


@dataclass(frozen=True, slots=True)
class EndCall:
    pass


Exchange = Play | Greet | Ask | Listen | AskDigits | TakeMessage | Look | LookUpOrder | OfferCallback | UseLanguage
"""Something is heard back, and the flow goes on."""
Exit = EnterQueue | EnterTransfer | EnterFlow | EndCall
Effect = Exchange | Exit
