"""The backlog alarm on a real PostgreSQL: raised once, told to the unit and to the centre, counted, ended (SG-27)."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from callcenter.dispatching.backlog import Backlogs
from callcenter.metrics.instruments import Instruments
from callcenter.metrics.standing import Standing
from callcenter.store.pool import Pool
from tests.rooms.dispatch_house import House, build_house, notices

pytestmark = pytest.mark.rule("SG-27")


@pytest.fixture
async def house(pool: Pool) -> House:
    return await build_house(pool)


def backlogs(house: House, **config: Any) -> Backlogs:
    room = house.room.room
    given = {"backlog_unit": 5, "backlog_centre": 0} | config
    return Backlogs(replace(room, config=room.config.model_copy(update=given)))


async def settled(house: House, orders: list[Any]) -> None:
    await house.town.pool.execute("update work_order set stage = 'submitted' where id = any($1::uuid[])", orders)


async def test_the_alarm_is_raised_once_and_ends_under_four_fifths(house: House) -> None:
    alarm = backlogs(house)
    orders = [await house.dispatched() for _ in range(4)]
    assert await alarm.look() == 0
    orders.append(await house.dispatched())
    assert await alarm.look() == 1
    assert await alarm.look() == 0
    told = await notices(house, "backlog")
    assert {row["org_id"] for row in told} == {house.orgs["water"], house.orgs["street"]}
    assert {(row["words"]["org"], row["words"]["count"], row["words"]["limit"]) for row in told} == {
        ("water", "5", "5")
    }
    await house.dispatched()
    await alarm.look()
    (seen,) = (await alarm.listed(house.people["dispatcher"])).items
    assert (seen.org, seen.waiting, seen.since) == ("water", 6, house.town.clock.now())
    assert (await alarm.listed(house.people["roads.head"])).items == ()
    await settled(house, orders[:2])
    await alarm.look()
    assert [one.waiting for one in (await alarm.listed(house.people["water"])).items] == [4]
    await settled(house, orders[2:3])
    await alarm.look()
    assert (await alarm.listed(house.people["water"])).items == ()
    for _ in range(2):
        await house.dispatched()
    assert await alarm.look() == 1
    assert len(await notices(house, "backlog")) == 4


async def test_a_centre_has_its_own_threshold_and_none_is_none(house: House) -> None:
    for _ in range(3):
        await house.town.created()
    assert await backlogs(house, backlog_centre=4).look() == 0
    assert await backlogs(house, backlog_centre=3).look() == 1
    (told, above) = sorted(await notices(house, "backlog"), key=lambda row: row["org_id"] != house.orgs["street"])
    assert (told["org_id"], above["org_id"]) == (house.orgs["street"], house.orgs["city"])
    assert await backlogs(house, backlog_unit=0).look() == 0
    assert (await backlogs(house).listed(house.people["supervisor"])).items == ()


async def test_two_instances_raise_one_alarm(house: House) -> None:
    for _ in range(5):
        await house.dispatched()
    assert sorted(await asyncio.gather(*(backlogs(house).look() for _ in range(4)))) == [0, 0, 0, 1]
    assert len(await notices(house, "backlog")) == 2


async def test_the_gauge_names_the_org(house: House) -> None:
    for _ in range(5):
        await house.dispatched()
    await backlogs(house).look()
    instruments = Instruments()
    await Standing(instruments, house.town.pool, house.town.clock).refresh()
    assert instruments.registry.get_sample_value("hotline_orders_backlog", {"org": "water"}) == 5.0


async def test_the_look_is_taken_again_after_a_database_that_was_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, again = [0], asyncio.Event()

    async def look(_: Backlogs) -> int:
        looked[0] += 1
        if looked[0] == 1:
            raise asyncpg.PostgresError
        again.set()
        return 0

    monkeypatch.setattr(Backlogs, "look", look)
    duty = asyncio.create_task(backlogs(house, backlog_every=timedelta(milliseconds=1)).run())
    async with asyncio.timeout(20):
        await again.wait()
    duty.cancel()
    with suppress(asyncio.CancelledError):
        await duty
