"""Kept places over a real database: rung in turn, once at a time, given up, cancelled, taken up after a restart."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from callcenter.calls.events import AgentAnswered, CallArrived, CallEnded
from callcenter.core.errors import Forbidden, NotFound
from callcenter.core.ids import CallId, LegId, OrgId, UserId, new_id
from callcenter.numbers.gate import DialRefused, Reason
from callcenter.pbx.errors import LinkDown, OutcomeUnknown
from callcenter.pbx.facts import LinkUp
from callcenter.pbx.snapshot import Snapshot
from callcenter.people.actor import Actor, Role
from callcenter.seats.events import PresenceChanged
from callcenter.seats.presence import Presence
from callcenter.store.pool import Pool
from callcenter.waiting import recall
from callcenter.waiting.config import WaitingConfig
from callcenter.waiting.keeping import PlaceNotKept
from callcenter.waiting.telephony import leg_of
from tests.rooms.waiting_house import MINUTE, NUMBER, QUICK, StagedPbx, WaitingHouse, open_waiting, seat
from tests.vaults import VAULT


@pytest.fixture
async def house(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WaitingHouse]:
    monkeypatch.setattr(recall, "YOUNG", timedelta(0))
    async with open_waiting(pool) as house:
        yield house


def actor(role: Role) -> Actor:
    return Actor(
        user_id=UserId(new_id()),
        username="x",
        name="x",
        roles=frozenset({role}),
        org_id=OrgId(new_id()),
        org_path="/city/",
    )


def link_up() -> LinkUp:
    now = datetime.now(UTC)
    return LinkUp(at=now, pbx="a", lost_at=None, snapshot=Snapshot(taken_at=now))


def changed(house: WaitingHouse, presence: Presence) -> None:
    house.seats.seats = [seat(presence=presence)]
    house.bus.publish(
        PresenceChanged(at=datetime.now(UTC), agent=UserId(new_id()), extension="8001", presence=presence, reason="")
    )


async def test_a_kept_place_is_rung_comes_into_the_queue_and_is_served(house: WaitingHouse) -> None:
    assert await house.keep()
    attempt = await house.dialled(1)
    _, to, call = house.pbx.dialled[0]
    assert (to.number, call.caller, call.queue, call.dialled, call.flow) == (
        "13800000001",
        NUMBER,
        "main",
        "12345",
        "kept_place",
    )
    assert house.ledger.begun == [(leg_of(attempt), "kept_place", NUMBER)]
    house.mark(attempt, "ANSWER")
    await house.until("queued")
    house.connect(leg_of(attempt))
    await house.until("served")
    house.end(attempt)
    assert await house.state() == ("served", "served", 1)


async def test_nobody_is_rung_before_those_who_came_earlier_are_served(house: WaitingHouse) -> None:
    changed(house, Presence.TALKING)
    house.join("early")
    await house.waits.stored()
    await house.keep(waited=timedelta(0))
    changed(house, Presence.TALKING)
    await house.pool.fetchval("select pg_sleep(0.6)")
    assert house.pbx.dialled == []
    house.join("late")
    house.leave("early")
    house.connect(LegId("early"))
    await house.dialled(1)


async def test_while_nobody_is_on_duty_nobody_is_rung(house: WaitingHouse) -> None:
    changed(house, Presence.PAUSED)
    await house.keep()
    await house.pool.fetchval("select pg_sleep(0.6)")
    assert house.pbx.dialled == []
    changed(house, Presence.READY)
    await house.dialled(1)


async def test_a_citizen_who_does_not_answer_is_rung_again_but_not_for_ever(house: WaitingHouse) -> None:
    await house.keep()
    for times, status in enumerate(("NOANSWER", "BUSY", "NOANSWER"), start=1):
        attempt = await house.dialled(times)
        house.pbx.marks[attempt] = status
        house.mark(attempt, status)
    await house.until("given_up", reason="noanswer")
    assert (await house.state())[2] == 3
    assert house.pbx.marks == {}, "Asterisk need not remember what is settled"


async def test_one_place_for_a_number_and_none_for_a_withheld_one(house: WaitingHouse) -> None:
    changed(house, Presence.OFFLINE)
    assert await house.keep()
    assert await house.keep()
    assert not await house.keep("")
    assert await house.pool.fetchval("select count(*) from kept_place") == 1


async def test_only_so_many_places_are_kept(pool: Pool) -> None:
    async with open_waiting(pool, QUICK.model_copy(update={"most_places": 1})) as house:
        house.seats.seats = []
        assert await house.keep()
        assert not await house.keep("+8613800000002")
    async with open_waiting(pool, WaitingConfig(keep_places=False)) as house:
        assert not await house.keep("+8613800000003")


async def test_who_rings_in_is_not_rung_meanwhile_and_once_answered_not_at_all(house: WaitingHouse) -> None:
    changed(house, Presence.OFFLINE)
    await house.keep()
    call, now = CallId(new_id()), datetime.now(UTC)
    house.bus.publish(CallArrived(at=now, call=call, direction="inbound", caller="13800000001", dialled="12345"))
    changed(house, Presence.READY)
    await house.pool.fetchval("select pg_sleep(0.6)")
    assert house.pbx.dialled == []
    house.bus.publish(AgentAnswered(at=now, call=call, extension="8001", queue="main", waited=MINUTE))
    await house.until("cancelled", reason="got_through")
    house.bus.publish(CallEnded(at=now, call=call, outcome="answered", waited=MINUTE, talked=MINUTE))
    assert await house.keep(), "a new call may keep a new place"
    await house.dialled(1)


async def test_who_rang_in_and_gave_up_keeps_the_place(house: WaitingHouse) -> None:
    changed(house, Presence.OFFLINE)
    await house.keep()
    call, now = CallId(new_id()), datetime.now(UTC)
    house.bus.publish(CallArrived(at=now, call=call, direction="inbound", caller="13800000001", dialled="12345"))
    changed(house, Presence.READY)
    house.bus.publish(CallEnded(at=now, call=call, outcome="abandoned", waited=MINUTE, talked=timedelta(0)))
    await house.dialled(1)


async def test_a_citizen_who_hangs_up_in_the_queue_is_not_rung_again(house: WaitingHouse) -> None:
    await house.keep()
    attempt = await house.dialled(1)
    house.mark(attempt, "ANSWER")
    await house.until("queued")
    house.end(attempt)
    await house.until("cancelled", reason="hung_up")


async def test_who_must_wait_once_more_may_keep_the_place_once_more(house: WaitingHouse) -> None:
    await house.keep()
    attempt = await house.dialled(1)
    house.mark(attempt, "ANSWER")
    await house.until("queued")
    changed(house, Presence.PAUSED)
    assert await house.keep()
    house.end(attempt)
    await house.until("waiting")
    changed(house, Presence.READY)
    assert await house.dialled(2) != attempt


async def test_a_number_that_the_gate_refuses_is_not_dialled(house: WaitingHouse) -> None:
    house.gate.refusal = DialRefused(Reason.PREMIUM)
    await house.keep()
    await house.until("given_up", reason="dial-refused")
    assert house.pbx.dialled == []


async def test_a_limit_of_the_gate_only_delays(house: WaitingHouse) -> None:
    house.gate.refusal = DialRefused(Reason.PURPOSE_LIMIT)
    await house.keep()
    await house.until("waiting", reason="dial-refused")
    house.gate.refusal = None
    await house.dialled(1)


async def test_a_dialling_that_never_began_does_not_count(house: WaitingHouse) -> None:
    house.pbx.fail_next = LinkDown("a")
    await house.keep()
    await house.dialled(1)
    await house.until("waiting")
    assert (await house.state())[2] == 0


async def test_an_unknown_outcome_is_looked_up_never_redialled_blindly(house: WaitingHouse) -> None:
    house.pbx.fail_next = OutcomeUnknown("Originate")
    await house.keep()
    first = await house.dialled(1)
    house.bus.publish(link_up())
    second = await house.dialled(2)
    assert house.pbx.marks[first] == "void", "should the first still be on its way, the dialplan refuses it"
    assert second != first


async def test_after_a_restart_the_pbx_says_what_became_of_a_dialling(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall, "YOUNG", timedelta(0))
    pbx = StagedPbx()
    async with open_waiting(pool, pbx=pbx) as house:
        await house.keep()
        attempt = await house.dialled(1)
        pbx.channels, pbx.marks[attempt] = {attempt}, "ANSWER"
    async with open_waiting(pool, pbx=pbx) as house:
        await house.until("queued")
        assert len(pbx.dialled) == 1
        pbx.channels = set()
        house.bus.publish(link_up())
        await house.until("cancelled", reason="unseen")


@pytest.mark.parametrize(("mark", "state"), [("BUSY", "busy"), ("dialling", "dialling")])
async def test_a_dialling_that_ended_unheard_is_tried_again(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, mark: str, state: str
) -> None:
    monkeypatch.setattr(recall, "YOUNG", timedelta(0))
    pbx = StagedPbx()
    async with open_waiting(pool, QUICK.model_copy(update={"place_retry": MINUTE}), pbx) as house:
        await house.keep()
        pbx.marks[await house.dialled(1)] = mark
        house.bus.publish(link_up())
        await house.until("waiting", reason=state)
        assert (await house.state())[2] == 1


async def test_an_answer_that_ended_unheard_is_no_new_attempt(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "YOUNG", timedelta(0))
    pbx = StagedPbx()
    async with open_waiting(pool, pbx=pbx) as house:
        await house.keep()
        pbx.marks[await house.dialled(1)] = "ANSWER"
        house.bus.publish(link_up())
        await house.until("cancelled", reason="unseen")
        assert len(pbx.dialled) == 1


async def test_a_fresh_dialling_without_a_channel_is_not_judged_yet(pool: Pool) -> None:
    async with open_waiting(pool) as house:
        await house.keep()
        attempt = await house.dialled(1)
        house.bus.publish(link_up())
        await house.pool.fetchval("select pg_sleep(0.5)")
        assert (await house.state())[0] == "ringing"
        assert attempt not in house.pbx.marks


async def test_a_place_does_not_last_for_ever(pool: Pool) -> None:
    async with open_waiting(pool, QUICK.model_copy(update={"place_lasts": timedelta(0)})) as house:
        await house.keep()
        await house.until("given_up", reason="too_old")


async def test_supervisors_see_and_withdraw_places(house: WaitingHouse) -> None:
    changed(house, Presence.OFFLINE)
    await house.keep()
    await house.keep("+8613800000002")
    boss = actor(Role.SUPERVISOR)
    page = await house.places.page(boss, 1)
    assert page.next is not None
    assert page.items[0].number.endswith("0002")
    assert page.items[0].number.startswith("***")
    with pytest.raises(Forbidden):
        await house.places.withdraw(actor(Role.AGENT), page.items[0].id)
    with pytest.raises(Forbidden):
        await house.places.page(actor(Role.UNIT_HEAD), 1)
    with pytest.raises(NotFound):
        await house.places.withdraw(boss, new_id())
    await house.pool.execute(
        "update kept_place set state = 'queued' where number_key = $1", VAULT.key("+8613800000002")
    )
    with pytest.raises(PlaceNotKept):
        await house.places.withdraw(boss, page.items[0].id)
    rest = await house.places.page(boss, 5, page.next, open_only=True)
    assert [item.state for item in rest.items] == ["waiting"]
