"""Replies: templates with mandatory slots, boilerplate, mere forwarding, and the signs of a perfunctory one."""

import pytest

from callcenter.handling.replies import (
    Boilerplate,
    ForwardOnly,
    SlotEmpty,
    SlotsMissing,
    check_reply,
    check_template,
    filled,
    slots_of,
)
from callcenter.handling.signals import LIKELY, Reply, likeness, score, signals

TEMPLATE = "您好，我单位于【时间】到【地点】核查，采取了【措施】，结果：【结果】。如有疑问请致电【联系方式】。"
GIVEN = {
    "时间": "3月4日上午",
    "地点": "桐影路88号",
    "措施": "更换加压泵并调试",
    "结果": "六楼水压已恢复",
    "联系方式": "本单位值班电话",
}
GOOD = "3月4日上午工作人员到桐影路88号现场核查，因加压泵老化，已更换加压泵，六楼以上水压恢复正常，并电话告知您。"


@pytest.mark.rule("SG-09")
def test_a_template_has_the_five_slots_and_a_reply_fills_them_all() -> None:
    check_template(TEMPLATE)
    assert slots_of(TEMPLATE) == tuple(GIVEN)
    reply = filled(TEMPLATE, GIVEN)
    assert "更换加压泵" in reply
    check_reply(reply, [TEMPLATE])
    with pytest.raises(SlotsMissing) as missing:
        check_template("已于【时间】处理")
    assert missing.value.fields["slots"] == "地点、措施、结果、联系方式"
    with pytest.raises(SlotEmpty):
        filled(TEMPLATE, GIVEN | {"结果": "  "})


@pytest.mark.rule("SG-09")
@pytest.mark.parametrize("reply", ["于【时间】处理完毕", "处理结果：______。", "由×××处理完毕", "已由{unit}处理完毕"])
def test_an_empty_slot_is_refused(reply: str) -> None:
    with pytest.raises(SlotEmpty):
        check_reply(reply, [TEMPLATE])


@pytest.mark.rule("SG-09")
def test_the_template_itself_is_refused_with_or_without_its_slots() -> None:
    bare = "您好，我单位于到核查，采取了，结果：。如有疑问请致电。"
    for reply in (TEMPLATE, bare):
        with pytest.raises(Boilerplate):
            check_reply(reply, [TEMPLATE])


@pytest.mark.rule("SG-16")
@pytest.mark.parametrize(
    ("reply", "refused"),
    [
        ("您反映的问题已转交相关部门处理。", True),
        ("该诉求已转办至街道城管中队办理，请耐心等待。", True),
        ("已将您的诉求反映给物业公司。", True),
        ("已转交绿化所处理，绿化所已于3月4日完成修剪。", False),
        ("已移交物业公司，现场清理完毕，经核查楼道畅通。", False),
        (GOOD, False),
    ],
)
def test_passing_on_is_no_result(reply: str, refused: bool) -> None:
    if refused:
        with pytest.raises(ForwardOnly):
            check_reply(reply, [])
    else:
        check_reply(reply, [])


def judged(text: str, **other: object) -> set[str]:
    about: dict[str, object] = {"demand": "高层水压不足六楼以上早晚无水", "claimed": "resolved", "contacts": 1}
    reply = Reply(text=text, **(about | other))  # type: ignore[arg-type] # a test's own keywords
    return {signal.code for signal in signals(reply)}


@pytest.mark.rule("SG-11")
@pytest.mark.parametrize(
    ("text", "other", "shown"),
    [
        (GOOD, {}, set()),
        ("已处理。", {}, {"short", "vague", "off_topic"}),
        (TEMPLATE, {"templates": [TEMPLATE]}, {"template", "vague", "off_topic"}),
        ("已转交相关部门处理，请您耐心等待，感谢您的理解与支持。", {}, {"forward_only", "vague", "off_topic"}),
        (GOOD, {"earlier": [GOOD]}, {"repeated"}),
        (GOOD, {"resolved": False}, {"contradicted"}),
        (GOOD, {"resolved": False, "claimed": "explained"}, set()),
        (GOOD, {"contacts": 0}, {"no_contact"}),
        (GOOD, {"demand": ""}, set()),
    ],
)
def test_signs_of_a_perfunctory_reply(text: str, other: dict[str, object], shown: set[str]) -> None:
    assert judged(text, **other) == shown


@pytest.mark.rule("SG-11")
def test_the_score_adds_up_and_names_its_reasons() -> None:
    found = signals(Reply(text="", demand="无水", claimed="resolved"))
    assert score(found) == 100
    assert all(signal.zh and signal.en for signal in found)
    assert score(signals(Reply(text="已处理。", demand="水压", claimed="resolved", contacts=2))) >= LIKELY
    assert score(()) == 0
    assert likeness("", "") == 0.0
