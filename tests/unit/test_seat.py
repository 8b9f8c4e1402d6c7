"""One seat, version by version."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from callcenter.core.ids import CallId, OfferId, UserId
from callcenter.seats.presence import Presence
from callcenter.seats.seat import Seat

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SEAT = Seat(
    user=UserId(UUID(int=1)),
    name="甲",
    extension="8001",
    queues=("main",),
    presence=Presence.TALKING,
    reason="",
    since=T0,
    call=CallId(UUID(int=2)),
    offer=OfferId(UUID(int=3)),
    reachable=True,
    version=4,
)


@pytest.mark.parametrize("presence", Presence)
def test_the_card_stays_until_the_agent_is_done_with_the_call(presence: Presence) -> None:
    moved = SEAT.moved(presence, "meal", T0 + MINUTE)
    assert (moved.presence, moved.reason, moved.since, moved.version) == (presence, "meal", T0 + MINUTE, 5)
    kept = presence in {Presence.RINGING, Presence.TALKING, Presence.AFTER_CALL}
    assert (moved.call, moved.offer) == ((SEAT.call, SEAT.offer) if kept else (None, None))
    assert (SEAT.presence, SEAT.version) == (Presence.TALKING, 4)


@pytest.mark.parametrize("presence", Presence)
def test_only_after_call_work_ends_by_itself(presence: Presence) -> None:
    seat = replace(SEAT, presence=presence)
    assert seat.ends_after(MINUTE) == (T0 + MINUTE if presence is Presence.AFTER_CALL else None)
    assert seat.ends_after(None) is None
