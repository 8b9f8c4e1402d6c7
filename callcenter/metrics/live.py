"""What supervisors do in calls and what becomes of transfers, as metrics. Labels are words of tables of ours."""

from prometheus_client import Counter, Histogram

from callcenter.core.bus import Bus, Subscription
from callcenter.core.events import Event
from callcenter.metrics.instruments import Instruments
from callcenter.supervision.events import CallerPutFirst, Intruded, IntrusionEnded
from callcenter.transfers.live_events import TransferSettled

ANSWER_BUCKETS = (1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0)


class LiveMeters:
    """Drills are no transfers; `emergency` yes or no keeps 110's figures apart from a tax line's."""

    def __init__(self, instruments: Instruments) -> None:
        registry = instruments.registry
        self._intrusions = Counter(
            "hotline_intrusions", "Times a supervisor came into a call, or changed how.", ("mode",), registry=registry
        )
        self._intrusions_ended = Counter(
            "hotline_intrusions_ended", "Intrusions ended.", ("outcome",), registry=registry
        )
        self._put_first = Counter(
            "hotline_callers_put_first", "Callers whom a supervisor sent to the front.", ("queue",), registry=registry
        )
        self._transfers = Counter(
            "hotline_transfers", "Transfers settled.", ("mode", "outcome", "emergency"), registry=registry
        )
        self._answers = Histogram(
            "hotline_transfer_answer_seconds",
            "From the press to the answer of the other side.",
            ("emergency",),
            buckets=ANSWER_BUCKETS,
            registry=registry,
        )

    def subscribe(self, bus: Bus) -> Subscription:
        return bus.subscribe(Intruded, IntrusionEnded, CallerPutFirst, TransferSettled)

    async def run(self, subscription: Subscription) -> None:
        """For ever; `subscription` comes from `subscribe`, taken before the first event can happen."""
        async for event in subscription:
            self.hear(event)

    def hear(self, event: Event) -> None:
        match event:
            case Intruded(mode=mode):
                self._intrusions.labels(mode=mode).inc()
            case IntrusionEnded(outcome=outcome):
                self._intrusions_ended.labels(outcome=outcome).inc()
            case CallerPutFirst(queue=queue):
                self._put_first.labels(queue=queue).inc()
            case TransferSettled(drill=False):
                self._settled(event)

    def _settled(self, event: TransferSettled) -> None:
        emergency = "yes" if event.emergency else "no"
        self._transfers.labels(mode=event.mode, outcome=event.outcome, emergency=emergency).inc()
        if event.time_to_answer is not None:
            self._answers.labels(emergency=emergency).observe(event.time_to_answer.total_seconds())
