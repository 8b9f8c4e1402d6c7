"""From a ruling of quality control to a dispatch: the real oversight and dispatching on one database."""

from datetime import timedelta
from typing import Any

import pytest

from callcenter.app.dispatching import furnish_dispatching
from callcenter.core.ids import OrderId
from callcenter.dispatching.config import DispatchingConfig
from callcenter.dispatching.dispatches import Chosen
from callcenter.dispatching.service import Dispatching
from callcenter.dispatching.views import SuggestionView
from callcenter.outbox.outbox import Outbox
from callcenter.oversight.rulings import NewRuling
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from tests.rooms.dispatch_house import refused
from tests.rooms.town_of_oversight import Overseen, build_overseen

pytestmark = pytest.mark.rule("SJ-27")


@pytest.fixture
async def house(pool: Pool) -> Overseen:
    return await build_overseen(pool)


@pytest.fixture
def dispatching(house: Overseen) -> Dispatching:
    town = house.town
    return furnish_dispatching(
        DispatchingConfig(),
        pool=house.pool,
        clock=house.clock,
        bus=town.bus,
        orders=house.orders,
        outbox=Outbox(house.clock),
        audit=Audit(house.clock),
    ).dispatching


def ruling_of(house: Overseen, duty: str, **fields: Any) -> NewRuling:
    parties = [house.orgs["water"], house.orgs["roads"]]
    told: dict[str, Any] = {
        "question": "二次供水泵房归谁管养",
        "text": "泵房由道路科管养",
        "category": "公用事业",
    } | fields
    return NewRuling(duty=house.orgs[duty], parties=parties, **told)


async def approved(house: Overseen, new: NewRuling, days: int = 0) -> None:
    """Drafted by quality control, agreed to by both parties, approved by the leader; in force `days` from today."""
    rulings, people = house.oversight.rulings, house.people
    one = await rulings.draft(people["inspector"], new)
    today = house.clock.now().date()
    assert await refused(rulings.approve(people["chief"], one, today)) == "ruling-not-agreed"
    for party in ("water-head", "roads-head"):
        await rulings.agree(people[party], one)
    await rulings.approve(people["chief"], one, today + timedelta(days=days))


async def suggested(house: Overseen, dispatching: Dispatching, order: OrderId) -> list[SuggestionView]:
    return list((await dispatching.suggestions(house.people["dispatcher"], order)).items)


async def test_an_approved_ruling_leads_the_next_dispatch_and_is_recorded_with_it(
    house: Overseen, dispatching: Dispatching
) -> None:
    order = (await house.town.created()).id
    rulings = house.oversight.rulings
    draft = await rulings.draft(house.people["inspector"], ruling_of(house, "roads"))
    assert await suggested(house, dispatching, order) == []
    for party in ("water-head", "roads-head"):
        await rulings.agree(house.people[party], draft)
    await rulings.approve(house.people["chief"], draft, house.clock.now().date())
    (first,) = await suggested(house, dispatching, order)
    ((reason),) = first.reasons
    number = await house.pool.fetchval("select number from ruling where id = $1", draft)
    assert (first.org_id, reason.kind, reason.told) == (house.orgs["roads"], "ruling", f"{number} 泵房由道路科管养")
    chosen = Chosen(unit=house.orgs["roads"], reason=reason.told, outside="按口径派单")
    await dispatching.dispatches.dispatch(house.people["dispatcher"], order, chosen)
    (hop,) = (await dispatching.reading.of_order(house.people["dispatcher"], order)).dispatches
    assert (hop.to_org_id, hop.suggested_org, hop.rank) == (house.orgs["roads"], "roads", 1)
    later = (await house.town.created()).id
    await rulings.withdraw(house.people["chief"], draft)
    assert all(reason.kind != "ruling" for one in await suggested(house, dispatching, later) for reason in one.reasons)


async def test_a_ruling_binds_its_category_its_place_and_from_its_day(
    house: Overseen, dispatching: Dispatching
) -> None:
    await approved(house, ruling_of(house, "water", place="桐影路", text="桐影路由水务科先行"))
    await approved(house, ruling_of(house, "roads"), days=2)
    here = (await house.town.created()).id
    there = (await house.town.created(address="云堰街道 青禾 路9号")).id
    spaced = (await house.town.created(address="云堰街道 桐 影 路 9号")).id
    other = (await house.town.created(category="噪声")).id

    async def found(order: OrderId) -> list[str]:
        return [one.org for one in await suggested(house, dispatching, order)]

    assert await found(here) == ["water"]
    assert await found(spaced) == ["water"]
    assert await found(there) == []
    house.clock.forward(days=2)
    assert await found(there) == ["roads"]
    assert set(await found(here)) == {"water", "roads"}
    assert await found(other) == []


async def test_a_ruling_of_the_next_street_says_nothing_here(house: Overseen, dispatching: Dispatching) -> None:
    """Its org lies outside the centre's area: suggested, it could not be dispatched to."""
    order = (await house.town.created()).id
    rulings, people = house.oversight.rulings, house.people
    one = await rulings.draft(people["inspector"], ruling_of(house, "far-unit"))
    for party in ("water-head", "roads-head"):
        await rulings.agree(people[party], one)
    await house.pool.execute(
        "update ruling set state = 'approved', number = 'K-1', effective_from = '2026-01-01' where id = $1", one
    )
    assert await suggested(house, dispatching, order) == []
