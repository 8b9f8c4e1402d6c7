"""Skills with penalties and supervisors' orders, over a real database and by HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from callcenter.calls.events import AgentAnswered, AgentFinished, AgentRung, CallEnded
from callcenter.core.errors import Forbidden, NotFound
from callcenter.core.ids import CallId
from callcenter.pbx.errors import ActionRefused, LinkDown
from callcenter.pbx.facts import LinkUp, MemberChanged
from callcenter.pbx.snapshot import QueueMemberSeen, Snapshot
from callcenter.seats.config import SeatsConfig
from callcenter.seats.errors import NoSeat, NotForcible, SeatsElsewhere, UnknownQueue
from callcenter.seats.presence import Presence
from callcenter.store.pool import Pool
from tests.rooms.desks_of_town import Room, open_room, open_site_of, running, seats_over
from tests.rooms.people_of_town import PASSWORD

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def room(pool: Pool) -> AsyncIterator[Room]:
    async with open_room(pool) as room:
        yield room


def rung(call: CallId, queue: str = "main") -> AgentRung:
    return AgentRung(at=datetime.now(UTC), call=call, extension="8001", queue=queue)


def answered(call: CallId, queue: str = "main") -> AgentAnswered:
    return AgentAnswered(at=datetime.now(UTC), call=call, extension="8001", queue=queue, waited=timedelta())


def finished(call: CallId) -> AgentFinished:
    return AgentFinished(at=datetime.now(UTC), call=call, extension="8001", talked=MINUTE)


def ended(call: CallId) -> CallEnded:
    return CallEnded(at=datetime.now(UTC), call=call, outcome="answered", waited=timedelta(), talked=MINUTE)


def link_up(penalty: int) -> LinkUp:
    seen = QueueMemberSeen(
        queue="main",
        member="8001",
        interface="PJSIP/8001",
        penalty=penalty,
        paused=False,
        pause_reason="",
        in_call=False,
        device_state=1,
    )
    now = datetime.now(UTC)
    return LinkUp(at=now, pbx="a", lost_at=None, snapshot=Snapshot(queue_members=(seen,), taken_at=now))


async def audited(room: Room, action: str) -> list[dict[str, Any]]:
    rows = await room.pool.fetch("select detail from audit_log where action = $1 order by at", action)
    return [row["detail"] for row in rows]


async def test_skills_of_a_seat_that_is_logged_in_change_at_once(room: Room) -> None:
    boss, agent = room.actors["bz01"], room.user("hw01")
    await room.seats.log_in(room.actors["hw01"])
    assert room.telephony.penalties == {("main", "8001"): 0, ("housing", "8001"): 0}
    await room.seats.set_skills(boss, agent, {"main": 5, "english": 0})
    assert room.telephony.members.keys() == {("main", "8001"), ("english", "8001")}
    assert room.telephony.penalties == {("main", "8001"): 5, ("housing", "8001"): 0, ("english", "8001"): 0}
    shown = next(seat for seat in await room.seats.seats(boss) if seat.extension == "8001")
    assert [(skill.queue, skill.penalty) for skill in shown.skills] == [("main", 5), ("english", 0)]
    assert await audited(room, "seat_skills_set") == [{"main": 5, "english": 0}]


async def test_a_logged_out_seat_joins_with_its_penalties(room: Room) -> None:
    await room.seats.set_skills(room.actors["bz01"], room.user("hw01"), {"housing": 7})
    assert room.telephony.sent == []
    await room.seats.log_in(room.actors["hw01"])
    assert room.telephony.penalties == {("housing", "8001"): 7}


async def test_skills_set_during_a_call_hold_from_its_end(room: Room) -> None:
    await room.seats.log_in(room.actors["hw01"])
    call = room.ring_in()
    room.bus.publish(rung(call))
    await room.until("ringing")
    await room.seats.set_skills(room.actors["bz01"], room.user("hw01"), {"english": 1})
    assert ("english", "8001") not in room.telephony.members
    room.bus.publish(answered(call))
    room.bus.publish(ended(call))
    await room.until("after_call", lambda _: ("english", "8001") in room.telephony.members)
    assert room.telephony.penalties["english", "8001"] == 1


async def test_who_may_set_which_skills(room: Room) -> None:
    with pytest.raises(Forbidden):
        await room.seats.set_skills(room.actors["hw01"], room.user("hw01"), {"main": 0})
    with pytest.raises(UnknownQueue):
        await room.seats.set_skills(room.actors["bz01"], room.user("hw01"), {"poetry": 0})
    with pytest.raises(NoSeat):
        await room.seats.set_skills(room.actors["bz01"], room.user("root"), {"main": 0})


async def test_a_penalty_that_asterisk_holds_otherwise_is_put_right_after_the_link_was_lost(room: Room) -> None:
    await room.seats.set_skills(room.actors["bz01"], room.user("hw01"), {"main": 4})
    await room.seats.log_in(room.actors["hw01"])
    room.telephony.sent.clear()
    room.bus.publish(link_up(penalty=0))
    await room.until("ready", lambda _: room.telephony.sent == ["penalty main 8001 4"])


async def test_a_member_that_asterisk_has_lost_meanwhile_joins_again(room: Room) -> None:
    await room.seats.log_in(room.actors["hw01"])
    room.telephony.sent.clear()
    room.telephony.fail_next = [None, ActionRefused("QueuePenalty", "Invalid interface")]
    await room.seats.set_skills(room.actors["bz01"], room.user("hw01"), {"main": 4})
    assert room.telephony.sent == ["remove housing 8001", "penalty main 8001 4", "add main 8001"]


async def test_what_asterisk_tells_of_a_member_is_believed(room: Room) -> None:
    await room.seats.log_in(room.actors["hw01"])
    for queue in ("main", "housing"):
        told = MemberChanged(
            at=datetime.now(UTC),
            pbx="a",
            queue=queue,
            member="8001",
            paused=False,
            pause_reason="",
            device_state=5,
            removed=False,
            penalty=9,
        )
        room.bus.publish(told)
    await room.until("ready", lambda desk: not desk.reachable)
    room.telephony.sent.clear()
    await room.seats.set_skills(room.actors["bz01"], room.user("hw01"), {"main": 9, "housing": 0})
    assert room.telephony.sent == ["penalty housing 8001 0"]


@pytest.mark.parametrize("presence", [Presence.READY, Presence.PAUSED, Presence.OFFLINE])
async def test_an_idle_seat_is_forced_at_once_and_its_desk_says_who_and_why(room: Room, presence: Presence) -> None:
    await room.seats.set_presence(room.actors["hw01"], Presence.PAUSED, "meal")
    await room.seats.force(room.actors["bz01"], room.user("hw01"), presence, "午间高峰")
    desk = await room.seats.state_of(room.user("hw01"))
    assert (desk.presence, desk.order and (desk.order.by, desk.order.reason, desk.order.pending)) == (
        presence.value,
        ("用户 bz01", "午间高峰", False),
    )
    held = {paused for paused, _ in room.telephony.members.values()}
    assert held == {Presence.READY: {False}, Presence.PAUSED: {True}, Presence.OFFLINE: set()}[presence]
    assert await audited(room, "seat_forced") == [{"presence": presence.value, "reason": "午间高峰", "pending": False}]
    await room.seats.set_presence(room.actors["hw01"], Presence.AFTER_CALL)
    assert (await room.seats.state_of(room.user("hw01"))).order is None


@pytest.mark.parametrize(("ordered", "then"), [(Presence.PAUSED, "paused"), (Presence.OFFLINE, "offline")])
async def test_an_agent_in_a_call_finishes_it_and_the_work_after_it_first(
    room: Room, ordered: Presence, then: str
) -> None:
    await room.seats.log_in(room.actors["hw01"])
    call = room.ring_in()
    room.bus.publish(rung(call))
    room.bus.publish(answered(call))
    await room.until("talking")
    await room.seats.force(room.actors["bz01"], room.user("hw01"), ordered, "请交接班")
    assert (await room.until("talking", lambda desk: desk.order is not None and desk.order.pending)).order
    room.bus.publish(ended(call))
    await room.until("after_call")
    await room.seats.set_presence(room.actors["hw01"], Presence.READY)
    desk = await room.until(then, lambda desk: desk.order is not None and not desk.order.pending)
    assert desk.reason == "forced"
    await room.seats.stored()
    assert (await room.pool.fetchval("select forced->>'reason' from agent_seat where extension = '8001'")) == "请交接班"


async def test_without_after_call_work_an_order_holds_as_the_call_ends(pool: Pool) -> None:
    async with open_room(pool, SeatsConfig(after_call=False)) as room:
        await room.seats.log_in(room.actors["hw01"])
        call = room.ring_in()
        room.bus.publish(rung(call))
        room.bus.publish(answered(call))
        await room.until("talking")
        await room.seats.force(room.actors["bz01"], room.user("hw01"), Presence.PAUSED, "请休息")
        room.bus.publish(ended(call))
        await room.until("paused", lambda desk: desk.reason == "forced")
        assert {paused for paused, _ in room.telephony.members.values()} == {True}


async def test_an_agent_who_is_ordered_ready_has_no_after_call_work(room: Room) -> None:
    await room.seats.log_in(room.actors["hw01"])
    call = room.ring_in()
    room.bus.publish(rung(call))
    room.bus.publish(answered(call))
    await room.until("talking")
    await room.seats.force(room.actors["bz01"], room.user("hw01"), Presence.READY, "来电激增")
    room.bus.publish(finished(call))
    assert (await room.until("ready")).order


async def test_who_may_force_whom_into_what(room: Room) -> None:
    boss, agent = room.actors["bz01"], room.user("hw01")
    with pytest.raises(Forbidden):
        await room.seats.force(room.actors["hw02"], agent, Presence.PAUSED, "x")
    for presence in (Presence.TALKING, Presence.AFTER_CALL):
        with pytest.raises(NotForcible):
            await room.seats.force(boss, agent, presence, "x")
    with pytest.raises(NoSeat):
        await room.seats.force(boss, room.user("root"), Presence.PAUSED, "x")
    room.telephony.fail_next = [LinkDown("a")]
    with pytest.raises(LinkDown):
        await room.seats.force(boss, agent, Presence.READY, "x")
    assert (await room.seats.state_of(agent)).order is None
    away = seats_over(room.pool, room.bus, room.telephony, room.calls, room.orders, SeatsConfig())
    with pytest.raises(SeatsElsewhere):
        await away.force(boss, agent, Presence.READY, "x")
    assert away.standing() == ()


async def test_an_order_survives_a_restart(room: Room) -> None:
    await room.seats.force(room.actors["bz01"], room.user("hw01"), Presence.PAUSED, "培训")
    await room.seats.stored()
    again = seats_over(room.pool, room.bus, room.telephony, room.calls, room.orders, SeatsConfig())
    async with running(again):
        order = (await again.state_of(room.user("hw01"))).order
        assert order is not None
        assert (order.reason, order.presence) == ("培训", "paused")


@pytest.mark.parametrize(("before", "reason"), [(Presence.PAUSED, "meal"), (Presence.AFTER_CALL, "")])
async def test_a_seat_that_was_not_ready_goes_back_to_its_rest_after_a_direct_ring(
    room: Room, before: Presence, reason: str
) -> None:
    """A consultation or a transfer back rings a seat whatever its presence."""
    await room.seats.set_presence(room.actors["hw01"], before, reason)
    call = room.ring_in()
    room.bus.publish(rung(call, queue=""))
    await room.until("ringing")
    room.bus.publish(ended(call))
    desk = await room.until(before.value)
    assert desk.reason == reason


async def test_a_call_out_of_a_paused_agent_is_a_talk_with_work_after_it(room: Room) -> None:
    await room.seats.set_presence(room.actors["hw01"], Presence.PAUSED, "paperwork")
    call = room.ring_in()
    room.bus.publish(answered(call, queue=""))
    await room.until("talking")
    room.bus.publish(finished(call))
    await room.until("after_call")
    assert {paused for paused, _ in room.telephony.members.values()} == {True}


async def test_supervisors_set_skills_and_presence_by_http(room: Room, database_url: str) -> None:
    jar = aiohttp.CookieJar(unsafe=True)  # the address is an IP number
    async with open_site_of(room, database_url) as site, aiohttp.ClientSession(site.base, cookie_jar=jar) as http:
        async with http.post("/api/session", json={"username": "bz01", "password": PASSWORD}) as opened:
            headers = {"X-CSRF-Token": (await opened.json())["csrf"]}
        seat = f"/api/seats/{room.user('hw01')}"
        for path, method, body, status in (
            ("/skills", "PUT", {"skills": [{"queue": "english", "penalty": 2}]}, 204),
            ("/skills", "PUT", {"skills": [{"queue": "poetry"}]}, 422),
            ("/presence", "POST", {"presence": "ready", "reason": "高峰"}, 204),
            ("/presence", "POST", {"presence": "talking", "reason": "高峰"}, 422),
            ("/presence", "POST", {"presence": "ready", "reason": ""}, 422),
        ):
            async with http.request(method, seat + path, json=body, headers=headers) as answer:
                assert answer.status == status, await answer.text()
        assert room.telephony.penalties == {("english", "8001"): 2}


async def test_nobody_orders_seats_outside_the_own_subtree(room: Room) -> None:
    stranger, agent = room.actors["east.admin"], room.user("hw01")
    with pytest.raises(NotFound):
        await room.seats.force(stranger, agent, Presence.PAUSED, "x")
    with pytest.raises(NotFound):
        await room.seats.set_skills(stranger, agent, {"main": 1})
    assert await audited(room, "seat_forced") == []
