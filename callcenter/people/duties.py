"""Separation of duties (SJ-21): who did one thing for an order may not do another for the same order. Pure.

The table is symmetrical in effect: whichever of the two comes first, the second needs somebody else. Guards ask it with
who has done what so far.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from callcenter.core.errors import Refused
from callcenter.core.ids import UserId


class Duty(StrEnum):
    INTAKE = "intake"  # 受理
    HANDLE = "handle"  # 办理
    REVIEW = "review"  # 审核
    CALL_BACK = "call_back"  # 回访
    INSPECT = "inspect"  # 质检
    RULE = "rule"  # 裁定（口径、争议）
    REFUSE = "refuse"  # 提出不予受理、不纳入测评
    CONFIRM = "confirm"  # 审定不予受理、不纳入测评


APART: Final[frozenset[frozenset[Duty]]] = frozenset(
    frozenset(pair)
    for pair in (
        (Duty.HANDLE, Duty.REVIEW),
        (Duty.HANDLE, Duty.CALL_BACK),
        (Duty.HANDLE, Duty.INSPECT),
        (Duty.HANDLE, Duty.RULE),
        (Duty.REVIEW, Duty.INSPECT),
        (Duty.CALL_BACK, Duty.INSPECT),
        (Duty.INTAKE, Duty.INSPECT),
        (Duty.INSPECT, Duty.RULE),
        (Duty.REFUSE, Duty.CONFIRM),
    )
)
"""Pairs that one person never does for one order."""
NAMES: Final[Mapping[Duty, tuple[str, str]]] = {
    Duty.INTAKE: ("受理", "took it in"),
    Duty.HANDLE: ("办理", "handled it"),
    Duty.REVIEW: ("审核", "reviewed it"),
    Duty.CALL_BACK: ("回访", "called back"),
    Duty.INSPECT: ("质检", "inspected it"),
    Duty.RULE: ("裁定", "ruled on it"),
    Duty.REFUSE: ("提出", "proposed it"),
    Duty.CONFIRM: ("审定", "confirmed it"),
}


class SamePerson(Refused):
    code = "duties-not-separate"
    zh = "您已在该工单中承担“{done_zh}”，此项须由他人办理"
    en = "you {done_en} for this order: somebody else must do this"


def conflict(duty: Duty, user: UserId, done: Mapping[Duty, Collection[UserId]]) -> Duty | None:
    """What the user has done that excludes `duty`; None when nothing has."""
    return next((had for had, who in done.items() if user in who and frozenset((duty, had)) in APART), None)


def check_apart(duty: Duty, user: UserId, done: Mapping[Duty, Collection[UserId]]) -> None:
    """Raises SamePerson."""
    had = conflict(duty, user, done)
    if had is not None:
        zh, en = NAMES[had]
        raise SamePerson(done_zh=zh, done_en=en)
