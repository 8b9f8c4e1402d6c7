"""Settings of the agents' calls out."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field


class OutboundConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    agent_ring: timedelta = Field(
        default=timedelta(seconds=20),
        description="How long the agent's own telephone rings before the call is dropped.",
    )
    citizen_ring: timedelta = Field(
        default=timedelta(seconds=45), description="How long the citizen's telephone rings."
    )
    least_talk: timedelta = Field(
        default=timedelta(seconds=5), description="Shortest talk with the citizen that proves a contact (XY-08)."
    )
    look_again: timedelta = Field(
        default=timedelta(seconds=30), description="Time between looks at calls whose end was not heard."
    )
