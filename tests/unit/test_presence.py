"""Every cell of the presence table."""

import pytest

from callcenter.seats.presence import (
    HELD,
    ZH,
    Ask,
    Fact,
    Membership,
    Presence,
    PresenceRefused,
    ask,
    ask_for,
    divert,
    happen,
)

IDLE = [Presence.OFFLINE, Presence.READY, Presence.PAUSED, Presence.AFTER_CALL]
BUSY = [Presence.RINGING, Presence.TALKING]


@pytest.mark.parametrize("presence", IDLE)
@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        (Ask.READY, Presence.READY),
        (Ask.PAUSE, Presence.PAUSED),
        (Ask.AFTER_CALL, Presence.AFTER_CALL),
        (Ask.LOG_OUT, Presence.OFFLINE),
    ],
)
def test_idle_agents_move_freely(presence: Presence, wanted: Ask, target: Presence) -> None:
    assert ask(presence, wanted) is target
    assert ask_for(target) is wanted


@pytest.mark.parametrize("presence", BUSY)
@pytest.mark.parametrize("wanted", Ask)
def test_nothing_can_be_asked_during_a_call(presence: Presence, wanted: Ask) -> None:
    with pytest.raises(PresenceRefused) as refusal:
        ask(presence, wanted)
    assert refusal.value.code == "presence-refused"
    assert ZH[presence] in refusal.value.text("zh")
    assert presence.value in refusal.value.text("en")


@pytest.mark.parametrize("presence", BUSY)
def test_nobody_can_ask_for_a_call(presence: Presence) -> None:
    assert ask_for(presence) is None


@pytest.mark.parametrize("presence", Presence)
def test_a_ring_and_an_answer_always_happen(presence: Presence) -> None:
    assert happen(presence, Fact.RUNG) is Presence.RINGING
    assert happen(presence, Fact.ANSWERED) is Presence.TALKING


@pytest.mark.parametrize(
    ("presence", "fact", "after"),
    [
        (Presence.RINGING, Fact.MISSED, Presence.PAUSED),
        (Presence.RINGING, Fact.WITHDRAWN, Presence.READY),
        (Presence.RINGING, Fact.FINISHED, Presence.READY),
        (Presence.RINGING, Fact.RELEASED, Presence.READY),
        (Presence.TALKING, Fact.FINISHED, Presence.AFTER_CALL),
        (Presence.TALKING, Fact.RELEASED, Presence.READY),
    ],
)
def test_facts_end_a_call(presence: Presence, fact: Fact, after: Presence) -> None:
    assert happen(presence, fact) is after


@pytest.mark.parametrize("presence", IDLE)
@pytest.mark.parametrize("fact", [Fact.MISSED, Fact.WITHDRAWN, Fact.FINISHED, Fact.RELEASED])
def test_a_late_fact_keeps_the_presence(presence: Presence, fact: Fact) -> None:
    assert happen(presence, fact) is presence


@pytest.mark.parametrize("fact", [Fact.MISSED, Fact.WITHDRAWN])
def test_a_talking_agent_missed_nothing(fact: Fact) -> None:
    assert happen(Presence.TALKING, fact) is Presence.TALKING


def test_only_paused_presences_are_held_back_from_the_queue() -> None:
    held_back = {presence for presence, membership in HELD.items() if membership is Membership.PAUSED}
    assert held_back == {Presence.PAUSED, Presence.AFTER_CALL}
    assert HELD[Presence.OFFLINE] is Membership.ABSENT
    assert set(HELD) == set(Presence)


NOT_READY = [Presence.OFFLINE, Presence.PAUSED, Presence.AFTER_CALL]


@pytest.mark.parametrize("rest", NOT_READY)
@pytest.mark.parametrize("fact", [Fact.MISSED, Fact.WITHDRAWN, Fact.FINISHED, Fact.RELEASED])
def test_a_direct_ring_that_came_to_nothing_leaves_the_seat_as_it_was(rest: Presence, fact: Fact) -> None:
    assert happen(Presence.RINGING, fact, rest) is rest


@pytest.mark.parametrize("rest", NOT_READY)
def test_a_talk_is_followed_by_its_work_wherever_the_seat_was_before(rest: Presence) -> None:
    assert happen(Presence.TALKING, Fact.FINISHED, rest) is Presence.AFTER_CALL
    assert happen(Presence.TALKING, Fact.RELEASED, rest) is rest
    assert happen(Presence.READY, Fact.MISSED, rest) is Presence.READY


@pytest.mark.parametrize("comes", Presence)
@pytest.mark.parametrize("ordered", [None, Presence.READY, Presence.PAUSED, Presence.OFFLINE])
def test_where_an_order_leads(comes: Presence, ordered: Presence | None) -> None:
    expected = {
        (Presence.READY, Presence.PAUSED): Presence.PAUSED,
        (Presence.READY, Presence.OFFLINE): Presence.OFFLINE,
        (Presence.PAUSED, Presence.OFFLINE): Presence.OFFLINE,
        (Presence.AFTER_CALL, Presence.READY): Presence.READY,
    }
    assert divert(comes, ordered) is (expected.get((comes, ordered), comes) if ordered else comes)
