"""附件2《工单处理记录表》 (XY-52): Form 2 of one round, from what was logged. Pure."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from callcenter.documents.model import Block, Document, Fields, Lines, Signature, Signatures, Words
from callcenter.handling.model import ContactSeen, HandlingView, PaperSeen

_WHO: Final = {"citizen": "诉求人", "department": "部门", "enterprise": "企业"}
_HOW: Final = {"phone": "电话", "visit": "上门", "message": "短信/微信", "video": "视频", "letter": "书面"}
_CAME: Final = {"reached": "已联系", "unreachable": "未接通"}
_CAUSE: Final = {
    "facility": "设施设备",
    "maintenance": "维护不到位",
    "supervision": "监管不到位",
    "unclear_duty": "权属不清",
    "policy": "政策限制",
    "third_party": "第三方原因",
    "conduct": "个人行为",
    "nature": "自然原因",
    "misunderstanding": "误解",
    "other": "其他",
}
_STANCE: Final = {"understands": "理解", "does_not": "不理解"}


def form2(
    row: Any,
    view: HandlingView,
    round_no: int,
    *,
    unit: str,
    issuer: str,
    printed_at: datetime,
    printed_by: str,
    zone: tzinfo,
) -> Document:
    """Nothing of the citizen stands in it but the opinion that was recorded."""
    papers = [paper for paper in view.papers if paper.round_no == round_no]
    record = next((paper for paper in reversed(papers) if paper.kind == "work_record"), None)
    contacts = [contact for contact in view.contacts if contact.round_no == round_no]
    head = next((each for each in view.rounds if each.round_no == round_no), None)
    signed = (
        Signature(label="处置单位负责人", name=head.head, at=head.confirmed_at.astimezone(zone))
        if head and head.confirmed_at
        else None
    )
    blocks: tuple[Block, ...] = (
        _heading(row, round_no, unit, view.case_owner, head.head if head else ""),
        _log(contacts, zone),
        *_visits(papers, zone),
        *_work(record),
        *_explained(papers),
        Signatures(slots=(signed or Signature(label="处置单位负责人"), Signature(label="承办人"))),
    )
    return Document(
        title="工单处理记录表",
        number=f"{row['number']}-{round_no}",
        issuer=issuer,
        blocks=blocks,
        printed_at=printed_at.astimezone(zone),
        printed_by=printed_by,
    )


def _at(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _heading(row: Any, round_no: int, unit: str, owner: str, head: str) -> Fields:
    return Fields(
        rows=(
            (("工单编号", row["number"]), ("处置轮次", f"第{round_no}轮")),
            (("承办单位", unit), ("承办人", owner)),
            (("诉求类别", row["category"]), ("负责人", head)),
            (("诉求标题", row["title"]),),
        )
    )


def _log(contacts: Sequence[ContactSeen], zone: tzinfo) -> Lines:
    lines = tuple(
        (
            _at(one.at, zone),
            one.actor,
            one.counterpart_name or _WHO[one.counterpart],
            f"{_HOW[one.channel]}·{_CAME[one.outcome]}",
            one.note,
        )
        for one in contacts
    )
    columns = ("时间", "联系人", "对象", "方式", "内容")
    return Lines(heading="联系记录", columns=columns, rows=lines, widths=(20, 12, 14, 18, 36))


def _visits(papers: Sequence[PaperSeen], zone: tzinfo) -> tuple[Block, ...]:
    visits = [paper.body for paper in papers if paper.kind == "site_visit"]
    lines = tuple(
        (
            _at(datetime.fromisoformat(body["visited_at"]), zone),
            body["place"],
            "、".join(body["people"]),
            f"{body['findings']}（原因：{_CAUSE[body['root_cause']]}；见证{body['witnesses']}人）",
        )
        for body in visits
    )
    exempt = [paper.body["reason"] for paper in papers if paper.kind == "exemption"]
    table = Lines(heading="现场核实", columns=("时间", "地点", "人员", "核实情况"), rows=lines, widths=(20, 20, 18, 42))
    return (table, *(Words(heading="免于现场核实的原因", text=reason) for reason in exempt))


def _work(record: PaperSeen | None) -> tuple[Block, ...]:
    body = record.body if record else {}
    files = len(body.get("files", ()))
    return (
        Words(heading="处置措施", text=body.get("measures", "")),
        Words(heading="处置结果", text=body.get("result", "")),
        Words(heading="诉求人意见", text=body.get("opinion", "")),
        Words(heading="参与人员（含负责人）", text="、".join(body.get("participants", ()))),
        Words(heading="照片及附件", text=f"{files}件（见电子附件）" if files else ""),
    )


def _explained(papers: Sequence[PaperSeen]) -> tuple[Block, ...]:
    said = [paper.body for paper in papers if paper.kind in ("explanation", "face_to_face")]
    return tuple(
        Words(heading="解释说明", text=f"{body['content']}（诉求人态度：{_STANCE[body['stance']]}）") for body in said
    )
