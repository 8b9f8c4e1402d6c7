"""Whom a report is about neither sees nor holds it (SG-22)."""

import pytest

from callcenter.core.errors import DomainError
from callcenter.core.ids import OrderId
from callcenter.dispatching.asking import Wanted
from callcenter.dispatching.suggest import Ruling
from callcenter.dispatching.terms import TaskKind
from callcenter.orders import lifecycle as life
from callcenter.orders.filters import OrderFilter, View
from callcenter.orders.intake import create
from callcenter.orders.lists import page
from callcenter.orders.refusals import BarredUnit
from callcenter.orders.reported import HeldByReported, NobodyAbove, NobodyNamed, NoSuchReportedOrg, NotAReport
from callcenter.orders.room import NoSuchOrder
from callcenter.people.actor import Actor
from callcenter.store.pool import Pool
from tests.rooms.dispatch_house import House, build_house
from tests.rooms.town_of_orders import Town, build_town, demand

pytestmark = pytest.mark.rule("SG-22")

WORDS = {"title": "举报私自收费", "content": "办事窗口私自收费", "request_type": "report"}


@pytest.fixture
async def town(pool: Pool) -> Town:
    return await build_town(pool)


async def sees(town: Town, actor: Actor, order: OrderId) -> bool:
    views = (View.VISIBLE, View.MINE, View.UNIT, View.HELPING)
    pages = [await page(town.orders.room, actor, OrderFilter(view=view), cursor=None, limit=50) for view in views]
    listed = any(order == line.id for found in pages for line in found.items)
    try:
        await town.orders.get(actor, order)
    except NoSuchOrder:
        assert not listed
        return False
    return True


async def test_a_centre_and_all_below_it_are_kept_out_of_a_report_about_it(town: Town) -> None:
    people, orgs = town.people, town.orgs
    order = await town.created(**WORDS, reported_org_id=orgs["street"])

    assert (order.reported_body, order.owner_org_id) == ("street", orgs["city"])
    assert [name for name in people if await sees(town, people[name], order.id)] == [
        "agent",
        "agent2",
        "supervisor",
        "leader",
    ]
    for barred in ("street", "water"):
        with pytest.raises(BarredUnit):
            await town.orders.dispatch(people["supervisor"], order.id, orgs[barred], "属地")
    await town.orders.dispatch(people["supervisor"], order.id, orgs["far"], "异地办理")
    assert await sees(town, people["far"], order.id)


async def test_who_takes_a_report_about_the_own_house_gets_its_number_and_no_more(town: Town) -> None:
    dispatcher = town.people["dispatcher"]
    entered = await town.orders.create(dispatcher, demand(None, **WORDS, reported_org_id=town.orgs["street"]))

    assert entered.number
    assert not await sees(town, dispatcher, entered.id)
    assert await sees(town, town.people["agent2"], entered.id)
    row = await town.orders.row_of(entered.id)
    assert (row["intake_org_path"], row["centre_org_id"]) == ("/city/", town.orgs["city"])


async def test_only_a_report_names_an_org_and_somebody_must_stand_above_it(town: Town) -> None:
    agent = town.people["agent"]
    for fields, wanted in (
        ({"request_type": "complaint", "reported_org_id": town.orgs["water"]}, NotAReport),
        ({"reported_org_id": town.orgs["city"]}, NobodyAbove),
        ({"reported_org_id": agent.user_id}, NoSuchReportedOrg),
    ):
        with pytest.raises(wanted):
            await create(town.orders.room, agent, demand(town.orgs["street"], **(WORDS | fields)))


async def test_it_may_be_named_later_and_lifted_again(town: Town) -> None:
    people, orgs = town.people, town.orgs
    order = (await town.created(**WORDS)).id
    assert "reported" in (await town.orders.get(people["dispatcher"], order)).actions
    named = await town.orders.name_reported(people["dispatcher"], order, orgs["water"], "")
    assert (named.reported_body, named.reported_org_id) == ("water", orgs["water"])
    with pytest.raises(BarredUnit):
        await town.orders.dispatch(people["dispatcher"], order, orgs["water"], "属地")

    with pytest.raises(NobodyNamed):
        await town.orders.name_reported(people["dispatcher"], order, None, " ")
    await town.orders.name_reported(people["dispatcher"], order, None, "某物业公司")
    await town.orders.dispatch(people["dispatcher"], order, orgs["water"], "属地")
    assert await sees(town, people["water"], order)
    with pytest.raises(HeldByReported):
        await town.orders.name_reported(people["dispatcher"], order, orgs["water"], "")
    named = await town.orders.name_reported(people["dispatcher"], order, orgs["roads"], "")
    assert (named.stage, named.owner_org_id) == ("dispatched", orgs["water"])
    with pytest.raises(NotAReport):
        await town.orders.name_reported(people["dispatcher"], (await town.created()).id, orgs["roads"], "")


async def test_a_centre_that_is_named_loses_the_order_to_the_one_above(town: Town) -> None:
    people = town.people
    order = (await town.created(**WORDS)).id
    named = await town.orders.name_reported(people["dispatcher"], order, town.orgs["street"], "")

    assert (named.owner_org_id, named.centre_org_id) == (town.orgs["city"], town.orgs["city"])
    assert not await sees(town, people["dispatcher"], order)
    with pytest.raises(NoSuchOrder):
        await town.orders.make(people["dispatcher"], order, life.Classify())


async def test_the_reported_org_is_neither_suggested_nor_asked_to_help(pool: Pool) -> None:
    house: House = await build_house(pool)
    house.rulings.known.append(Ruling(org=house.orgs["roads"], title="窗口收费", keywords=(), category="公用事业"))
    dispatcher = house.people["dispatcher"]
    open_to_all = (await house.town.created(**WORDS)).id
    suggested = [one.org for one in (await house.room.suggestions(dispatcher, open_to_all)).items]
    assert "roads" in suggested
    about = (await house.town.created(**WORDS, reported_org_id=house.orgs["roads"])).id
    kept = [one.org for one in (await house.room.suggestions(dispatcher, about)).items]
    assert kept == [name for name in suggested if name != "roads"]
    order = (await house.town.created(**WORDS, reported_org_id=house.orgs["roads"])).id
    wanted = [Wanted(kind=TaskKind.CO, org=house.orgs["roads"], task="协助核查")]
    with pytest.raises(DomainError) as refused:
        await house.room.tasks.ask(house.people["dispatcher"], order, wanted)
    assert refused.value.code == "unit-barred"
    assert await pool.fetchval("select count(*) from co_task") == 0
