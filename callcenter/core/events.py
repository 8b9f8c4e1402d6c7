"""What has happened, as frozen past-tense types. Rooms define their own; upper floors hear them by the bus."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that has happened at an instant (aware, UTC)."""

    at: datetime
