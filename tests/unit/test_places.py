"""Kept places: every cell of the table, and whose turn it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from callcenter.waiting.places import NEXT, OPEN, Move, Place, Standing, State, is_due, step

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLACE = Place(
    id=UUID(int=1),
    pbx="a",
    queue="main",
    number="+8613800000001",
    dialled="12345",
    call=None,
    joined_at=T0,
    kept_at=T0 + MINUTE,
    state=State.WAITING,
    attempts=0,
    attempt=None,
    next_at=T0 + MINUTE,
)
NOW = T0 + 10 * MINUTE


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_every_cell(state: State, move: Move) -> None:
    assert step(state, move) is NEXT.get((state, move))
    if state not in OPEN:
        assert step(state, move) is None


@pytest.mark.parametrize(
    ("moves", "end"),
    [
        ([Move.DIAL, Move.ANSWERED, Move.SERVED], State.SERVED),
        ([Move.DIAL, Move.NOT_REACHED, Move.DIAL, Move.EXHAUSTED], State.GIVEN_UP),
        ([Move.DIAL, Move.ANSWERED, Move.HUNG_UP], State.CANCELLED),
        ([Move.DIAL, Move.ANSWERED, Move.KEPT_AGAIN, Move.DIAL], State.RINGING),
        ([Move.GOT_THROUGH], State.CANCELLED),
        ([Move.DIAL, Move.WITHDRAWN], State.CANCELLED),
    ],
)
def test_lives_of_a_place(moves: list[Move], end: State) -> None:
    state: State | None = State.WAITING
    for move in moves:
        assert state is not None
        state = step(state, move)
    assert state is end


EARLIER, LATER = T0 - MINUTE, T0 + MINUTE


@pytest.mark.parametrize(
    ("joined", "ready", "on_duty", "ringing", "due"),
    [
        ([], 1, 1, 0, True),  # an idle agent, nobody waits
        ([EARLIER], 1, 1, 0, False),  # somebody came earlier
        ([LATER], 0, 2, 0, True),  # later callers take every agent: the next one is this citizen's
        ([], 0, 2, 0, False),  # all at work, nobody waits: better to wait at home
        ([], 0, 0, 0, False),
        ([LATER], 0, 0, 0, False),  # nobody on duty
        ([], 1, 3, 1, False),  # the idle agent is another citizen's
        ([], 2, 3, 1, True),
        ([LATER], 0, 3, 1, False),
        ([LATER], 0, 16, 1, True),  # of sixteen agents two come free while a telephone rings
        ([LATER], 0, 16, 2, False),
    ],
)
def test_whose_turn_it_is(joined: list[datetime], ready: int, on_duty: int, ringing: int, due: bool) -> None:
    assert is_due(PLACE, Standing(joined=joined, ready=ready, on_duty=on_duty, ringing=ringing), NOW) is due


@pytest.mark.parametrize(
    "place",
    [
        replace(PLACE, state=State.RINGING),
        replace(PLACE, state=State.QUEUED),
        replace(PLACE, next_at=NOW + MINUTE),
    ],
)
def test_who_is_rung_already_or_was_just_now_is_not_rung(place: Place) -> None:
    assert not is_due(place, Standing(joined=[], ready=1, on_duty=1, ringing=0), NOW)
