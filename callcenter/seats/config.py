"""Settings of the seats room."""

from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class PauseReason(BaseModel):
    """`code` goes into Asterisk and the presence log; the two names are shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    zh: str
    en: str


def _reasons() -> tuple[PauseReason, ...]:
    return (
        PauseReason(code="rest", zh="小休", en="Short break"),
        PauseReason(code="meal", zh="用餐", en="Meal"),
        PauseReason(code="training", zh="培训", en="Training"),
        PauseReason(code="meeting", zh="会议", en="Meeting"),
        PauseReason(code="paperwork", zh="整理工单", en="Paperwork"),
    )


class SeatsConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    queues: Path | None = Field(default=None, description="The queues and their skills; unset: the shipped ones.")
    pause_reasons: tuple[PauseReason, ...] = Field(
        default_factory=_reasons, description="Reasons an agent can pause with, in the order shown."
    )
    after_call: bool = Field(default=True, description="A call is followed by after-call work; off: ready at once.")
    after_call_limit: timedelta | None = Field(
        default=None, description="After-call work ends by itself after this time; unset: the agent ends it."
    )
    pause_on_no_answer: bool = Field(
        default=True, description="A seat that lets its phone ring is paused, so that nobody is offered an empty chair."
    )
    pop_budget: timedelta = Field(
        default=timedelta(milliseconds=250),
        description="A card pops with what is known when look-ups take longer than this; the rest follows.",
    )
    pop_deadline: timedelta = Field(default=timedelta(seconds=5), description="Look-ups of a card are given up then.")
    recent_calls: int = Field(default=5, ge=0, le=50, description="Earlier calls of the caller on a card.")
    open_orders: int = Field(default=5, ge=0, le=50, description="Open orders of the caller on a card.")
    similar_orders: int = Field(default=5, ge=0, le=50, description="Similar open orders nearby on a card.")
