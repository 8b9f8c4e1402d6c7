"""The citizen's pages as a telephone shows them, without JavaScript."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from callcenter.store.pool import Pool
from tests.browser.conftest import SHOTS
from tests.rooms.public_site import PublicSite, open_public_site
from tests.rooms.town_of_orders import build_town


@pytest.fixture
async def site(pool: Pool) -> AsyncIterator[PublicSite]:
    async with open_public_site(await build_town(pool)) as site:
        yield site


async def keep(page: Page, name: str) -> None:
    """Nothing reaches over the edge of a small telephone."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.rule("JC-01", "SJ-36")
async def test_a_citizen_asks_and_rates_on_a_telephone_without_script(browser: Browser, site: PublicSite) -> None:
    order = await site.town.in_callback()
    code, link = await site.code(order.id), await site.link(order.id)
    context = await browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="zh-CN"
    )
    try:
        page = await context.new_page()
        await page.goto(f"{site.base}/p")
        await page.get_by_label("工单号").fill(order.number)
        await page.get_by_label("查询码").fill(code)
        await keep(page, "public-progress-asked")
        await page.get_by_role("button", name="查询").click()
        assert "等待回访" in await page.get_by_role("status").inner_text()
        await keep(page, "public-progress")
        await page.goto(site.base + link)
        await page.get_by_label("已解决").check()
        await page.get_by_label("不满意").check()
        await page.get_by_label("态度").select_option("4")
        await keep(page, "public-rating")
        await page.get_by_role("button", name="提交评价").click()
        assert "感谢" in await page.get_by_role("status").inner_text()
        await keep(page, "public-rated")
        await page.goto(site.base + link)
        assert "已使用" in await page.get_by_role("status").inner_text()
    finally:
        await context.close()
