"""Settings of the attachments of orders."""

from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

MIB = 1 << 20


class FilesConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path = Field(default=Path("files"), description="Where attachments of orders are kept.")
    file_limit: int = Field(default=20 * MIB, gt=0, description="The largest attachment, in bytes.")
    order_limit: int = Field(default=200 * MIB, gt=0, description="All attachments of one order together, in bytes.")
    upload_within: timedelta = Field(
        default=timedelta(minutes=5), gt=timedelta(0), description="How long one upload may take."
    )
    sweep_every: timedelta = Field(
        default=timedelta(hours=6), gt=timedelta(0), description="How often files and rows are compared."
    )
    orphan_after: timedelta = Field(
        default=timedelta(hours=1), description="What no row names after so long was cut short, and is removed."
    )
