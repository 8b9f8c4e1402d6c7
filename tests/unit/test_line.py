"""Who waits in which queue, fact by fact."""

from datetime import UTC, datetime, timedelta

from callcenter.core.ids import LegId
from callcenter.pbx.facts import (
    AgentConnected,
    ChannelEnded,
    LinkUp,
    PbxFact,
    QueueAbandoned,
    QueueJoined,
    QueueLeft,
    RecordingStarted,
)
from callcenter.pbx.snapshot import ChannelSeen, QueueCallerSeen, Snapshot
from callcenter.waiting.line import Change, Gone, Joined, Line, Waiter

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LEG = LegId("pbx-1.1")


def at(seconds: int) -> datetime:
    return T0 + seconds * SECOND


def channel(leg: LegId, when: int) -> dict[str, object]:
    return {"at": at(when), "pbx": "a", "leg": leg, "linked": leg, "channel": f"PJSIP/c-{leg}"}


def joined(when: int, queue: str = "main", leg: LegId = LEG, position: int = 1) -> QueueJoined:
    return QueueJoined(**channel(leg, when), queue=queue, position=position, count=1)  # type: ignore[arg-type]


def left(when: int, queue: str = "main", leg: LegId = LEG) -> QueueLeft:
    return QueueLeft(**channel(leg, when), queue=queue, count=0)  # type: ignore[arg-type]


def ended(when: int, leg: LegId = LEG) -> ChannelEnded:
    return ChannelEnded(**channel(leg, when), cause=16)  # type: ignore[arg-type]


def abandoned(when: int) -> QueueAbandoned:
    return QueueAbandoned(**channel(LEG, when), queue="main", hold_seconds=when)  # type: ignore[arg-type]


def connected(when: int, leg: LegId | None = LEG) -> AgentConnected:
    return AgentConnected(
        at=at(when), pbx="a", queue="main", member="8001", leg=leg, agent_leg=None, hold_seconds=0, ring_seconds=0
    )


def link_up(when: int, *callers: tuple[LegId, str, int], standing: tuple[LegId, ...] = ()) -> LinkUp:
    seen = tuple(
        QueueCallerSeen(queue=queue, position=1, leg=leg, channel="", wait_seconds=wait) for leg, queue, wait in callers
    )
    channels = tuple(
        ChannelSeen(
            leg=leg,
            linked=leg,
            channel="",
            state="Up",
            caller_number="",
            context="",
            exten="",
            application="",
            bridge="",
            seconds=1,
        )
        for leg in standing
    )
    snapshot = Snapshot(queue_callers=seen, channels=channels, taken_at=at(when))
    return LinkUp(at=at(when), pbx="a", lost_at=None, snapshot=snapshot)


def told(line: Line, *facts: PbxFact) -> list[Change]:
    return [change for fact in facts for change in line.hear(fact)]


def waiter(since: int = 0, queue: str = "main", leg: LegId = LEG, left_at: datetime | None = None) -> Waiter:
    return Waiter(pbx="a", leg=leg, queue=queue, since=at(since), left_at=left_at)


def test_a_caller_joins_behind_those_whom_asterisk_put_first() -> None:
    line = Line()
    assert told(line, joined(0, position=3)) == [Joined(waiter=waiter(), ahead=2)]
    assert (line.counts(), line.waiting("main"), line.waiting("tax")) == ({"main": 1}, [waiter()], [])


def test_an_answered_wait_lasted_until_the_caller_left_the_queue() -> None:
    line = Line()
    changes = told(line, joined(0), left(30), connected(31))
    assert changes[1:] == [Gone(waiter=waiter(left_at=at(30)), outcome="answered", waited=30 * SECOND)]
    assert line.counts() == {}


def test_an_abandoned_wait() -> None:
    changes = told(Line(), joined(0), abandoned(12), left(12), ended(12))
    assert changes[1:] == [Gone(waiter=waiter(), outcome="abandoned", waited=12 * SECOND)]


def test_who_stays_after_the_overflow_offer_has_waited_all_the_time() -> None:
    line = Line()
    told(line, joined(0), left(60))
    assert line.counts() == {}
    assert (line.waiting("main"), line.here("main")) == ([], [waiter(left_at=at(60))])
    assert told(line, joined(70)) == []
    assert line.waiting("main") == [waiter()]
    changes = told(line, left(90), connected(90))
    assert changes == [Gone(waiter=waiter(left_at=at(90)), outcome="answered", waited=90 * SECOND)]


def test_who_takes_the_call_back_or_another_queue_has_left() -> None:
    line = Line()
    assert told(line, joined(0), left(60), ended(75))[1:] == [
        Gone(waiter=waiter(left_at=at(60)), outcome="left", waited=60 * SECOND)
    ]
    told(line, joined(0), left(60, queue="tax"))
    assert line.counts() == {"main": 1}
    changes = told(line, joined(80, queue="tax"))
    assert [type(change) for change in changes] == [Gone, Joined]
    assert line.counts() == {"tax": 1}


def test_facts_of_others_change_nothing() -> None:
    line = Line()
    strange = LegId("x")
    recording = RecordingStarted(**channel(LEG, 1))  # type: ignore[arg-type]
    assert told(line, left(1), abandoned(1), ended(1, strange), connected(1), connected(1, None), recording) == []


def test_the_snapshot_is_all_that_is_true() -> None:
    line, gone, moved, new = Line(), LegId("gone"), LegId("moved"), LegId("new")
    line.take_up(waiter(0, leg=gone))
    line.take_up(waiter(1, leg=LEG))
    line.take_up(waiter(99, leg=LEG))
    line.take_up(waiter(2, leg=moved))
    changes = told(line, link_up(50, (LEG, "main", 49), (moved, "tax", 10), (new, "main", 20)))
    assert changes == [
        Gone(waiter=waiter(0, leg=gone), outcome="unknown", waited=None),
        Gone(waiter=waiter(2, leg=moved), outcome="unknown", waited=None),
    ]
    assert line.waiting("main") == [waiter(1), waiter(30, leg=new)]
    assert line.waiting("tax") == [waiter(40, queue="tax", leg=moved)]


def test_who_is_asked_by_the_overflow_flow_during_a_reconnect_may_come_back() -> None:
    line = Line()
    told(line, joined(0), left(60))
    assert told(line, link_up(70, standing=(LEG,))) == []
    assert told(line, link_up(80))[0] == Gone(waiter=waiter(left_at=at(60)), outcome="unknown", waited=None)
