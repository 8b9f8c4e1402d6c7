"""A log-in that is still good."""

from dataclasses import dataclass, field
from datetime import datetime

from callcenter.people.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`csrf` must come back in a header with every change; `expires_at` is the absolute end."""

    actor: Actor
    csrf: str = field(repr=False)
    expires_at: datetime
