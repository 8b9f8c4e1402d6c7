"""Call-backs on a real database; the PBX is staged where its faults are the matter."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from callcenter.callbacks import store
from callcenter.callbacks.config import CallbackConfig
from callcenter.callbacks.events import CallbackDialled, CallbackSettled
from callcenter.callbacks.telephony import leg_of
from callcenter.core.bus import Bus
from callcenter.core.events import Event
from callcenter.core.ids import AttemptId, CallId, OrderId, OrgId, new_id
from callcenter.numbers.gate import Purpose
from callcenter.numbers.rules import Limit, Limits
from callcenter.orders.events import OrderMoved
from callcenter.pbx.errors import ActionRefused, LinkDown, OutcomeUnknown
from callcenter.pbx.facts import FlowFinished
from callcenter.store.pool import Pool
from tests.rooms.callback_house import House
from tests.rooms.callback_rooms import (
    NOON,
    order_in_callback,
)
from tests.vaults import VAULT


@pytest.fixture
def house(pool: Pool) -> House:
    return House(pool)


@asynccontextmanager
async def hearing(bus: Bus, *kinds: type[Event]) -> AsyncIterator[Callable[[], Any]]:
    with bus.subscribe(*kinds) as subscription:
        facts = aiter(subscription)

        async def following() -> Event:
            async with asyncio.timeout(20):
                return await anext(facts)

        yield following


def moved(order: OrderId, stage: str, at: datetime = NOON) -> OrderMoved:
    org = OrgId(new_id())
    return OrderMoved(at=at, order=order, move="reviewed", stage=stage, owner=org, centre=org)


def settled_in(house: House) -> AbstractAsyncContextManager[Callable[[], Any]]:
    return hearing(house.bus, CallbackSettled)


async def test_two_yes_by_key_settle_the_order(house: House) -> None:
    order = await order_in_callback(house.pool)
    async with hearing(house.bus, CallbackDialled, CallbackSettled) as following, house.running():
        dial = await house.telephony.until_dialled()
        assert (await following()).order == order
        house.mark(dial.attempt, "ANSWER")
        await house.press(dial.attempt, "resolved", "1")
        await house.press(dial.attempt, "satisfied", "1")
        house.end(dial.attempt)
        settled = await following()
        told = await house.orders.until_told()
    assert (settled.outcome, settled.resolved, settled.satisfied) == ("answered", True, True)
    assert (told.attempt, told.resolved, told.satisfied, told.outcome) == (dial.attempt, True, True, "answered")
    assert (dial.number, dial.survey) == ("13900000001", CallbackConfig().survey)
    assert house.ledger.begun == [(leg_of(dial.attempt), "callback", "13900000001")]


async def test_a_no_before_the_hang_up_is_kept_and_decides(house: House) -> None:
    await order_in_callback(house.pool)
    async with house.running():
        dial = await house.telephony.until_dialled()
        house.mark(dial.attempt, "ANSWER")
        await house.press(dial.attempt, "resolved", "2")
        house.end(dial.attempt)
        told = await house.orders.until_told()
    assert (told.resolved, told.satisfied, told.outcome) == (False, None, "answered")


async def test_the_last_key_may_come_after_the_hang_up(house: House) -> None:
    await order_in_callback(house.pool)
    async with house.running(last_key=timedelta(seconds=20)):
        dial = await house.telephony.until_dialled()
        house.mark(dial.attempt, "ANSWER")
        house.end(dial.attempt)
        await house.survey.finished(
            FlowFinished(
                pbx="pbx1",
                leg=leg_of(dial.attempt),
                flow="survey",
                args=(("attempt", str(dial.attempt)),),
                answers=(("resolved", "1"), ("satisfied", "3"), ("other", "x")),
                at=NOON,
            )
        )
        told = await house.orders.until_told()
    assert (told.resolved, told.satisfied) == (True, False)


async def test_an_answer_without_survey_is_tried_again_and_then_left_to_a_human(house: House) -> None:
    await order_in_callback(house.pool)
    async with settled_in(house) as following, house.running(attempts=2):
        first = await house.telephony.until_dialled()
        house.mark(first.attempt, "ANSWER")
        await house.press(first.attempt, "resolved", "1")
        house.end(first.attempt)
        assert (await following()).outcome == "no_survey"
        assert house.orders.told == []
        await later(house, timedelta(days=1))
        second = await house.telephony.until_dialled(2)
        house.mark(second.attempt, "NOANSWER")
        told = await house.orders.until_told()
    assert second.attempt != first.attempt
    assert (told.resolved, told.satisfied, told.outcome) == (True, None, "no_answer")
    assert await house.pool.fetchval("select status from callback") == "exhausted"


async def later(house: House, by: timedelta) -> None:
    """The clock moves on, and something wakes the room."""
    house.clock.at += by
    house.relink()


async def test_three_attempts_at_different_times_then_exhausted(house: House) -> None:
    """A-20."""
    await order_in_callback(house.pool)
    async with settled_in(house) as following, house.running():
        for count, status in enumerate(("BUSY", "NOANSWER", "CONGESTION"), start=1):
            dial = await house.telephony.until_dialled(count)
            house.mark(dial.attempt, status)
            await following()
            await later(house, timedelta(days=1))
        told = await house.orders.until_told()
        await later(house, timedelta(days=1))
    assert await house.outcomes() == ["busy", "no_answer", "failed"]
    assert (told.outcome, told.resolved) == ("failed", None)
    assert len(house.telephony.dialled) == 3


async def test_an_unanswered_originate_is_looked_up_and_never_dialled_again(house: House) -> None:
    await order_in_callback(house.pool)
    house.telephony.swallowed = OutcomeUnknown("Originate")
    house.telephony.begins = True
    async with house.running():
        dial = await house.telephony.until_dialled()
        house.relink()
        await house.press(dial.attempt, "resolved", "1")
        await house.press(dial.attempt, "satisfied", "1")
        house.mark(dial.attempt, "ANSWER")
        house.end(dial.attempt)
        told = await house.orders.until_told()
    assert (told.attempt, told.outcome) == (dial.attempt, "answered")
    assert len(house.telephony.dialled) == 1


async def test_an_originate_that_never_arrived_is_made_void_before_another(house: House) -> None:
    await order_in_callback(house.pool)
    house.telephony.swallowed = OutcomeUnknown("Originate")
    async with settled_in(house) as following, house.running(after_unsent=timedelta(0)):
        first = await house.telephony.until_dialled()
        assert (await following()).outcome == "unsent"
        house.telephony.swallowed = None
        second = await house.telephony.until_dialled(2)
        house.mark(second.attempt, "BUSY")
        assert (await following()).outcome == "busy"
    assert house.telephony.voided[0] == first.attempt
    assert second.attempt not in house.telephony.voided


@pytest.mark.parametrize("refusal", [LinkDown("pbx1"), ActionRefused("Originate", "no")])
async def test_what_was_never_dialled_costs_no_attempt(house: House, refusal: Exception) -> None:
    await order_in_callback(house.pool)
    house.telephony.refusal = refusal
    async with settled_in(house) as following, house.running(attempts=1, after_unsent=timedelta(minutes=5)):
        assert (await following()).outcome == "unsent"
        house.telephony.refusal = None
        await later(house, timedelta(minutes=5))
        dial = await house.telephony.until_dialled()
        house.mark(dial.attempt, "BUSY")
        assert (await house.orders.until_told()).outcome == "busy"


@pytest.mark.parametrize(
    ("mark", "answers", "outcome"),
    [
        ("ANSWER", {"resolved": "1", "satisfied": "1"}, "answered"),
        ("ANSWER", {}, "no_survey"),
        ("BUSY", {}, "busy"),
        ("dialling", {}, "unknown"),
        (None, {}, "unsent"),
    ],
)
async def test_a_restart_settles_what_was_in_the_air_without_dialling(
    house: House, mark: str | None, answers: dict[str, str], outcome: str
) -> None:
    attempt = await left_in_the_air(house)
    await store.record_answers(house.pool, attempt, answers)
    if mark is not None:
        house.telephony.marks[attempt] = mark
    async with settled_in(house) as following, house.running(attempts=9):
        settled = await following()
    assert (settled.attempt, settled.outcome) == (attempt, outcome)
    assert house.telephony.dialled == []


async def left_in_the_air(house: House) -> AttemptId:
    """Claimed, then the house went down."""
    order = await order_in_callback(house.pool)
    await store.enrol(house.pool, VAULT, order, 1, "13900000001", next_at=NOON, at=NOON)
    claim = await store.claim(house.pool, VAULT, "pbx1", NOON)
    assert claim is not None
    return claim.attempt


async def test_a_restart_takes_up_a_call_that_still_stands(house: House) -> None:
    attempt = await left_in_the_air(house)
    house.telephony.marks[attempt] = "ANSWER"
    house.telephony.standing.add(attempt)
    async with house.running():
        await house.press(attempt, "resolved", "1")
        await house.press(attempt, "satisfied", "1")
        house.telephony.standing.clear()
        house.relink()
        assert (await house.orders.until_told()).attempt == attempt
    assert house.telephony.dialled == []


async def test_a_pbx_that_forgot_does_not_make_the_ledger_forget(house: House) -> None:
    """AstDB can lose its last second; the ledger's third leg proves that the citizen was dialled."""
    attempt = await left_in_the_air(house)
    call, leg = CallId(new_id()), leg_of(attempt)
    await house.pool.execute(
        "insert into call (id, pbx, linked, direction, stage, started_at)"
        " values ($1, 'pbx1', $2, 'outbound', 'ended', $3)",
        call,
        leg,
        NOON,
    )
    for each, channel in ((leg, "Local/x;1"), (f"{leg}-2", "Local/x;2"), ("17.1", "PJSIP/carrier-1")):
        await house.pool.execute(
            "insert into call_leg (pbx, leg, call_id, channel, role, started_at)"
            " values ('pbx1', $1, $2, $3, 'other', $4)",
            each,
            call,
            channel,
            NOON,
        )
    await store.mark_sent(house.pool, attempt, call, NOON)
    async with settled_in(house) as following, house.running():
        assert (await following()).outcome == "unknown"
    assert house.telephony.dialled == []


