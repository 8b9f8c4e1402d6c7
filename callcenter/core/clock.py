"""The one place where wall-clock time enters; everything else takes it as a parameter."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Gives the current instant as an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


_proof: Clock = SystemClock()
