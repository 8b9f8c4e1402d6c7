"""Settings of the call-back room."""

from datetime import time, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from callcenter.orders.terms import CallerNeed, Emotion


class CallbackConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    begin: time = Field(default=time(9, 0), description="Citizens are rung from this time of the city's day on.")
    end: time = Field(default=time(20, 0), description="No call-back is begun from this time of the city's day on.")
    attempts: int = Field(default=3, ge=1, le=9, description="Attempts at different times, then a human decides.")
    after_no_answer: timedelta = Field(default=timedelta(hours=3), description="Wait after nobody answered.")
    after_busy: timedelta = Field(default=timedelta(minutes=20), description="Wait after an engaged line.")
    after_failed: timedelta = Field(default=timedelta(hours=1), description="Wait after a call that failed.")
    after_no_survey: timedelta = Field(default=timedelta(days=1), description="Wait after a hang-up without answers.")
    after_unsent: timedelta = Field(default=timedelta(minutes=1), description="Wait when Asterisk never began to dial.")
    at_once: int = Field(default=4, ge=1, le=100, description="Call-backs in progress at most, for each PBX.")
    ring: timedelta = Field(default=timedelta(seconds=60), description="Ringing before Asterisk gives up.")
    doubt_after: timedelta = Field(default=timedelta(minutes=5), description="Silence before an attempt is looked up.")
    last_key: timedelta = Field(default=timedelta(seconds=3), description="Wait for the survey's last key at its end.")
    keep_marks: timedelta = Field(default=timedelta(days=1), description="How long the PBX remembers an attempt.")
    by_person: tuple[CallerNeed | Emotion, ...] = Field(
        default=(*CallerNeed, Emotion.FIERCE),
        description="Needs and moods of citizens whom the machine does not ring: a person asks them (SG-28, SG-29).",
    )
    fairly_counts: bool = Field(default=True, description="Whether 基本满意 counts as satisfied, else as not.")
    survey: str = Field(default="survey", pattern=r"^[A-Za-z0-9_-]{1,40}$", description="Name of the survey flow.")

    @model_validator(mode="after")
    def _window_opens(self) -> Self:
        if self.begin >= self.end:
            raise ValueError("callbacks.begin must be before callbacks.end")
        return self
