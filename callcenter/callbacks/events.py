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
    """`outcome` is answered, no_answer, busy, failed, refused or unknown; the two answers only when given by key."""

    callback: CallbackId
    attempt: AttemptId
    order: OrderId
    outcome: str
    resolved: bool | None
    satisfied: bool | None
