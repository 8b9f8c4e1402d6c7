"""Settings of the waiting room."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field


class WaitingConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    measured_over: timedelta = Field(
        default=timedelta(hours=4),
        description="Handling times are measured over so long, of the last calls of each seat.",
    )
    supposed_handling: timedelta = Field(
        default=timedelta(minutes=4), description="Handling time of a call where none has been measured yet."
    )
    supposed_weight: int = Field(
        default=5, ge=1, le=1000, description="The supposed handling time counts as much as so many measured calls."
    )
    measure_every: timedelta = Field(default=timedelta(minutes=1), description="Handling times are measured so often.")
    longest_told: timedelta = Field(
        default=timedelta(minutes=30),
        description="A longer wait is not told as a figure: nobody could keep the promise.",
    )
    keep_places: bool = Field(default=True, description="Waiting callers may be offered to be rung back in their turn.")
    most_places: int = Field(default=200, ge=1, le=10_000, description="So many places are kept at a time.")
    place_attempts: int = Field(default=3, ge=1, le=10, description="A kept place is dialled so often at most.")
    place_retry: timedelta = Field(
        default=timedelta(minutes=3), description="Between two attempts to reach the citizen of a kept place."
    )
    place_ring: timedelta = Field(
        default=timedelta(seconds=30), description="So long the citizen's telephone may ring."
    )
    place_lasts: timedelta = Field(default=timedelta(hours=4), description="A place is given up after this time.")
    place_flow: str = Field(
        default="kept_place",
        pattern=r"^[a-z][a-z0-9_]{0,39}$",
        description="The call flow of a citizen who is rung back in turn; it leads into the queue.",
    )
    last_agent_within: timedelta = Field(
        default=timedelta(days=3), description="Who rings again within this time is offered the agent of the last call."
    )
