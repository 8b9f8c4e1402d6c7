"""Sessions that the database confirmed lately: while it is away, who is at a desk can still press 110."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from callcenter.core.ids import UserId
from callcenter.people.session import Session

_MOST: Final = 10_000


class SessionMemory:
    """By hash of the token. Pure: time comes from outside. `trusted` is how long a confirmation holds."""

    def __init__(self, trusted: timedelta) -> None:
        self._trusted = trusted
        self._held: OrderedDict[bytes, tuple[Session, datetime]] = OrderedDict()

    def confirm(self, hashed: bytes, session: Session, at: datetime) -> None:
        self._held[hashed] = (session, at)
        self._held.move_to_end(hashed)
        if len(self._held) > _MOST:
            self._held.popitem(last=False)

    def recall(self, hashed: bytes, now: datetime) -> Session | None:
        """None when it was never confirmed, too long ago, or has come to its end."""
        session, at = self._held.get(hashed, (None, now))
        if session is None or now - at >= self._trusted or now >= session.expires_at:
            return None
        return session

    def forget(self, hashed: bytes) -> None:
        self._held.pop(hashed, None)

    def forget_user(self, user: UserId, *, but: bytes = b"") -> None:
        for hashed in [held for held, (session, _) in self._held.items() if session.actor.user_id == user]:
            if hashed != but:
                del self._held[hashed]
