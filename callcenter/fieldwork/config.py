"""Settings of field work."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field


class FieldworkConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    early: timedelta = Field(
        default=timedelta(minutes=30), ge=timedelta(0), description="How long before its shift a patrol may begin."
    )
    late: timedelta = Field(
        default=timedelta(hours=2),
        ge=timedelta(0),
        description="How long after its shift it may still be noted down.",
    )
    compared_days: int = Field(
        default=30, ge=1, le=366, description="Days before and after an activity whose demands are compared (SG-41)."
    )
