"""Call-backs with the real order room, and over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest

from callcenter.callbacks.by_hand import ByHand
from callcenter.callbacks.config import CallbackConfig
from callcenter.callbacks.events import CallbackSettled
from callcenter.callbacks.reading import CallbacksReading
from callcenter.callbacks.service import Callbacks
from callcenter.callbacks.survey import Survey
from callcenter.callbacks.telephony import leg_of
from callcenter.core.bus import Bus
from callcenter.core.errors import NotFound
from callcenter.core.ids import OrderId, new_id
from callcenter.orders.config import OrdersConfig
from callcenter.orders.events import OrderMoved
from callcenter.orders.policy import Policy
from callcenter.orders.service import Orders, open_orders
from callcenter.pbx.facts import ChannelEnded, DialplanMarked
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.web.callbacks import callback_routes
from tests.rooms.callback_house import pressed
from tests.rooms.callback_rooms import NOON, RememberingLedger, StagedTelephony, order_in_callback
from tests.rooms.gates import open_gate
from tests.rooms.town_of_orders import StandingClock, Town, build_town
from tests.rooms.web_of_town import open_web
from tests.vaults import VAULT


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


@asynccontextmanager
async def running(town: Town, telephony: StagedTelephony) -> AsyncIterator[None]:
    service = Callbacks(
        pool=town.pool,
        bus=town.bus,
        clock=town.clock,
        config=CallbackConfig(last_key=timedelta(milliseconds=50), attempts=1),
        city="Asia/Shanghai",
        telephony=telephony,
        ledger=RememberingLedger(),
        orders=town.orders,
        gate=open_gate(town.pool, town.bus, limits={}),
        vault=VAULT,
    )
    task = asyncio.create_task(service.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def mark(town: Town, telephony: StagedTelephony, status: str) -> None:
    attempt = telephony.dialled[-1].attempt
    leg = leg_of(attempt)
    fields = (("Attempt", str(attempt)), ("Status", status))
    town.bus.publish(
        DialplanMarked(at=NOON, pbx="pbx1", leg=leg, linked=leg, channel="x", mark="HotlineDial", fields=fields)
    )


async def stage_after(town: Town, order: OrderId, stage: str) -> None:
    with town.bus.subscribe(OrderMoved) as moves:
        if (await town.orders.get(town.people["supervisor"], order)).stage == stage:
            return
        async with asyncio.timeout(30):
            async for move in moves:
                assert isinstance(move, OrderMoved)
                if (move.order, move.stage) == (order, stage):
                    return


@pytest.mark.parametrize(
    ("resolved", "satisfied", "stage"), [("1", "1", "closed"), ("1", "2", "closed"), ("1", "3", "warned")]
)
async def test_the_citizens_keys_close_the_order_or_warn(town: Town, resolved: str, satisfied: str, stage: str) -> None:
    telephony, survey = StagedTelephony(), Survey(town.pool, town.bus)
    async with running(town, telephony):
        order = (await town.in_callback()).id
        dial = await telephony.until_dialled()
        mark(town, telephony, "ANSWER")
        leg = leg_of(dial.attempt)
        for node, key in (("resolved", resolved), ("satisfied", satisfied)):
            await survey.stepped(pressed(dial.attempt, node, key))
        town.bus.publish(ChannelEnded(at=NOON, pbx="pbx1", leg=leg, linked=leg, channel="x", cause=16))
        await stage_after(town, order, stage)


async def test_fruitless_attempts_flag_the_order_for_a_human(town: Town) -> None:
    telephony = StagedTelephony()
    order = (await town.in_callback()).id
    with town.bus.subscribe(OrderMoved) as moves:
        async with running(town, telephony):
            await telephony.until_dialled()
            mark(town, telephony, "NOANSWER")
            async with asyncio.timeout(30):
                async for move in moves:
                    if isinstance(move, OrderMoved) and move.move == "callback_exhausted":
                        break
    seen = await town.orders.get(town.people["supervisor"], order)
    assert (seen.stage, seen.callback_exhausted) == ("callback", True)


async def test_only_who_sees_the_order_sees_its_callbacks(town: Town) -> None:
    telephony = StagedTelephony()
    order = (await town.in_callback()).id
    with town.bus.subscribe(CallbackSettled) as settled:
        async with running(town, telephony):
            dial = await telephony.until_dialled()
            mark(town, telephony, "BUSY")
            async with asyncio.timeout(30):
                await anext(aiter(settled))
    reading = CallbacksReading(town.pool, town.orders, town.clock)
    (seen,) = await reading.of_order(town.people["supervisor"], order)
    assert [(attempt.id, attempt.outcome) for attempt in seen.attempts] == [(dial.attempt, "busy")]
    assert (seen.status, seen.outcome) == ("exhausted", "busy")
    with pytest.raises(NotFound):
        await reading.of_order(town.people["roads"], order)


class OneSeen:
    """Shows one order to everyone."""

    def __init__(self, orders: Orders, order: OrderId) -> None:
        self._orders = orders
        self._order = order

    async def row(self, actor: Actor, order: OrderId) -> Any:
        if order != self._order:
            raise NotFound
        return await self._orders.row_of(order)

    def current_policy(self) -> Policy:
        return self._orders.current_policy()


async def test_over_http(pool: Pool) -> None:
    order = await order_in_callback(pool)
    clock = StandingClock()
    orders = await open_orders(
        pool, clock=clock, bus=Bus(), config=OrdersConfig(), city="Asia/Shanghai", audit=Audit(clock), vault=VAULT
    )
    by_hand, reading = ByHand(pool, clock, orders), CallbacksReading(pool, OneSeen(orders, order), clock)
    async with open_web(pool, callback_routes(reading, by_hand)) as web:
        async with web.client() as stranger:
            assert (await stranger.ask("GET", f"/api/orders/{order}/callbacks"))[0] == 401
        async with web.client("hw01") as agent:
            assert await agent.ask("GET", f"/api/orders/{order}/callbacks") == (200, {"items": [], "next": None})
            assert (await agent.ask("GET", f"/api/orders/{new_id()}/callbacks"))[0] == 404
