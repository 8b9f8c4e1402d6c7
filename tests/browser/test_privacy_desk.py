"""The caller revealed from an order's page, who saw the caller, and who stands for whom, in Chromium."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from callcenter.core.ids import OrderId
from callcenter.people.actor import Role
from callcenter.web.server import STATIC, build_app, open_site
from tests.browser.conftest import SHOTS
from tests.rooms.people_of_town import PASSWORD
from tests.rooms.web_of_town import CONFIG
from tests.rooms.whole_house import NAME, WholeHouse, open_whole_house


@dataclass(frozen=True, slots=True)
class Desks:
    house: WholeHouse
    base: str

    async def log_in(self, page: Page, who: Role) -> None:
        user = self.house.people["west", who]
        await self.house.rooms.people.directory.set_password(user.user_id, PASSWORD, by=None)
        await page.goto(self.base)
        await page.get_by_label("用户名").fill(user.username)
        await page.get_by_label("密码").fill(PASSWORD)
        await page.get_by_role("button", name="登录").click()
        await expect(page.locator(".topbar")).to_be_visible()


@pytest.fixture
async def desks(database_url: str, tmp_path: Path) -> AsyncIterator[Desks]:
    async with open_whole_house(database_url, tmp_path) as house:
        app = build_app(house.routes, house.rooms.people, CONFIG, static=STATIC)
        async with open_site(app, CONFIG) as port:
            yield Desks(house, f"http://127.0.0.1:{port}")


async def keep(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.rule("B-29", "SJ-35")
async def test_a_supervisor_reveals_a_caller_and_sees_who_did(browser: Browser, desks: Desks) -> None:
    order: OrderId = desks.house.orders["confidential"]
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    try:
        page = await context.new_page()
        await desks.log_in(page, Role.SUPERVISOR)
        await page.goto(f"{desks.base}/#/order/{order}")
        section = page.locator("section.privacy")
        await expect(section).to_be_visible()
        await expect(page.get_by_text(NAME)).to_have_count(0)
        await section.get_by_label("用途").select_option("supervise")
        await section.get_by_label("具体原因").fill("核实投诉升级情况")
        await section.get_by_role("button", name="查看身份").click()
        await expect(section.get_by_role("status")).to_contain_text(NAME)
        await expect(section.locator("li")).to_contain_text(["核实投诉升级情况"])
        await keep(page, "privacy-order")
        await page.goto(f"{desks.base}/#/slots")
        await expect(page.locator("table.slots")).to_contain_text("west-water")
        await expect(page.locator("table.slots")).to_contain_text("空缺")
        await keep(page, "privacy-slots")
    finally:
        await context.close()
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    try:
        page = await context.new_page()
        await desks.log_in(page, Role.LEADER)
        await page.goto(f"{desks.base}/#/order/{order}")
        section = page.locator("section.privacy")
        await expect(section).to_contain_text("由中心工作人员联系")
        await expect(section.get_by_role("button", name="查看身份")).to_have_count(0)
        await keep(page, "privacy-refused")
    finally:
        await context.close()
