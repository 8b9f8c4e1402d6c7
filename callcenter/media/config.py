"""Settings of the media room."""

from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class MediaConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path = Field(default=Path("media"), description="Where sealed recordings are kept.")
    monitor_folder: Path = Field(
        default=Path("monitor"), description="Where Asterisk writes recordings, as this server sees that folder."
    )
    close_deadline: timedelta = Field(
        default=timedelta(seconds=5),
        gt=timedelta(0),
        description="How long Asterisk may take to close a recording after its channel ended; then it is repaired.",
    )
    scan_every: timedelta = Field(
        default=timedelta(seconds=30),
        gt=timedelta(0),
        description="How often ended recordings that could not be sealed (disk full ...) are tried again.",
    )
    sweep_every: timedelta = Field(
        default=timedelta(hours=6), gt=timedelta(0), description="How often files and rows are compared for orphans."
    )
    orphan_after: timedelta = Field(
        default=timedelta(minutes=10),
        description="A file younger than this is not yet an orphan: its row may be on the way.",
    )
    keep_recordings: timedelta = Field(
        default=timedelta(days=730),
        ge=timedelta(days=30),
        description="How long recordings, transcripts and handled voice messages are kept; at least 30 days (B-32). "
        "Those of open orders are kept in any case.",
    )
    keep_disputed: timedelta = Field(
        default=timedelta(days=1095),
        ge=timedelta(days=30),
        description="How long after its closing those of an order are kept that was supervised, disputed, unresolved, "
        "unsatisfied, handled again or a report; no shorter than keep_recordings.",
    )

    @model_validator(mode="after")
    def _disputed_is_kept_longer(self) -> Self:
        if self.keep_disputed < self.keep_recordings:
            raise ValueError("keep_disputed must not be shorter than keep_recordings")
        return self
