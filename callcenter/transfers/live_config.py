"""Settings of transfers and live calls."""

from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class TransfersConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    matters: Path | None = Field(default=None, description="The list of matters (YAML); the shipped one when unset.")
    ring: timedelta = Field(
        default=timedelta(seconds=25),
        ge=timedelta(seconds=3),
        le=timedelta(minutes=2),
        description="How long seats and numbers without a link of their own are rung.",
    )
    confirm_within: timedelta = Field(
        default=timedelta(seconds=8),
        gt=timedelta(0),
        description="How long an operation waits for Asterisk to report that it has happened.",
    )
    summary_limit: int = Field(default=120, ge=10, le=400, description="Characters of a whispered summary at most.")
