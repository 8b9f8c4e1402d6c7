"""A call as people see it who may not see the citizen's number."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from callcenter.calls.views import CallView
from callcenter.core.ids import CallId

CITIZEN, HOTLINE = "+8613800138000", "12345"


def call(direction: str, dialled: str) -> CallView:
    return CallView(
        id=CallId(UUID(int=1)),
        pbx="pbx1",
        direction=direction,
        purpose="citizen",
        caller_number=CITIZEN,
        caller_region="北京市",
        dialled=dialled,
        hotline="",
        stage="talking",
        outcome=None,
        queue="main",
        extension="8001",
        menu_path=(),
        started_at=datetime(2026, 3, 2, tzinfo=UTC),
        queued_at=None,
        answered_at=None,
        ended_at=None,
        waited=None,
        talked=None,
        has_gap=False,
        related_call_id=None,
    )


@pytest.mark.parametrize(("direction", "dialled"), [("inbound", HOTLINE), ("outbound", CITIZEN)])
def test_the_citizens_number_is_hidden_whichever_side_dialled(direction: str, dialled: str) -> None:
    seen = call(direction, dialled)
    masked = seen.masked()
    assert CITIZEN not in masked.model_dump_json()
    assert masked.caller_number == "**********8000"
    assert masked.dialled == (HOTLINE if direction == "inbound" else "**********8000")
    hidden = {"caller_number", "dialled"}
    assert masked.model_dump(exclude=hidden) == seen.model_dump(exclude=hidden)
