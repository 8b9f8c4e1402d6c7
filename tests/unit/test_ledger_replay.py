"""Calls rebuilt from recorded streams of a real Asterisk that were dropped from, doubled and shuffled: the state
equals the truth, or shows a gap."""

from datetime import timedelta
from functools import cache
from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.calls.facts import GapCrossed, OutboundBegan
from callcenter.calls.holes import check
from callcenter.calls.replay import rebuild
from callcenter.calls.state import CallState
from callcenter.core.ids import LegId
from callcenter.pbx.facts import PbxFact
from tests.simulators.call_recorder import SCENES, recorded

TRUTH = {
    "answered": ("inbound", "answered", "main", "8001"),
    "agent_hangs_up": ("inbound", "answered", "main", "8001"),
    "abandoned": ("inbound", "abandoned", "main", None),
    "abandoned_ringing": ("inbound", "abandoned", "main", None),
    "second_agent_answers": ("inbound", "answered", "main", "8002"),
    "gone_in_the_greeting": ("inbound", "self_service", None, None),
    "called_back": ("outbound", "answered", None, None),
    "called_back_busy": ("outbound", "failed", None, None),
    "held": ("inbound", "answered", "main", "8001"),
    "consulted": ("inbound", "answered", "main", "8001"),
    "three_way": ("inbound", "answered", "main", "8001"),
    "fetched_in_vain": ("inbound", "answered", "main", "8001"),
    "transferred": ("inbound", "answered", "main", "8001"),
    "transferred_back": ("inbound", "answered", "main", "8001"),
    "transferred_to_a_queue": ("inbound", "answered", "main", "8001"),
    "given_up_while_transferred": ("inbound", "answered", "main", "8001"),
    "called_out": ("outbound", "answered", None, "8001"),
    "called_out_busy": ("outbound", "failed", None, "8001"),
    "last_agent_answers": ("inbound", "answered", "main", "8001"),
    "last_agent_misses": ("inbound", "answered", "main", "8002"),
    "listened_to": ("inbound", "answered", "main", "8001"),
    "taken_over": ("inbound", "answered", "main", "8004"),
}
SCENE_NAMES = sorted(TRUTH)
MANY = 32


@cache
def stream(name: str) -> tuple[PbxFact, ...]:
    """As the house hears it: what it is about to dial is written down first."""
    heard = recorded(name)
    if name.startswith("called_back"):
        first = heard[0]
        leg: LegId = first.leg  # type: ignore[attr-defined]  # the first fact is its Newchannel
        at = first.at - timedelta(milliseconds=5)
        number = "13800000000"
        begun = OutboundBegan(pbx="pbx", at=at, leg=leg, purpose="callback", number=number, related=None)
        return (begun, *heard)
    return tuple(heard)


def shown(call: CallState) -> dict[str, Any]:
    """What people see of a call."""
    until = call.ended_at or call.last_at
    return {
        "stage": call.stage,
        "outcome": call.outcome,
        "direction": call.direction,
        "number": call.number,
        "dialled": call.dialled,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "answered_at": call.answered_at,
        "waited": call.waited(until),
        "talked": call.talked(until),
        "queues": [w.queue for w in call.waits],
        "talks": [(t.extension, t.leg, t.began_at, t.ended_at) for t in call.talks],
        "legs": {leg.id: (leg.role, leg.ended_at) for leg in call.legs.values()},
        "transfers": [(t.id, [(s.step, s.status) for s in t.steps]) for t in call.transfers],
    }


@cache
def truth(name: str) -> dict[LegId, dict[str, Any]]:
    return {linked: shown(call) for linked, call in rebuild(stream(name)).items()}


def gaps(calls: dict[LegId, CallState]) -> list[str]:
    return [hole for call in calls.values() for hole in check(call, over=True)]


def test_every_recorded_scene_is_tested() -> None:
    assert sorted(scene.__name__ for scene in SCENES) == SCENE_NAMES


@pytest.mark.parametrize("name", SCENE_NAMES)
def test_the_whole_stream_tells_the_whole_truth(name: str) -> None:
    (call,) = rebuild(stream(name)).values()
    queue = call.waits[-1].queue if call.waits else None
    assert (call.direction, call.outcome, queue, call.extension) == TRUTH[name]
    assert call.number == "13800000000"
    assert check(call, over=True) == ()


@pytest.mark.parametrize("name", SCENE_NAMES)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_order_and_repetition_change_nothing(name: str, data: st.DataObject) -> None:
    whole = stream(name)
    doubled = data.draw(st.lists(st.sampled_from(whole), max_size=10))
    heard = data.draw(st.permutations([*whole, *doubled]))
    calls = rebuild(heard)
    assert {linked: shown(call) for linked, call in calls.items()} == truth(name)
    assert gaps(calls) == []


@pytest.mark.parametrize("name", SCENE_NAMES)
def test_any_one_or_two_lost_facts_are_made_up_for_or_shown(name: str) -> None:
    """Of the long streams every twelfth pair, for the time it takes; all of them hold."""
    whole = stream(name)
    pairs = combinations(range(len(whole)), 2)
    tried = (pair for place, pair in enumerate(pairs) if len(whole) <= MANY or place % 12 == 0)
    for lost in chain(combinations(range(len(whole)), 1), tried):
        told(name, [fact for place, fact in enumerate(whole) if place not in lost])


@pytest.mark.parametrize("name", SCENE_NAMES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_up_to_three_lost_facts_are_made_up_for_or_shown(name: str, data: st.DataObject) -> None:
    whole = stream(name)
    lost = data.draw(st.sets(st.integers(0, len(whole) - 1), max_size=3))
    kept = [fact for place, fact in enumerate(whole) if place not in lost]
    doubled = data.draw(st.lists(st.sampled_from(kept), max_size=4)) if kept else []
    told(name, data.draw(st.permutations([*kept, *doubled])))


@pytest.mark.parametrize("name", SCENE_NAMES)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_cut_link_is_shown_whatever_it_swallowed(name: str, data: st.DataObject) -> None:
    """However many facts fall into it: the cut itself is known."""
    whole = stream(name)
    first = data.draw(st.integers(1, len(whole) - 1))
    last = data.draw(st.integers(first, len(whole) - 1))
    since, at = whole[first - 1].at, whole[last].at
    leg: LegId = next(iter(truth(name)))
    crossed = GapCrossed(pbx="pbx", at=at, leg=leg, since=since, recovered=False)
    calls = rebuild([*whole[:first], crossed, *whole[last + 1 :]])
    assert "gap_not_filled" in check(calls[leg], over=True)


def told(name: str, heard: list[PbxFact]) -> None:
    calls = rebuild(heard)
    same = {linked: shown(call) for linked, call in calls.items()} == truth(name)
    assert same or gaps(calls) or not calls
