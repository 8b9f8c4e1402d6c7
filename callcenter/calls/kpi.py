"""How well calls are answered, as formulas over counts.

Requirements A3.5, rows B-07, B-21, JC-03, JC-37, JC-38: GB/T 33358 asks for an answer within 15 s and for a connection
rate of 95 % in any continuous 24 h. Test calls, and attempts to dial through us, are in no count.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Self

IN_TIME: Final = timedelta(seconds=15)
WINDOW: Final = timedelta(hours=24)
CONNECT_LINE: Final = 0.95
IN_TIME_LINE: Final = 0.80
"""B-21: what one city's working standard asks of the 15 s answer rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Citizens' calls of a stretch of time, counted by when they arrived. `asked`: wanted a person and were answered or
    have ended, so that those who still wait are not judged yet. `in_time`: answered within 15 s of asking. `abandoned`:
    hung up before anybody answered. `failed`: never got as far as asking, or ended nobody saw how."""

    arrived: int = 0
    asked: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    failed: int = 0

    def __add__(self, other: Self) -> "Tally":
        return Tally(
            arrived=self.arrived + other.arrived,
            asked=self.asked + other.asked,
            answered=self.answered + other.answered,
            in_time=self.in_time + other.in_time,
            abandoned=self.abandoned + other.abandoned,
            failed=self.failed + other.failed,
        )

    @property
    def connect_rate(self) -> float | None:
        """接通率: answered ÷ asked for a person. None while nobody has asked."""
        return self.answered / self.asked if self.asked else None

    @property
    def in_time_rate(self) -> float | None:
        """15 秒接听率: answered within 15 s ÷ answered."""
        return self.in_time / self.answered if self.answered else None

    @property
    def abandon_rate(self) -> float | None:
        """放弃率: abandoned ÷ asked for a person."""
        return self.abandoned / self.asked if self.asked else None

    @property
    def connect_line_held(self) -> bool:
        """B-07. A day on which nobody asked breaks no line."""
        return self.connect_rate is None or self.connect_rate >= CONNECT_LINE
