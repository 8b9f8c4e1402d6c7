"""Settings of the attachments of orders."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

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
    clamd: str = Field(
        default="",
        pattern=r"^(|unix:/[^\x00]+|(\[[0-9A-Fa-f:.]+\]|[\w.-]+):\d{1,5})$",
        description="ClamAV's daemon that looks at every upload: host:port or unix:/path; empty: no scan.",
    )
    clamd_within: timedelta = Field(
        default=timedelta(seconds=30), gt=timedelta(0), description="How long one scan may take."
    )
    clamd_away: Literal["refuse", "keep"] = Field(
        default="refuse",
        description="While the scanner is away: 'refuse' takes no upload; 'keep' takes it, opens it to nobody, and "
        "scans it with the next sweep that finds the scanner.",
    )
    public_side: int = Field(
        default=1600, ge=200, le=8000, description="The longer side, in pixels, of pictures that the public sees."
    )
