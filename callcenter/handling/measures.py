"""Replied, solved and closed are three things (A-29, SJ-04, JC-43). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from callcenter.orders.terms import Stage

ENDED: Final = frozenset({Stage.CLOSED, Stage.ANSWERED, Stage.RETURNED_UP, Stage.TRANSFERRED})


class Standing(StrEnum):
    """How a list of completed orders must show an order."""

    UNDER_WAY = "under_way"  # 在办
    REPLIED_UNDER_WAY = "replied_under_way"  # 已答复·落实中
    SOLVED = "solved"  # 已解决，待结案
    CLOSED = "closed"  # 办结


class Period(StrEnum):
    """The current one, as the meetings look at it (XY-28, XY-29)."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def period_begin(now: datetime, zone: tzinfo, period: Period) -> datetime:
    """The first midnight of the period that `now` lies in, in the city's zone."""
    local = now.astimezone(zone)
    month = {Period.MONTH: local.month, Period.QUARTER: (local.month - 1) // 3 * 3 + 1, Period.YEAR: 1}[period]
    return local.replace(month=month, day=1, hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    reported_at: datetime
    replied_at: datetime | None = None
    finished_at: datetime | None = None
    closed_at: datetime | None = None


def standing_of(stage: Stage, dates: Dates, *, milestones_open: int) -> Standing:
    """An order whose plan is still being carried out is never shown as completed, whatever its reply says (A-29)."""
    if stage in ENDED and not milestones_open:
        return Standing.CLOSED
    if dates.finished_at and not milestones_open:
        return Standing.SOLVED
    return Standing.REPLIED_UNDER_WAY if dates.replied_at else Standing.UNDER_WAY


def days_to_solution(dates: Dates) -> float | None:
    """From the first report to the real solution, which is not the reply (SJ-04); None while unsolved."""
    return None if dates.finished_at is None else (dates.finished_at - dates.reported_at) / timedelta(days=1)


def feedback_took(finished_at: datetime | None, submitted_at: datetime | None) -> timedelta | None:
    """反馈及时 (JC-25): from the actual finish to the submission."""
    if finished_at is None or submitted_at is None:
        return None
    return max(submitted_at - finished_at, timedelta())
