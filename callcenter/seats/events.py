"""What happens at the seats."""

from dataclasses import dataclass

from callcenter.core.events import Event
from callcenter.core.ids import CallId, OfferId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged(Event):
    agent: UserId
    extension: str
    presence: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenPopped(Event):
    """The card of a ringing call was stored and announced to the agent's desk."""

    offer: OfferId
    call: CallId
    agent: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskChanged(Event):
    """What this agent's desk shows has changed: presence, card or phone. `version` is the state's."""

    agent: UserId
    version: int