async def test_the_same_callback_is_claimed_once(house: House) -> None:
    order = await order_in_callback(house.pool)
    await store.enrol(house.pool, VAULT, order, 1, "13900000001", next_at=NOON, at=NOON)
    await store.enrol(house.pool, VAULT, order, 1, "13900000001", next_at=NOON, at=NOON)
    claims = await asyncio.gather(*(store.claim(house.pool, VAULT, f"pbx{n}", NOON) for n in range(8)))
    assert len([claim for claim in claims if claim is not None]) == 1


@pytest.mark.parametrize("number", ["", "110", "anonymous"])
async def test_a_number_that_cannot_be_dialled_goes_to_a_human(house: House, number: str) -> None:
    order = await order_in_callback(house.pool, number)
    async with house.running():
        told = await house.orders.until_told()
    assert (told.order, told.attempt, told.outcome) == (order, None, "no_number")
    assert house.telephony.dialled == []


async def test_a_reviewed_order_is_heard_and_dialled(house: House) -> None:
    async with house.running():
        order = await order_in_callback(house.pool)
        house.bus.publish(moved(order, "callback"))
        await house.telephony.until_dialled()


async def test_at_night_nobody_is_rung(house: House) -> None:
    house.clock.at = NOON + timedelta(hours=12)
    order = await order_in_callback(house.pool)
    async with house.running():
        house.bus.publish(moved(order, "callback"))
        await enrolled(house)
        assert house.telephony.dialled == []
        await later(house, timedelta(hours=10))
        await house.telephony.until_dialled()


