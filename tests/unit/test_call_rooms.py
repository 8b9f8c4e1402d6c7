"""Calls of more than two parties, fact by fact: what the recorded scenes do not show. And the key figures' formulas."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from callcenter.calls import facts as house
from callcenter.calls.announce import announce
from callcenter.calls.book import Book
from callcenter.calls.events import ReachChanged, StageChanged
from callcenter.calls.fold import apply
from callcenter.calls.holes import check
from callcenter.calls.identity import call_id_of
from callcenter.calls.kpi import Tally
from callcenter.calls.parties import agent_leg, citizen_leg, guests, transfers_under_way
from callcenter.calls.replay import rebuild
from callcenter.calls.rows import call_row, storable
from callcenter.calls.state import CallState, Rang, Role, Stage
from callcenter.core.ids import CallId, LegId
from callcenter.pbx import facts
from callcenter.pbx.facts import PbxFact
from tests.simulators.call_recorder import recorded
from tests.unit.test_call_fold import (
    SEAT,
    SEAT2,
    TRUNK,
    A,
    B,
    C,
    agent,
    at,
    completed,
    connected,
    ended,
    entered,
    fold,
    left,
    of,
    out,
    queued,
    started,
)

T = "0192f0c0-0000-7000-8000-000000000001"
ONE, TWO = LegId(f"hl-{T}"), LegId(f"hl-{T}-2")
REACH1, REACH2 = f"Local/{T}@hl-reach-00000001;1", f"Local/{T}@hl-reach-00000001;2"


def mark(name: str, second: float, leg: LegId = A, channel: str = TRUNK, **fields: str) -> Any:
    return of(facts.DialplanMarked, second, leg, channel, mark=name, fields=tuple(fields.items()))


def reach(second: float, step: str, status: str, leg: LegId = TWO, channel: str = REACH2) -> Any:
    return mark("HotlineReach", second, leg, channel, Transfer=T, Step=step, Status=status)


def seen(second: float, context: str, bridge: str = "", leg: LegId = A) -> Any:
    return house.PlaceSeen(pbx="pbx", at=at(second), leg=leg, context=context, bridge=bridge)


def dialled(second: float, leg: LegId, channel: str, by: LegId | None = A) -> Any:
    return of(facts.DialStarted, second, leg, channel, from_leg=by)


def talk() -> CallState:
    """The caller and the agent at 8001 are in a bridge from second 4 on."""
    return fold(
        started(),
        queued(1),
        started(2, B, SEAT),
        dialled(2, B, SEAT),
        agent(facts.AgentCalled, 2),
        left(4),
        connected(4),
        entered(4),
        entered(4, B, SEAT),
    )


def test_who_is_who_in_a_consult() -> None:
    state = fold(
        house.LegExpected(pbx="pbx", at=at(5), leg=A, expected=ONE, purpose="guest"),
        of(facts.ChannelStarted, 6, ONE, REACH1, linked=ONE, caller_number="", dialled="", context=""),
        of(facts.ChannelStarted, 6, TWO, REACH2, linked=ONE, caller_number="", dialled="", context=""),
        reach(6.1, "target", "RINGING"),
        of(facts.ChannelStarted, 6.2, C, SEAT2, linked=ONE, caller_number="", dialled="", context=""),
        state=talk(),
    )
    citizen, first = citizen_leg(state), agent_leg(state, "8001")
    assert citizen is not None
    assert first is not None
    assert (citizen.id, first.id) == (A, B)
    assert [leg.id for leg in guests(state)] == [C]
    assert [transfer.id for transfer in transfers_under_way(state)] == [T]
    assert agent_leg(state, "8009") is None
    gone = fold(ended(9), ended(9, B, SEAT), state=state)
    assert (citizen_leg(gone), agent_leg(gone, "8001")) == (None, None)
    assert (
        citizen_leg(
            fold(house.OutboundBegan(pbx="pbx", at=at(0), leg=A, purpose="contact", number="110", related=None))
        )
        is None
    )


def test_expecting_the_same_leg_again_changes_nothing() -> None:
    told = house.LegExpected(pbx="pbx", at=at(5), leg=A, expected=ONE, purpose="spy")
    state = fold(told, state=talk())
    assert apply(state, replace(told, at=at(6))) is state
    spy = fold(
        of(facts.ChannelStarted, 6, ONE, SEAT2, linked=ONE, caller_number="", dialled="", context=""), state=state
    )
    assert spy.legs[ONE].role is Role.SPY
    assert len(fold(entered(7, ONE, SEAT2), state=spy).talks) == 1


def test_a_hold_begins_and_ends() -> None:
    held = fold(out(5), mark("HotlineHold", 5.1, State="on"), state=talk())
    assert held.stage is Stage.ON_HOLD
    assert apply(held, mark("HotlineHold", 5.1, State="on")) is held, "told twice"
    assert apply(held, mark("HotlineHold", 4.9, State="off")) is held, "older than what is known"
    assert apply(held, mark("HotlineHold", 6, B, SEAT, State="off")) is held, "not the citizen's leg"
    back = fold(mark("HotlineHold", 6, State="off"), state=held)
    assert back.stage is Stage.TALKING
    assert apply(back, mark("HotlineHold", 7, State="off")) is back
    assert fold(entered(6, bridge="b2"), entered(6, B, SEAT, bridge="b2"), state=held).stage is Stage.TALKING
    assert fold(queued(9, "housing"), state=held).stage is Stage.QUEUED
    over = fold(ended(8, B, SEAT), ended(8), state=held)
    assert apply(over, mark("HotlineHold", 9, State="on")).stage is Stage.ENDED


def test_a_room_in_which_the_citizen_waits_for_a_guest() -> None:
    state = fold(mark("HotlineRoom", 5, Party="citizen"), reach(6, "target", "RINGING"), state=talk())
    assert (state.stage, state.legs[A].party) == (Stage.TALKING, "citizen")
    alone = fold(ended(7, B, SEAT), state=state)
    assert alone.stage is Stage.TRANSFERRING
    assert fold(reach(8, "target", "BUSY"), queued(9), state=alone).stage is Stage.QUEUED
    assert "room_never_joined" in check(fold(ended(9), state=alone), over=True)


def test_steps_of_a_transfer_that_were_not_heard() -> None:
    state = talk()
    late = fold(reach(6, "fallback", "BUSY"), state=state)
    assert "transfer_step_unheard" in check(late)
    assert apply(late, reach(7, "fallback", "BUSY")) is late
    rung = fold(reach(6, "target", "RINGING"), state=state)
    assert apply(rung, reach(6.5, "target", "RINGING")) is rung
    assert "transfer_without_result" in check(rung, over=True)
    nameless = mark("HotlineReach", 7, Step="target", Status="BUSY")
    assert apply(rung, nameless) is rung
    stray = fold(reach(7, "target", "BUSY"), dialled(8, C, "PJSIP/carrier-00000009", by=TWO), state=rung)
    assert "leg_out_of_step" in check(stray)
    chain = f"Local/{T}@hl-chain-00000001;2"
    own = fold(out(5), reach(6, "target", "RINGING", C, chain), reach(7, "target", "BUSY", C, chain), state=state)
    assert (own.stage, "transfer_step_unheard" in check(own, over=True)) == (Stage.TRANSFERRING, True)
    untold = fold(started(6, C, chain), state=state)
    assert "transfer_untold" in check(untold, over=True)


def test_what_the_house_hears_of_a_transfer_and_a_hold() -> None:
    call, state = CallId(UUID(int=1)), talk()
    step = reach(6, "target", "RINGING")
    (told,) = announce(call, state, apply(state, step), step)
    assert isinstance(told, ReachChanged)
    assert (told.transfer, told.step, told.status) == (T, "target", "RINGING")
    rung, busy = fold(step, state=state), reach(7, "target", "BUSY")
    (told,) = announce(call, rung, apply(rung, busy), busy)
    assert isinstance(told, ReachChanged)
    assert told.status == "BUSY"
    held = mark("HotlineHold", 6, State="on")
    left_bridge = fold(out(5.9), state=state)
    (moved,) = announce(call, left_bridge, apply(left_bridge, held), held)
    assert isinstance(moved, StageChanged)
    assert (moved.stage, moved.before) == ("on_hold", "talking")
    row = call_row(fold(busy, state=rung), str)
    assert row["transfers"][0]["steps"][0]["status"] == "BUSY"


def test_a_seat_rung_without_a_queue() -> None:
    offered = fold(started(), mark("HotlineSeat", 1, Extension="8001", Queue="main"))
    assert (offered.stage, offered.waits[0].direct) == (Stage.QUEUED, True)
    assert apply(offered, mark("HotlineSeat", 1, Extension="8001", Queue="main")) is offered
    rung = fold(started(2, B, SEAT), dialled(2, B, SEAT), state=offered)
    assert (rung.stage, rung.rings[0].queue, rung.rings[0].direct) == (Stage.RINGING, "main", True)
    assert apply(rung, dialled(2, B, SEAT)) is rung
    busy = fold(of(facts.DialEnded, 3, B, SEAT, from_leg=A, status="BUSY"), state=rung)
    assert (busy.rings[0].result, busy.stage) == (Rang.MISSED, Stage.QUEUED)
    again = fold(queued(4), state=busy)
    assert [w.left_at for w in again.waits] == [at(4), None]
    unannounced = fold(started(), started(2, B, SEAT), dialled(2, B, SEAT))
    assert "ring_unannounced" in check(unannounced)
    by_queue = fold(agent(facts.AgentCalled, 2), state=unannounced)
    assert [(r.direct, r.unannounced) for r in by_queue.rings] == [(False, True)]
    known = fold(agent(facts.AgentCalled, 2, leg=A), started(2, B, SEAT), dialled(2, B, SEAT), state=fold(started()))
    assert len(known.rings) == 1
    unseen = fold(connected(3), state=unannounced)
    assert unseen.rings[0].unannounced


def test_the_queue_s_word_on_two_talks_with_one_agent() -> None:
    state = fold(ended(6, B, SEAT), queued(7), left(9), connected(9, agent_leg=C), state=talk())
    bare = completed(12, agent_leg=None)
    assert [t.completed for t in fold(bare, state=state).talks] == [True, False]
    assert [t.completed for t in fold(completed(12, agent_leg=C), state=state).talks] == [False, True]
    both = fold(bare, completed(13, agent_leg=None), state=state)
    assert apply(both, completed(14, agent_leg=None)) is both
    rung_twice = fold(agent(facts.AgentRingMissed, 9.5, agent_leg=LegId("other")), state=state)
    assert rung_twice.rings[-1].began_at is None


@pytest.mark.parametrize(
    ("context", "stage"),
    [
        ("hl-hold", Stage.ON_HOLD),
        ("hl-await", Stage.TRANSFERRING),
        ("hl-welcome", Stage.IN_MENU),
        ("somewhere", Stage.ARRIVED),
    ],
)
def test_a_place_that_is_seen(context: str, stage: Stage) -> None:
    state = fold(seen(9, context), state=fold(out(8), ended(8, B, SEAT), state=talk()))
    assert state.stage is stage
    assert apply(state, seen(10, context)) is state


def test_a_place_that_is_seen_corrects_bridges() -> None:
    state = talk()
    assert apply(state, seen(9, "hl-queue", "b1")) is state
    assert apply(state, seen(9, "hl-hold", leg=LegId("unknown"))) is state
    moved = fold(seen(9, "hl-room-agent", "b2", B), seen(9, "hl-room-citizen", "b2"), state=state)
    assert (moved.stage, moved.legs[A].bridge, moved.legs[B].party) == (Stage.TALKING, "b2", "agent")
    assert apply(fold(ended(10), state=moved), seen(11, "hl-hold")).stage is not Stage.ON_HOLD
    ringing = fold(started(), queued(1), agent(facts.AgentCalled, 2))
    assert apply(ringing, seen(3, "hl-queue")) is ringing
    found = of(house.LegFound, 3, C, SEAT2, caller_number="", dialled="", state="Ringing")
    rung = fold(found, state=fold(started(), queued(1)))
    assert [(r.member, r.queue, r.direct) for r in rung.rings] == [("8002", "main", False)]
    alone = fold(found, state=fold(started()))
    assert [(r.queue, r.direct) for r in alone.rings] == [("", True)]


def test_an_agent_who_stays_with_the_other_hotline_goes_on_talking() -> None:
    hotline = "PJSIP/carrier-00000009"
    three = fold(started(5, C, hotline), entered(6, C, hotline), state=talk())
    assert three.talked(at(9)) == timedelta(seconds=5), "once, though two are there"
    gone = fold(out(9), ended(9), state=three)
    assert [t.ended_at for t in gone.talks] == [None, None]
    over = fold(ended(12, C, hotline), ended(12, B, SEAT), state=gone)
    assert (over.ended_at, over.talked(at(12))) == (at(12), timedelta(seconds=5))


def test_a_call_out_is_answered_by_the_citizen_not_by_the_agent() -> None:
    leg = LegId(f"hl-{T}")

    def told(kind: type[Any], second: float, of_leg: LegId, channel: str, **more: Any) -> Any:
        return kind(pbx="pbx", at=at(second), leg=of_leg, linked=leg, channel=channel, **more)

    begun = house.OutboundBegan(pbx="pbx", at=at(0), leg=leg, purpose="contact", number="13800000000", related=None)
    heard: list[PbxFact] = [
        begun,
        told(facts.ChannelStarted, 1, leg, SEAT, caller_number="", dialled="", context=""),
        told(facts.DialStarted, 1, leg, SEAT, from_leg=None),
        told(facts.DialEnded, 2, leg, SEAT, from_leg=None, status="ANSWER"),
    ]
    state = rebuild(heard)[leg]
    assert (state.stage, state.extension, state.answered_at, state.outcome) == (Stage.RINGING, "8001", None, None)
    first, second = "PJSIP/a-1", "PJSIP/b-2"
    tried = [
        told(facts.ChannelStarted, 2, B, first, caller_number="", dialled="", context=""),
        told(facts.ChannelEnded, 3, B, first, cause=34),
        told(facts.ChannelStarted, 3.1, C, second, caller_number="", dialled="", context=""),
        told(facts.DialStarted, 3.1, C, second, from_leg=leg),
        told(facts.DialEnded, 4, C, second, from_leg=leg, status="ANSWER"),
    ]
    state = rebuild([*heard, *tried])[leg]
    assert (state.stage, state.answered_at, state.legs[C].role) == (Stage.TALKING, at(4), Role.CITIZEN)
    guest = told(facts.ChannelStarted, 6, A, "PJSIP/c-3", caller_number="", dialled="", context="")
    assert rebuild([*heard, *tried, guest])[leg].legs[A].role is Role.OTHER
    assert "dial_never_announced" in check(rebuild(heard[1:])[leg])


def test_what_asterisk_runs_in_place_of_a_channel_is_no_call() -> None:
    failed = started(0, A, "OutgoingSpoolFailed")
    assert not storable(failed)
    assert rebuild([failed]) == {}


def test_an_open_call_is_found_by_its_id() -> None:
    book, stream = Book(str), recorded("held")
    first = stream[0]
    assert isinstance(first, facts.ChannelStarted)
    book.enter(first, "ami", first.at)
    state = book.state_of_call(call_id_of("pbx", first.leg))
    assert state is not None
    assert state.linked == first.leg
    assert book.state_of_call(CallId(UUID(int=7))) is None


def test_an_expected_leg_is_of_its_call_though_the_house_s_clock_is_behind() -> None:
    late = house.LegExpected(pbx="pbx", at=at(30), leg=A, expected=ONE, purpose="guest")
    leg = of(facts.ChannelStarted, 6, ONE, REACH1, linked=ONE, caller_number="", dialled="", context="")
    assert set(rebuild([started(), leg, late])) == {A}
    assert len(rebuild([started(), leg])) == 2


def test_rates_of_a_tally() -> None:
    none = Tally()
    assert (none.connect_rate, none.in_time_rate, none.abandon_rate, none.connect_line_held) == (None, None, None, True)
    some = Tally(arrived=30, asked=20, answered=19, in_time=10, abandoned=1) + Tally(failed=2)
    assert (some.connect_rate, some.abandon_rate, some.connect_line_held) == (0.95, 0.05, True)
    assert some.in_time_rate == pytest.approx(10 / 19)
    assert not (some + Tally(asked=1, abandoned=1)).connect_line_held


def test_calls_that_are_no_citizen_s() -> None:
    for name, purpose in (("HotlineTest", "test"), ("HotlineTollRefused", "toll")):
        state = fold(mark(name, 1), state=fold(started()))
        assert state.purpose == purpose
        assert apply(state, mark(name, 2)) is state


def test_words_that_fit_nothing_heard_before() -> None:
    state = talk()
    assert apply(state, of(facts.RecordingStopped, 9)) is state
    rung = fold(reach(6, "target", "RINGING"), state=talk())
    other = fold(reach(7, "fallback", "BUSY"), state=rung)
    assert [(s.step, s.status) for s in other.transfers[0].steps] == [("target", None), ("fallback", "BUSY")]
    missed = fold(started(), queued(1), agent(facts.AgentCalled, 2), agent(facts.AgentRingMissed, 3))
    answered = fold(connected(5, agent_leg=None), state=missed)
    assert [(r.result, r.began_at) for r in answered.rings] == [(Rang.MISSED, at(2)), (Rang.ANSWERED, None)]
    legless = fold(connected(5, agent_leg=None), ended(9), state=fold(started(), queued(1)))
    assert [t.ended_at for t in legless.talks] == [at(9)]
