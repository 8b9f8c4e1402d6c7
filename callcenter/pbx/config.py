"""Settings of the PBX room."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class AmiConfig(BaseModel):
    """One PBX's manager interface. Durations are given in seconds or ISO 8601."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default="pbx1", pattern=r"^[a-z0-9-]{1,32}$", description="Name of the PBX, kept with each fact.")
    host: str = Field(default="127.0.0.1", description="Host of Asterisk's manager interface.")
    port: int = Field(default=5038, ge=1, le=65535, description="Port of Asterisk's manager interface.")
    username: str = Field(default="hotline", description="User of manager.conf.")
    secret: SecretStr = Field(default=SecretStr(""), description="Secret of that user.")
    connect_deadline: timedelta = Field(default=timedelta(seconds=5), description="To connect and to log in.")
    action_deadline: timedelta = Field(default=timedelta(seconds=5), description="To answer an action; then unknown.")
    boot_deadline: timedelta = Field(default=timedelta(seconds=60), description="From log-in to FullyBooted.")
    snapshot_deadline: timedelta = Field(default=timedelta(seconds=20), description="For each list of the snapshot.")
    ping_every: timedelta = Field(default=timedelta(seconds=10), description="Between two pings.")
    ping_deadline: timedelta = Field(default=timedelta(seconds=5), description="An unanswered ping drops the link.")
    backoff_first: timedelta = Field(default=timedelta(milliseconds=500), description="First wait to reconnect.")
    backoff_most: timedelta = Field(default=timedelta(seconds=30), description="Longest wait to reconnect.")
    refused_wait: timedelta = Field(default=timedelta(seconds=60), description="Wait after a refused log-in.")
    inbox_size: int = Field(default=100_000, ge=10, description="Facts kept for a slow consumer before a gap is made.")
