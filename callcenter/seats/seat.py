"""One seat as it stands: an immutable value; each change is a new version."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from callcenter.core.ids import CallId, OfferId, UserId
from callcenter.seats.presence import BUSY, Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a supervisor (`by`, a name) made of a seat, and why; `pending` until the call that stands is over."""

    presence: Presence
    reason: str
    by: str
    at: datetime
    pending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """`penalties` by queue, 0 for one that is not named. `rest` and `rest_reason` are what the seat was before its
    phone rang."""

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
    penalties: Mapping[str, int] = field(default_factory=dict)
    order: Order | None = None
    rest: Presence = Presence.READY
    rest_reason: str = ""

    def penalty_in(self, queue: str) -> int:
        return self.penalties.get(queue, 0)

    @property
    def ordered(self) -> Presence | None:
        """The presence that waits for the end of the call."""
        return self.order.presence if self.order is not None and self.order.pending else None

    def moved(self, presence: Presence, reason: str, at: datetime) -> "Seat":
        """In the new presence since `at`; the card leaves the desk when the agent is done with the call."""
        keeps = presence in {Presence.RINGING, Presence.TALKING, Presence.AFTER_CALL}
        leaves_rest = presence in BUSY and self.presence not in BUSY
        return replace(
            self,
            presence=presence,
            reason=reason,
            since=at,
            call=self.call if keeps else None,
            offer=self.offer if keeps else None,
            version=self.version + 1,
            order=_after(self.order, presence),
            rest=self.presence if leaves_rest else self.rest,
            rest_reason=self.reason if leaves_rest else self.rest_reason,
        )

    def ends_after(self, limit: timedelta | None) -> datetime | None:
        """When after-call work ends by itself."""
        return self.since + limit if limit is not None and self.presence is Presence.AFTER_CALL else None


def _after(order: Order | None, presence: Presence) -> Order | None:
    """An order is shown as long as what it ordered lasts."""
    if order is None:
        return None
    if presence is order.presence:
        return replace(order, pending=False)
    return order if order.pending else None
