"""Test calls and drills as metrics: an alarm stands while the last test call of a number did not get through."""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge

from callcenter.core.bus import Bus, Subscription
from callcenter.metrics.instruments import Instruments
from callcenter.transfers.probe_events import ProbeFinished


class ProbeMeters:
    """Labels are numbers of the hotline registry, which are public."""

    def __init__(self, instruments: Instruments) -> None:
        registry = instruments.registry
        self._probes = Counter(
            "hotline_probes", "Test calls and drills ended.", ("number", "kind", "status"), registry=registry
        )
        self._unreached = Gauge(
            "hotline_number_unreached",
            "1 while the last test call did not get through.",
            ("number",),
            registry=registry,
        )
        self._answer = Gauge(
            "hotline_drill_answer_seconds", "Time to the answer in the last drill.", ("number",), registry=registry
        )

    def subscribe(self, bus: Bus) -> Subscription:
        return bus.subscribe(ProbeFinished)

    def remember(self, alarms: Iterable[str]) -> None:
        """The alarms that stood when the server started."""
        for number in alarms:
            self._unreached.labels(number=number).set(1)

    async def run(self, subscription: Subscription) -> None:
        async for event in subscription:
            if isinstance(event, ProbeFinished):
                self.hear(event)

    def hear(self, event: ProbeFinished) -> None:
        self._probes.labels(number=event.number, kind=event.kind, status=event.status).inc()
        if event.kind == "drill":
            if event.seconds is not None:
                self._answer.labels(number=event.number).set(event.seconds)
        elif event.status != "unknown":
            self._unreached.labels(number=event.number).set(event.status == "failed")
