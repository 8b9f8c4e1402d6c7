"""The told wait, every branch of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from callcenter.core.ids import UserId
from callcenter.seats.presence import Presence
from callcenter.seats.seat import Seat
from callcenter.waiting.outlook import Basis, Crewed, crewed, expected_handling, outlook

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SEAT = Seat(
    user=UserId(UUID(int=1)),
    name="甲",
    extension="8001",
    queues=("main",),
    presence=Presence.READY,
    reason="",
    since=T0,
    call=None,
    offer=None,
    reachable=True,
    version=1,
)


@pytest.mark.parametrize(
    ("ahead", "on_duty", "ready", "minutes"),
    [
        (0, 1, 1, 0),  # an idle agent: at once
        (0, 1, 0, 4),  # one agent, at work
        (0, 4, 0, 1),  # four at work: one of them is done four times as soon
        (3, 4, 0, 4),
        (3, 2, 1, 6),
        (1, 3, 2, 0),
        (0, 0.5, 0, 8),  # half an agent: the other half is wanted by another queue
    ],
)
def test_what_is_told(ahead: int, on_duty: float, ready: float, minutes: float) -> None:
    crew = Crewed(on_duty=on_duty, ready=ready, heads=1)
    told = outlook(ahead, crew, 4 * MINUTE, 30 * MINUTE)
    assert (told.ahead, told.wait, told.basis) == (ahead, minutes * MINUTE, Basis.ESTIMATED)


def test_nothing_is_promised_while_nobody_is_on_duty() -> None:
    told = outlook(0, Crewed(on_duty=0, ready=0, heads=0), 4 * MINUTE, 30 * MINUTE)
    assert (told.wait, told.basis) == (None, Basis.NOBODY_ON_DUTY)


def test_nothing_is_promised_beyond_what_could_be_kept() -> None:
    crew = Crewed(on_duty=1, ready=0, heads=1)
    assert outlook(6, crew, 4 * MINUTE, 28 * MINUTE).basis is Basis.ESTIMATED
    told = outlook(7, crew, 4 * MINUTE, 28 * MINUTE)
    assert (told.wait, told.basis) == (None, Basis.BEYOND_REACH)


@pytest.mark.parametrize(
    ("presence", "counts"),
    [
        (Presence.READY, (1, 1)),
        (Presence.RINGING, (1, 0)),
        (Presence.TALKING, (1, 0)),
        (Presence.AFTER_CALL, (1, 0)),
        (Presence.PAUSED, (0, 0)),
        (Presence.OFFLINE, (0, 0)),
    ],
)
def test_who_is_on_duty(presence: Presence, counts: tuple[int, int]) -> None:
    crew = crewed("main", [replace(SEAT, presence=presence)], {})
    assert (crew.heads, crew.ready) == counts


def test_a_telephone_that_is_not_registered_and_another_skill_do_not_count() -> None:
    seats = [replace(SEAT, reachable=False), replace(SEAT, queues=("housing",))]
    assert crewed("main", seats, {}) == Crewed(on_duty=0, ready=0, heads=0)


def test_an_agent_of_several_queues_counts_by_parts_where_others_wait_too() -> None:
    seat = replace(SEAT, queues=("main", "housing", "labour"))
    assert crewed("main", [seat], {"main": 3}) == Crewed(on_duty=1, ready=1, heads=1)
    assert crewed("main", [seat], {"housing": 1}) == Crewed(on_duty=0.5, ready=0.5, heads=1)
    assert crewed("main", [seat], {"housing": 1, "labour": 2, "tax": 5}).on_duty == pytest.approx(1 / 3)


def test_few_measured_calls_weigh_little() -> None:
    assert expected_handling(timedelta(0), 0, 4 * MINUTE, 5) == 4 * MINUTE
    assert expected_handling(50 * MINUTE, 5, 4 * MINUTE, 5) == 7 * MINUTE
    assert expected_handling(1000 * MINUTE, 100, 4 * MINUTE, 5) > 9 * MINUTE
