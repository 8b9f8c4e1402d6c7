"""Settings of the numbers room."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class NumbersConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    area_code: str = Field(
        default="", pattern=r"^(0[0-9]{2,3})?$", description="The city's area code with its 0, for local landlines."
    )
    rules: Path | None = Field(default=None, description="What may be dialled; default: ivr/dialling.yaml.")
