"""One attempt to pass a caller on, from the press to its end. Asterisk says what became of it: `reached` folds its
HotlineReach marks, `gone` and `call_ended` the ends of channels. An attempt that has its outcome keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from callcenter.core.ids import CallId, LegId, OrderId, UserId
from callcenter.transfers.matrix import Means

TransferId = NewType("TransferId", UUID)


class Place(StrEnum):
    """What a caller is passed on to."""

    LINE = "line"
    """Another line's number (the registry's)."""
    NUMBER = "number"
    """Any number that the gate lets through."""
    SEAT = "seat"
    QUEUE = "queue"


class Outcome(StrEnum):
    ANSWERED = "answered"
    NOT_REACHED = "not_reached"
    """Nobody answered; the agent has the caller still, or again."""
    BACK_TO_AGENT = "back_to_agent"
    """Nobody answered; the caller was rung through to the same agent."""
    QUEUED = "queued"
    """Nobody answered, nor did the agent: the caller waits in the queue, before all others."""
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"
    """The caller hung up before anybody answered."""
    NOT_SENT = "not_sent"
    """Asterisk never began: its link was down, or it refused."""
    UNKNOWN = "unknown"
    """Nobody was there to hear how it ended."""
    ORDERED = "ordered"
    GUIDED = "guided"


FAILED: Final[Mapping[str, str]] = {
    "BUSY": "busy",
    "NOANSWER": "no_answer",
    "CONGESTION": "rejected",
    "CHANUNAVAIL": "unreachable",
    "CANCEL": "cancelled",
}
"""Asterisk's DIALSTATUS to the word for why the target did not answer."""
OUTCOMES: Final[Mapping[str, Outcome]] = {
    "target": Outcome.ANSWERED,
    "fallback": Outcome.ANSWERED,
    "agent": Outcome.BACK_TO_AGENT,
}
"""Whose answer is what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`target` is the number of a line, `seat/<extension>`, `queue/<name>` or a number; `room` the citizen's leg.
    `held`: the caller hears music because of it. `consult`: the caller is not joined until the agent says so. `keeper`
    is the side that keeps the order. `ringing_at` ... `ended_at` are Asterisk's own times."""

    id: TransferId
    call: CallId
    pbx: str
    room: LegId
    actor: UserId
    extension: str
    place: Place
    target: str
    mode: Means
    matter: str = ""
    version: int
    doubtful: bool = False
    emergency: bool = False
    drill: bool = False
    keeper: str
    fallback: str = ""
    consult: bool = False
    held: bool = False
    order: OrderId | None = None
    summary: str = ""
    asked_at: datetime
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    step: str = ""
    failure: str = ""
    used_fallback: bool = False
    outcome: Outcome | None = None
    remote_case_no: str = ""
    case_noted_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Attempt({self.id}, {self.outcome or self.step or 'asked'})"

    @property
    def under_way(self) -> bool:
        return self.outcome is None

    @property
    def joins(self) -> bool:
        """The target comes to the caller (a leg is originated), not the caller to the target."""
        return self.mode in (Means.WARM, Means.THREE_WAY)

    @property
    def there(self) -> bool:
        """Whoever answered is with the caller or the agent still."""
        return self.outcome is Outcome.ANSWERED and self.ended_at is None

    @property
    def leg(self) -> LegId:
        """Of the channel that stands for the target in a room."""
        return LegId(f"hl-{self.id}")

    @property
    def time_to_answer(self) -> timedelta | None:
        return None if self.answered_at is None else self.answered_at - self.asked_at


def reached(attempt: Attempt, step: str, status: str, at: datetime) -> Attempt:
    """One HotlineReach mark. The very same object when it tells nothing new."""
    if not attempt.under_way:
        return attempt
    if step == "queue":
        return settled(replace(attempt, step=step), Outcome.QUEUED, at)
    if status == "RINGING":
        ringing = attempt.ringing_at or (at if step in ("target", "fallback") else None)
        return replace(attempt, step=step, ringing_at=ringing)
    if status == "ANSWER":
        outcome = OUTCOMES.get(step, Outcome.UNKNOWN)
        if outcome is not Outcome.ANSWERED:
            return settled(replace(attempt, step=step), outcome, at)
        return replace(attempt, step=step, answered_at=at, used_fallback=step == "fallback", outcome=outcome)
    failure = attempt.failure or FAILED.get(status, "unreachable")
    return replace(attempt, step=step, failure=failure)


def gone(attempt: Attempt, at: datetime) -> Attempt:
    """The channel that was to bring the target, or brought it, has ended."""
    if attempt.ended_at is not None:
        return attempt
    return settled(attempt, Outcome.NOT_REACHED, at)


def call_ended(attempt: Attempt, at: datetime) -> Attempt:
    if attempt.ended_at is not None:
        return attempt
    return settled(attempt, Outcome.ABANDONED, at)


def settled(attempt: Attempt, outcome: Outcome, at: datetime) -> Attempt:
    """Over. An outcome that is known already stays."""
    return replace(attempt, outcome=attempt.outcome or outcome, ended_at=at)


def case_noted(attempt: Attempt, number: str, at: datetime) -> Attempt:
    """The other side's case number; a corrected one takes the place of the first."""
    return replace(attempt, remote_case_no=number, case_noted_at=at)
