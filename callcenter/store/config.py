"""Settings of the database room."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class StoreConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: SecretStr = Field(
        default=SecretStr("postgresql:///hotline"),
        description="PostgreSQL (15 or newer) connection URL. The name DATABASE_URL is understood too.",
    )
    pool_min: int = Field(default=2, ge=1, description="Connections kept open.")
    pool_max: int = Field(default=16, ge=2, description="Connections at most.")
    connect_timeout: float = Field(default=10.0, gt=0, description="Seconds to wait for the first connection.")
