"""Settings of the hotline registry: test calls, drills, cases of other platforms."""

from datetime import time, timedelta

from pydantic import BaseModel, ConfigDict, Field


class RegistryConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    probes: bool = Field(default=True, description="Whether each forwarded number is rung once a day as a test.")
    probe_at: time = Field(default=time(4, 0), description="Test calls begin at this time of the city's day.")
    probe_spread: timedelta = Field(default=timedelta(hours=2), description="Test calls are spread over this time.")
    probe_deadline: timedelta = Field(default=timedelta(seconds=60), description="Longer, and a test call has failed.")
    earlier_within: timedelta = Field(
        default=timedelta(hours=24), description="A call handed back to us is linked with the caller's call before it."
    )
