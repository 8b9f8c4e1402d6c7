"""Settings of the work-order room."""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from callcenter.orders.phases import Template

RuleSetVersion = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*/[1-9][0-9]{0,3}$")]


class OrdersConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    ruleset: str = Field(default="xiayang-2022", description="Id of the rule set for orders dispatched from now on.")
    rules: Path | None = Field(
        default=None, description="Folder with further rule sets (YAML), beside the shipped ones."
    )
    effective_from: dict[RuleSetVersion, date] = Field(
        default={},
        description="From which day a version of a rule set is in force (such as jincheng/2: 2026-01-01), where its "
        "document does not say: callcenter rules list shows which dates are assumed.",
    )
    phases: Template = Field(
        default="five-jincheng",
        description="How an order's progress is shown: five-jincheng (接听受理…督办回访), seven-sungeng (收件…办结) or "
        "five-gaohang (接诉…评价).",
    )
    effect_check_days: int = Field(
        default=0,
        ge=0,
        le=366,
        description="So many days after the close the effect of repeated, difficult and reopened orders is checked; "
        "0: no check.",
    )
    calendar_file: Path | None = Field(
        default=None,
        description="YAML file with years of the working calendar that the program does not know yet (years: holidays, "
        "workdays), from the State Council's notice of each November.",
    )
