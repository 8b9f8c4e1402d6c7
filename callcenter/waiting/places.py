"""Kept places: a caller hangs up, keeps the place, and is rung when it is due. A table, and whose turn it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from callcenter.core.ids import AttemptId, CallId


class State(StrEnum):
    """`queued`: the citizen has answered and waits, with priority, for the next agent."""

    WAITING = "waiting"
    RINGING = "ringing"
    QUEUED = "queued"
    SERVED = "served"
    CANCELLED = "cancelled"
    GIVEN_UP = "given_up"


FREED: Final = 8
"""While a citizen's telephone rings, about one of so many agents comes free (half a minute of a four-minute call)."""
OPEN: Final = frozenset({State.WAITING, State.RINGING, State.QUEUED})


class Move(StrEnum):
    DIAL = "dial"
    ANSWERED = "answered"
    NOT_REACHED = "not_reached"
    EXHAUSTED = "exhausted"  # not reached, and no attempt is left; or the place has lasted too long
    SERVED = "served"
    HUNG_UP = "hung_up"
    GOT_THROUGH = "got_through"  # the citizen rang in and an agent answered
    WITHDRAWN = "withdrawn"
    KEPT_AGAIN = "kept_again"  # rung back, the citizen had to wait once more and took the offer again


NEXT: Final[Mapping[tuple[State, Move], State]] = {
    (State.WAITING, Move.DIAL): State.RINGING,
    (State.WAITING, Move.EXHAUSTED): State.GIVEN_UP,
    (State.RINGING, Move.ANSWERED): State.QUEUED,
    (State.RINGING, Move.NOT_REACHED): State.WAITING,
    (State.RINGING, Move.EXHAUSTED): State.GIVEN_UP,
    (State.RINGING, Move.SERVED): State.SERVED,
    (State.QUEUED, Move.SERVED): State.SERVED,
    (State.QUEUED, Move.HUNG_UP): State.CANCELLED,
    (State.QUEUED, Move.KEPT_AGAIN): State.WAITING,
} | {
    (state, move): State.CANCELLED
    for state in (State.WAITING, State.RINGING)
    for move in (Move.GOT_THROUGH, Move.WITHDRAWN)
}


def step(state: State, move: Move) -> State | None:
    """None for a move that the table does not list: a fact that came too late changes nothing."""
    return NEXT.get((state, move))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`joined_at` is when the caller joined the queue: that is the place. `number` is a number's key."""

    id: UUID
    pbx: str
    queue: str
    number: str
    dialled: str
    call: CallId | None
    joined_at: datetime
    kept_at: datetime
    state: State
    attempts: int
    attempt: AttemptId | None
    next_at: datetime
    rang_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A queue as it is: when each caller in it joined, agents idle, agents on duty. `ringing` are citizens of kept
    places who are being rung for it, or have answered and wait for their agent."""

    joined: Sequence[datetime]
    ready: int
    on_duty: int
    ringing: int


def is_due(place: Place, queue: Standing, now: datetime) -> bool:
    """Everybody who came earlier is served, and an agent is there for the citizen: idle, or, while later callers take
    every agent the moment one is free, the next to be free. Never more citizens are rung than agents can take."""
    if queue.ringing >= (queue.ready or max(1, queue.on_duty // FREED)):
        return False
    if place.state is not State.WAITING or place.next_at > now or not queue.on_duty:
        return False
    if any(joined < place.joined_at for joined in queue.joined):
        return False
    return queue.ready > 0 or len(queue.joined) > 0
