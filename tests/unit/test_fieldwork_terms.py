"""How a patrol stands at an instant (SG-21)."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.fieldwork.terms import PatrolState, state_of, walkable

BEGINS = datetime(2026, 3, 4, 18, tzinfo=UTC)
ENDS = BEGINS + timedelta(hours=4)
LATE = timedelta(hours=2)


@pytest.mark.rule("SG-21")
@pytest.mark.parametrize(
    ("hours", "check_ins", "state"),
    [
        (-1, 0, PatrolState.PLANNED),
        (-1, 1, PatrolState.RUNNING),
        (0, 0, PatrolState.RUNNING),
        (5.9, 0, PatrolState.RUNNING),
        (6, 0, PatrolState.MISSED),
        (6, 2, PatrolState.UNREPORTED),
    ],
)
def test_a_patrol_is_missed_when_nobody_came(hours: float, check_ins: int, state: PatrolState) -> None:
    assert state is state_of(BEGINS + timedelta(hours=hours), BEGINS, ENDS, late=LATE, check_ins=check_ins)


@pytest.mark.rule("SG-21")
def test_what_somebody_decided_goes_before_the_clock() -> None:
    after = ENDS + timedelta(days=1)

    assert state_of(after, BEGINS, ENDS, late=LATE, check_ins=3, ended=True) is PatrolState.DONE
    assert state_of(after, BEGINS, ENDS, late=LATE, check_ins=0, cancelled=True) is PatrolState.CANCELLED


@pytest.mark.rule("SG-21")
def test_a_shift_can_be_walked_a_little_early_and_a_little_late() -> None:
    early = timedelta(minutes=30)
    found = [
        walkable(at, BEGINS, ENDS, early=early, late=LATE)
        for at in (BEGINS - timedelta(minutes=31), BEGINS - early, ENDS + timedelta(hours=1), ENDS + LATE)
    ]

    assert found == [False, True, True, False]