async def enrolled(house: House) -> None:
    async with asyncio.timeout(20):
        while not await house.pool.fetchval("select count(*) from callback"):
            await house.pool.execute("select pg_sleep(0.01)")


async def test_an_order_settled_by_hand_is_not_rung(house: House) -> None:
    house.clock.at = NOON + timedelta(hours=12)
    order = await order_in_callback(house.pool)
    async with house.running():
        await enrolled(house)
        await house.pool.execute("update work_order set stage = 'closed' where id = $1", order)
        house.bus.publish(moved(order, "closed"))
        async with asyncio.timeout(20):
            while await house.pool.fetchval("select status from callback") != "done":
                await house.pool.execute("select pg_sleep(0.01)")
        await later(house, timedelta(hours=10))
    assert house.telephony.dialled == []


async def test_nothing_is_claimed_while_the_pbx_is_away(house: House) -> None:
    house.telephony.connected = False
    await order_in_callback(house.pool)
    async with house.running():
        await enrolled(house)
        assert await house.pool.fetchval("select count(*) from callback_attempt") == 0
        house.telephony.connected = True
        house.relink()
        await house.telephony.until_dialled()


async def test_old_marks_are_swept_from_the_pbx(house: House) -> None:
    await order_in_callback(house.pool)
    async with house.running():
        dial = await house.telephony.until_dialled()
        house.mark(dial.attempt, "BUSY")
        async with settled_in(house) as following:
            await following()
        await later(house, timedelta(days=2))
        await house.telephony.until_dialled(2)
    assert house.telephony.forgotten == [dial.attempt]


