"""Numbers in free text, for whoever may see an order but not its caller: page, history, list, search (B-29, SG-22)."""

import pytest

from callcenter.orders import lists
from callcenter.orders.filters import OrderFilter, View
from callcenter.orders.terms import ContactOutcome
from callcenter.store.pool import Pool
from tests.rooms.town_of_orders import build_town

NUMBER = "13900000007"
CARD = "31011519900101123X"


@pytest.mark.rule("B-29", "SG-22")
async def test_numbers_in_free_text_are_for_those_who_see_the_caller(pool: Pool) -> None:
    town = await build_town(pool)
    told = f"六楼无水，请打{NUMBER}，身份证{CARD}，2026-03-01起"
    order = await town.handling(title=f"无水{NUMBER}", content=told)
    await town.orders.contact(town.people["water"], order.id, ContactOutcome.REACHED, f"再打{NUMBER}")
    for who in ("agent", "reviewer", "water"):
        seen = await town.orders.get(town.people[who], order.id)
        assert seen.content == told, f"{who} works with the citizen"
    seen = await town.orders.get(town.people["leader"], order.id)
    assert (seen.title, seen.content) == ("无水***", "六楼无水，请打***，身份证***，2026-03-01起")
    whole = seen.model_dump_json()
    assert NUMBER not in whole
    assert CARD not in whole
    assert str(order.id) in whole
    assert seen.number == order.number
    asked = OrderFilter(view=View.VISIBLE, text="无水")
    for who, clear in (("agent", True), ("leader", False)):
        page = await lists.page(town.orders.room, town.people[who], asked, cursor=None, limit=5)
        assert (NUMBER in page.model_dump_json()) is clear


@pytest.mark.rule("B-29", "SG-22")
async def test_the_unit_reads_a_guarded_demand_without_its_numbers(pool: Pool) -> None:
    town = await build_town(pool)
    order = await town.dispatched(confidential=True, content=f"楼上漏水，我的电话{NUMBER}")
    assert (await town.orders.get(town.people["water"], order.id)).content == "楼上漏水，我的电话***"
    assert NUMBER in (await town.orders.get(town.people["agent"], order.id)).content
