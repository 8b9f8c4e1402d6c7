"""The told wait against a queue that is played through: callers, agents and chance as the computation supposes them."""

import heapq
import random
from datetime import timedelta
from statistics import fmean

import pytest

from callcenter.waiting.outlook import Crewed, outlook

HANDLING = 240.0
LONG = timedelta(days=30)


def played(agents: int, load: float, callers: int, seed: int) -> list[tuple[float, float]]:
    """(told, waited) in seconds, of each caller who had to wait: first come, first served, exponential handling."""
    chance = random.Random(seed)
    free_at, now = [0.0] * agents, 0.0
    waiting: list[float] = []
    seen: list[tuple[float, float]] = []
    heapq.heapify(free_at)
    for _ in range(callers):
        now += chance.expovariate(load * agents / HANDLING)
        waiting = [start for start in waiting if start > now]
        ready = sum(at <= now for at in free_at)
        crew = Crewed(on_duty=agents, ready=ready, heads=agents)
        told = outlook(len(waiting), crew, timedelta(seconds=HANDLING), LONG).wait
        assert told is not None
        start = max(heapq.heappop(free_at), now)
        heapq.heappush(free_at, start + chance.expovariate(1 / HANDLING))
        waiting.append(start)
        if start > now:
            seen.append((told.total_seconds(), start - now))
        else:
            assert told == timedelta(0), "who is served at once was told so"
    return seen


@pytest.mark.parametrize(("agents", "load"), [(1, 0.8), (3, 0.9), (20, 0.95)])
def test_on_average_callers_wait_as_long_as_they_were_told(agents: int, load: float) -> None:
    seen = played(agents, load, callers=40_000, seed=12345)
    told, waited = fmean(told for told, _ in seen), fmean(waited for _, waited in seen)
    assert abs(waited - told) < 0.05 * waited, f"told {told:.0f} s, waited {waited:.0f} s"


def test_the_longer_the_wait_that_is_told_the_longer_the_wait() -> None:
    seen = played(5, 0.9, callers=40_000, seed=7)
    short = fmean(waited for told, waited in seen if told < HANDLING)
    long = fmean(waited for told, waited in seen if told > 2 * HANDLING)
    assert long > 2 * short
