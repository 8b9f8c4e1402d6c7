"""Form 2 of a round, from what was logged."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from callcenter.documents.model import Document, Fields, Lines, Signatures, Words
from callcenter.handling import model
from callcenter.handling.form2 import form2
from callcenter.handling.measures import Standing

AT = datetime(2026, 3, 4, 2, tzinfo=UTC)
CITY = ZoneInfo("Asia/Shanghai")
ROW = {"number": "20260304-000001", "category": "公用事业", "title": "高层水压不足"}


def contact(round_no: int, **said: Any) -> model.ContactSeen:
    given = {"counterpart": "citizen", "counterpart_name": "", "channel": "phone", "outcome": "reached"}
    rest = {
        "kind": "further",
        "note": "约定上门时间",
        "direction": "out",
        "purpose": "",
        "duration_s": 60,
        "actor": "王工",
    }
    links = {"id": uuid4(), "at": AT, "call_id": None, "recording_id": None, "round_no": round_no}
    return model.ContactSeen.model_validate(given | rest | links | said)


def paper(kind: str, round_no: int = 2, **body: Any) -> model.PaperSeen:
    return model.PaperSeen(id=uuid4(), round_no=round_no, kind=kind, at=AT, body=body, actor="王工")


def printed(**given: Any) -> Document:
    nothing: dict[str, Any] = dict.fromkeys(("contacts", "papers", "tasks", "options", "milestones", "lacks"), ())
    nothing |= dict.fromkeys(("departures", "decisions", "rounds", "acts"), ())
    nothing |= dict.fromkeys(
        ("replied_at", "finished_at", "closed_at", "days_to_solution", "feedback_took", "interim_due_at")
    )
    nothing |= {"order_id": uuid4(), "standing": Standing.SOLVED, "case_owner": "王工", "exclusion": None}
    view = model.HandlingView.model_validate(nothing | {"perfunctory": None} | given)
    return form2(ROW, view, 2, unit="市政事务科", issuer="街道城运中心", printed_at=AT, printed_by="王工", zone=CITY)


@pytest.mark.rule("XY-52")
def test_the_form_tells_of_its_own_round_only() -> None:
    head = {"round_no": 2, "reason": "", "started_at": AT, "due_at": AT, "head_user": uuid4(), "head": "李所长"}
    form = printed(
        contacts=(contact(1, note="第一轮"), contact(2), contact(2, counterpart="enterprise", counterpart_name="水厂")),
        papers=(
            paper("site_visit", 1, place="别处"),
            paper(
                "site_visit",
                visited_at=AT.isoformat(),
                place="桐影路88号",
                people=["王工", "网格员"],
                findings="加压泵老化",
                root_cause="facility",
                witnesses=2,
            ),
            paper("exemption", reason="第二处无现场"),
            paper("explanation", content="说明改造计划", stance="does_not"),
            paper("work_record", measures="换泵", result="恢复", opinion="认可", participants=["李所长"], files=["x"]),
        ),
        rounds=(head | {"confirmed_at": AT},),
    )
    fields, log, visits, exempt, *words, signed = form.blocks
    assert isinstance(fields, Fields)
    assert (("工单编号", ROW["number"]), ("处置轮次", "第2轮")) in fields.rows
    assert isinstance(log, Lines)
    assert [(line[0], line[2], line[3]) for line in log.rows] == [
        ("2026-03-04 10:00", "诉求人", "电话·已联系"),
        ("2026-03-04 10:00", "水厂", "电话·已联系"),
    ]
    assert isinstance(visits, Lines)
    assert visits.rows == (("2026-03-04 10:00", "桐影路88号", "王工、网格员", "加压泵老化（原因：设施设备；见证2人）"),)
    assert exempt == Words(heading="免于现场核实的原因", text="第二处无现场")
    assert [word.text for word in words if isinstance(word, Words)] == [
        "换泵",
        "恢复",
        "认可",
        "李所长",
        "1件（见电子附件）",
        "说明改造计划（诉求人态度：不理解）",
    ]
    assert isinstance(signed, Signatures)
    assert (signed.slots[0].name, f"{signed.slots[0].at:%H:%M}") == ("李所长", "10:00")
    unsigned = printed(rounds=(head | {"confirmed_at": None},))
    assert isinstance(unsigned.blocks[-1], Signatures)
    assert unsigned.blocks[-1].slots[0].name == ""


def test_an_empty_round_prints_empty_lines_to_fill_in() -> None:
    form = printed()
    assert (form.number, form.issuer) == ("20260304-000001-2", "街道城运中心")
    assert [word.text for word in form.blocks if isinstance(word, Words)] == ["", "", "", "", ""]
