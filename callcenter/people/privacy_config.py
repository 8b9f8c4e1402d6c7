"""Settings of the keys, the audit chain and the citizen's own pages."""

from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class PrivacyConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    keys_file: Path | None = Field(
        default=None,
        description="The keys that names and numbers are sealed with (callcenter keys new), mode 0600. Without it the "
        "server does not start.",
    )
    chain_every: timedelta = Field(
        default=timedelta(seconds=5), gt=timedelta(0), description="How often new audit rows are chained."
    )
    reveals_an_hour: int = Field(default=20, ge=1, description="Callers' identities that one user may reveal an hour.")
    slot_labels: dict[str, str] = Field(
        default_factory=dict,
        description="What this city calls the slots of an org: chief, deputy, section (e.g. deputy: 第一责任人).",
    )
    sms_rating: bool = Field(
        default=True, description="Whether a citizen's rating by link counts as the answer of the call-back."
    )
    rating_lasts: timedelta = Field(
        default=timedelta(days=7), gt=timedelta(0), description="How long a rating link can be used."
    )
    asks_an_hour: int = Field(
        default=30, ge=1, description="Requests of the citizen's pages that one address may make an hour."
    )
