"""Events of the house become counts."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from callcenter.callbacks.events import CallbackDialled, CallbackSettled
from callcenter.calls.events import (
    AgentAnswered,
    CallArrived,
    CallEnded,
    CallEvent,
    CallQueued,
    GapRecorded,
    RingMissed,
)
from callcenter.core.bus import Bus, Subscription
from callcenter.core.events import Event
from callcenter.core.ids import CallId
from callcenter.media.events import OrphansCounted, RecordingLost, RecordingSealed, TranscriptFinished
from callcenter.metrics.instruments import PROMPT_SECONDS, Instruments
from callcenter.orders.events import OrderMoved, TimerBreached
from callcenter.pbx.facts import DialplanMarked, LinkLost, LinkUp, QueueJoined, QueueLeft
from callcenter.seats.events import ScreenPopped

PROMPT: Final = timedelta(seconds=PROMPT_SECONDS)
FOLLOWED_AT_MOST: Final = 100_000
"""Calls whose end was never heard must not fill the memory."""
SAFE_MARK: Final = "HotlineSafe"


@dataclass(slots=True)
class _Followed:
    """What is counted once a call. `direction` is unknown for calls that began before this process."""

    direction: str = "unknown"
    queue: str = ""
    answered: bool = False


class Hearing:
    """Counts each call once, however often it is queued, rung or transferred."""

    def __init__(self, instruments: Instruments) -> None:
        self._to = instruments
        self._calls: OrderedDict[CallId, _Followed] = OrderedDict()
        instruments.open_calls.set_function(lambda: len(self._calls))

    def subscribe(self, bus: Bus) -> Subscription:
        return bus.subscribe(*_HEARS)

    async def run(self, subscription: Subscription) -> None:
        """For ever; `subscription` comes from `subscribe`, taken before the first event can happen."""
        async for event in subscription:
            self.hear(event)

    def hear(self, event: Event) -> None:
        kind = next(kind for kind in type(event).__mro__ if kind in _HEARS)
        _HEARS[kind](self, event)

    def _followed(self, event: CallEvent) -> _Followed:
        call = self._calls.setdefault(event.call, _Followed())
        if len(self._calls) > FOLLOWED_AT_MOST:
            self._calls.popitem(last=False)
        return call

    def arrived(self, event: CallArrived) -> None:
        self._followed(event).direction = event.direction

    def queued(self, event: CallQueued) -> None:
        call = self._followed(event)
        if not call.queue:
            self._to.human_requested.inc()
        call.queue = event.queue

    def answered(self, event: AgentAnswered) -> None:
        call = self._followed(event)
        self._to.waits.labels(queue=event.queue, end="answered").observe(event.waited.total_seconds())
        if not call.answered:
            call.answered = True
            self._to.human_answered.inc()
            self._to.human_answered_promptly.inc(event.waited <= PROMPT)

    def ended(self, event: CallEnded) -> None:
        call = self._calls.pop(event.call, None) or _Followed()
        self._to.calls.labels(direction=call.direction, outcome=event.outcome).inc()
        if call.queue and not call.answered:
            self._to.waits.labels(queue=call.queue, end=event.outcome).observe(event.waited.total_seconds())

    def missed(self, event: RingMissed) -> None:
        self._to.rings_missed.labels(queue=event.queue).inc()

    def length(self, event: QueueJoined | QueueLeft) -> None:
        self._to.queue_length.labels(pbx=event.pbx, queue=event.queue).set(event.count)

    def linked(self, event: LinkUp) -> None:
        """The snapshot is the truth about every queue: those it does not name are empty."""
        self._to.link_up.labels(pbx=event.pbx).set(1)
        for metric in self._to.queue_length.collect():
            for sample in metric.samples:
                if sample.labels["pbx"] == event.pbx:
                    self._to.queue_length.labels(**sample.labels).set(0)
        for caller in event.snapshot.queue_callers:
            self._to.queue_length.labels(pbx=event.pbx, queue=caller.queue).inc()

    def unlinked(self, event: LinkLost) -> None:
        self._to.link_up.labels(pbx=event.pbx).set(0)
        self._to.link_losses.labels(pbx=event.pbx).inc()

    def blind(self, event: GapRecorded) -> None:
        self._to.gaps.labels(pbx=event.pbx).inc()
        self._to.gap_recovered.labels(pbx=event.pbx).inc(event.recovered)

    def marked(self, event: DialplanMarked) -> None:
        if event.mark == SAFE_MARK:
            self._to.safe_branch.labels(pbx=event.pbx).inc()

    def moved(self, event: OrderMoved) -> None:
        self._to.order_moves.labels(move=event.move, stage=event.stage).inc()

    def breached(self, event: TimerBreached) -> None:
        self._to.breaches.labels(timer=event.timer).inc()

    def dialled(self, event: CallbackDialled) -> None:
        self._to.callbacks_dialled.inc()

    def settled(self, event: CallbackSettled) -> None:
        self._to.callbacks.labels(outcome=event.outcome).inc()
        for counter, answer in (
            (self._to.callbacks_resolved, event.resolved),
            (self._to.callbacks_satisfied, event.satisfied),
        ):
            if answer is not None:
                counter.labels(answer="yes" if answer else "no").inc()

    def sealed(self, event: RecordingSealed) -> None:
        self._to.recordings_sealed.inc()
        self._to.recorded_seconds.inc(event.seconds)

    def lost(self, event: RecordingLost) -> None:
        self._to.recordings_lost.inc()

    def swept(self, event: OrphansCounted) -> None:
        self._to.orphans.labels(kind="file").set(event.files)
        self._to.orphans.labels(kind="row").set(event.rows)

    def transcribed(self, event: TranscriptFinished) -> None:
        self._to.transcripts.labels(status=event.status).inc()

    def popped(self, event: ScreenPopped) -> None:
        self._to.screen_pops.inc()


_HEARS: Final[Mapping[type[Event], Callable[[Hearing, Any], None]]] = {
    CallArrived: Hearing.arrived,
    CallQueued: Hearing.queued,
    AgentAnswered: Hearing.answered,
    CallEnded: Hearing.ended,
    RingMissed: Hearing.missed,
    QueueJoined: Hearing.length,
    QueueLeft: Hearing.length,
    LinkUp: Hearing.linked,
    LinkLost: Hearing.unlinked,
    GapRecorded: Hearing.blind,
    DialplanMarked: Hearing.marked,
    OrderMoved: Hearing.moved,
    TimerBreached: Hearing.breached,
    CallbackDialled: Hearing.dialled,
    CallbackSettled: Hearing.settled,
    RecordingSealed: Hearing.sealed,
    RecordingLost: Hearing.lost,
    OrphansCounted: Hearing.swept,
    TranscriptFinished: Hearing.transcribed,
    ScreenPopped: Hearing.popped,
}
