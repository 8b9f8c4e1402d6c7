"""The page of rule sets, and an order's clocks on its page, in Chromium over the real rooms."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from callcenter.core.clock import SystemClock
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.clocks import Clocks
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import open_orders
from callcenter.outbox.outbox import Outbox
from callcenter.store.pool import Pool
from callcenter.web.order_clocks import clock_routes
from callcenter.web.orders import orders_routes
from tests.browser.conftest import Shot, log_in, settle_clerks
from tests.rooms.desks_of_town import open_room, open_site_of
from tests.rooms.town_of_orders import demand
from tests.vaults import VAULT


@pytest.fixture
async def base(pool: Pool, database_url: str) -> AsyncIterator[str]:
    async with open_room(pool) as room:
        clock = SystemClock()
        orders = await open_orders(
            pool,
            clock=clock,
            bus=room.bus,
            config=OrdersConfig(),
            city="Asia/Shanghai",
            audit=room.people.audit,
            vault=VAULT,
        )
        await settle_clerks(room)
        supervisor = room.actors["bz01"]
        order = await orders.create(supervisor, demand(None, kind="snapshot"))
        unit = await pool.fetchval("select id from org where code = 'city-mains'")
        await orders.dispatch(supervisor, order.id, unit, "责任清单第3项")
        routes = [*orders_routes(orders), *clock_routes(Clocks(orders, ClockStore(pool), Outbox(clock)))]
        async with open_site_of(room, database_url, routes) as site:
            yield site.base


@pytest.fixture
async def page(browser: Browser, base: str) -> AsyncIterator[Page]:
    context = await browser.new_context(base_url=base, viewport={"width": 1360, "height": 860}, locale="zh-CN")
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto("/")
    yield page
    await context.close()
    assert complaints == []


@pytest.mark.rule("XY-01", "A-25")
async def test_rule_sets_and_an_orders_clocks(page: Page, shot: Shot) -> None:
    await log_in(page, "bz01")
    await page.get_by_text("高层水压不足").first.click()
    clock = page.locator("[data-clock=T-SPECIAL-L4]")
    await expect(clock).to_contain_text("先到期")
    await clock.locator("summary").click()
    await expect(clock.locator("table.days")).to_contain_text("起算当日不计入")
    await page.get_by_text("变更上级要求时限").click()
    due = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(hours=30)
    await page.get_by_label("上级要求的新时限").fill(f"{due:%Y-%m-%dT%H:%M}")
    await page.get_by_label("变更依据").fill("区平台电话通知")
    await page.get_by_role("button", name="确定变更").click()
    await expect(page.locator("[data-clock=T-UPPER]")).to_be_visible()
    await expect(page.locator(".clock-section")).to_contain_text("区平台电话通知")
    await expect(page.locator("[data-clock=T-UPPER]")).to_contain_text("期限")
    await shot(page, "clocks")
    await page.get_by_text("功能 ▾").click()
    await page.get_by_role("link", name="规则集").click()
    values = page.get_by_label("各项数值")
    await expect(values.locator("[data-timer=T-HANDLE1]")).to_contain_text("5个工作日")
    await expect(values.locator("[data-timer=T-HANDLE1]")).to_contain_text("解释 A-01")
    await values.get_by_role("tab", name="随身拍").click()
    await expect(values.locator("[data-timer=T-SNAP]")).to_contain_text("3个自然日")
    await expect(values).to_contain_text("未按时先行接单满3次（按自然年计）：约谈，由纪检处理，限5个工作日")
    await expect(values.get_by_role("row", name="先行联系由哪一级负责")).to_contain_text("承办单位")
    await shot(page, "rules")
    await page.get_by_label("全部规则集").get_by_text("jincheng/2").click()
    await expect(values).to_contain_text("暂定")
    await expect(values.locator("[data-standard=公用事业]").first).to_contain_text("人工回访")
    await shot(page, "rules-matrix")
    await page.get_by_label("全部规则集").get_by_text("songjiang-1510/2").click()
    await values.get_by_label("与其他规则集比较…").select_option("sh-1515/2")
    await expect(values).to_contain_text("T-CLASS-C-internal")
    await expect(values).to_contain_text("2026-03-18")
    await shot(page, "rules-differences")
