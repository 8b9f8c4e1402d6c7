"""Who waits in which queue of one PBX, as Asterisk tells it: a value that facts change, without a clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from callcenter.core.ids import LegId
from callcenter.pbx.facts import (
    AgentConnected,
    ChannelEnded,
    LinkUp,
    PbxFact,
    QueueAbandoned,
    QueueJoined,
    QueueLeft,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """`since` is when the caller first joined; `left_at` is set between leaving the queue and what comes of it: an
    agent, the queue again after the overflow offer, or the end."""

    pbx: str
    leg: LegId
    queue: str
    since: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """`ahead` are the callers that Asterisk has put before this one."""

    waiter: Waiter
    ahead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """`outcome`: answered, abandoned, left (to another queue, a message, a call-back), unknown (not seen)."""

    waiter: Waiter
    outcome: str
    waited: timedelta | None


Change = Joined | Gone


class Line:
    def __init__(self) -> None:
        self._waiters: dict[LegId, Waiter] = {}

    def waiting(self, queue: str) -> list[Waiter]:
        """Those in the queue now, who came first before the others."""
        here = (one for one in self._waiters.values() if one.queue == queue and one.left_at is None)
        return sorted(here, key=lambda one: one.since)

    def here(self, queue: str) -> list[Waiter]:
        """With those who are being asked by the overflow flow how to go on: they may come back."""
        return [one for one in self._waiters.values() if one.queue == queue]

    def counts(self) -> dict[str, int]:
        """Callers by queue; a queue without any is not named."""
        counts: dict[str, int] = {}
        for one in self._waiters.values():
            if one.left_at is None:
                counts[one.queue] = counts.get(one.queue, 0) + 1
        return counts

    def take_up(self, waiter: Waiter) -> None:
        """A wait of an earlier life of the house that may go on."""
        self._waiters.setdefault(waiter.leg, waiter)

    def hear(self, fact: PbxFact) -> Iterator[Change]:
        match fact:
            case QueueJoined():
                yield from self._join(fact, fact.at, max(fact.position - 1, 0))
            case QueueLeft() if (waiter := self._waiters.get(fact.leg)) is not None and waiter.queue == fact.queue:
                self._waiters[fact.leg] = replace(waiter, left_at=fact.at)
            case AgentConnected() if fact.leg is not None and fact.leg in self._waiters:
                yield self._go(fact.leg, "answered", fact.at)
            case QueueAbandoned() if fact.leg in self._waiters:
                yield self._go(fact.leg, "abandoned", fact.at)
            case ChannelEnded() if fact.leg in self._waiters:
                yield self._go(fact.leg, "left", fact.at)
            case LinkUp():
                yield from self._compare(fact)

    def _join(self, fact: QueueJoined, since: datetime, ahead: int) -> Iterator[Change]:
        before = self._waiters.get(fact.leg)
        if before is not None and before.queue == fact.queue:
            self._waiters[fact.leg] = replace(before, left_at=None)
            return
        if before is not None:
            yield self._go(fact.leg, "left", fact.at)
        waiter = Waiter(pbx=fact.pbx, leg=fact.leg, queue=fact.queue, since=since)
        self._waiters[fact.leg] = waiter
        yield Joined(waiter=waiter, ahead=ahead)

    def _go(self, leg: LegId, outcome: str, at: datetime) -> Gone:
        waiter = self._waiters.pop(leg)
        return Gone(waiter=waiter, outcome=outcome, waited=max((waiter.left_at or at) - waiter.since, timedelta(0)))

    def _compare(self, up: LinkUp) -> Iterator[Change]:
        """The snapshot is all that is true: who waits there unheard joins late, who is no longer there has gone unseen.
        One who has left the queue and still has a channel may come back."""
        at = up.snapshot.taken_at
        there = {seen.leg: seen for seen in up.snapshot.queue_callers}
        standing = {channel.leg for channel in up.snapshot.channels}
        for leg, waiter in list(self._waiters.items()):
            if leg not in there and (waiter.left_at is None or leg not in standing):
                del self._waiters[leg]
                yield Gone(waiter=waiter, outcome="unknown", waited=None)
        for leg, seen in there.items():
            known = self._waiters.get(leg)
            if known is not None and known.queue != seen.queue:
                yield Gone(waiter=known, outcome="unknown", waited=None)
            if known is None or known.queue != seen.queue:
                since = at - timedelta(seconds=seen.wait_seconds)
                self._waiters[leg] = Waiter(pbx=up.pbx, leg=leg, queue=seen.queue, since=since)
