"""Who is told of a clock (XY-15, XY-21, SJ-05)."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from callcenter.orders.clocks_watch import notices_of
from callcenter.people.actor import Role

UNIT, CENTRE = UUID(int=1), UUID(int=2)


def told(consequence: str, round_no: int, **more: Any) -> list[tuple[str, UUID, bool]]:
    """Kind, org, and whether the deputy is meant."""
    row: Any = {
        "name": "handle2",
        "number": "20260304-000001",
        "order_id": UUID(int=3),
        "owner_org_id": UNIT,
        "centre_org_id": CENTRE,
        "due_at": datetime(2026, 3, 5, tzinfo=UTC),
        "round_no": round_no,
        "consequence": consequence,
    }
    found = notices_of(row | more, ZoneInfo("Asia/Shanghai"))
    return [(one.kind, UUID(str(one.to.org)), Role.DEPUTY in one.to.roles) for one in found]


@pytest.mark.rule("XY-15")
def test_a_late_second_round_reaches_the_deputy_too() -> None:
    assert told("overdue", 2) == [("timer_breached", UNIT, False), ("timer_breached", CENTRE, True)]
    assert told("overdue", 1) == [("timer_breached", UNIT, False)]


@pytest.mark.rule("XY-21")
def test_a_return_that_nobody_reviewed_alarms_who_leads_the_centre() -> None:
    assert told("late_return_review", 1) == [("timer_breached", UNIT, False), ("timer_breached", CENTRE, True)]


@pytest.mark.rule("SJ-05")
def test_a_sign_is_told_to_whoever_owes_the_duty_alone() -> None:
    assert told("overdue", 2, sign="80%") == [("timer_warned", UNIT, False)]
