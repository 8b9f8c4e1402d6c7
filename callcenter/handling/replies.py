"""What a reply must not be: a template with empty slots, or mere word that the matter was passed on (SG-09, SG-16).

A slot stands in a template as 【时间】. Pure.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from callcenter.core.errors import Invalid, Refused

SLOTS: Final[Mapping[str, str]] = {
    "时间": "time",
    "地点": "place",
    "措施": "measure",
    "结果": "result",
    "联系方式": "contact",
}
"""SG-09: every reply template has these five, whatever else it asks for."""

_SLOT: Final = re.compile(r"【([^【】]{1,20})】")
_LEFT: Final = re.compile(r"【[^【】]{0,20}】|_{3,}|[×xX＊*]{3,}|\{\w+\}")
_FORWARD: Final = re.compile(
    r"已?(?:将(?:该|此|您的)?(?:诉求|问题|工单|情况))?(?:转交|转办|转派|转至|移交|交由|反映给|上报)"
    r"(?:给|至|到|由)?[^，。；,.;]{0,20}(?:部门|单位|公司|中心|社区|村委|居委|办公室|处理|办理|相关)"
)
_DOWNSTREAM: Final = re.compile(
    r"(?:已|予以|完成|进行了|到场|现场)[^，。；]{0,12}"
    r"(?:修复|清理|整改|拆除|恢复|解决|查处|更换|处罚|安装|补办|退还|退款|核实|处置|维修|疏通|加装|劝离|答复|赔偿)"
    r"|经(?:核查|核实|查|了解|调查|检查)|已于|结果(?:为|是|如下)|目前已"
)
_MARKS: Final = re.compile(r"[\s\W_]+")


class SlotEmpty(Refused):
    code = "reply-slot-empty"
    zh = "答复中还有未填写的内容：{slots}，请填写后再提交（SG-09）"
    en = "the reply still has empty slots: {slots}; fill them before it is sent (SG-09)"


class Boilerplate(Refused):
    code = "reply-boilerplate"
    zh = "答复与模板相同，未按本工单实际情况修改（SG-09）"
    en = "the reply is the template unchanged: tell what was done in this case (SG-09)"


class ForwardOnly(Refused):
    code = "reply-forward-only"
    zh = "“已转交”不能作为最终结果，请写明下游单位的办理结果（SG-16）"
    en = "“passed on” is not a final result: tell what came of it downstream (SG-16)"


class SlotsMissing(Invalid):
    code = "template-slots-missing"
    zh = "答复模板缺少必备要素：{slots}（SG-09）"
    en = "the reply template lacks mandatory slots: {slots} (SG-09)"


def plain(text: str) -> str:
    """Without spaces and punctuation, to compare what is said."""
    return _MARKS.sub("", text).lower()


def slots_of(template: str) -> tuple[str, ...]:
    """In the order in which they stand."""
    return tuple(dict.fromkeys(_SLOT.findall(template)))


def check_template(template: str) -> None:
    """Raises SlotsMissing."""
    missing = [slot for slot in SLOTS if slot not in slots_of(template)]
    if missing:
        raise SlotsMissing(slots="、".join(missing))


def filled(template: str, given: Mapping[str, str]) -> str:
    """The template with its slots filled. Raises SlotEmpty."""
    empty = [slot for slot in slots_of(template) if not given.get(slot, "").strip()]
    if empty:
        raise SlotEmpty(slots="、".join(empty))
    return _SLOT.sub(lambda found: given[found[1]].strip(), template)


def left_open(reply: str) -> tuple[str, ...]:
    """Slots and blanks that nobody filled."""
    return tuple(dict.fromkeys(_LEFT.findall(reply)))


def unedited(reply: str, templates: Collection[str]) -> bool:
    """Whether it is a template as it stands, with or without its slots."""
    said = plain(reply)
    return bool(said) and any(said in (plain(each), plain(_SLOT.sub("", each))) for each in templates)


def forward_only(reply: str) -> bool:
    """It says that the matter was passed on, and nothing of what came of it."""
    return bool(_FORWARD.search(reply)) and not _DOWNSTREAM.search(reply)


def check_reply(reply: str, templates: Sequence[str]) -> None:
    """Raises SlotEmpty, Boilerplate, ForwardOnly."""
    if unedited(reply, templates):
        raise Boilerplate
    if open_slots := left_open(reply):
        raise SlotEmpty(slots="、".join(open_slots))
    if forward_only(reply):
        raise ForwardOnly
