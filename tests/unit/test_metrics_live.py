"""Intrusions and transfers become counts: bounded labels, drills left out."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from callcenter.core.bus import Bus
from callcenter.core.ids import CallId, UserId
from callcenter.metrics.instruments import Instruments
from callcenter.metrics.live import LiveMeters
from callcenter.supervision.events import CallerPutFirst, Intruded, IntrusionEnded
from callcenter.transfers.attempts import TransferId
from callcenter.transfers.live_events import TransferSettled

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)


class Meters:
    def __init__(self) -> None:
        self.instruments = Instruments()
        self.live = LiveMeters(self.instruments)

    def value(self, name: str, **labels: str) -> float | None:
        return self.instruments.registry.get_sample_value(f"hotline_{name}", labels)


@pytest.fixture
def meters() -> Meters:
    return Meters()


def settled(
    *, emergency: bool, drill: bool = False, outcome: str = "answered", seconds: float | None = 4
) -> TransferSettled:
    return TransferSettled(
        at=AT,
        call=CallId(uuid4()),
        transfer=TransferId(uuid4()),
        mode="three_way",
        place="line",
        line="110",
        matter="",
        emergency=emergency,
        drill=drill,
        outcome=outcome,
        time_to_answer=None if seconds is None else timedelta(seconds=seconds),
    )


def test_transfers_by_mode_and_outcome_with_emergencies_apart(meters: Meters) -> None:
    for event in (
        settled(emergency=True),
        settled(emergency=False, outcome="back_to_agent", seconds=None),
        settled(emergency=True, drill=True),
    ):
        meters.live.hear(event)
    assert meters.value("transfers_total", mode="three_way", outcome="answered", emergency="yes") == 1
    assert meters.value("transfers_total", mode="three_way", outcome="back_to_agent", emergency="no") == 1
    assert meters.value("transfer_answer_seconds_bucket", emergency="yes", le="5.0") == 1
    assert meters.value("transfer_answer_seconds_count", emergency="no") is None


async def test_what_supervisors_do(meters: Meters) -> None:
    bus, call = Bus(), CallId(uuid4())
    with meters.live.subscribe(bus) as heard:
        for mode in ("listen", "barge"):
            bus.publish(
                Intruded(
                    at=AT, session=uuid4(), call=call, supervisor=UserId(uuid4()), agent=UserId(uuid4()), mode=mode
                )
            )
        bus.publish(IntrusionEnded(at=AT, session=uuid4(), call=call, outcome="done"))
        bus.publish(CallerPutFirst(at=AT, call=call, queue="main"))
        assert heard.waiting == 4
        events = aiter(heard)
        for _ in range(4):
            meters.live.hear(await anext(events))
    assert meters.value("intrusions_total", mode="barge") == 1
    assert meters.value("intrusions_ended_total", outcome="done") == 1
    assert meters.value("callers_put_first_total", queue="main") == 1
