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
    backoff_most: timedelta = Field(default=timedelta(seconds=5), description="Longest wait to reconnect.")
    refused_wait: timedelta = Field(default=timedelta(seconds=60), description="Wait after a refused log-in.")
    inbox_size: int = Field(default=100_000, ge=10, description="Facts kept for a slow consumer before a gap is made.")


class TrunkConfig(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="Name of the carrier's line.")
    host: str = Field(description="The carrier's address: calls from it are trusted, calls out go to it.")
    port: int = Field(default=5060, ge=1, le=65535, description="Where the carrier takes calls.")
    groups: tuple[str, ...] = Field(
        default=("public",),
        min_length=1,
        description="Trunk groups: public, emergency (110, 119, 120, 122 ...), test, or names of your own.",
    )
    watch: timedelta = Field(
        default=timedelta(), ge=timedelta(), description="Time between two OPTIONS requests; zero asks none."
    )


class PbxConfig(BaseModel):
    """What Asterisk's configuration is rendered from, beside the hotline registry and the seats in the database."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str = Field(default="127.0.0.1", description="Address of Asterisk that the carrier and the seats reach.")
    agi_address: str = Field(default="127.0.0.1", description="Address of the dialogue server, as Asterisk reaches it.")
    sip_port: int = Field(default=5060, ge=1, le=65535, description="SIP port (UDP).")
    rtp_first: int = Field(default=20000, ge=1024, le=65000, description="First port for audio (UDP).")
    rtp_last: int = Field(default=20999, ge=1024, le=65535, description="Last port for audio (UDP).")
    trunks: tuple[TrunkConfig, ...] = Field(
        default=(TrunkConfig(name="carrier", host="127.0.0.1", port=5090),),
        description="Carriers, tried in this order for calls out; in the environment as JSON.",
    )
