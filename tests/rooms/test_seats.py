"""Seats over a real database: agents' wishes, calls' facts, Asterisk's answers staged where they go wrong."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callcenter.calls.events import AgentAnswered, AgentFinished, AgentRung, CallEnded, RingCancelled, RingMissed
from callcenter.core.errors import Forbidden
from callcenter.core.ids import CallId, new_id
from callcenter.pbx.errors import ActionRefused, LinkDown, OutcomeUnknown
from callcenter.pbx.facts import LinkUp, MemberChanged
from callcenter.pbx.snapshot import QueueMemberSeen, Snapshot
from callcenter.seats.config import SeatsConfig
from callcenter.seats.errors import CallNotYours, NoSeat, NotAskable, SeatsElsewhere, UnknownPauseReason
from callcenter.seats.events import ScreenPopped
from callcenter.seats.presence import Presence, PresenceRefused
from callcenter.store.pool import Pool
from tests.rooms.desks_of_town import PATIENCE, CallSeen, Room, brief, open_room, running, seats_over

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
async def room(pool: Pool) -> AsyncIterator[Room]:
    async with open_room(pool) as room:
        yield room


def rung(call: CallId, extension: str = "8001") -> AgentRung:
    return AgentRung(at=datetime.now(UTC), call=call, extension=extension, queue="main")


def answered(call: CallId, extension: str = "8001") -> AgentAnswered:
    waited = timedelta(seconds=5)
    return AgentAnswered(at=datetime.now(UTC), call=call, extension=extension, queue="main", waited=waited)


def finished(call: CallId, extension: str = "8001") -> AgentFinished:
    return AgentFinished(at=datetime.now(UTC), call=call, extension=extension, talked=timedelta(seconds=60))


def ended(call: CallId) -> CallEnded:
    return CallEnded(at=datetime.now(UTC), call=call, outcome="abandoned", waited=timedelta(), talked=timedelta())


def member(queue: str, *, paused: bool = False, device_state: int = 1, removed: bool = False) -> MemberChanged:
    return MemberChanged(
        at=NOW,
        pbx="a",
        queue=queue,
        member="8001",
        paused=paused,
        pause_reason="",
        device_state=device_state,
        removed=removed,
    )


def link_up(*members: tuple[str, str, bool]) -> LinkUp:
    seen = tuple(
        QueueMemberSeen(
            queue=queue,
            member=extension,
            interface=f"PJSIP/{extension}",
            penalty=0,
            paused=paused,
            pause_reason="",
            in_call=False,
            device_state=1,
        )
        for queue, extension, paused in members
    )
    return LinkUp(at=NOW, pbx="a", lost_at=None, snapshot=Snapshot(queue_members=seen, taken_at=NOW))


async def log_of(room: Room) -> list[tuple[str, str, bool]]:
    rows = await room.pool.fetch(
        "select presence, reason, until is null as open from agent_presence where user_id = $1 order by since, id",
        room.user("hw01"),
    )
    return [tuple(row) for row in rows]


async def test_logging_in_adds_the_seat_to_its_queues_and_logs_it(room: Room) -> None:
    await room.seats.log_in(room.actors["hw01"])
    assert room.telephony.members == {("main", "8001"): (False, "ready"), ("housing", "8001"): (False, "ready")}
    await room.seats.set_presence(room.actors["hw01"], Presence.PAUSED, "meal")
    assert room.telephony.members == {("main", "8001"): (True, "meal"), ("housing", "8001"): (True, "meal")}
    await room.seats.log_out(room.actors["hw01"])
    assert room.telephony.members == {}
    assert await log_of(room) == [("ready", "", False), ("paused", "meal", False), ("offline", "", True)]


async def test_what_cannot_be_asked(room: Room) -> None:
    agent = room.actors["hw01"]
    with pytest.raises(UnknownPauseReason):
        await room.seats.set_presence(agent, Presence.PAUSED, "golf")
    with pytest.raises(NotAskable):
        await room.seats.set_presence(agent, Presence.TALKING)
    with pytest.raises(Forbidden):
        await room.seats.log_in(room.actors["west.op"])
    with pytest.raises(NoSeat):
        await room.seats.log_in(room.actors["root"])
    with pytest.raises(Forbidden):
        await room.seats.seats(agent)
    with pytest.raises(CallNotYours):
        await room.seats.hang_up(agent, new_id())
    assert [seat.extension for seat in await room.seats.seats(room.actors["bz01"])] == ["8001", "8002"]
    assert not (await room.seats.desk_state(room.actors["west.op"])).seat


@pytest.mark.parametrize("error", [LinkDown("a"), OutcomeUnknown("QueueAdd")])
async def test_nothing_is_declared_before_asterisk_says_yes(room: Room, error: Any) -> None:
    room.telephony.fail_next = [None, error]
    with pytest.raises(type(error)):
        await room.seats.log_in(room.actors["hw01"])
    assert (await room.seats.desk_state(room.actors["hw01"])).presence == "offline"
    assert await log_of(room) == []


async def test_a_refusal_half_way_is_taken_back(room: Room) -> None:
    refused = ActionRefused("QueueAdd", "No such queue")
    room.telephony.fail_next = [None, refused, refused]
    with pytest.raises(ActionRefused):
        await room.seats.log_in(room.actors["hw01"])
    assert room.telephony.members == {}


async def test_a_lost_answer_is_settled_by_the_event(room: Room) -> None:
    room.telephony.fail_next = [None, OutcomeUnknown("QueueAdd")]
    with pytest.raises(OutcomeUnknown):
        await room.seats.log_in(room.actors["hw01"])
    room.bus.publish(member("main"))
    room.bus.publish(member("housing"))
    await room.until("ready")


async def test_a_call_from_ring_to_after_call_work(room: Room) -> None:
    room.calls.recent = [CallSeen(id=CallId(new_id()), outcome="answered", talked=timedelta(seconds=30))]
    room.orders.open, room.orders.similar = [brief("水压不足")], [brief("加压泵故障", "20260302-000008")]
    await room.seats.log_in(room.actors["hw01"])
    call = room.ring_in()
    with room.bus.subscribe(ScreenPopped) as pops:
        room.bus.publish(rung(call))
        async with asyncio.timeout(PATIENCE):
            popped = await anext(aiter(pops))
    assert isinstance(popped, ScreenPopped)
    state = await room.seats.desk_state(room.actors["hw01"])
    assert state.presence == "ringing"
    assert state.offer is not None
    card = state.offer.card
    assert (card.caller_number, card.dialled, card.hotline) == ("+8613800000001", "12345", "12345政务服务便民热线")
    assert [step.node for step in card.menu_path] == ["greeting"]
    assert 3 < card.waited_seconds < 10
    assert [len(card.recent_calls), card.open_orders[0].title, card.similar_orders[0].title] == [
        1,
        "水压不足",
        "加压泵故障",
    ]
    assert card.notes == ()
    room.bus.publish(answered(call))
    room.bus.publish(finished(call))
    await room.until("after_call", lambda _: room.telephony.members["main", "8001"] == (True, "after_call"))
    state = await room.seats.desk_state(room.actors["hw01"])
    assert state.offer is not None
    assert state.offer.outcome == "answered"
    await room.seats.set_presence(room.actors["hw01"], Presence.READY)
    assert (await room.seats.desk_state(room.actors["hw01"])).offer is None
    [kept] = (await room.seats.offers_of(room.actors["hw01"], 10)).items
    assert (kept.call_id, kept.outcome, kept.answered_at is not None) == (call, "answered", True)
    assert kept.card == card


async def test_presence_cannot_be_changed_while_a_call_rings(room: Room) -> None:
    await room.seats.log_in(room.actors["hw01"])
    room.bus.publish(rung(room.ring_in()))
    await room.until("ringing")
    with pytest.raises(PresenceRefused):
        await room.seats.log_out(room.actors["hw01"])


async def test_a_consultation_that_is_called_off_leaves_the_colleague_as_they_were(room: Room) -> None:
    for name in ("hw01", "hw02"):
        await room.seats.log_in(room.actors[name])
    call = room.ring_in()
    for event in (rung(call), answered(call)):
        room.bus.publish(event)
    await room.until("talking")
    room.bus.publish(rung(call, "8002"))
    await room.until("ringing", username="hw02")
    room.bus.publish(RingCancelled(at=datetime.now(UTC), call=call, extension="8002", queue=""))
    await room.until("ready", username="hw02")
    await room.until("talking")


async def test_an_empty_chair_is_paused(room: Room) -> None:
    await room.seats.log_in(room.actors["hw01"])
    call = room.ring_in()
    room.bus.publish(rung(call))
    await room.until("ringing")
    room.bus.publish(RingMissed(at=datetime.now(UTC), call=call, extension="8001", queue="main"))
    await room.until("paused", lambda _: room.telephony.members["main", "8001"] == (True, "no_answer"))
    assert (await room.seats.desk_state(room.actors["hw01"])).reason == "no_answer"


async def test_an_empty_chair_may_be_left_ready(pool: Pool) -> None:
    async with open_room(pool, SeatsConfig(pause_on_no_answer=False, after_call=False)) as room:
        await room.seats.log_in(room.actors["hw01"])
        call = room.ring_in()
        room.bus.publish(rung(call))
        await room.until("ringing")
        room.bus.publish(RingMissed(at=datetime.now(UTC), call=call, extension="8001", queue="main"))
        await room.until("ready")
        for event in (rung(call), answered(call)):
            room.bus.publish(event)
        await room.until("talking")
        room.bus.publish(finished(call))
        await room.until("ready")


async def test_the_caller_gives_up_and_another_agent_answers(room: Room) -> None:
    for name in ("hw01", "hw02"):
        await room.seats.log_in(room.actors[name])
    first, second = room.ring_in(), room.ring_in()
    room.bus.publish(rung(first))
    await room.until("ringing")
    room.bus.publish(ended(first))
    await room.until("ready")
    room.bus.publish(rung(second, "8001"))
    room.bus.publish(rung(second, "8002"))
    room.bus.publish(answered(second, "8002"))
    await room.until("talking", username="hw02")
    await room.until("ready")
    async with asyncio.timeout(PATIENCE):
        while True:
            outcomes = {offer.outcome for offer in (await room.seats.offers_of(room.actors["hw01"], 10)).items}
            if None not in outcomes and len(outcomes) >= 1:
                break
            await asyncio.sleep(0.01)
    assert "missed" not in outcomes


async def test_the_end_of_a_call_frees_the_agent_whose_own_end_was_not_reported(room: Room) -> None:
    await room.seats.log_in(room.actors["hw01"])
    call = room.ring_in()
    for event in (rung(call), answered(call)):
        room.bus.publish(event)
    await room.until("talking")
    room.bus.publish(ended(call))
    await room.until("after_call")


async def test_after_call_work_ends_by_itself_when_so_configured(pool: Pool) -> None:
    async with open_room(pool, SeatsConfig(after_call_limit=timedelta(milliseconds=150))) as room:
        await room.seats.log_in(room.actors["hw01"])
        call = room.ring_in()
        for event in (rung(call), answered(call), finished(call)):
            room.bus.publish(event)
        await room.until("after_call")
        state = await room.seats.desk_state(room.actors["hw01"])
        assert state.after_call_until is not None
        await room.until("ready", lambda _: room.telephony.members["main", "8001"][0] is False)


async def test_a_slow_ledger_delays_no_card(pool: Pool) -> None:
    async with open_room(pool, SeatsConfig(pop_budget=timedelta(milliseconds=30))) as room:
        await room.seats.log_in(room.actors["hw01"])
        room.calls.gate.clear()
        call = room.ring_in()
        room.bus.publish(rung(call))
        early = (await room.until("ringing", lambda state: state.offer is not None)).offer
        assert early is not None
        assert early.card.notes == ("still_looking",)
        assert (early.card.caller_number, early.card.dialled) == ("+8613800000001", "12345")
        assert early.card.caller_region
        room.calls.gate.set()
        state = await room.until("ringing", lambda state: state.offer != early)
        assert state.offer is not None
        assert state.offer.id == early.id
        assert state.offer.card.notes == ()
        assert state.offer.card.hotline


async def test_a_failing_ledger_is_noted_on_the_card(room: Room) -> None:
    await room.seats.log_in(room.actors["hw01"])
    room.calls.broken = OSError("gone")
    room.bus.publish(rung(room.ring_in()))
    state = await room.until("ringing", lambda state: state.offer is not None)
    assert state.offer is not None
    assert set(state.offer.card.notes) == {"call_unavailable", "history_unavailable"}


async def test_after_a_reconnect_the_queues_hold_what_we_believe(room: Room) -> None:
    await room.seats.log_in(room.actors["hw01"])
    room.telephony.members = {("main", "9999"): (False, ""), ("main", "8002"): (False, "")}
    room.bus.publish(link_up(("main", "9999", False), ("main", "8002", False)))
    wanted = {("main", "8001"): (False, "ready"), ("housing", "8001"): (False, "ready")}
    await room.until("ready", lambda _: room.telephony.members == wanted)


async def test_an_unregistered_phone_is_shown(room: Room) -> None:
    await room.seats.log_in(room.actors["hw01"])
    before = await room.seats.desk_state(room.actors["hw01"])
    room.bus.publish(member("main", device_state=5))
    state = await room.until("ready", lambda state: not state.reachable)
    assert state.version > before.version
    assert len(await log_of(room)) == 1


async def test_a_restart_takes_up_where_it_was(room: Room) -> None:
    await room.seats.log_in(room.actors["hw01"])
    call = room.ring_in()
    with room.bus.subscribe(ScreenPopped) as pops:
        for event in (rung(call), answered(call)):
            room.bus.publish(event)
        async with asyncio.timeout(PATIENCE):
            await anext(aiter(pops))
    before = await room.until("talking", lambda state: state.offer is not None)
    await room.seats.stored()
    again = seats_over(room.pool, room.bus, room.telephony, room.calls, room.orders, SeatsConfig())
    with pytest.raises(SeatsElsewhere):
        await again.log_in(room.actors["hw01"])
    async with running(again):
        after = await again.desk_state(room.actors["hw01"])
        assert (after.presence, after.version, after.offer) == ("talking", before.version, before.offer)


async def test_a_call_that_ended_while_nobody_listened_is_closed_at_start(pool: Pool) -> None:
    async with open_room(pool) as room:
        await room.seats.log_in(room.actors["hw01"])
        call = room.ring_in()
        with room.bus.subscribe(ScreenPopped) as pops:
            for event in (rung(call), answered(call)):
                room.bus.publish(event)
            async with asyncio.timeout(PATIENCE):
                await anext(aiter(pops))
        await room.until("talking")
        await room.seats.stored()
    await pool.execute(
        "insert into call (id, pbx, linked, direction, stage, started_at, ended_at)"
        " values ($1, 'a', '1.1', 'inbound', 'ended', $2, $2)",
        call,
        NOW,
    )
    again = seats_over(pool, room.bus, room.telephony, room.calls, room.orders, SeatsConfig())
    async with running(again):
        assert (await again.state_of(room.user("hw01"))).presence == "after_call"
