"""One demand as any side hands it in (JC-17, B-44): the shape behind every adapter; pure."""

import hashlib
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from callcenter.orders.terms import CallerType, Kind, LocationType, RequestType, Urgency

External = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]

TITLE: Final = 120


class Incoming(BaseModel):
    """`external_id` is the sender's own and unique on its channel. `due_at` counts for superior platforms only.
    Coordinates are WGS84 unless `grid` says that a Chinese map gave them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    external_id: External = Field(description="对方编号，同一渠道内唯一 / The sender's own id")
    title: Short = Field(default="", description="标题，可空：取内容开头 / Title; empty: the beginning of the content")
    content: str = Field(min_length=1, max_length=8000, description="诉求内容 / The demand")
    request_type: RequestType = Field(default=RequestType.HELP, description="诉求类型 / Type of request (B-22)")
    kind: Kind | None = Field(default=None, description="工单种类 / Kind of order (XY-24)")
    urgency: Urgency = Field(default=Urgency.NORMAL, description="紧急程度 / Urgency")
    category: Short = Field(default="", description="分类名称 / Category")
    category_code: str = Field(default="", max_length=40, description="分类编码 / Code of the category")
    address: str = Field(default="", max_length=300, description="事发地址 / Where it happened")
    happened_at: AwareDatetime | None = Field(default=None, description="事发时间 / When it happened")
    caller_name: str = Field(default="", max_length=60, description="诉求人姓名 / Caller's name")
    caller_number: str = Field(default="", max_length=32, description="联系电话 / Number to ring back")
    caller_type: CallerType = Field(
        default=CallerType.PERSON, description="个人、企业、其他组织 / Person, enterprise, other (JC-01)"
    )
    confidential: bool = Field(default=False, description="是否保密 / Keep the caller unknown to the unit")
    anonymous: bool = Field(default=False, description="是否匿名 / The citizen gives no name")
    upper_ref: str = Field(default="", max_length=80, description="上级编号 / Number at the platform above")
    due_at: AwareDatetime | None = Field(default=None, description="上级办结时限 / Due date set from above (JC-17)")
    latitude: float | None = Field(default=None, ge=-90, le=90, description="纬度 / Latitude, degrees")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="经度 / Longitude, degrees")
    grid: Literal["wgs84", "gcj02"] = Field(default="wgs84", description="坐标系 / Which grid the point is on")
    grid_code: str = Field(default="", max_length=40, description="网格编码 / Grid cell")
    location_type: LocationType = Field(default=LocationType.UNKNOWN, description="位置类型 / Kind of place (XY-35)")
    reported_body: str = Field(default="", max_length=120, description="被反映单位 / Whom the demand is about")
    source_hotline: str = Field(default="", max_length=20, description="来源热线 / The line it came by (JC-06)")
    tags: tuple[Short, ...] = Field(default=(), max_length=20, description="标签 / Tags")

    @property
    def headline(self) -> str:
        """The title, or the content's first words."""
        return self.title or self.content.split("\n", 1)[0].strip()[:40]


class Addition(BaseModel):
    """What the citizen or the sender adds to a demand that is there already."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=8000, description="补充内容 / What is added")
    id: str = Field(default="", max_length=80, description="补充编号，重发无害 / The addition's own id")


class Standing(BaseModel):
    """What a side learns of its demand, nothing personal. `unit` is '' while no unit has it; `reply` comes when the
    citizen was told."""

    model_config = ConfigDict(frozen=True)

    number: str
    external_id: str
    stage: str
    unit: str
    reply: str | None
    received_at: datetime
    due_at: datetime | None
    closed_at: datetime | None


class Received(Standing):
    """`outcome`: taken in now, handed in before with the same words, or added to the order that was there."""

    outcome: Literal["created", "repeated", "appended"]


def digest_of(incoming: Incoming) -> bytes:
    """Equal for the same words: what a sender repeats after a lost answer. Never kept bare: with the words known, the
    caller's number is guessed from it in minutes."""
    return hashlib.sha256(incoming.model_dump_json().encode()).digest()
