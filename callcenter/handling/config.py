"""Settings of handling."""

from pydantic import BaseModel, ConfigDict, Field


class HandlingConfig(BaseModel):
    """Values that the documents leave open (A-10)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decision_days: int = Field(
        default=2,
        ge=1,
        le=60,
        description="Working days in which a leader decides on an order that stays warned; then it is told upwards.",
    )
