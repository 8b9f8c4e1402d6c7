"""What happens at the gate and to the lists of numbers. No event carries a number."""

from dataclasses import dataclass

from callcenter.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DialWasRefused(Event):
    """`reason` is a word of `numbers.rules.Reason`; `source` is gate, seat (dialled by hand) or trunk (a stranger)."""

    reason: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TollAlarmRaised(Event):
    """`attempts` to dial through us within the alarm's window."""

    attempts: int
