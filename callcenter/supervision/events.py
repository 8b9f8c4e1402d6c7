"""What supervisors do, as the house hears it."""

from dataclasses import dataclass
from uuid import UUID

from callcenter.core.events import Event
from callcenter.core.ids import CallId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Intruded(Event):
    """The supervisor is in the call from now on, or has changed how. `mode` is a word of `modes.Mode`."""

    session: UUID
    call: CallId
    supervisor: UserId
    agent: UserId
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntrusionEnded(Event):
    """`outcome` is done, unanswered or refused."""

    session: UUID
    call: CallId
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerPutFirst(Event):
    call: CallId
    queue: str
