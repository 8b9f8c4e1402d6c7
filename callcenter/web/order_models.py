"""What clients send about work orders. Field descriptions are Chinese first, English after the slash."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from callcenter.core.ids import CallId, OrgId
from callcenter.core.phone import parse_number
from callcenter.orders.terms import ContactOutcome, Kind, RequestType, ResultType, Solvability, Stage, Urgency
from callcenter.orders.views import NewOrder
from callcenter.web.route import Paged, Wire

LONG = 8000


class OrderEntered(Wire):
    """The order form (B-26)."""

    title: str = Field(min_length=1, max_length=120, description="标题 / Title")
    content: str = Field(
        min_length=1, max_length=LONG, description="诉求内容：起因与经过 / The demand: cause and course"
    )
    request_type: RequestType = Field(description="诉求类型 / Type of request (B-22)")
    kind: Kind = Field(default=Kind.ORDINARY, description="工单种类 / Kind of order (XY-24)")
    urgency: Urgency = Field(default=Urgency.NORMAL, description="紧急程度 / Urgency")
    channel: Literal["phone", "web", "app", "wechat", "mailbox", "upper_level"] = Field(
        default="phone", description="来源渠道 / Channel"
    )
    category: str = Field(default="", max_length=120, description="分类 / Category")
    address: str = Field(default="", max_length=300, description="事发地址 / Where it happened")
    happened_at: AwareDatetime | None = Field(default=None, description="事发时间 / When it happened")
    caller_name: str = Field(default="", max_length=60, description="诉求人姓名 / Caller's name")
    caller_number: str = Field(default="", max_length=32, description="联系电话 / Number to ring back")
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
        given = self.model_dump(exclude={"centre_id", "idempotency_key", "caller_number", "call_id"})
        return NewOrder(
            **given,
            caller_number=parse_number(self.caller_number).key,
            call_id=CallId(self.call_id) if self.call_id else None,
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
        description="实际解决、阶段性解决、解释说明、参考反映 / Resolved, partly, explained, noted (XY-37)",
    )
    plan: str = Field(default="", max_length=LONG, description="协调记录或工作方案 / Coordination record or work plan")


class Reviewed(Wire):
    approved: bool = Field(description="是否通过 / Approved or sent back")
    opinion: str = Field(default="", max_length=2000, description="审核意见，退回时必填 / Opinion; needed to send back")


class Answered(Wire):
    reply: str = Field(min_length=1, max_length=LONG, description="答复内容 / Reply given on the line")


class CalledBack(Wire):
    resolved: bool = Field(description="是否解决 / Resolved (the citizen's own answer)")
    satisfied: bool = Field(description="是否满意 / Satisfied (the citizen's own answer)")
    note: str = Field(default="", max_length=2000, description="回访记录 / What was said")


class ClosedUnheard(Wire):
    reason: str = Field(
        min_length=1, max_length=1000, description="结案原因 / Why it closes without the citizen's answer"
    )
