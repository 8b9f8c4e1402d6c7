"""What clients send about field work. Field descriptions are Chinese first, English after the slash."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from callcenter.fieldwork.terms import ActivityKind, Enforcement
from callcenter.web.route import Binary, Paged, Wire


class PatrolPlanned(Wire):
    id: UUID = Field(description="客户端生成的编号，重发无害 / Made by the client: sent again it is one patrol")
    area: str = Field(min_length=1, max_length=200, description="巡查区域 / Area")
    task: str = Field(min_length=1, max_length=2000, description="巡查内容 / What is looked for")
    category: str = Field(default="", max_length=120, description="发现事项的默认分类 / Category of what is found")
    begins_at: AwareDatetime = Field(description="开始 / Beginning of the shift")
    ends_at: AwareDatetime = Field(description="结束，最长 24 小时 / Its end, at most 24 hours later")
    people: tuple[UUID, ...] = Field(min_length=1, max_length=50, description="巡查人员 / Who walks it")


class Somewhere(Wire):
    """Coordinates are WGS84, both or none."""

    id: UUID = Field(description="客户端生成的编号，重发无害 / Made by the client: sent again it is one")
    latitude: float | None = Field(default=None, ge=-90, le=90, description="纬度 / Latitude")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="经度 / Longitude")

    @model_validator(mode="after")
    def _whole(self) -> "Somewhere":
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("give both coordinates or none")
        return self


class CheckedHere(Somewhere):
    place: str = Field(default="", max_length=300, description="地点，有定位可空 / Place, or coordinates")
    note: str = Field(default="", max_length=1000, description="情况 / Note")


class FoundHere(Somewhere):
    place: str = Field(min_length=1, max_length=300, description="地点 / Place")
    content: str = Field(min_length=1, max_length=4000, description="发现的问题 / What was found")
    category: str = Field(default="", max_length=120, description="分类，空则用任务的 / Category; empty: the patrol's")
    result: Enforcement | None = Field(default=None, description="当场处置结果 / What was done on the spot")
    note: str = Field(default="", max_length=2000, description="处置说明 / About it")


class EnforcedNow(Wire):
    result: Enforcement = Field(description="执法处置结果 / What was done")
    note: str = Field(default="", max_length=2000, description="说明、文书号 / About it, number of the paper")


class Ended(Wire):
    summary: str = Field(min_length=1, max_length=4000, description="巡查小结 / Summary")


class Cancelled(Wire):
    reason: str = Field(min_length=1, max_length=500, description="原因 / Reason")


class PatrolsAsked(Paged):
    mine: bool = Field(default=False, description="只看我参加的 / Only those that I walk")


class Between(Wire):
    since: date = Field(description="起始日（含） / First day")
    until: date = Field(description="截止日（不含） / Day after the last")


class ActivityNoted(Wire):
    id: UUID = Field(description="客户端生成的编号，重发无害 / Made by the client: sent again it is one activity")
    kind: ActivityKind = Field(description="座谈会、现场协商、公益活动 / Forum, negotiation, public benefit")
    title: str = Field(min_length=1, max_length=120, description="名称 / Title")
    held_on: date = Field(description="日期 / Day")
    place: str = Field(min_length=1, max_length=300, description="地点 / Place")
    participants: int = Field(ge=0, le=100_000, description="参加人数 / How many took part")
    who: str = Field(default="", max_length=500, description="参加单位与群体，不写个人 / Bodies and groups, no citizen")
    outcome: str = Field(default="", max_length=8000, description="成效 / Outcome")
    category: str = Field(default="", max_length=120, description="对应的诉求分类 / Topic: a category")
    matter_id: UUID | None = Field(default=None, description="对应的事件 / Topic: a matter")


class OutcomePut(Wire):
    participants: int = Field(ge=0, le=100_000, description="参加人数 / How many took part")
    who: str = Field(default="", max_length=500, description="参加单位与群体 / Bodies and groups")
    outcome: str = Field(min_length=1, max_length=8000, description="成效 / Outcome")


class ActivitiesAsked(Paged):
    kind: ActivityKind | None = Field(default=None, description="种类 / Kind")


class PictureForm(Wire):
    file: Binary
