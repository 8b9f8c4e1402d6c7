"""The open calls of one PBX in memory: which rows and events each fact gives."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from callcenter.calls import book as module
from callcenter.calls.book import LINGER, Book, Entry
from callcenter.calls.events import AgentAnswered, CallArrived, CallEnded, FactIgnored
from callcenter.calls.facts import OutboundBegan
from callcenter.calls.replay import rebuild
from callcenter.calls.rows import storable
from callcenter.calls.state import Stage
from callcenter.core.ids import LegId
from callcenter.pbx.facts import ChannelFact, ChannelStarted, DeviceStateChanged, PbxFact, QueueJoined
from tests.simulators.call_recorder import SCENES, recorded

SCENE_NAMES = [scene.__name__ for scene in SCENES]
SECOND = timedelta(seconds=1)


def new_book() -> Book:
    return Book(lambda dialled: f"line {dialled}")


def told(book: Book, facts: list[PbxFact]) -> list[Entry]:
    return [book.enter(fact, "ami", fact.at) for fact in facts]


def first_leg(facts: list[PbxFact]) -> LegId:
    fact = facts[0]
    assert isinstance(fact, ChannelFact)
    return fact.linked


@pytest.mark.parametrize("name", SCENE_NAMES)
def test_the_last_rows_are_those_of_the_call_rebuilt_from_its_facts(name: str) -> None:
    facts, book = recorded(name), new_book()
    entries = told(book, facts)
    (state,) = rebuild(facts).values()
    row = [call for entry in entries for call in entry.calls][-1]
    assert (row["stage"], row["linked"]) == (state.stage.value, state.linked)
    assert row["hotline"] == (f"line {state.dialled}" if state.direction == "inbound" else "")
    legs = {leg["leg"]: leg for entry in entries for leg in entry.legs}
    assert {name: leg["ended_at"] for name, leg in legs.items()} == {
        leg.id: leg.ended_at for leg in state.legs.values()
    }
    assert sum(len(entry.facts) for entry in entries) == sum(map(storable, facts))


@pytest.mark.parametrize("name", SCENE_NAMES)
def test_a_row_is_stored_only_when_it_differs_from_the_last(name: str) -> None:
    calls = [call for entry in told(new_book(), recorded(name)) for call in entry.calls]
    shown = [{key: value for key, value in call.items() if key != "last_at"} for call in calls]
    assert all(one != next_ for one, next_ in itertools.pairwise(shown))
    assert len(calls) < len(recorded(name))


def test_an_answered_call_is_told_from_arrival_to_end() -> None:
    events = [event for entry in told(new_book(), recorded("answered")) for event in entry.events]
    kinds = [type(event) for event in events if not isinstance(event, FactIgnored)]
    assert (kinds[0], kinds[-1]) == (CallArrived, CallEnded)
    assert kinds.count(AgentAnswered) == 1


def test_a_citizen_called_back_is_answered_by_no_agent() -> None:
    facts = recorded("called_back")
    at, number = facts[0].at - SECOND, "13800000000"
    begun = OutboundBegan(pbx="pbx", at=at, leg=first_leg(facts), purpose="callback", number=number, related=None)
    events = [event for entry in told(new_book(), [begun, *facts]) for event in entry.events]
    assert not any(isinstance(event, AgentAnswered) for event in events)
    (end,) = [event for event in events if isinstance(event, CallEnded)]
    assert (end.outcome, end.talked > timedelta(0)) == ("answered", True)


def test_a_fact_that_the_ledger_does_not_keep_leaves_no_trace() -> None:
    device = DeviceStateChanged(pbx="pbx", at=recorded("answered")[0].at, device="PJSIP/8001", state="INUSE")
    book = new_book()
    assert book.enter(device, "ami", device.at) == Entry(device)
    assert len(book) == 0


def test_a_fact_of_a_call_not_known_is_kept_without_rows() -> None:
    facts, book = recorded("answered"), new_book()
    middle = next(fact for fact in facts if isinstance(fact, QueueJoined))
    assert not book.knows(middle)
    entry = book.enter(middle, "ami", middle.at, project=False)
    assert [row["kind"] for row in entry.facts] == ["QueueJoined"]
    assert entry.facts[0]["call_id"] is not None
    assert (entry.calls, entry.legs, len(book)) == ([], [], 0)
    assert [type(event) for event in entry.events] == [FactIgnored]


def test_a_call_restored_half_way_goes_on_as_if_it_had_been_heard_whole() -> None:
    facts, whole, half = recorded("answered"), new_book(), new_book()
    told(whole, facts)
    half.restore(facts[:9])
    assert half.knows(facts[9])
    told(half, facts[9:])
    linked = first_leg(facts)
    assert half.state_of(linked) == whole.state_of(linked)
    assert half.state_of(LegId("elsewhere")) is None


def test_what_the_book_knows() -> None:
    facts, book = recorded("answered"), new_book()
    linked, start = first_leg(facts), facts[0]
    assert isinstance(start, ChannelStarted)
    assert book.knows(start), "a channel that names itself begins a call"
    assert (book.id_of("pbx", linked), book.adds(start)) == (None, True)
    book.enter(start, "ami", start.at)
    assert book.root_of(facts[1]) == linked
    assert book.id_of("pbx", linked) is not None
    assert not book.adds(start), "heard before"
    assert book.adds(facts[2])
    device = DeviceStateChanged(pbx="pbx", at=start.at, device="PJSIP/8001", state="INUSE")
    assert book.knows(device), "of no call at all"
    assert book.adds(device)


def test_only_open_calls_cross_a_gap() -> None:
    facts, book = recorded("answered"), new_book()
    told(book, facts[:9])
    since, at = facts[8].at, facts[8].at + SECOND
    (crossed,) = book.crossed(since, at, recovered=True)
    assert (crossed.leg, crossed.since, crossed.at, crossed.recovered) == (first_leg(facts), since, at, True)
    assert book.crossed(since, facts[0].at - SECOND, recovered=True) == [], "begun after the gap"
    told(book, facts[9:])
    assert (book.open, book.crossed(since, at, recovered=True)) == ([], [])


def test_a_closed_call_waits_for_its_late_facts_and_is_then_let_go_of() -> None:
    facts, other = recorded("answered"), recorded("abandoned")[0]
    book = new_book()
    told(book, facts)
    linked = first_leg(facts)
    state = book.state_of(linked)
    assert state is not None
    assert state.stage is Stage.ENDED
    late = [replace(other, at=state.last_at + wait) for wait in (LINGER - SECOND, LINGER)]
    book.enter(late[0], "ami", late[0].at)
    assert book.state_of(linked) is state
    book.enter(late[1], "ami", late[1].at)
    assert (book.state_of(linked), book.id_of("pbx", linked)) == (None, None)
    assert len(book) == 1


def test_many_closed_calls_at_once_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINGERING_MOST", 0)
    book, facts = new_book(), recorded("abandoned")
    told(book, facts)
    assert len(book) == 0
    assert book.id_of("pbx", first_leg(facts)) is None
