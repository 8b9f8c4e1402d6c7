"""Waits before the next try."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.pbx.backoff import wait_before

FIRST, MOST = timedelta(seconds=1), timedelta(seconds=30)


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0.5), (1, 1), (2, 2), (4, 8), (5, 15), (6, 15), (10**9, 15)])
def test_waits_double_up_to_the_longest(failures: int, seconds: float) -> None:
    assert wait_before(failures, first=FIRST, most=MOST, chance=0) == timedelta(seconds=seconds)


@given(failures=st.integers(0, 100), chance=st.floats(0, 1, exclude_max=True))
def test_chance_spreads_over_the_upper_half(failures: int, chance: float) -> None:
    whole = 2 * wait_before(failures, first=FIRST, most=MOST, chance=0)
    assert whole / 2 <= wait_before(failures, first=FIRST, most=MOST, chance=chance) <= whole <= MOST
