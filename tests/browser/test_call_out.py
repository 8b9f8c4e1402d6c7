"""先行联系 by one press in Chromium: the order's page rings, follows and tells. The call itself is proven over real SIP
in tests/scenarios/test_outbound.py; here the two answers of its API are told by the test."""

import json
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import Page, Route, expect

from callcenter.core.ids import OrderId, new_id
from callcenter.numbers.gate import Purpose
from callcenter.orders.views import NewOrder
from callcenter.outbound.outcome import Outcome
from callcenter.outbound.views import OutboundView
from tests.browser.conftest import Desk, Shot, log_in


async def order_to_contact(desk: Desk) -> OrderId:
    """Accepted by cb01."""
    people = {name: user.actor for name, user in desk.room.town.users.items()}
    new = NewOrder(
        title="三盏路灯不亮",
        content="桐影里三号楼前三盏路灯不亮",
        request_type="help",
        caller_name="林女士",
        caller_number="+8613800000001",
        centre=desk.room.town.orgs["city"].id,
    )
    order = (await desk.orders.create(people["hw01"], new)).id
    await desk.orders.dispatch(people["pd01"], order, desk.room.town.users["cb01"].org_id, "职责")
    await desk.orders.accept(people["cb01"], order)
    return order


async def test_one_press_and_what_it_came_to(page: Page, desk: Desk, shot: Shot) -> None:
    await desk.room.seats.assign(desk.room.user("cb01"), "8201", "phone-3", ())
    order = await order_to_contact(desk)
    view = OutboundView(
        id=new_id(),
        purpose=Purpose.CONTACT,
        agent="cb01",
        extension="8201",
        call_id=new_id(),
        order_id=order,
        missed_id=None,
        placed_at=datetime.now(UTC),
    )
    asked: list[Any] = []

    async def answer(route: Route) -> None:
        if route.request.method == "POST":
            asked.append(json.loads(route.request.post_data or ""))
            await route.fulfill(status=201, content_type="application/json", body=view.model_dump_json())
            return
        done = view.model_copy(update={"outcome": Outcome.REACHED, "told": "ok"}).model_dump(mode="json")
        await route.fulfill(json=done | {"talked": "PT1M5.2S"})

    await page.route("**/api/outbound**", answer)
    await log_in(page, "cb01")
    await page.get_by_text("三盏路灯不亮").first.click()
    press = page.get_by_role("button", name="先行联系（一键外呼）")
    await press.click()
    await expect(page.get_by_text("正在呼叫您的话机")).to_be_visible()
    await shot(page, "call-out-1")
    await expect(page.locator(".callout")).to_contain_text("已接通 1 分 5 秒")
    await shot(page, "call-out-2")
    assert asked == [{"order_id": str(order), "purpose": "contact"}]


async def test_without_a_telephone_there_is_no_press(page: Page, desk: Desk) -> None:
    await order_to_contact(desk)
    await log_in(page, "cb01")
    await page.get_by_text("三盏路灯不亮").first.click()
    await expect(page.get_by_role("heading", name="三盏路灯不亮")).to_be_visible()
    await expect(page.get_by_role("button", name="先行联系（一键外呼）")).to_have_count(0)
