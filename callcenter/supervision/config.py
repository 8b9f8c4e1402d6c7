"""Settings of the supervision room."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from callcenter.supervision.modes import Mode


class SupervisionConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    told: tuple[Mode, ...] = Field(
        default=(Mode.WHISPER, Mode.BARGE, Mode.TAKE_OVER),
        description="Modes that the agent's desk shows while they last: listen, whisper, barge, take_over.",
    )
    ring: timedelta = Field(
        default=timedelta(seconds=20), description="How long a supervisor's telephone rings to come into a call."
    )
    front_priority: int = Field(
        default=9,
        ge=1,
        le=9,
        description="Queue priority of a caller sent to the front; emergencies have 10 and stay before.",
    )
    connect_line: float = Field(
        default=0.95, gt=0, le=1, description="Connect rate over 24 hours below which the board warns (B-07)."
    )
    prompt_line: float = Field(
        default=0.8, gt=0, le=1, description="15-second answer rate below which the board warns (B-21)."
    )
    rates_kept: timedelta = Field(
        default=timedelta(seconds=5),
        description="How long the board's rates are kept before they are worked out again.",
    )
