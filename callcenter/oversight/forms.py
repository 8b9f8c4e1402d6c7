"""Printed forms: 督办单, 会议纪要, 约谈记录, 书面说明, 约谈情况通报 (A3.4). Pure; nothing of a citizen in them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from callcenter.documents.model import EMPTY, Block, Document, Fields, Lines, Signature, Signatures, Words
from callcenter.oversight.case_life import STATE_NAMES, State
from callcenter.oversight.terms import CASE_NAMES, FLAG_NAMES, MEETING_NAMES, MODE_NAMES
from callcenter.oversight.views import CaseView, InstructionView, MeetingView, SupervisionView

TRIGGERS: Final[Mapping[str, str]] = {
    "by_hand": "人工发起",
    "repeat_calls": "不满意且多次来电",
    "aged": "超期未满意",
    "overdue": "逾期",
    "two_rounds": "两轮处置仍不满意",
    "no_show": "吹哨未报到",
    "flagged": "违规标记",
    "quality": "质控发现",
}
SLOT_LABELS: Final[Mapping[str, str]] = {
    "chief": "主要负责人",
    "deputy": "分管负责人",
    "section": "承办科室（联系人）",
    "": "责任人",
}
_MODE_TITLES: Final[Mapping[str, str]] = {
    "urge": "催办通知书",
    "phone": "电话督办单",
    "joint_meeting": "联席会督办单",
    "on_site": "现场督办单",
    "escalated": "提级督办单",
}
_TITLES: Final[Mapping[str, str]] = {
    "written_explanation": "书面说明",
    "criticism": "书面批评通知书",
    "referral": "问题线索移送单",
    "police": "恶意扰乱热线秩序线索移送单",
    "accountability": "问责审批单",
}


class Paper:
    """Where and for whom a form is printed: `labels` are the city's words for the slots (A-13)."""

    def __init__(
        self, issuer: str, zone: tzinfo, at: datetime, by: str, labels: Mapping[str, str] = SLOT_LABELS
    ) -> None:
        self.issuer = issuer
        self.zone = zone
        self.at = at.astimezone(zone)
        self.by = by
        self.labels = labels

    def day(self, at: datetime | None) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}" if at else EMPTY

    def last(self, due: datetime | None) -> str:
        """The last day in time: a due time is the first instant that is late."""
        return f"{(due - timedelta(microseconds=1)).astimezone(self.zone):%Y-%m-%d}" if due else EMPTY

    def document(self, title: str, number: str, blocks: Sequence[Block]) -> Document:
        return Document(
            title=title,
            number=number,
            issuer=self.issuer,
            blocks=tuple(blocks),
            printed_at=self.at,
            printed_by=self.by,
        )


def supervision_form(view: SupervisionView, paper: Paper) -> Document:
    """The paper of each mode (JC-24): 督办单 in writing, a record of the call or the visit, the joint meeting with its
    minutes, whom it was raised to; a reminder is 催办通知书 (B-18)."""
    fields = Fields(
        rows=(
            (("工单编号", view.order_number), ("督办方式", MODE_NAMES[view.mode][0])),
            (("被督办单位", view.target_org), ("发起单位", view.initiator_org or EMPTY)),
            (("发起人", view.initiator or EMPTY), ("发起时间", paper.day(view.opened_at))),
            (("办理期限", str(view.due_on or EMPTY)), ("上级单位或领导", view.higher_org or view.leader or EMPTY)),
            (("督办事由", f"{TRIGGERS[view.trigger]}　{_basis(view.basis)}".rstrip("　")),),
        )
    )
    return paper.document(
        _MODE_TITLES.get(view.mode, "督办单"),
        view.number,
        (
            fields,
            Words(heading="督办要求", text=view.requirement or EMPTY),
            *_visit(view, paper),
            *((Words(heading="会议纪要", text=view.meeting),) if view.meeting else ()),
            Words(heading="现场、通话或会议记录", text=view.record or EMPTY),
            Words(heading="承办单位回复", text=view.reply or EMPTY),
            Words(heading="督办结论", text=_verdict(view)),
            Signatures(
                slots=(
                    Signature(label="签发人", name=view.initiator or "", at=_local(view.opened_at, paper)),
                    Signature(label="承办单位负责人"),
                )
            ),
        ),
    )


def _visit(view: SupervisionView, paper: Paper) -> tuple[Block, ...]:
    """Who goes there together (JC-29)."""
    if not view.parties:
        return ()
    lines = tuple((one.body, one.name or EMPTY, "外部单位" if one.external else "", "") for one in view.parties)
    at = f"（{paper.day(view.visit_at)}）" if view.visit_at else ""
    columns = ("单位", "姓名", "备注", "签到")
    return (Lines(heading=f"联合到场单位{at}", columns=columns, rows=lines, widths=(5, 2, 2, 2)),)


