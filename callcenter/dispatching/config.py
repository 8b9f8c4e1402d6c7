"""Settings of dispatch."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field


class DispatchingConfig(BaseModel):
    """`intake_least` of 100 points must be there before dispatch (SG-30). `precedent_days`: how far back finished
    orders speak for a unit. `ping_pong` distinct units make an order one that runs in circles (SG-07). `backlog_...`:
    the alarm of SG-27."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    intake_least: int = Field(default=40, ge=0, le=100, description="Least points of completeness before dispatch.")
    precedent_days: int = Field(default=365, ge=1, le=3660, description="How long a finished order is a precedent.")
    ping_pong: int = Field(default=2, ge=2, le=10, description="Distinct units that make a ping-pong.")
    co_working_days: int = Field(default=3, ge=1, le=60, description="A co-handler's time when nobody says otherwise.")
    backlog_unit: int = Field(
        default=50,
        ge=0,
        le=100_000,
        description="Orders waiting for one unit or station that raise an alarm; 0: none.",
    )
    backlog_centre: int = Field(
        default=150, ge=0, le=100_000, description="Orders waiting for one centre that raise an alarm; 0: none."
    )
    backlog_every: timedelta = Field(
        default=timedelta(minutes=5), ge=timedelta(seconds=10), description="How often the backlog is looked at."
    )
