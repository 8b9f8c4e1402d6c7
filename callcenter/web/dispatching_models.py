"""What clients send about dispatch. Field descriptions are Chinese first, English after the slash."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from callcenter.core.ids import OrgId
from callcenter.dispatching.asking import Wanted
from callcenter.dispatching.dispatches import Chosen
from callcenter.dispatching.duty import DutyDraft
from callcenter.dispatching.joint import Attendance
from callcenter.dispatching.returns import Draft
from callcenter.dispatching.signing import Proposal
from callcenter.dispatching.terms import BlockReason, ReturnReason, SignCause, TaskKind
from callcenter.web.route import Paged, Wire

LONG = 4000
LIST_LIMIT = 2 * 1024 * 1024


class AskedOf(Wire):
    """One body that shall help."""

    org_id: UUID | None = Field(default=None, description="协办单位 / The org")
    body: str = Field(default="", max_length=120, description="系统外单位名称 / Or a body without log-in")
    task: str = Field(
        min_length=1, max_length=1000, description="任务内容，不得含诉求人信息 / The task; nothing of the caller"
    )
    due_at: AwareDatetime | None = Field(default=None, description="时限，默认见设置 / Due")

    @model_validator(mode="after")
    def _somebody(self) -> "AskedOf":
        if (self.org_id is None) == (not self.body.strip()):
            raise ValueError("name either an org or a body")
        return self

    def wanted(self, kind: TaskKind) -> Wanted:
        org = OrgId(self.org_id) if self.org_id else None
        return Wanted(kind=kind, org=org, body=self.body.strip(), task=self.task, due=self.due_at)


def all_wanted(asked: Sequence[AskedOf], kind: TaskKind) -> tuple[Wanted, ...]:
    return tuple(one.wanted(kind) for one in asked)


Helpers = Field(default=(), max_length=20, description="协办单位（1+N） / Co-handlers")


class DispatchChosen(Wire):
    unit_id: UUID = Field(description="主办单位，或下级中心 / The lead unit, or a centre below")
    reason: str = Field(min_length=1, max_length=500, description="派单依据 / Basis (XY-06)")
    item_id: UUID | None = Field(default=None, description="责任清单事项 / Item of the responsibility list")
    outside_reason: str = Field(default="", max_length=500, description="清单外原因 / Why outside the list (SG-06)")
    co: tuple[AskedOf, ...] = Helpers
    grassroots_reason: str = Field(default="", max_length=500, description="派至村居的理由 / Why to a village (B-06)")
    category: str = Field(default="", max_length=120, description="分类，空则不变 / Category; empty keeps it")
    level: Literal["", "normal", "semi_urgent", "urgent"] = Field(default="", description="等级，空则不变 / Level")

    def chosen(self) -> Chosen:
        return Chosen(
            unit=OrgId(self.unit_id),
            reason=self.reason,
            item=self.item_id,
            outside=self.outside_reason,
            co=all_wanted(self.co, TaskKind.CO),
            grassroots=self.grassroots_reason,
            category=self.category,
            level=self.level,
        )


class Blocked(Wire):
    reason: BlockReason | None = Field(description="堵点原因，空为解除 / Block reason; null lifts it (SJ-03)")
    note: str = Field(default="", max_length=LONG, description="说明 / Note")


class Territory(Wire):
    territory_id: UUID | None = Field(default=None, description="属地单位 / Territory")
    duty_id: UUID | None = Field(default=None, description="权属或管理单位 / Owner or manager")
    duty_body: str = Field(default="", max_length=120, description="系统外权属单位 / An owner that is no org here")
    letter: str = Field(default="", max_length=LONG, description="函告内容，填写则属地先行并函告 / Letter (SJ-09)")


class TasksAsked(Wire):
    kind: Literal[TaskKind.CO, TaskKind.LETTER, TaskKind.STATION] = Field(
        default=TaskKind.CO, description="类型 / Kind"
    )
    helpers: tuple[AskedOf, ...] = Field(min_length=1, max_length=20, description="单位与任务 / Bodies and tasks")


class CheckedIn(Wire):
    latitude: float | None = Field(default=None, ge=-90, le=90, description="纬度 WGS84 / Latitude")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="经度 WGS84 / Longitude")


class Finished(Wire):
    opinion: str = Field(default="", max_length=LONG, description="意见 / Opinion")
    result: str = Field(min_length=1, max_length=LONG, description="结果 / Result")


class Whistled(Wire):
    matter: str = Field(min_length=1, max_length=300, description="事由 / Matter")
    place: str = Field(min_length=1, max_length=300, description="地点 / Place")
    urgency: Literal["normal", "urgent"] = Field(default="normal", description="紧急程度 / Urgency")
    helpers: tuple[AskedOf, ...] = Field(min_length=1, max_length=20, description="需报到部门 / Who must report")


class Attended(Wire):
    org_id: UUID = Field(description="部门 / The department")
    attended: bool = Field(description="是否到场 / Whether it came")
    rating: int = Field(ge=1, le=5, description="评价 1-5 / Rating")

    def attendance(self) -> Attendance:
        return Attendance(org=OrgId(self.org_id), attended=self.attended, rating=self.rating)


class Confirmed(Wire):
    attendances: tuple[Attended, ...] = Field(min_length=1, max_length=20, description="报到情况 / Attendance")


class Reasoned(Wire):
    reason: str = Field(min_length=1, max_length=LONG, description="理由 / Reason")


class DifficultyDecided(Wire):
    granted: bool = Field(description="是否同意 / Granted")
    opinion: str = Field(min_length=1, max_length=LONG, description="意见 / Opinion")
    helpers: tuple[AskedOf, ...] = Helpers


class Met(Wire):
    held_at: AwareDatetime = Field(description="时间 / When")
    place: str = Field(min_length=1, max_length=200, description="地点 / Where")
    org_ids: tuple[UUID, ...] = Field(default=(), max_length=30, description="参会单位 / Orgs that took part")
    bodies: tuple[str, ...] = Field(default=(), max_length=30, description="系统外参会单位 / Bodies outside")
    minutes: str = Field(min_length=1, max_length=LONG, description="纪要 / Minutes")
    decisions: str = Field(min_length=1, max_length=LONG, description="议定事项 / Decisions")
    helpers: tuple[AskedOf, ...] = Helpers


class ClaimDecided(Wire):
    accepted: bool = Field(description="是否确认 / Confirmed")
    note: str = Field(default="", max_length=1000, description="说明 / Note")


class HelpAsked(Paged):
    only_open: bool = Field(default=True, description="仅未完成 / Open ones only")


class DutiesAsked(Paged):
    words: str = Field(default="", max_length=40, description="事项、编码或关键词 / Matter, code or keyword")


class DutiesProposed(Wire):
    items: tuple[DutyDraft, ...] = Field(min_length=1, max_length=200, description="事项 / Items")


class ListBrought(Wire):
    form: Literal["csv", "yaml"] = Field(description="格式 / Format")
    text: str = Field(min_length=1, max_length=LIST_LIMIT, description="文件内容 / The file")


class DutyAnswered(Wire):
    agreed: bool = Field(description="是否同意 / Agreed")
    note: str = Field(default="", max_length=500, description="意见 / Note")


class GapSettled(Wire):
    outcome: Literal["listed", "dismissed"] = Field(description="已列入清单或不列入 / Listed or dismissed")
    note: str = Field(default="", max_length=500, description="说明 / Note")


class ContactSaved(Wire):
    org_id: UUID = Field(description="单位 / Org")
    matter: str = Field(min_length=1, max_length=120, description="领域或事项 / Matter")
    keywords: tuple[str, ...] = Field(default=(), max_length=30, description="关键词 / Keywords")
    contact: str = Field(min_length=1, max_length=60, description="联系人 / Named contact")
    backup: str = Field(default="", max_length=60, description="备用联系人 / Backup")
    phone: str = Field(min_length=3, max_length=30, description="办公电话 / Office telephone")
    hours: str = Field(min_length=1, max_length=120, description="工作时间 / Working hours")


class AreaSaved(Wire):
    roads: tuple[str, ...] = Field(default=(), max_length=500, description="道路 / Roads")
    grid_codes: tuple[str, ...] = Field(default=(), max_length=500, description="网格编码 / Grid codes")


class Period(Wire):
    since: AwareDatetime = Field(description="起 / From")
    until: AwareDatetime = Field(description="止（不含） / Until")


class ReturnDrafted(Wire):
    """退单申请表 (XY-18)."""

    reason_code: ReturnReason = Field(description="退单理由类别 / Reason code")
    reason_text: str = Field(min_length=1, max_length=2000, description="退单理由 / Reason")
    basis: str = Field(min_length=1, max_length=1000, description="职责依据 / Legal or duty basis")
    suggested_org_id: UUID = Field(description="建议派单方向 / Suggested unit")

    def draft(self) -> Draft:
        return Draft(
            reason=self.reason_code,
            text=self.reason_text,
            basis=self.basis,
            suggested=OrgId(self.suggested_org_id),
        )


class ReturnSigned(Wire):
    form_id: UUID = Field(description="申请表 / The form")
    drafted_at: AwareDatetime = Field(description="所核对版本的填表时间 / Of the version that was read")


class ReturnDecided(Wire):
    granted: bool = Field(description="是否同意退单 / Granted")
    opinion: str = Field(min_length=1, max_length=2000, description="审核意见 / Opinion")


class SignNeeded(Wire):
    cause: Literal[SignCause.NO_MAIN_UNIT, SignCause.PASSING_BUCK] = Field(description="事由 / Cause (XY-22)")
    text: str = Field(min_length=1, max_length=1000, description="情况说明 / What happened")


class Proposed(Wire):
    lead_org_id: UUID = Field(description="主办单位 / Lead")
    co_org_ids: tuple[UUID, ...] = Field(default=(), max_length=20, description="协办单位 / Co-handlers")
    due_at: AwareDatetime = Field(description="办理时限 / Due")

    def proposal(self) -> Proposal:
        co = tuple(OrgId(org) for org in self.co_org_ids)
        return Proposal(lead=OrgId(self.lead_org_id), co=co, due=self.due_at)


class OpinionGiven(Proposed):
    opinion: str = Field(min_length=1, max_length=2000, description="处置意见 / Opinion")


class SignDecided(Wire):
    decision: Literal["approve", "modify", "reject"] = Field(description="批办 / Decision (XY-23)")
    instruction: str = Field(default="", max_length=2000, description="批示，退回时必填 / Instruction")
    modified: Proposed | None = Field(default=None, description="修改后的安排 / The changed arrangement")

    @model_validator(mode="after")
    def _fits(self) -> "SignDecided":
        if (self.decision == "modify") != (self.modified is not None):
            raise ValueError("a modification names the changed arrangement")
        if self.decision == "reject" and not self.instruction.strip():
            raise ValueError("a rejection needs its instruction")
        return self


class DelegationRecorded(Wire):
    head_id: UUID | None = Field(default=None, description="委托人，空为本人 / The head; null: whoever asks")
    deputy_id: UUID = Field(description="受托人 / Who may sign")
    reason: str = Field(min_length=1, max_length=500, description="委托原因 / Reason")
    from_at: AwareDatetime = Field(description="起 / From")
    until_at: AwareDatetime = Field(description="止 / Until")
