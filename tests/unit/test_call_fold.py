"""The fold, fact by fact: what the recorded calls do not show."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from callcenter.calls import facts as house
from callcenter.calls.announce import announce
from callcenter.calls.events import AgentFinished, FactIgnored, MenuStepped, RecordingBegan, RingCancelled, RingMissed
from callcenter.calls.fold import apply
from callcenter.calls.holes import check
from callcenter.calls.rows import call_row, fact_row, leg_rows, storable
from callcenter.calls.state import CallState, Outcome, Rang, Role, Stage, begin
from callcenter.core.ids import CallId, LegId
from callcenter.pbx import facts
from callcenter.pbx.facts import PbxFact
from tests.simulators.call_recorder import recorded

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
A, B, C = LegId("1700000000.1"), LegId("1700000001.2"), LegId("1700000002.3")
TRUNK, SEAT, SEAT2 = "PJSIP/carrier-00000001", "PJSIP/8001-00000002", "PJSIP/8002-00000003"


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


def of(fact: type[Any], second: float, leg: LegId = A, channel: str = TRUNK, **more: Any) -> Any:
    return fact(pbx="pbx", at=at(second), leg=leg, linked=more.pop("linked", A), channel=channel, **more)


def agent(kind: type[Any], second: float, member: str = "8001", agent_leg: LegId | None = B, **more: Any) -> Any:
    given = {"queue": "main", "leg": A, **more}
    return kind(pbx="pbx", at=at(second), member=member, agent_leg=agent_leg, **given)


def started(second: float = 0, leg: LegId = A, channel: str = TRUNK, **more: Any) -> Any:
    return of(
        facts.ChannelStarted, second, leg, channel, caller_number="13800000000", dialled="12345", context="x", **more
    )


def queued(second: float = 1, queue: str = "main") -> Any:
    return of(facts.QueueJoined, second, queue=queue, position=1, count=1)


def left(second: float, queue: str = "main") -> Any:
    return of(facts.QueueLeft, second, queue=queue, count=0)


def connected(second: float, **more: Any) -> Any:
    return agent(facts.AgentConnected, second, hold_seconds=1, ring_seconds=1, **more)


def completed(second: float, **more: Any) -> Any:
    return agent(facts.AgentCompleted, second, talk_seconds=4, reason="agent", **more)


def ended(second: float, leg: LegId = A, channel: str = TRUNK, cause: int = 16) -> Any:
    return of(facts.ChannelEnded, second, leg, channel, cause=cause)


def entered(second: float, leg: LegId = A, channel: str = TRUNK, bridge: str = "b1") -> Any:
    return of(facts.BridgeEntered, second, leg, channel, bridge=bridge)


def out(second: float, leg: LegId = A, channel: str = TRUNK, bridge: str = "b1") -> Any:
    return of(facts.BridgeLeft, second, leg, channel, bridge=bridge)


def fold(*heard: PbxFact, state: CallState | None = None) -> CallState:
    state = state or begin("pbx", A, heard[0].at)
    for fact in heard:
        state = apply(state, fact)
    return state


def test_stages_of_a_call_with_a_menu_a_missed_ring_a_transfer_and_a_survey() -> None:
    step = facts.FlowStepped(pbx="pbx", at=at(1), leg=A, flow="main", node="hi", key="", began_at=at(0.2))
    stages = []
    state = begin("pbx", A, T0)
    for fact in (
        started(),
        step,
        queued(2),
        agent(facts.AgentCalled, 3),
        agent(facts.AgentRingMissed, 8),
        agent(facts.AgentCalled, 9, "8002", C),
        connected(11, member="8002", agent_leg=C),
        left(11.1),
        completed(15, member="8002", agent_leg=C),
        queued(20, "housing"),
        agent(facts.AgentCalled, 21, queue="housing"),
        connected(22, queue="housing"),
        completed(30, queue="housing"),
        replace(step, at=at(33), began_at=at(31)),
        ended(34),
    ):
        state = apply(state, fact)
        stages.append(state.stage.value)
    assert stages == [
        *("arrived", "in_menu", "queued", "ringing", "queued", "ringing", "talking", "talking"),
        *("arrived", "queued", "ringing", "talking", "arrived", "in_menu", "ended"),
    ]
    assert [talk.extension for talk in state.talks] == ["8002", "8001"]
    assert state.talked(at(34)) == timedelta(seconds=12)
    assert state.menu[0].took == timedelta(seconds=0.8)


def test_what_tells_nothing_new_is_the_same_state() -> None:
    state = fold(started(), queued(1), agent(facts.AgentCalled, 2), connected(3), left(3), entered(3.1), completed(9))
    state = fold(out(9.1), ended(10), state=state)
    for again in (
        started(),
        queued(1.5),
        left(3),
        agent(facts.AgentCalled, 2),
        connected(3),
        completed(9),
        entered(3.1),
        out(9.2),
        ended(10),
        of(facts.QueueAbandoned, 11, queue="main", hold_seconds=1),
        of(house.LegFound, 0, caller_number="", dialled="", state="Up"),
        facts.OriginateAnswered(pbx="pbx", at=at(1), action_id="x", success=True, leg=A, reason=4),
        house.GapCrossed(pbx="pbx", at=at(9), leg=A, since=at(8), recovered=True),
    ):
        assert apply(state, again) is state, again


def test_colleagues_phones_stop_when_one_answers_and_when_the_caller_goes() -> None:
    both = (started(), queued(1), agent(facts.AgentCalled, 2), agent(facts.AgentCalled, 2.1, "8002", C))
    assert [r.result for r in fold(*both, connected(4)).rings] == [Rang.ANSWERED, Rang.CANCELLED]
    gone = fold(*both, ended(3, B, SEAT), of(facts.DialEnded, 3, C, SEAT2, from_leg=A, status="CANCEL"))
    assert [r.result for r in gone.rings] == [Rang.CANCELLED, Rang.CANCELLED]
    assert gone.stage is Stage.QUEUED
    assert fold(left(3.1), state=gone).stage is Stage.ARRIVED
    missed_too = fold(agent(facts.AgentRingMissed, 3.2), state=gone)
    assert missed_too.rings[0].result is Rang.MISSED
    assert apply(missed_too, agent(facts.AgentRingMissed, 3.3)) is missed_too


def test_a_ring_without_a_queue_leaves_the_call_where_it_was() -> None:
    assert fold(started(), agent(facts.AgentCalled, 1), agent(facts.AgentRingMissed, 2)).stage is Stage.ARRIVED


def test_ends_without_beginnings_are_kept_and_shown() -> None:
    state = fold(started(), left(5), agent(facts.AgentRingMissed, 6, "8002", C), completed(20))
    assert state.waits[0].joined_at is None
    assert state.talks[0].began_at == at(16)
    holes = set(check(state))
    assert {"wait_never_began", "ring_never_began", "ring_leg_unknown", "talk_without_connect"} <= holes
    assert fold(started(), of(facts.QueueAbandoned, 5, queue="main", hold_seconds=4)).waits[0].joined_at is None


def test_another_queue_s_end_is_not_this_wait_s() -> None:
    state = fold(started(), queued(1))
    assert apply(state, left(2, "other")) is state


def test_a_talk_known_by_its_bridge_is_completed_by_the_queue_s_word() -> None:
    rung = (started(), queued(1), started(2, B, SEAT), agent(facts.AgentCalled, 2))
    state = fold(*rung, entered(4), entered(4.1, B, SEAT))
    assert [(t.extension, t.connected) for t in state.talks] == [("8001", False)]
    assert "talk_without_connect" in check(state)
    told = fold(connected(4.2), state=state)
    assert [(t.extension, t.connected, t.began_at) for t in told.talks] == [("8001", True, at(4.1))]
    again = fold(agent(facts.AgentCalled, 5, "8002", C), connected(5.1), state=told)
    assert again.rings[-1].result is Rang.CANCELLED


def test_a_talk_known_by_its_bridge_ends_the_wait_although_the_file_tells_that_only_after_the_talk() -> None:
    state = fold(started(), queued(1), started(2, B, SEAT), entered(4), entered(4.1, B, SEAT))
    assert (state.stage, state.waited(at(9))) == (Stage.TALKING, timedelta(seconds=3.1))
    told = fold(left(9), state=state)
    assert (told.stage, told.waited(at(10)), told.waits[0].unseen) == (Stage.TALKING, timedelta(seconds=3.1), False)
    assert fold(left(3.9), state=state).waited(at(10)) == timedelta(seconds=2.9)


def test_a_dial_to_another_hotline_is_a_talk_without_an_agent() -> None:
    state = fold(
        started(), started(1, B, "PJSIP/carrier-00000009"), entered(2), entered(2, B, "PJSIP/carrier-00000009")
    )
    assert [(t.extension, t.queue) for t in state.talks] == [("", "")]
    over = fold(ended(9, B, "PJSIP/carrier-00000009"), ended(9.1), state=state)
    assert (over.outcome, over.talked(at(9.1))) == (Outcome.ANSWERED, timedelta(seconds=7))


def test_bridges_out_of_step_are_shown() -> None:
    for stray in (
        fold(started(), out(2)),
        fold(started(), entered(2), entered(5, bridge="b2")),
        fold(started(), entered(2), out(5, bridge="b2")),
    ):
        assert "leg_out_of_step" in check(stray)
    assert check(fold(started(), entered(2), out(3), entered(6, bridge="b2"), out(7, bridge="b2"))) == ()


def test_the_file_s_second_telling_of_a_bridge_changes_nothing() -> None:
    state = fold(started(), entered(2), out(5))
    assert apply(state, entered(1.99)) is state
    assert apply(state, out(4.99)) is state
    assert apply(state, out(5.01)) is state


def test_the_leg_s_name_is_learnt_late() -> None:
    unnamed = apply(begin("pbx", A, T0), facts.FlowFinished(pbx="pbx", at=at(1), leg=A, flow="main", answers=()))
    assert unnamed.legs[A].channel == ""
    named = fold(started(), state=unnamed)
    assert (named.legs[A].channel, named.legs[A].role, named.number) == (TRUNK, Role.CALLER, "13800000000")


def test_an_agent_who_dials_out_is_an_outbound_call() -> None:
    state = fold(
        of(facts.ChannelStarted, 0, A, SEAT, caller_number="8001", dialled="13800000000", context="x"),
        started(1, B, "PJSIP/carrier-00000003"),
        of(facts.DialStarted, 1, B, "PJSIP/carrier-00000003", from_leg=A),
        of(facts.DialEnded, 5, B, "PJSIP/carrier-00000003", from_leg=A, status="ANSWER"),
    )
    assert (state.direction, state.number, state.legs[B].role) == ("outbound", "13800000000", Role.CITIZEN)
    assert state.stage is Stage.TALKING
    row = call_row(fold(ended(9, B, "PJSIP/x-1"), ended(9), state=state), lambda _: "never asked")
    assert (row["outcome"], row["hotline"], row["talked"]) == ("answered", "", "4.000000 seconds")


def test_dialling_is_written_once() -> None:
    begun = house.OutboundBegan(pbx="pbx", at=T0, leg=A, purpose="callback", number="13800000000", related=None)
    state = fold(begun)
    assert apply(state, replace(begun, at=at(1))) is state
    local = fold(started(1, A, "Local/x@hl-dial-00000001;1"), state=state)
    assert (local.number, local.begun, local.stage) == ("13800000000", True, Stage.ARRIVED)
    joined = of(facts.LegsJoined, 2, A, "Local/x@hl-dial-00000001;1", other=B, kind="local")
    assert B in fold(joined, state=local).legs
    assert B not in fold(replace(joined, kind="attended"), state=local).legs
    dialled = (started(3, C, TRUNK), of(facts.DialEnded, 4, C, TRUNK, from_leg=B, status="BUSY"))
    assert "leg_out_of_step" in check(fold(*dialled, state=local))


def test_each_agent_ends_his_own_talk() -> None:
    two = (connected(3), connected(9, member="8002", agent_leg=C), completed(12))
    state = fold(started(), queued(1), *two)
    assert [t.ended_at for t in state.talks] == [at(12), None]
    unheard = fold(started(), left(1), ended(2))
    assert (unheard.outcome, call_row(unheard, str)["queued_at"]) == (Outcome.ABANDONED, None)
    fact = left(1)
    assert announce(CallId(UUID(int=1)), fold(started()), fold(started(), fact), fact) == []


def test_a_call_back_nobody_wrote_down_has_no_number() -> None:
    state = fold(started(1, A, "Local/x@hl-dial-00000001;1"))
    assert (state.direction, state.number) == ("outbound", "")
    assert "dialled_number_unknown" in check(state)
    begun = house.OutboundBegan(pbx="pbx", at=T0, leg=B, purpose="callback", number="110", related=CallId(UUID(int=5)))
    assert call_row(apply(begin("pbx", B, T0), begun), str)["related_call_id"] == UUID(int=5)


def test_a_leg_that_vanished_leaves_the_outcome_unknown() -> None:
    state = fold(started(), queued(1), of(house.LegVanished, 60))
    assert (state.outcome, state.waits[0].unseen) == (Outcome.UNKNOWN, True)
    assert {"leg_vanished", "wait_never_left"} <= set(check(state))


def test_a_found_leg_begins_a_call_and_is_shown() -> None:
    found = of(house.LegFound, 0, caller_number="13800000000", dialled="12345", state="Up")
    state = fold(found)
    assert (state.number, state.begun, check(state)) == ("13800000000", True, ("leg_found_late",))


def test_outcomes_of_calls_that_never_asked_for_a_person() -> None:
    up = of(facts.ChannelStateChanged, 1, state="Up")
    assert fold(started(), up, ended(2)).outcome is Outcome.SELF_SERVICE
    refused = fold(started(), ended(1, cause=21))
    assert (refused.outcome, check(refused)) == (Outcome.FAILED, ())
    assert check(fold(started(), ended(1))) == ("answer_unseen",)
    assert fold(started()).outcome is None


def test_a_recording_is_announced_begun_and_repeated() -> None:
    mark = of(facts.DialplanMarked, 1, mark="HotlineRecording", fields=(("File", "20260302/x"),))
    state = fold(started(), mark)
    other = of(facts.DialplanMarked, 2, mark="HotlineSafe", fields=(("Reason", "x"),))
    assert apply(state, other) is state
    begun = of(facts.RecordingStarted, 3)
    after = apply(state, begun)
    (event,) = announce(CallId(UUID(int=1)), state, after, begun)
    assert isinstance(event, RecordingBegan)
    assert event.file == "20260302/x"
    assert apply(after, of(facts.RecordingStarted, 3.5)) is after
    assert apply(after, of(facts.RecordingStarted, 30)).legs[A].recordings == 2
    assert "recording_announced_never_queued" in check(fold(ended(40), state=after))


def test_every_hole_of_a_call_that_is_over_is_named() -> None:
    rung = (started(), queued(1), agent(facts.AgentCalled, 2), started(2, B, SEAT))
    dial = of(facts.DialStarted, 2, B, SEAT, from_leg=A)
    open_ = fold(*rung, dial, entered(3), house.GapCrossed(pbx="pbx", at=at(4), leg=A, since=at(3), recovered=False))
    assert check(open_) == ("gap_not_filled",)
    assert set(check(open_, over=True)) == {
        *("gap_not_filled", "wait_never_left", "ring_without_result", "leg_never_ended", "bridge_never_left"),
        *("dial_without_result", "alone_in_a_bridge"),
    }
    bare = fold(connected(3), started(0))
    assert {"ring_without_wait", "talk_without_bridge"} <= set(check(bare, over=True))
    told = fold(queued(1), connected(3), state=begin("pbx", A, T0))
    assert {"call_never_began", "talk_without_caller"} <= set(check(told, over=True))
    nobody = fold(of(facts.ChannelStateChanged, 1, A, SEAT, state="Up"))
    assert {"dialled_number_unknown", "leg_never_began"} <= set(check(nobody))
    unexplained = fold(started(), started(1, B, SEAT), ended(2, B, SEAT), ended(3, cause=21))
    assert "leg_never_dialled" in check(unexplained)


def test_what_the_house_hears() -> None:
    call = CallId(UUID(int=1))
    step = facts.FlowStepped(pbx="pbx", at=at(1), leg=A, flow="main", node="hi", key="2", began_at=T0)
    state = fold(started())
    assert [type(e) for e in announce(call, state, apply(state, step), step)] == [MenuStepped]
    rung = fold(queued(1), agent(facts.AgentCalled, 2), state=state)
    for fact, kind in (
        (agent(facts.AgentRingMissed, 3), RingMissed),
        (ended(3, B, SEAT), RingCancelled),
    ):
        assert [type(e) for e in announce(call, rung, apply(rung, fact), fact)] == [kind]
    talking = fold(connected(3), state=rung)
    done = completed(5)
    (finished,) = announce(call, talking, apply(talking, done), done)
    assert isinstance(finished, AgentFinished)
    assert finished.talked == timedelta(seconds=2)
    again = connected(3)
    (ignored,) = announce(call, talking, apply(talking, again), again)
    assert isinstance(ignored, FactIgnored)
    quiet = of(facts.ChannelStateChanged, 3, state="Ringing")
    assert announce(call, talking, apply(talking, quiet), quiet) == []


def test_a_recorded_call_is_told_in_order() -> None:
    call, state, told = CallId(UUID(int=1)), None, []
    for fact in recorded("answered"):
        before = state or begin("pbx", fact.leg, fact.at)  # type: ignore[attr-defined]  # the first is its Newchannel
        state = apply(before, fact)
        told += [type(event).__name__ for event in announce(call, before, state, fact)]
    assert told == [
        *("CallArrived", "RecordingBegan", "CallQueued", "AgentRung", "AgentAnswered", "AgentFinished", "CallEnded")
    ]
    assert state is not None
    row = call_row(state, {"12345": "市民服务热线"}.__getitem__)
    assert (row["hotline"], row["caller_number"], row["caller_region"]) == ("市民服务热线", "+8613800000000", "北京市")
    assert [leg["role"] for leg in leg_rows(state)] == ["caller", "agent"]
    (fact, *_) = recorded("answered")
    stored = fact_row(fact, call, "ami", T0)
    assert (stored["kind"], stored["source"], storable(fact)) == ("ChannelStarted", "ami", True)


def test_legs_outside_the_caller_s_bridge_are_no_talk() -> None:
    state = fold(started(), started(1, B, SEAT), entered(2, B, SEAT))
    assert state.talks == ()
    alone = fold(of(facts.BridgeEntered, 1, A, "Local/1@x-1;1", bridge="b"))
    assert (alone.direction, alone.talks) == ("outbound", ())


def test_a_found_leg_that_is_known_or_not_the_first() -> None:
    state = fold(started())
    assert apply(state, of(house.LegFound, 1, caller_number="", dialled="", state="Up")) is state
    other = fold(of(house.LegFound, 1, B, SEAT, caller_number="8001", dialled="", state="Up"), state=state)
    assert (other.number, other.legs[B].found) == ("13800000000", True)
