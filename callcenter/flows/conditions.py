"""What a flow may ask about the world before it branches, and the answers as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Annotated, Final, Literal, assert_never

from pydantic import Field

from callcenter.flows.part import Language, Name, Part

CARE_PRIORITY: Final = 5
"""Of callers on the special care list, in every queue."""
BEHIND: Final = -1
"""Of restrained callers: behind everybody else, in every queue."""
DayWord = Literal["working", "weekend", "holiday", "make_up"]
"""As `orders.calendar.DayKind` names days."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The city's clock; `day` is None in a year that the calendar does not know."""

    day: str | None
    clock: time


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerFacts:
    """`known`: rang before; `repeat`: rang within the last day; `seat`: the extension of the agent who answered last,
    '' unless that agent is ready now; `care`: on the special care list; `language`: what the caller chose before;
    `restraint`: of the harassment list, `notice`, `lower` or `refuse`, '' for everybody else."""

    known: bool = False
    repeat: bool = False
    open_orders: int = 0
    care: bool = False
    seat: str = ""
    language: str = ""
    restraint: str = ""

    @property
    def priority(self) -> int:
        if self.care:
            return CARE_PRIORITY
        return BEHIND if self.restraint in ("lower", "refuse") else 0

    def placed(self, given: int) -> int:
        """The priority in the queue; one that the flow has given counts for a restrained caller, too."""
        return max(given, self.priority) if given else self.priority


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFacts:
    """`wait` is what a caller who joins now may expect, None where nobody can say honestly."""

    waiting: int
    staffed: bool
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What was asked for, as far as it could be had: None, or a queue that is not there, means that nobody knows."""

    dialled: str = ""
    language: str = "zh"
    anonymous: bool = False
    moment: Moment | None = None
    caller: CallerFacts | None = None
    queues: Mapping[str, QueueFacts] = field(default_factory=dict)


class DuringHours(Part):
    """The city's clock stands in `begin` ≤ now < `end`; an `end` before `begin` goes over midnight."""

    kind: Literal["hours"]
    begin: time
    end: time


class OnDay(Part):
    """What the working calendar says of today: `make_up` is a weekend day that is worked (调休)."""

    kind: Literal["day"]
    among: tuple[DayWord, ...] = Field(min_length=1)


class DialledNumber(Part):
    """The hotline number that the caller dialled."""

    kind: Literal["dialled"]
    among: tuple[Annotated[str, Field(pattern=r"^[0-9]{3,11}$")], ...] = Field(min_length=1)


class InLanguage(Part):
    """The language in which the caller is served at this moment."""

    kind: Literal["language"]
    language: Language


class CallerIs(Part):
    """The caller's history: `open_order` means an order of this number that is not closed, `care` the care list,
    `english` that the caller chose English before, `restrained` the harassment list, `refused` its hardest entries."""

    kind: Literal["caller"]
    who: Literal["anonymous", "known", "repeat", "open_order", "care", "english", "restrained", "refused"]


class QueueIs(Part):
    """The state of a queue; every part that is given must hold. `over`: more callers wait than that; `wait_over`: the
    estimated wait is longer, in seconds."""

    kind: Literal["queue"]
    queue: Name
    staffed: bool | None = None
    over: int | None = Field(default=None, ge=0)
    wait_over: float | None = Field(default=None, ge=0)


Condition = Annotated[
    DuringHours | OnDay | DialledNumber | InLanguage | CallerIs | QueueIs, Field(discriminator="kind")
]


def holds(condition: Condition, world: World) -> bool:
    """What nobody knows does not hold."""
    match condition:
        case DuringHours():
            return world.moment is not None and _between(condition.begin, world.moment.clock, condition.end)
        case OnDay():
            return world.moment is not None and world.moment.day in condition.among
        case DialledNumber():
            return world.dialled in condition.among
        case InLanguage():
            return world.language == condition.language
        case CallerIs():
            return _is(condition, world)
        case QueueIs():
            return _stands(condition, world.queues.get(condition.queue))
        case _:
            assert_never(condition)


def _between(begin: time, now: time, end: time) -> bool:
    return begin <= now < end if begin <= end else now >= begin or now < end


def _is(condition: CallerIs, world: World) -> bool:
    if condition.who == "anonymous":
        return world.anonymous
    caller = world.caller
    if caller is None:
        return False
    return {
        "known": caller.known,
        "repeat": caller.repeat,
        "open_order": caller.open_orders > 0,
        "care": caller.care,
        "english": caller.language == "en",
        "restrained": caller.restraint != "",
        "refused": caller.restraint == "refuse",
    }[condition.who]


def _stands(condition: QueueIs, queue: QueueFacts | None) -> bool:
    if queue is None:
        return False
    wait_over = condition.wait_over
    return (
        (condition.staffed is None or queue.staffed == condition.staffed)
        and (condition.over is None or queue.waiting > condition.over)
        and (wait_over is None or (queue.wait is not None and queue.wait > timedelta(seconds=wait_over)))
    )
