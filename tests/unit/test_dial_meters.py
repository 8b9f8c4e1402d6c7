"""What the gate and agents' calls out become in Prometheus: reasons and outcomes, never a number."""

from datetime import UTC, datetime
from uuid import UUID

from callcenter.core.ids import CallId
from callcenter.metrics.dialling import DialMeters
from callcenter.metrics.instruments import Instruments
from callcenter.numbers.events import DialWasRefused, TollAlarmRaised
from callcenter.outbound.events import OutboundSettled

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def test_each_event_is_counted() -> None:
    instruments = Instruments()
    meters, value = DialMeters(instruments), instruments.registry.get_sample_value
    for reason, source in (("premium", "gate"), ("toll", "seat"), ("toll", "trunk")):
        meters.hear(DialWasRefused(at=AT, reason=reason, source=source))
    meters.hear(TollAlarmRaised(at=AT, attempts=5))
    settled = OutboundSettled(
        at=AT, outbound=UUID(int=1), call=CallId(UUID(int=2)), order=None, purpose="contact", outcome="reached"
    )
    meters.hear(settled)
    assert value("hotline_dial_refused_total", {"reason": "toll"}) == 2
    assert value("hotline_dial_refused_total", {"reason": "premium"}) == 1
    assert value("hotline_toll_alarms_total") == 1
    assert value("hotline_toll_alarm_timestamp_seconds") == AT.timestamp()
    assert value("hotline_outbound_total", {"purpose": "contact", "outcome": "reached"}) == 1
