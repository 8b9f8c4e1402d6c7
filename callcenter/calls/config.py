"""Settings of the calls room."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class CallsConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    spool: Path = Field(
        default=Path("spool"),
        description="Folder where call facts are kept while the database is away, one file per PBX.",
    )
    spool_limit: int = Field(
        default=2 * 1024**3, ge=1024, description="Bytes that one spool file may reach; facts then wait in memory."
    )
    waiting_limit: int = Field(
        default=20_000, ge=1, description="Facts waiting to be stored; beyond it the link's inbox is left to fill."
    )
    batch: int = Field(default=400, ge=1, description="Facts stored in one transaction at most.")
    write_deadline: float = Field(
        default=3.0, gt=0, description="Seconds after which a database that does not answer counts as away."
    )
    retry_first: float = Field(default=0.25, gt=0, description="Seconds before the first try to reach the database.")
    retry_most: float = Field(default=5.0, gt=0, description="Seconds between tries at most.")
    cel: Path | None = Field(
        default=None,
        description="Asterisk's CEL file (CSV) as this server sees it: gaps are filled from it. Unset: only shown.",
    )
