"""Settings of the numbers room."""

from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class NumbersConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    area_code: str = Field(
        default="", pattern=r"^(0[0-9]{2,3})?$", description="The city's area code with its 0, for local landlines."
    )
    rules: Path | None = Field(default=None, description="What may be dialled; default: ivr/dialling.yaml.")
    look_up: timedelta = Field(
        default=timedelta(milliseconds=500), description="Longest look-up of a caller; then the caller is ordinary."
    )
    language_for: timedelta = Field(
        default=timedelta(days=180), description="How long a caller's language is remembered after it was chosen."
    )
    care_at_most: timedelta = Field(
        default=timedelta(days=366), description="Longest time on the special care list before it is set again."
    )
    harassment_at_most: timedelta = Field(
        default=timedelta(days=90), description="Longest restraint by the harassment list, from its approval on."
    )
    evidence_at_least: int = Field(
        default=2, ge=1, le=20, description="Calls of the number that a harassment proposal must name."
    )
    toll_alarm: int = Field(default=5, ge=1, description="Toll attempts within the alarm window that raise an alarm.")
    toll_window: timedelta = Field(default=timedelta(minutes=10), description="The window of the toll alarm.")
    keep_refusals: timedelta = Field(
        default=timedelta(days=1095),
        ge=timedelta(days=183),
        description="How long the log of refused dialling is kept; at least six months (B-32).",
    )
