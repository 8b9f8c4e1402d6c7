"""One intrusion as it stands: an immutable value; each fact makes the next."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from callcenter.core.ids import CallId, LegId, UserId
from callcenter.supervision.modes import Mode

LEG: Final = "hl-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`spied` is the agent's extension, `extension` the supervisor's. `mode` is None until the supervisor has answered.
    `asked` is what was asked for last: while it is TAKE_OVER and `mode` is not, the supervisor is on the way into the
    room."""

    id: UUID
    supervisor: UserId
    agent: UserId
    spied: str
    call: CallId
    pbx: str
    extension: str
    reason: str
    asked: Mode
    asked_at: datetime
    mode: Mode | None = None
    since: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None

    @property
    def leg(self) -> LegId:
        """Uniqueid of the supervisor's channel."""
        return LegId(f"{LEG}{self.id}")

    def entered(self, mode: Mode, at: datetime) -> "Session":
        """In the call in this way; the same object when it was so already."""
        if mode is self.mode:
            return self
        return replace(self, mode=mode, since=at, answered_at=self.answered_at or at)

    def ended(self, at: datetime, *, refused: bool = False) -> "Session":
        outcome = "done" if self.answered_at else "refused" if refused else "unanswered"
        return replace(self, ended_at=max(at, self.since or self.asked_at), outcome=outcome)


def session_of(leg: LegId) -> UUID | None:
    """The id in a leg's name; call-backs and transfers name theirs in the same way."""
    if not leg.startswith(LEG):
        return None
    try:
        return UUID(leg.removeprefix(LEG))
    except ValueError:
        return None
