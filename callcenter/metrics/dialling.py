"""Numbers dialled out as metrics: what was refused, by reason only, the toll alarm, what agents' calls came to."""

from datetime import datetime

from prometheus_client import Counter, Gauge

from callcenter.core.bus import Bus, Subscription
from callcenter.core.events import Event
from callcenter.metrics.instruments import Instruments
from callcenter.numbers.events import DialWasRefused, TollAlarmRaised
from callcenter.outbound.events import OutboundSettled


class DialMeters:
    """No label holds a number or a person."""

    def __init__(self, instruments: Instruments) -> None:
        registry = instruments.registry
        self._refused = Counter(
            "hotline_dial_refused", "Numbers that were not dialled.", ("reason",), registry=registry
        )
        self._alarms = Counter(
            "hotline_toll_alarms", "Times that attempts to dial through us came in numbers.", registry=registry
        )
        self._alarmed_at = Gauge(
            "hotline_toll_alarm_timestamp_seconds", "When the last toll alarm was raised.", registry=registry
        )
        self._outbound = Counter(
            "hotline_outbound", "Agents' calls out settled.", ("purpose", "outcome"), registry=registry
        )

    def subscribe(self, bus: Bus) -> Subscription:
        return bus.subscribe(DialWasRefused, TollAlarmRaised, OutboundSettled)

    async def run(self, subscription: Subscription) -> None:
        """For ever; `subscription` comes from `subscribe`, taken before the first event can happen."""
        async for event in subscription:
            self.hear(event)

    def hear(self, event: Event) -> None:
        match event:
            case DialWasRefused(reason=reason):
                self._refused.labels(reason=reason).inc()
            case TollAlarmRaised(at=at):
                self._alarm(at)
            case OutboundSettled(purpose=purpose, outcome=outcome):
                self._outbound.labels(purpose=purpose, outcome=outcome).inc()

    def _alarm(self, at: datetime) -> None:
        self._alarms.inc()
        self._alarmed_at.set(at.timestamp())
