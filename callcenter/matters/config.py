"""Settings of the room of matters."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class MattersConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    window: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=366))] = Field(
        default=timedelta(days=30), description="How long demands at one place may still be one matter."
    )
    group_from: int = Field(
        default=5, ge=2, le=1000, description="Callers on one matter from which it is a group demand (群体性, GH-19)."
    )