def _basis(basis: str) -> str:
    return FLAG_NAMES[basis][0] if basis in FLAG_NAMES else basis


def _verdict(view: SupervisionView) -> str:
    if view.verdict is None:
        return EMPTY
    return f"{'落实到位' if view.verdict == 'fulfilled' else '落实不力'}　{view.result}"


def _local(at: datetime | None, paper: Paper) -> datetime | None:
    return at.astimezone(paper.zone) if at else None


def minutes_form(view: MeetingView, paper: Paper) -> Document:
    """会议纪要 with 协调事项表 (XY-39, XY-40)."""
    people = [(one.body, one.name or EMPTY, "外部单位" if one.external else "") for one in view.participants]
    items = [
        (str(at), one.matter, one.owner_body or one.owner_org, str(one.due_on), paper.day(one.done_at))
        for at, one in enumerate(view.items, 1)
    ]
    return paper.document(
        f"{MEETING_NAMES[view.kind][0]}会议纪要",
        f"{view.held_at.astimezone(paper.zone):%Y%m%d}",
        (
            Fields(
                rows=(
                    (("会议名称", view.title),),
                    (("召集单位", view.convener_org), ("召集人", view.caller)),
                    (("时间", paper.day(view.held_at)), ("地点", view.place or EMPTY)),
                )
            ),
            Lines(heading="参会单位", columns=("单位", "姓名", "备注"), rows=tuple(people), widths=(5, 3, 2)),
            Words(heading="会议内容", text=view.minutes or EMPTY),
            Lines(
                heading="协调事项表",
                columns=("序号", "事项", "责任单位", "办结期", "完成时间"),
                rows=tuple(items),
                widths=(1, 5, 3, 2, 3),
            ),
        ),
    )


def case_form(view: CaseView, paper: Paper) -> Document:
    """约谈记录, 书面说明 and the other papers of a case; the evidence as a list of orders."""
    kind = CASE_NAMES[view.kind][0]
    evidence = [
        (one.order_number, FLAG_NAMES[one.flag][0], paper.last(one.due_at), paper.day(one.at)) for one in view.evidence
    ]
    fields = Fields(
        rows=(
            (("类别", kind), ("状态", STATE_NAMES[State(view.state)][0])),
            (("单位", view.org or EMPTY), (paper.labels.get(view.slot, "责任人"), view.person or EMPTY)),
            (("立案时间", paper.day(view.opened_at)), ("期限", paper.last(view.due_at))),
            (("事由", view.reason),),
        )
    )
    return paper.document(
        _TITLES.get(view.kind, f"{kind}记录"),
        view.number,
        (
            fields,
            Lines(
                heading="证据清单",
                columns=("工单编号", "情形", "应于", "发生于"),
                rows=tuple(evidence),
                widths=(4, 3, 3, 3),
            ),
            Words(heading="内容", text=view.text or EMPTY),
            Words(heading="整改承诺", text=view.commitments or EMPTY),
            Words(heading="意见", text=view.opinion or EMPTY),
            Signatures(slots=(Signature(label="经办人"), Signature(label="单位负责人"))),
        ),
    )


def interview_circular(
    rows: Sequence[Mapping[str, Any]], instructions: Sequence[InstructionView], period: str, paper: Paper
) -> Document:
    """《关于12345市民服务热线工作约谈情况通报》 (SJ-33), with the leaders' instructions."""
    lines = [
        (
            row["number"],
            CASE_NAMES[row["kind"]][0],
            row["org"],
            f"{paper.labels.get(row['slot'], '责任人')} {row['person'] or EMPTY}",
            row["reason"],
            row["commitments"] or EMPTY,
        )
        for row in rows
    ]
    words = [(one.leader, one.text, one.target_org, str(one.due_on), one.feedback or EMPTY) for one in instructions]
    return paper.document(
        "关于12345市民服务热线工作约谈情况通报",
        period,
        (
            Words(heading="通报期间", text=period),
            Lines(
                heading="约谈情况",
                columns=("编号", "类别", "单位", "约谈对象", "事由", "整改承诺"),
                rows=tuple(lines),
                widths=(3, 2, 3, 3, 3, 4),
            ),
            Lines(
                heading="领导批示",
                columns=("领导", "批示", "办理单位", "期限", "反馈"),
                rows=tuple(words),
                widths=(2, 5, 3, 2, 4),
            ),
        ),
    )
