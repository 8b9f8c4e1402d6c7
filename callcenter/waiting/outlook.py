"""How long a caller who joins a queue now will wait, honestly: the computation, without a clock.

A queue whose agents are all at work moves on each time one of them is done. With `n` agents on duty who handle a call
in `h` on average, that happens every `h / n`; a caller with `ahead` callers before and `ready` agents idle waits for
`ahead + 1 - ready` such moments. `h` is measured: talk and after-call work of the last hours. An agent who serves
several queues with callers counts in each by equal parts. Nothing is told while nobody is on duty, nor beyond the
longest time that is told at all. Every figure told is stored and compared with the wait that came of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from callcenter.seats.presence import Presence
from callcenter.seats.seat import Seat

ON_DUTY = frozenset({Presence.READY, Presence.RINGING, Presence.TALKING, Presence.AFTER_CALL})
"""Who takes the next call, now or when done; a pause has no end that anybody could count on."""


class Basis(StrEnum):
    ESTIMATED = "estimated"
    NOBODY_ON_DUTY = "nobody_on_duty"
    BEYOND_REACH = "beyond_reach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crewed:
    """The agents of a queue, by their parts: `on_duty` with those at work, `ready` idle now. `heads` are persons."""

    on_duty: float
    ready: float
    heads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """`wait` is None when nothing can be promised; `basis` says why."""

    ahead: int
    wait: timedelta | None
    basis: Basis


def crewed(queue: str, seats: Iterable[Seat], waiting: Mapping[str, int]) -> Crewed:
    """`waiting`: callers by queue. A seat whose telephone is not registered takes no call."""
    on_duty = ready = 0.0
    heads = 0
    for seat in seats:
        if queue not in seat.queues or seat.presence not in ON_DUTY or not seat.reachable:
            continue
        rivals = sum(1 for other in seat.queues if other != queue and waiting.get(other))
        part = 1 / (1 + rivals)
        heads += 1
        on_duty += part
        ready += part if seat.presence is Presence.READY else 0.0
    return Crewed(on_duty=on_duty, ready=ready, heads=heads)


def outlook(ahead: int, crew: Crewed, handling: timedelta, longest: timedelta) -> Outlook:
    if not crew.heads:
        return Outlook(ahead=ahead, wait=None, basis=Basis.NOBODY_ON_DUTY)
    moments = max(ahead + 1 - crew.ready, 0.0)
    wait = moments * handling / crew.on_duty
    if wait > longest:
        return Outlook(ahead=ahead, wait=None, basis=Basis.BEYOND_REACH)
    return Outlook(ahead=ahead, wait=wait, basis=Basis.ESTIMATED)


def expected_handling(measured: timedelta, calls: int, supposed: timedelta, weight: int) -> timedelta:
    """The mean of `calls` measured ones (their sum is `measured`) and `weight` supposed ones: a few calls after a quiet
    night do not make the figure jump."""
    return (measured + supposed * weight) / (calls + weight)
