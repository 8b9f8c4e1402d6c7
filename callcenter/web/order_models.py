"""What clients send about work orders. Field descriptions are Chinese first, English after the slash."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from callcenter.core.ids import CallId, OrderId, OrgId
from callcenter.core.phone import parse_number
from callcenter.orders.terms import (
    CallerNeed,
    CallerType,
    ContactOutcome,
    Emotion,
    Kind,
    Level,
    LocationType,
    NotAcceptedReason,
    Origin,
    RequestType,
    ResultType,
    Solvability,
    SpecialGroup,
    Stage,
    Urgency,
)
from callcenter.orders.views import NewOrder
from callcenter.web.route import Paged, Wire

LONG = 8000
IDS = ("call_id", "origin_order_id", "reported_org_id")


class OrderEntered(Wire):
    """The order form (B-26)."""

    title: str = Field(min_length=1, max_length=120, description="标题 / Title")
    content: str = Field(
        min_length=1, max_length=LONG, description="诉求内容：起因与经过 / The demand: cause and course"
    )
    request_type: RequestType = Field(description="诉求类型 / Type of request (B-22)")
    kind: Kind = Field(default=Kind.ORDINARY, description="工单种类 / Kind of order (XY-24)")
    urgency: Urgency = Field(default=Urgency.NORMAL, description="紧急程度 / Urgency")
    level: Level = Field(default=Level.NORMAL, description="分级：紧急、次紧急、一般 / Level (GH-14)")
    channel: Literal["phone", "web", "app", "wechat", "mailbox", "upper_level"] = Field(
        default="phone", description="来源渠道 / Channel"
    )
    origin: Origin = Field(default=Origin.DEMAND, description="诉求或主动发现 / Demand, or found by us (JC-36)")
    source_hotline: str = Field(default="", max_length=20, description="来话号码 / The hotline it came in by (JC-11)")
    upper_ref: str = Field(default="", max_length=80, description="上级平台工单编号 / Number at the upper platform")
    upper_due_at: AwareDatetime | None = Field(
        default=None, description="上级要求的办结时间，原样保留 / Due time given from above, kept as it is (JC-17)"
    )
    origin_order_id: UUID | None = Field(default=None, description="被复核的原工单 / The order under review (XY-24)")
    category: str = Field(default="", max_length=120, description="分类 / Category")
    category_code: str = Field(default="", max_length=40, description="分类编码 / Code of the category")
    address: str = Field(default="", max_length=300, description="事发地址 / Where it happened")
    location_type: LocationType = Field(
        default=LocationType.UNKNOWN, description="场所类型：路面、小区、村宅等 / Kind of place (XY-35)"
    )
    latitude: float | None = Field(default=None, ge=-90, le=90, description="纬度 / Latitude (WGS84)")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="经度 / Longitude (WGS84)")
    grid_code: str = Field(default="", max_length=40, description="网格编码 / Grid code")
    reported_body: str = Field(default="", max_length=120, description="被反映单位 / Whom the demand is about")
    reported_org_id: UUID | None = Field(
        default=None,
        description="被举报单位（系统内机构，该机构及其下属不可见此举报件） / The org it is about, when it is one",
    )
    tags: tuple[Annotated[str, Field(min_length=1, max_length=30)], ...] = Field(
        default=(), max_length=12, description="标签 / Tags"
    )
    season: str = Field(default="", max_length=40, description="专项或季节 / Campaign or season (GH-02)")
    happened_at: AwareDatetime | None = Field(default=None, description="事发时间 / When it happened")
    caller_name: str = Field(default="", max_length=60, description="诉求人姓名 / Caller's name")
    caller_number: str = Field(default="", max_length=32, description="联系电话 / Number to ring back")
    caller_type: CallerType = Field(
        default=CallerType.PERSON, description="诉求人类型：个人、企业、其他 / Person, enterprise, other (JC-01)"
    )
    caller_needs: tuple[CallerNeed, ...] = Field(
        default=(), max_length=3, description="无障碍需要：听障、方言、代述 / Hard of hearing, dialect, proxy (SG-29)"
    )
    special_groups: tuple[SpecialGroup, ...] = Field(
        default=(), max_length=5, description="特殊群体，按需可见 / Special groups, shown by need (GH-06)"
    )
    emotion: Emotion = Field(default=Emotion.CALM, description="来电情绪 / The caller's emotion (SG-28)")
    anonymous: bool = Field(default=False, description="匿名 / Anonymous")
    confidential: bool = Field(default=False, description="是否保密 / Keep the caller unknown to the unit")
    call_id: UUID | None = Field(default=None, description="来电编号 / The call this came from")
    centre_id: UUID | None = Field(
        default=None, description="负责派单的中心，默认本机构 / Centre that shall dispatch it"
    )
    idempotency_key: str | None = Field(
        default=None,
        min_length=8,
        max_length=80,
        description="幂等键，防止重复提交 / Makes a repeated request harmless",
    )

    def entered(self) -> NewOrder:
        given = self.model_dump(exclude={"centre_id", "idempotency_key", "caller_number", *IDS})
        return NewOrder(
            **given,
            caller_number=parse_number(self.caller_number).key,
            call_id=CallId(self.call_id) if self.call_id else None,
            origin_order_id=OrderId(self.origin_order_id) if self.origin_order_id else None,
            reported_org_id=OrgId(self.reported_org_id) if self.reported_org_id else None,
            centre=OrgId(self.centre_id) if self.centre_id else None,
            key=self.idempotency_key,
        )


class OrdersAsked(Paged):
    scope: Literal["mine", "unit", "all"] = Field(
        default="mine",
        description="范围：我登记的、本单位持有的、全部可见的 / Entered by me, held by my unit, all I may see",
    )
    stage: Stage | None = Field(default=None, description="阶段 / Stage")


class Dispatched(Wire):
    unit_id: UUID = Field(description="承办单位，或下级派单中心 / The handling unit, or a centre below")
    reason: str = Field(min_length=1, max_length=500, description="派单依据 / Basis of the dispatch (XY-06)")


class Contacted(Wire):
    outcome: ContactOutcome = Field(description="联系结果 / Whether the citizen was reached")
    note: str = Field(default="", max_length=2000, description="联系记录 / What was said")
    call_id: UUID | None = Field(default=None, description="通话编号 / The call it was made with")


class Submitted(Wire):
    reply: str = Field(min_length=1, max_length=LONG, description="答复内容 / Reply to the citizen (XY-02)")
    solvability: Solvability = Field(
        default=Solvability.SOLVABLE,
        description="可解决、需协调、暂难解决 / Solvable, needs coordination, hard now (XY-04)",
    )
    result: ResultType = Field(
        default=ResultType.RESOLVED,
        description="实际解决、阶段性解决、解释说明、参考反映；建议为采纳、部分采纳、未采纳 / "
        "Resolved, partly, explained, noted (XY-37); of a suggestion adopted, partly adopted, not adopted (GH-22)",
    )
    plan: str = Field(default="", max_length=LONG, description="协调记录或工作方案 / Coordination record or work plan")


class Reviewed(Wire):
    approved: bool = Field(description="是否通过 / Approved or sent back")
    opinion: str = Field(default="", max_length=2000, description="审核意见，退回时必填 / Opinion; needed to send back")


class Answered(Wire):
    reply: str = Field(min_length=1, max_length=LONG, description="答复内容 / Reply given on the line")
    article_id: UUID | None = Field(default=None, description="所用知识 / The article it was read from (JC-19)")


class ClosedUnheard(Wire):
    reason: str = Field(
        min_length=1, max_length=1000, description="结案原因 / Why it closes without the citizen's answer"
    )


class Classified(Wire):
    """Whatever is left out stays as it is (GH-14)."""

    level: Level | None = Field(default=None, description="分级 / Level")
    order_kind: Kind | None = Field(default=None, description="工单种类 / Kind of order (XY-24)")
    category: str = Field(default="", max_length=120, description="分类 / Category")
    category_code: str = Field(default="", max_length=40, description="分类编码 / Code of the category")
    reason: str = Field(default="", max_length=500, description="依据 / Basis")


class Reasoned(Wire):
    reason: str = Field(min_length=1, max_length=1000, description="理由 / Reason")


class TransferredOut(Wire):
    target: str = Field(min_length=1, max_length=120, description="转往何处 / Where it goes")
    told: str = Field(min_length=1, max_length=2000, description="告知诉求人的内容 / What the citizen was told")


class NotTaken(Wire):
    reason: NotAcceptedReason = Field(description="不予受理的情形 / Why it is not taken")
    told: str = Field(min_length=1, max_length=2000, description="告知的途径 / The way the citizen was told to go")


class Judged(Wire):
    approved: bool = Field(description="同意或不同意 / Agreed or not")
    opinion: str = Field(default="", max_length=2000, description="意见，不同意时必填 / Opinion; needed to refuse")


class Verified(Wire):
    note: str = Field(default="", max_length=2000, description="核实情况 / What was verified")


class Reopened(Wire):
    reason: str = Field(min_length=1, max_length=1000, description="重开理由 / Why it is opened again")
    city_review: bool = Field(default=False, description="市级复核 / Because the city reviews it")


class ReportedNamed(Wire):
    org_id: UUID | None = Field(
        default=None,
        description="被举报单位为系统内机构时选填，该机构及其下属即不可见 / The org, when it is one of the house",
    )
    name: str = Field(default="", max_length=120, description="被举报单位名称 / Its name, when it is not")


class NoteAdded(Wire):
    note: str = Field(min_length=1, max_length=2000, description="补充内容 / What is added")


class EffectChecked(Wire):
    holds: bool = Field(description="效果是否保持 / Whether the effect holds (GH-16)")
    note: str = Field(default="", max_length=2000, description="回查情况 / What was found")
