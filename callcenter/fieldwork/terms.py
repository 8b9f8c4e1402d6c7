"""Words of field work, and how a patrol stands at an instant (SG-21, SG-41); pure."""

from datetime import datetime, timedelta
from enum import StrEnum


class PatrolState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"  # somebody wrote the summary
    UNREPORTED = "unreported"  # walked, and nobody wrote the summary
    MISSED = "missed"  # the shift is over and nobody checked in
    CANCELLED = "cancelled"


class Enforcement(StrEnum):
    """What was done about a finding (执法处置结果)."""

    NONE = "none"  # 无需处置
    PERSUADED = "persuaded"  # 当场劝导
    CORRECTED = "corrected"  # 当场整改
    ORDERED = "ordered"  # 责令限期改正
    FINED = "fined"  # 行政处罚
    REFERRED = "referred"  # 移送有权机关


class ActivityKind(StrEnum):
    FORUM = "forum"  # 群众座谈会
    NEGOTIATION = "negotiation"  # 现场协商
    WELFARE = "welfare"  # 公益活动


def state_of(
    now: datetime,
    begins: datetime,
    ends: datetime,
    *,
    late: timedelta,
    check_ins: int,
    ended: bool = False,
    cancelled: bool = False,
) -> PatrolState:
    """`late`: how long after its shift a patrol may still be written down."""
    if cancelled:
        return PatrolState.CANCELLED
    if ended:
        return PatrolState.DONE
    if now >= ends + late:
        return PatrolState.UNREPORTED if check_ins else PatrolState.MISSED
    return PatrolState.PLANNED if now < begins and not check_ins else PatrolState.RUNNING


def walkable(now: datetime, begins: datetime, ends: datetime, *, early: timedelta, late: timedelta) -> bool:
    """Whether somebody may check in now."""
    return begins - early <= now < ends + late
