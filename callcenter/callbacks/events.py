"""What happens to call-backs."""

from dataclasses import dataclass

from callcenter.core.events import Event
from callcenter.core.ids import AttemptId, CallbackId, OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackDialled(Event):
    callback: CallbackId
    attempt: AttemptId
    order: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackSettled(Event):
    """`outcome` is a word of `callbacks.policy.Outcome`; the two answers only when given by key."""

    callback: CallbackId
    attempt: AttemptId
    order: OrderId
    outcome: str
    resolved: bool | None
    satisfied: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFinished(Event):
    """The survey flow of an attempt is over; its answers are stored."""

    attempt: AttemptId
