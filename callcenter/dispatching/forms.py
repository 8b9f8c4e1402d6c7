"""Form 1 《退单申请表》 (XY-51) and the 签派批办单 (XY-23) as printed forms. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.core.covering import without_numbers
from callcenter.dispatching.terms import RETURN_REASONS, SIGN_CAUSES, ReturnReason, SignCause
from callcenter.dispatching.views import ReturnView, SignView
from callcenter.documents.model import EMPTY, Document, Fields, Lines, Signature, Signatures, Words

Row = Mapping[str, Any]
_RESULTS = {"granted": "同意退单", "rejected": "不同意退单，由原单位继续承办"}
_DECISIONS = {"approved": "同意", "modified": "修改后同意"}


def _at(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else EMPTY


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.astimezone(zone) if at else None


def return_document(
    order: Row, form: ReturnView, new_unit: str, *, issuer: str, zone: ZoneInfo, now: datetime, by: str
) -> Document:
    """Form 1: the demand in summary, without the caller."""
    signer = f"{form.signed_by}（受{form.delegated_by}委托）" if form.delegated_by else form.signed_by or ""
    head = Signature(label="承办部门负责人", name=signer, at=_local(form.signed_at, zone), digest=form.digest)
    reviewer = Signature(label="城运中心审核人", name=form.decided_by or "", at=_local(form.decided_at, zone))
    return Document(
        title="退单申请表",
        number=order["number"],
        issuer=issuer,
        blocks=(
            Fields(
                rows=(
                    (("工单编号", order["number"]), ("诉求分类", order["category"] or EMPTY)),
                    (("收到时间", _at(order["created_at"], zone)), ("派单时间", _at(form.dispatched_at, zone))),
                    (("申请部门", form.org), ("经办人", form.drafted_by)),
                    (("填表时间", _at(form.drafted_at, zone)), ("退单截止", _at(form.window_due_at, zone))),
                    (("诉求摘要", without_numbers(order["title"])),),
                    (("退单理由", f"{RETURN_REASONS[ReturnReason(form.reason_code)][0]}：{form.reason_text}"),),
                    (("职责依据", form.basis),),
                    (("建议派单方向", form.suggested_org),),
                )
            ),
            Signatures(slots=(head,)),
            Words(heading="城运中心意见", text=form.opinion or EMPTY),
            Fields(rows=((("审核结果", _RESULTS.get(form.state, "待审核")), ("新承办部门", new_unit or EMPTY)),)),
            Signatures(slots=(reviewer,)),
        ),
        printed_at=now.astimezone(zone),
        printed_by=by,
    )


def sign_document(
    order: Row, form: SignView, returns: Sequence[ReturnView], *, issuer: str, zone: ZoneInfo, now: datetime, by: str
) -> Document:
    cause = SIGN_CAUSES[SignCause(form.cause)][0]
    deputy = Signature(label="分管领导", name=form.proposed_by or "", at=_local(form.proposed_at, zone))
    leader = Signature(
        label="主要领导", name=form.decided_by or "", at=_local(form.decided_at, zone), digest=form.digest
    )
    returned = tuple(
        (one.org, one.reason_text, one.suggested_org, _RESULTS.get(one.state, "待审核"))
        for one in returns
        if one.signed_at
    )
    table = Lines(heading="退单情况", columns=("部门", "理由", "建议方向", "结果"), rows=returned, widths=(3, 6, 3, 4))
    refused = tuple((_at(one.at, zone), one.lead_org, one.opinion, one.instruction) for one in form.refusals)
    back = Lines(
        heading="退回意见", columns=("时间", "原拟主办", "原处置意见", "批示"), rows=refused, widths=(3, 3, 5, 5)
    )
    return Document(
        title="签派批办单",
        number=order["number"],
        issuer=issuer,
        blocks=(
            Fields(
                rows=(
                    (("工单编号", order["number"]), ("诉求分类", order["category"] or EMPTY)),
                    (("诉求摘要", without_numbers(order["title"])),),
                    (("签派事由", f"{cause}{'：' + form.cause_text if form.cause_text else ''}"),),
                    (("提请时间", _at(form.opened_at, zone)), ("办理时限", _at(form.due_at, zone))),
                )
            ),
            *((table,) if returned else ()),
            *((back,) if refused else ()),
            Words(heading="分管领导处置意见", text=form.opinion or EMPTY),
            Fields(rows=((("拟主办单位", form.lead_org or EMPTY), ("拟协办单位", "、".join(form.co_orgs) or EMPTY)),)),
            Signatures(slots=(deputy,)),
            Words(heading="主要领导批示", text=_ruling(form)),
            Signatures(slots=(leader,)),
        ),
        printed_at=now.astimezone(zone),
        printed_by=by,
    )


def _ruling(form: SignView) -> str:
    said = _DECISIONS.get(form.state, "")
    return "：".join(part for part in (said, form.instruction) if part) or EMPTY
