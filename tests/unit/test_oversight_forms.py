"""The printed forms of oversight as values: what stands in them, and what is left blank."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from callcenter.documents.model import Document, Fields, Lines, Signatures, Words
from callcenter.oversight.forms import Paper, case_form, interview_circular, minutes_form, supervision_form
from callcenter.oversight.terms import Mode
from callcenter.oversight.views import (
    CaseView,
    EvidenceView,
    InstructionView,
    ItemView,
    MeetingView,
    Participant,
    SupervisionView,
)

AT = datetime(2026, 3, 4, 2, tzinfo=UTC)
PAPER = Paper("云堰街道", ZoneInfo("Asia/Shanghai"), AT, "某人", {"deputy": "第一责任人"})


def values(document: Document) -> dict[str, str]:
    """Labels and headings with what stands beside or under them."""
    found: dict[str, str] = {}
    for block in document.blocks:
        match block:
            case Fields(rows=rows):
                found |= {label: text for row in rows for label, text in row}
            case Words(heading=heading, text=text):
                found[heading] = text
            case Lines(heading=heading, rows=lines):
                found[heading] = "; ".join(" ".join(line) for line in lines)
            case Signatures(slots=slots):
                found |= {slot.label: slot.name for slot in slots}
    return found


def supervision(**other: Any) -> SupervisionView:
    given: dict[str, Any] = {
        "id": uuid4(),
        "order_id": uuid4(),
        "order_number": "20260304-000001",
        "title": "高层水压不足",
        "category": "公用事业",
        "number": "督〔2026〕1号",
        "mode": "written",
        "state": "open",
        "trigger": "flagged",
        "basis": "perfunctory",
        "initiator": "值班长",
        "initiator_org": "云堰街道",
        "target_org_id": uuid4(),
        "target_org": "供水科",
        "requirement": "三日内整改",
        "due_on": date(2026, 3, 9),
        "higher_org": None,
        "leader": None,
        "meeting_id": None,
        "record": "",
        "dissatisfied_at": None,
        "proposed_at": AT,
        "opened_at": AT,
        "reply": "",
        "replied_at": None,
        "verdict": None,
        "result": "",
        "closed_at": None,
    }
    return SupervisionView(**given | other)


@pytest.mark.rule("JC-24", "B-18")
def test_the_supervision_form_and_the_reminder() -> None:
    form = supervision_form(supervision(), PAPER)
    found = values(form)
    assert (form.title, form.number, form.issuer) == ("督办单", "督〔2026〕1号", "云堰街道")
    assert found["督办事由"] == "违规标记　敷衍"
    assert (found["被督办单位"], found["办理期限"], found["督办结论"]) == ("供水科", "2026-03-09", "—")
    assert (found["发起时间"], found["签发人"]) == ("2026-03-04 10:00", "值班长")
    ended = supervision(verdict="poor", result="未整改", leader="区领导", basis="市民来信")
    assert values(supervision_form(ended, PAPER))["督办结论"] == "落实不力　未整改"
    kept = values(supervision_form(supervision(verdict="fulfilled", opened_at=None, initiator=None), PAPER))
    assert (kept["督办结论"], kept["发起时间"]) == ("落实到位　", "—")


@pytest.mark.rule("JC-24", "JC-29")
def test_each_mode_has_its_paper() -> None:
    titles = {mode: supervision_form(supervision(mode=mode), PAPER).title for mode in Mode}
    assert titles == {
        "urge": "催办通知书",
        "phone": "电话督办单",
        "written": "督办单",
        "joint_meeting": "联席会督办单",
        "on_site": "现场督办单",
        "escalated": "提级督办单",
    }
    parties = (Participant(body="供水科", org_id=uuid4()), Participant(body="物业公司", name="某经理", external=True))
    visit = supervision(mode="on_site", parties=parties, visit_at=AT, basis="", trigger="repeat_calls")
    found = values(supervision_form(visit, PAPER))
    assert found["联合到场单位（2026-03-04 10:00）"] == "供水科 —  ; 物业公司 某经理 外部单位 "
    assert found["督办事由"] == "不满意且多次来电"
    assert "联合到场单位" in values(supervision_form(supervision(mode="on_site", parties=parties), PAPER))
    met = supervision(mode="joint_meeting", meeting="加压泵督办会")
    assert values(supervision_form(met, PAPER))["会议纪要"] == "加压泵督办会"


@pytest.mark.rule("XY-39", "XY-40")
def test_minutes_with_participants_and_items() -> None:
    item = ItemView(
        id=uuid4(),
        matter="更换加压泵",
        order_id=None,
        owner_org_id=uuid4(),
        owner_org="供水科",
        owner_body="自来水公司",
        due_on=date(2026, 3, 13),
        report="",
        done_at=None,
    )
    view = MeetingView(
        id=uuid4(),
        kind="special",
        title="供水专题协调会",
        convener_org_id=uuid4(),
        convener_org="云堰街道",
        caller="分管领导",
        place="",
        held_at=AT,
        participants=(Participant(body="自来水公司", external=True), Participant(body="供水科", name="某科长")),
        orders=(),
        minutes="两项",
        items=(item,),
    )
    form = minutes_form(view, PAPER)
    found = values(form)
    assert (form.title, form.number) == ("热线工单专题协调会会议纪要", "20260304")
    assert found["参会单位"] == "自来水公司 — 外部单位; 供水科 某科长 "
    assert found["协调事项表"] == "1 更换加压泵 自来水公司 2026-03-13 —"


def case(**other: Any) -> CaseView:
    given: dict[str, Any] = {
        "id": uuid4(),
        "number": "约〔2026〕1号",
        "kind": "interview",
        "state": "held",
        "trigger": "late_accept:interview",
        "org_id": uuid4(),
        "org": "供水科",
        "slot": "deputy",
        "person": "某主任",
        "by_role": "discipline",
        "reason_code": "",
        "reason": "未按时先行接单×3",
        "order_id": None,
        "order_number": "",
        "meeting": None,
        "supervision_id": None,
        "previous_id": None,
        "opener": "",
        "second": "",
        "opened_at": AT,
        "due_at": datetime(2026, 3, 11, 16, tzinfo=UTC),
        "text": "谈话",
        "commitments": "限期整改",
        "replied_at": None,
        "outcome": None,
        "opinion": "",
        "closed_at": None,
    }
    return CaseView(**given | other)


@pytest.mark.rule("XY-43", "XY-45", "A-13")
def test_the_papers_of_a_case_use_the_citys_name_of_the_slot() -> None:
    late = EvidenceView(
        id=uuid4(),
        flag="late_accept",
        at=AT,
        due_at=AT + timedelta(hours=14),
        reason="",
        order_id=uuid4(),
        order_number="20260304-000001",
    )
    form = case_form(case(evidence=(late,)), PAPER)
    found = values(form)
    assert form.title == "约谈记录"
    assert (found["第一责任人"], found["期限"], found["整改承诺"]) == ("某主任", "2026-03-11", "限期整改")
    assert found["证据清单"] == "20260304-000001 未按时先行接单 2026-03-04 2026-03-04 10:00"
    plain = values(case_form(case(kind="written_explanation", slot="", person="", due_at=None), PAPER))
    assert (plain["责任人"], plain["期限"]) == ("—", "—")
    assert case_form(case(kind="written_explanation"), PAPER).title == "书面说明"


@pytest.mark.rule("SJ-33")
def test_the_circular_on_interviews_with_the_leaders_words() -> None:
    instruction = InstructionView(
        id=uuid4(),
        order_id=None,
        order_number=None,
        leader="主要领导",
        text="紧盯短板",
        at=AT,
        target_org_id=uuid4(),
        target_org="供水科",
        requirement="整改",
        due_on=date(2026, 3, 20),
        feedback="",
        fed_back_at=None,
    )
    row = {
        "number": "约〔2026〕1号",
        "kind": "interview",
        "org": "供水科",
        "slot": "deputy",
        "person": "",
        "reason": "未按时先行接单×3",
        "commitments": "",
    }
    form = interview_circular([row], [instruction], "2026年3月", PAPER)
    found = values(form)
    assert form.title == "关于12345市民服务热线工作约谈情况通报"
    assert found["约谈情况"] == "约〔2026〕1号 约谈 供水科 第一责任人 — 未按时先行接单×3 —"
    assert found["领导批示"] == "主要领导 紧盯短板 供水科 2026-03-20 —"
