"""Events become counts: each call once, the KPI inputs as the standards define them (接通率, 15秒接听率)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from callcenter.callbacks.events import CallbackSettled
from callcenter.calls.events import AgentAnswered, CallArrived, CallEnded, CallQueued, GapRecorded, RingMissed
from callcenter.core.bus import Bus
from callcenter.core.ids import AttemptId, CallbackId, CallId, LegId, OrderId
from callcenter.metrics.hearing import FOLLOWED_AT_MOST, Hearing
from callcenter.metrics.instruments import Instruments
from callcenter.pbx.facts import DialplanMarked, LinkLost, LinkUp, QueueJoined
from callcenter.pbx.snapshot import QueueCallerSeen, Snapshot

AT = datetime(2026, 11, 21, 2, tzinfo=UTC)
LEG = LegId("1.1")


class Town:
    """Tells the story of calls."""

    def __init__(self) -> None:
        self.instruments = Instruments()
        self.hearing = Hearing(self.instruments)

    def value(self, name: str, **labels: str) -> float | None:
        return self.instruments.registry.get_sample_value(f"hotline_{name}", labels)

    def arrive(self) -> CallId:
        call = CallId(uuid4())
        self.hearing.hear(CallArrived(at=AT, call=call, direction="inbound", caller="13912345678", dialled="12345"))
        return call

    def queue(self, call: CallId, queue: str = "main") -> None:
        self.hearing.hear(CallQueued(at=AT, call=call, queue=queue))

    def answer(self, call: CallId, seconds: float) -> None:
        waited = timedelta(seconds=seconds)
        self.hearing.hear(AgentAnswered(at=AT, call=call, extension="8001", queue="main", waited=waited))

    def end(self, call: CallId, outcome: str, waited: float = 0) -> None:
        gone = CallEnded(
            at=AT, call=call, outcome=outcome, waited=timedelta(seconds=waited), talked=timedelta(seconds=30)
        )
        self.hearing.hear(gone)


@pytest.fixture
def town() -> Town:
    return Town()


def test_an_answered_call(town: Town) -> None:
    call = town.arrive()
    town.queue(call)
    town.answer(call, 15.0)
    town.end(call, "answered", 15.0)
    assert town.value("calls_total", direction="inbound", outcome="answered") == 1
    assert town.value("human_requested_total") == 1
    assert town.value("human_answered_total") == 1
    assert town.value("human_answered_within_15s_total") == 1
    assert town.value("queue_wait_seconds_bucket", queue="main", end="answered", le="15.0") == 1
    assert town.value("queue_wait_seconds_bucket", queue="main", end="answered", le="10.0") == 0
    assert town.value("calls_open") == 0


def test_a_second_late_is_not_prompt(town: Town) -> None:
    call = town.arrive()
    town.queue(call)
    town.answer(call, 15.001)
    assert town.value("human_answered_total") == 1
    assert town.value("human_answered_within_15s_total") == 0


def test_a_transferred_call_counts_once(town: Town) -> None:
    call = town.arrive()
    for queue in ("main", "tax"):
        town.queue(call, queue)
        town.answer(call, 3)
    assert town.value("human_requested_total") == 1
    assert town.value("human_answered_total") == 1


def test_a_caller_who_gave_up_waited_too(town: Town) -> None:
    call = town.arrive()
    town.queue(call)
    town.hearing.hear(RingMissed(at=AT, call=call, extension="8001", queue="main"))
    town.end(call, "abandoned", 42)
    assert town.value("queue_wait_seconds_sum", queue="main", end="abandoned") == 42
    assert town.value("human_answered_total") == 0
    assert town.value("rings_missed_total", queue="main") == 1


def test_a_call_of_before_this_process(town: Town) -> None:
    town.end(CallId(uuid4()), "answered")
    assert town.value("calls_total", direction="unknown", outcome="answered") == 1


def test_calls_that_never_end_do_not_fill_the_memory(town: Town) -> None:
    for _ in range(FOLLOWED_AT_MOST + 10):
        town.arrive()
    assert town.value("calls_open") == FOLLOWED_AT_MOST


def test_the_snapshot_corrects_queue_lengths(town: Town) -> None:
    def joined(pbx: str, queue: str, count: int) -> QueueJoined:
        return QueueJoined(
            at=AT, pbx=pbx, leg=LEG, linked=LEG, channel="PJSIP/t-1", queue=queue, position=count, count=count
        )

    for pbx, queue, count in (("pbx1", "main", 3), ("pbx1", "tax", 2), ("pbx2", "main", 4)):
        town.hearing.hear(joined(pbx, queue, count))
    waiting = QueueCallerSeen(queue="main", position=1, leg=LEG, channel="PJSIP/t-1", wait_seconds=3)
    snapshot = Snapshot(queue_callers=(waiting,), taken_at=AT)
    town.hearing.hear(LinkLost(at=AT, pbx="pbx1", reason="ping"))
    assert town.value("ami_link_up", pbx="pbx1") == 0
    town.hearing.hear(LinkUp(at=AT, pbx="pbx1", lost_at=AT, snapshot=snapshot))
    town.hearing.hear(GapRecorded(at=AT, pbx="pbx1", since=AT, recovered=5))
    lengths = [
        town.value("queue_waiting", pbx=p, queue=q) for p, q in (("pbx1", "main"), ("pbx1", "tax"), ("pbx2", "main"))
    ]
    assert lengths == [1, 0, 4]
    assert town.value("ami_link_up", pbx="pbx1") == 1
    assert town.value("gaps_total", pbx="pbx1") == 1
    assert town.value("gap_facts_recovered_total", pbx="pbx1") == 5


def test_the_safe_branch_is_seen(town: Town) -> None:
    for mark in ("HotlineSafe", "HotlineRoute"):
        town.hearing.hear(DialplanMarked(at=AT, pbx="pbx1", leg=LEG, linked=LEG, channel="x", mark=mark, fields=()))
    assert town.value("safe_branch_total", pbx="pbx1") == 1


def test_call_backs_and_their_answers(town: Town) -> None:
    def settled(outcome: str, resolved: bool | None) -> CallbackSettled:
        ids = UUID(int=1)
        return CallbackSettled(
            at=AT,
            callback=CallbackId(ids),
            attempt=AttemptId(ids),
            order=OrderId(ids),
            outcome=outcome,
            resolved=resolved,
            satisfied=None,
        )

    for event in (settled("answered", True), settled("answered", False), settled("busy", None)):
        town.hearing.hear(event)
    assert town.value("callbacks_total", outcome="answered") == 2
    assert town.value("callbacks_total", outcome="busy") == 1
    assert town.value("callbacks_resolved_total", answer="no") == 1


async def test_every_kind_that_is_subscribed_is_heard(town: Town) -> None:
    bus = Bus()
    with town.hearing.subscribe(bus) as subscription:
        bus.publish(CallArrived(at=AT, call=CallId(uuid4()), direction="inbound", caller="", dialled=""))
        bus.publish(LinkLost(at=AT, pbx="pbx1", reason="closed"))
        assert subscription.waiting == 2


def test_no_label_ever_holds_a_citizen(town: Town) -> None:
    call = town.arrive()
    town.queue(call)
    town.end(call, "abandoned", 1)
    values = {v for m in town.instruments.registry.collect() for s in m.samples for v in s.labels.values()}
    assert not values & {"13912345678", str(call)}
