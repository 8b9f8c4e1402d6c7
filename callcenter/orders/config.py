"""Settings of the work-order room."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class OrdersConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    ruleset: str = Field(default="xiayang-2022", description="Id of the rule set for orders dispatched from now on.")
    rules: Path | None = Field(
        default=None, description="Folder with further rule sets (YAML), beside the shipped ones."
    )
    calendar_file: Path | None = Field(
        default=None,
        description="YAML file with years of the working calendar that the program does not know yet (years: holidays, "
        "workdays), from the State Council's notice of each November.",
    )
