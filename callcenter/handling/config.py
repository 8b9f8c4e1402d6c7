"""Settings of the handling room."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field


class HandlingConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    effect_after: timedelta | None = Field(
        default=timedelta(days=30),
        description="Repeated and difficult matters are looked at again so long after the close; none: never.",
    )