async def test_a_citizen_with_two_orders_is_rung_for_one_after_the_other(house: House) -> None:
    for _ in range(2):
        await order_in_callback(house.pool)
    house.telephony.begins = True
    async with house.running():
        first = await house.telephony.until_dialled()
        house.relink()
        await house.pool.execute("select pg_sleep(0.1)")
        assert len(house.telephony.dialled) == 1
        house.mark(first.attempt, "BUSY")
        second = await house.telephony.until_dialled(2)
        assert second.attempt != first.attempt


async def test_two_claims_for_one_number_give_one(house: House) -> None:
    for _ in range(2):
        order = await order_in_callback(house.pool)
        await store.enrol(house.pool, VAULT, order, 1, "13900000001", next_at=NOON, at=NOON)
    claims = await asyncio.gather(*(store.claim(house.pool, VAULT, f"pbx{n}", NOON) for n in range(8)))
    assert len([claim for claim in claims if claim is not None]) == 1


async def test_no_more_than_allowed_are_in_the_air(house: House) -> None:
    for tail in range(5):
        await order_in_callback(house.pool, f"1390000000{tail}")
    house.telephony.begins = True
    async with house.running(at_once=2):
        first = await house.telephony.until_dialled(2)
        house.relink()
        await house.pool.execute("select pg_sleep(0.1)")
        assert len(house.telephony.dialled) == 2
        house.mark(first.attempt, "BUSY")
        await house.telephony.until_dialled(3)


async def test_a_number_that_the_gate_refuses_is_never_rung(house: House) -> None:
    await order_in_callback(house.pool, "+8616812345678")
    async with house.running():
        told = await house.orders.until_told()
    assert (told.outcome, told.resolved) == ("refused", None)
    assert house.telephony.dialled == []
    assert house.ledger.begun == []


async def test_the_gates_limit_holds_a_call_back_back_and_costs_no_attempt(house: House) -> None:
    order = await order_in_callback(house.pool)
    house.limits = {Purpose.CALLBACK: Limits(number=Limit(times=1, within=timedelta(hours=1)))}
    async with settled_in(house) as following, house.running(after_busy=timedelta(minutes=1)):
        dial = await house.telephony.until_dialled()
        house.mark(dial.attempt, "BUSY")
        house.end(dial.attempt)
        assert (await following()).outcome == "busy"
        house.clock.at += timedelta(minutes=1)
        house.bus.publish(moved(order, "callback", house.clock.at))
        assert (await following()).outcome == "held"
        house.clock.at += timedelta(hours=1)
        house.bus.publish(moved(order, "callback", house.clock.at))
        again = await house.telephony.until_dialled(2)
    assert (again.group, again.caller_id) == ("public", "12345")
    assert await house.outcomes() == ["busy", "held", None]
