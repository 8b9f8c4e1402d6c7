"""One seat, version by version."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from callcenter.core.ids import CallId, OfferId, UserId
from callcenter.seats.presence import Presence
from callcenter.seats.seat import Order, Seat

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


ORDER = Order(presence=Presence.PAUSED, reason="请交接", by="班长何", at=T0, pending=True)


def test_an_order_waits_holds_and_is_over() -> None:
    seat = replace(SEAT, order=ORDER)
    assert seat.ordered is Presence.PAUSED
    after_call = seat.moved(Presence.AFTER_CALL, "", T0)
    assert after_call.order == ORDER
    paused = after_call.moved(Presence.PAUSED, "forced", T0)
    assert paused.order == replace(ORDER, pending=False)
    assert paused.ordered is None
    assert paused.moved(Presence.READY, "", T0).order is None


def test_what_the_seat_was_before_its_phone_rang() -> None:
    meal = replace(SEAT, presence=Presence.PAUSED, reason="meal")
    talking = meal.moved(Presence.RINGING, "", T0).moved(Presence.TALKING, "", T0)
    assert (talking.rest, talking.rest_reason) == (Presence.PAUSED, "meal")
    assert replace(SEAT, presence=Presence.READY).moved(Presence.RINGING, "", T0).rest is Presence.READY


def test_a_queue_without_a_penalty_has_none() -> None:
    seat = replace(SEAT, penalties={"housing": 3})
    assert (seat.penalty_in("housing"), seat.penalty_in("main")) == (3, 0)
