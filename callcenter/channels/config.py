"""Settings of intake."""

import re
from datetime import date, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from callcenter.channels.geo_report import Format

_DAY: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Campaign(_Part):
    """A season of the year, every year (GH-02): `begins` and `ends` are MM-DD, both included; it may pass the new
    year."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    begins: str
    ends: str

    @field_validator("begins", "ends")
    @classmethod
    def _day(cls, text: str) -> str:
        if not _DAY.fullmatch(text):
            raise ValueError("not a day as MM-DD")
        return text

    def holds(self, day: date) -> bool:
        today = f"{day:%m-%d}"
        if self.begins <= self.ends:
            return self.begins <= today <= self.ends
        return today >= self.begins or today <= self.ends


class Peer(_Part):
    """Another city's Open311 server. `services`: our category code → its service_code; '*' stands for every other."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    endpoint: Annotated[str, Field(pattern=r"^https?://\S+$", description="Up to and without /requests.json")]
    api_key: SecretStr
    jurisdiction_id: str = ""
    format: Format = "xml"
    services: dict[str, str]


class ChannelsConfig(_Part):
    seasons: tuple[Campaign, ...] = Field(
        default=(Campaign(name="夏令热线", begins="06-15", ends="09-15"),),
        description="Campaigns whose demands carry their name (GH-02).",
    )
    jurisdiction_id: str = Field(default="", description="Our code for Open311 clients (行政区划代码); empty: any.")
    contact: str = Field(default="", max_length=200, description="Whom Open311 clients ask for an API key.")
    public_reads: int = Field(default=120, ge=1, description="Open311: reads a minute from one address.")
    public_posts: int = Field(default=30, ge=1, description="Open311: requests posted a minute by one client.")
    peers: tuple[Peer, ...] = Field(default=(), description="Other Open311 servers that orders can be handed to.")
    peer_timeout: timedelta = Field(default=timedelta(seconds=20), description="How long another server may take.")
    service_items: str = Field(
        default="", description="URL of the service-item directory (一网通办) that answers ?q= with a JSON list."
    )


def season_of(day: date, seasons: tuple[Campaign, ...]) -> str:
    """The first campaign that the day belongs to, '' for none."""
    return next((one.name for one in seasons if one.holds(day)), "")
