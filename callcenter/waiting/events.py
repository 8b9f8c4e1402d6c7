"""What happens to kept places."""

from dataclasses import dataclass
from uuid import UUID

from callcenter.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceKept(Event):
    place: UUID
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMoved(Event):
    """`state` is one of `waiting.places.State`; `reason` says more about an end or a new attempt."""

    place: UUID
    queue: str
    state: str
    reason: str
