"""The words of dispatch, each with its Chinese and English name beside it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ReturnReason(StrEnum):
    """XY-18: why a unit says that the order is not its own."""

    NOT_OUR_DUTY = "not_our_duty"
    NOT_OUR_AREA = "not_our_area"
    OTHER_OWNER = "other_owner"
    WRONG_MATTER = "wrong_matter"
    SEVERAL_UNITS = "several_units"


class BlockReason(StrEnum):
    """SJ-03: why an order in dispute cannot go on."""

    NO_RESPONSIBLE_BODY = "no_responsible_body"
    STANDARD_UNCLEAR = "standard_unclear"
    OWNERSHIP_DISPUTED = "ownership_disputed"
    FUNDS = "funds"
    THIRD_PARTY = "third_party"
    POLICY_GAP = "policy_gap"


class SignCause(StrEnum):
    """XY-22, A-06b: each alone leads to signed dispatch."""

    RETURNED = "returned"
    NO_MAIN_UNIT = "no_main_unit"
    PASSING_BUCK = "passing_buck"


class TaskKind(StrEnum):
    """What another body does for an order."""

    CO = "co"
    """协办 of 1+N (SG-25)."""
    WHISTLE = "whistle"
    """报到 after a whistle (GH-12)."""
    JOINT = "joint"
    """联合处置 of a difficult order (XY-16)."""
    LETTER = "letter"
    """函告 to a body that is not ours (SJ-09)."""
    STATION = "station"
    """街面 order pushed to a joint-duty station (XY-35)."""
    MEETING = "meeting"
    """Set by a coordination meeting (SJ-02)."""


RETURN_REASONS: Final[Mapping[ReturnReason, tuple[str, str]]] = {
    ReturnReason.NOT_OUR_DUTY: ("不属于本单位职责", "not the unit's duty"),
    ReturnReason.NOT_OUR_AREA: ("不属于本单位辖区", "not in the unit's area"),
    ReturnReason.OTHER_OWNER: ("权属或管理方为其他单位", "owned or managed by another body"),
    ReturnReason.WRONG_MATTER: ("事项分类有误", "the matter was classified wrongly"),
    ReturnReason.SEVERAL_UNITS: ("涉及多个单位，非主办", "several units concerned, another one leads"),
}
SIGN_CAUSES: Final[Mapping[SignCause, tuple[str, str]]] = {
    SignCause.RETURNED: ("两个以上部门退单", "returned by two or more units"),
    SignCause.NO_MAIN_UNIT: ("无法找到明确主责部门", "no clear main unit"),
    SignCause.PASSING_BUCK: ("各部门相互推诿", "the units pass the buck"),
}
TASK_KINDS: Final[Mapping[TaskKind, tuple[str, str]]] = {
    TaskKind.CO: ("协办", "co-handling"),
    TaskKind.WHISTLE: ("报到", "reporting to a whistle"),
    TaskKind.JOINT: ("联合处置", "joint handling"),
    TaskKind.LETTER: ("函告", "letter"),
    TaskKind.STATION: ("工作站处置", "station on the spot"),
    TaskKind.MEETING: ("会议协调事项", "set by a meeting"),
}
BLOCK_REASONS: Final[Mapping[BlockReason, tuple[str, str]]] = {
    BlockReason.NO_RESPONSIBLE_BODY: ("责任主体不明", "no clear responsible body"),
    BlockReason.STANDARD_UNCLEAR: ("标准不明", "the standard is unclear"),
    BlockReason.OWNERSHIP_DISPUTED: ("权属争议", "ownership disputed"),
    BlockReason.FUNDS: ("资金", "funds"),
    BlockReason.THIRD_PARTY: ("第三方", "a third party"),
    BlockReason.POLICY_GAP: ("政策空白", "no policy covers it"),
}
