"""When numbers are rung as a test, what the dialplan's marks mean, and what becomes a metric."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from callcenter.core.events import Event
from callcenter.core.ids import LegId, new_id
from callcenter.metrics.instruments import Instruments
from callcenter.metrics.probes import ProbeMeters
from callcenter.pbx.facts import ChannelEnded, DialplanMarked, LinkLost, OriginateAnswered
from callcenter.transfers.probe import Reason, Result, heard, reason_of_dial, slots
from callcenter.transfers.probe_events import ProbeFinished
from callcenter.transfers.probe_flight import ProbeFlight
from callcenter.transfers.probe_telephony import ProbeId, leg_of

AT = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
PROBE = ProbeId(new_id())
LEG = leg_of(PROBE)
DIALLING = LegId(f"{LEG}-2")


def mark(name: str, leg: LegId = LEG, **fields: str) -> DialplanMarked:
    return DialplanMarked(at=AT, pbx="pbx1", leg=leg, linked=LEG, channel="x", mark=name, fields=tuple(fields.items()))


def test_tests_are_spread_over_the_night() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    planned = slots(["12329", "12333", "12369", "12328"], date(2026, 3, 4), time(4), timedelta(hours=2), zone)
    assert [(due.isoformat(), number) for due, number in planned] == [
        ("2026-03-04T04:00:00+08:00", "12329"),
        ("2026-03-04T04:30:00+08:00", "12333"),
        ("2026-03-04T05:00:00+08:00", "12369"),
        ("2026-03-04T05:30:00+08:00", "12328"),
    ]
    assert slots([], date(2026, 3, 4), time(4), timedelta(hours=2), zone) == []


@pytest.mark.parametrize(
    ("reached", "result"),
    [
        ("voice", Result(None, AT)),
        ("line", None),
        ("ANSWER", None),
        ("silence", Result(Reason.SILENT)),
        ("queue", Result(Reason.SILENT)),
        ("BUSY", Result(Reason.BUSY)),
        ("CHANUNAVAIL", Result(Reason.UNREACHABLE)),
        ("", Result(Reason.NOT_REACHED)),
    ],
)
def test_what_a_test_call_reached(reached: str, result: Result | None) -> None:
    assert heard(reached, AT) == result


def test_results_have_a_status() -> None:
    assert Result(None, AT).status == "ok"
    assert Result(Reason.LINK_LOST).status == "unknown"
    assert Result(Reason.RESTARTED).status == "unknown"
    assert Result(Reason.LATE).status == "failed"
    assert reason_of_dial("NOANSWER") is Reason.NO_ANSWER
    assert reason_of_dial("CONGESTION") is Reason.UNREACHABLE
    assert reason_of_dial("?") is Reason.NOT_REACHED


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([mark("HotlineTest", Id=str(PROBE), Reached="voice")], None),
        ([mark("HotlineTest", Id="another", Reached="silence"), LinkLost(at=AT, pbx="pbx1", reason="")],
         Reason.LINK_LOST),
        ([mark("HotlineSafe", DIALLING, Reason="agi-FAILURE"), mark("HotlineTest", Id=str(PROBE), Reached="voice")],
         Reason.FAIL_SAFE),
        ([mark("HotlineTest", LegId("7.1"), Id=str(PROBE), Reached="line"), mark("HotlineSafe", LegId("7.1"))],
         Reason.FAIL_SAFE),
        ([mark("HotlineSafe", LegId("9.9")), mark("HotlineTest", Id=str(PROBE), Reached="voice")], None),
        ([ChannelEnded(at=AT, pbx="pbx1", leg=LEG, linked=LEG, channel="x", cause=16)], Reason.NOT_REACHED),
        ([OriginateAnswered(at=AT, pbx="pbx1", action_id=str(PROBE), success=False, leg=None, reason=0)],
         Reason.NOT_REACHED),
        ([mark("HotlineReach", Transfer=str(PROBE), Step="target", Status="RINGING"),
          mark("HotlineReach", Transfer=str(PROBE), Step="target", Status="ANSWER")], None),
        ([mark("HotlineReach", Transfer="another", Status="ANSWER"),
          mark("HotlineReach", Transfer=str(PROBE), Step="target", Status="BUSY"),
          OriginateAnswered(at=AT, pbx="pbx1", action_id=str(PROBE), success=False, leg=None, reason=0)], Reason.BUSY),
        ([OriginateAnswered(at=AT, pbx="pbx1", action_id=str(PROBE), success=True, leg=LEG, reason=4)], Reason.LATE),
    ],
)  # fmt: skip
async def test_a_flight_ends_by_its_facts(events: list[Event], reason: Reason | None) -> None:
    flight = ProbeFlight(PROBE)
    for event in events:
        flight.hear(event)
    assert (await flight.result(timedelta(milliseconds=20))).reason is reason


def finished(kind: str, status: str, seconds: float | None = None) -> ProbeFinished:
    return ProbeFinished(at=AT, number="12369", kind=kind, status=status, reason="", seconds=seconds)


def test_the_alarm_stands_until_a_test_call_gets_through() -> None:
    instruments = Instruments()
    meters, value = ProbeMeters(instruments), instruments.registry.get_sample_value

    def alarm() -> float | None:
        return value("hotline_number_unreached", {"number": "12369"})

    meters.remember(["12369"])
    assert alarm() == 1
    meters.hear(finished("manual", "unknown"))
    assert alarm() == 1
    meters.hear(finished("daily", "ok", 1.5))
    assert alarm() == 0
    meters.hear(finished("daily", "failed"))
    assert alarm() == 1
    meters.hear(finished("drill", "ok", 2.5))
    meters.hear(finished("drill", "failed"))
    assert alarm() == 1
    assert value("hotline_drill_answer_seconds", {"number": "12369"}) == 2.5
    assert value("hotline_probes_total", {"number": "12369", "kind": "daily", "status": "failed"}) == 1
