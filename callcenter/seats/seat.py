"""One seat as it stands: an immutable value; each change is a new version."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from callcenter.core.ids import CallId, OfferId, UserId
from callcenter.seats.presence import Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    user: UserId
    name: str
    extension: str
    queues: tuple[str, ...]
    presence: Presence
    reason: str
    since: datetime
    call: CallId | None
    offer: OfferId | None
    reachable: bool
    version: int

    def moved(self, presence: Presence, reason: str, at: datetime) -> "Seat":
        """In the new presence since `at`; the card leaves the desk when the agent is done with the call."""
        keeps = presence in {Presence.RINGING, Presence.TALKING, Presence.AFTER_CALL}
        return replace(
            self,
            presence=presence,
            reason=reason,
            since=at,
            call=self.call if keeps else None,
            offer=self.offer if keeps else None,
            version=self.version + 1,
        )

    def ends_after(self, limit: timedelta | None) -> datetime | None:
        """When after-call work ends by itself."""
        return self.since + limit if limit is not None and self.presence is Presence.AFTER_CALL else None
