"""Calls out where faults and refusals are the matter; the whole way over real SIP is in tests/scenarios."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from callcenter.core.errors import Forbidden
from callcenter.core.ids import CallId, MissedId, OrderId, new_id
from callcenter.numbers.gate import DialRefused
from callcenter.orders.terms import ContactOutcome
from callcenter.outbound.errors import (
    CallerHidden,
    NoSuchOutbound,
    NothingToDial,
    OutboundElsewhere,
    OutboundUnderWay,
    SeatBusy,
)
from callcenter.outbound.views import Wanted
from callcenter.pbx.errors import LinkDown, OutcomeUnknown
from callcenter.store.pool import Pool
from tests.rooms.outbound_house import OutboundHouse, open_outbound_house
from tests.rooms.town_of_orders import build_town

TALK = timedelta(seconds=20)


@pytest.fixture
async def house(pool: Pool, tmp_path: Path) -> AsyncIterator[OutboundHouse]:
    async with open_outbound_house(await build_town(pool), tmp_path / "spool") as house:
        yield house


async def accepted(house: OutboundHouse, **fields: object) -> OrderId:
    order = await house.town.dispatched(**fields)
    await house.town.orders.accept(house.town.people["water"], order.id)
    return order.id


async def test_a_talk_is_the_proof_of_the_contact(house: OutboundHouse) -> None:
    order = await accepted(house)
    async with house.running():
        outbound = await house.place("water", order)
        (placing,) = house.telephony.placed
        assert (placing.number, placing.group, placing.caller_id) == ("13800000001", "public", "12345")
        with pytest.raises(OutboundUnderWay):
            await house.place("water", order)
        await house.talk(outbound, TALK)
        view = await house.settled("water", outbound)
    assert (view.outcome, view.talked, view.told) == ("reached", TALK, "ok")
    assert await house.contacts(order) == [("reached", view.call_id)]
    shown = await house.town.orders.get(house.town.people["water"], order)
    assert (shown.stage, shown.contacts[0].note) == ("handling", "系统外呼接通，通话 20 秒")
    assert [one.id for one in (await house.service.of_order(house.town.people["agent"], order)).items] == [outbound]
    assert [one.id for one in (await house.service.own(house.town.people["water"], 10)).items] == [outbound]


async def test_a_talk_of_moments_is_an_attempt(house: OutboundHouse) -> None:
    order = await accepted(house)
    async with house.running():
        outbound = await house.place("water", order)
        await house.talk(outbound, timedelta(seconds=2))
        view = await house.settled("water", outbound)
    assert (view.outcome, view.told) == ("too_short", "ok")
    assert await house.contacts(order) == [("unreachable", view.call_id)]


async def test_an_own_telephone_that_nobody_answers_is_no_attempt(house: OutboundHouse) -> None:
    order = await accepted(house)
    async with house.running():
        outbound = await house.place("water", order)
        await house.not_registered(outbound)
        view = await house.settled("water", outbound)
        assert (view.outcome, view.told) == ("agent_absent", "")
        row = await house.town.pool.fetchrow("select outcome, has_gap from call where id = $1", view.call_id)
        assert row is not None
        assert tuple(row) == ("failed", False)
        assert house.ledger.open_calls("pbx1") == []
        await house.place("water", order)
    assert await house.contacts(order) == []


async def test_what_ended_while_nobody_looked_is_told_once(house: OutboundHouse) -> None:
    order = await accepted(house)
    async with house.running():
        outbound = await house.place("water", order)
    await house.talk(outbound, TALK)
    async with house.running():
        view = await house.settled("water", outbound)
    await house.town.pool.execute("update outbound_call set told = null")
    async with house.running():
        assert (await house.settled("water", outbound)).told == "ok"
    assert await house.contacts(order) == [("reached", view.call_id)]


async def test_an_order_that_has_moved_on_says_why_it_takes_no_contact(house: OutboundHouse) -> None:
    order = await accepted(house)
    async with house.running():
        outbound = await house.place("water", order)
        await house.town.orders.contact(house.town.people["water"], order, ContactOutcome.REACHED, "已联系")
        await house.town.submit(order)
        await house.talk(outbound, TALK)
        assert (await house.settled("water", outbound)).told == "move-refused"


async def test_a_switch_that_cannot_dial_leaves_nothing_under_way(house: OutboundHouse) -> None:
    order = await accepted(house)
    async with house.running():
        house.telephony.refusal = LinkDown("pbx1")
        with pytest.raises(LinkDown):
            await house.place("water", order)
        (failed,) = (await house.service.own(house.town.people["water"], 10)).items
        assert failed.outcome == "unsent"
        house.telephony.refusal = OutcomeUnknown("Originate")
        outbound = await house.place("water", order)
        house.town.clock.forward(seconds=60)
        assert (await house.settled("water", outbound)).outcome == "unsent"
    assert await house.contacts(order) == []


async def test_who_may_not_be_called(house: OutboundHouse) -> None:
    people, place = house.town.people, house.service.place
    order = await accepted(house)
    with pytest.raises(OutboundElsewhere):
        await house.place("water", order)
    async with house.running():
        with pytest.raises(Forbidden):
            await place(people["agent"], Wanted(number="13800000001"))
        with pytest.raises(DialRefused):
            await place(people["supervisor"], Wanted(number="16812345"))
        with pytest.raises(CallerHidden):
            await house.place("water", await accepted(house, confidential=True))
        with pytest.raises(NothingToDial):
            await house.place("water", await accepted(house, caller_number=""))
        with pytest.raises(NothingToDial):
            await place(people["agent"], Wanted(call=CallId(new_id())))
        house.telephones.busy = True
        with pytest.raises(SeatBusy):
            await house.place("water", order)
    assert house.telephony.placed == []


async def test_a_missed_caller_is_dialled_and_no_order_is_told(house: OutboundHouse) -> None:
    agent = house.town.people["agent"]
    async with house.running():
        placed = await house.service.place(agent, Wanted(missed=MissedId(new_id())))
        await house.talk(placed.id, TALK)
        view = await house.settled("agent", placed.id)
    assert (view.purpose, view.outcome, view.told) == ("missed", "reached", "")
    with pytest.raises(NoSuchOutbound):
        await house.service.get(house.town.people["agent2"], placed.id)
    assert (await house.service.get(house.town.people["supervisor"], placed.id)).id == placed.id
