"""How long a name must wait after failed log-ins. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """No wait up to `allowed` failures; then `first`, doubling with each further failure, never above `longest`."""

    allowed: int
    first: timedelta
    longest: timedelta

    def remaining(self, failures: int, last_at: datetime | None, now: datetime) -> timedelta:
        """Zero when another attempt may be made now."""
        over = failures - self.allowed
        if over < 0 or last_at is None:
            return timedelta(0)
        wait = min(self.first * (1 << min(over, 20)), self.longest)
        return max(last_at + wait - now, timedelta(0))
