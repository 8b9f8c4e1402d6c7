"""A report on the desk in Chromium: confidentiality is offered while it is written, whom it is about is kept out, and
what is added later stands in its history."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from callcenter.people.actor import Role
from callcenter.web.server import STATIC, build_app, open_site
from tests.browser.conftest import SHOTS
from tests.rooms.people_of_town import PASSWORD
from tests.rooms.web_of_town import CONFIG
from tests.rooms.whole_house import WholeHouse, open_whole_house


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[WholeHouse, str]]:
    async with open_whole_house(database_url, tmp_path) as opened:
        app = build_app(opened.routes, opened.rooms.people, CONFIG, static=STATIC)
        async with open_site(app, CONFIG) as port:
            yield opened, f"http://127.0.0.1:{port}"


@pytest.mark.rule("SG-22")
async def test_a_report_is_written_kept_from_whom_it_is_about_and_added_to(
    browser: Browser, house: tuple[WholeHouse, str]
) -> None:
    opened, base = house
    user = opened.people["west", Role.AGENT]
    await opened.rooms.people.directory.set_password(user.user_id, PASSWORD, by=None)
    context = await browser.new_context(viewport={"width": 1280, "height": 1000}, locale="zh-CN")
    try:
        page = await context.new_page()
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        await page.goto(base)
        await page.get_by_label("用户名").fill(user.username)
        await page.get_by_label("密码").fill(PASSWORD)
        await page.get_by_role("button", name="登录").click()
        await page.get_by_text("更多要素").click()
        kept_out = page.get_by_label("被举报单位（系统内，选后该单位回避）")
        await expect(kept_out).to_be_hidden()

        await page.get_by_role("textbox", name="标题", exact=True).fill("窗口私自收费")
        await page.get_by_role("textbox", name="诉求内容", exact=True).fill("邻居楼上漏水多年无人处理")
        box = page.get_by_label("诉求人信息保密")
        await expect(box).to_be_checked()
        await expect(page.get_by_text("涉及邻里矛盾，建议保密")).to_be_visible()
        await box.uncheck()
        await page.get_by_label("诉求类型").select_option("举报")
        await expect(page.get_by_text("举报件应当保密")).to_be_visible()
        await expect(box).not_to_be_checked()  # the agent has decided
        await box.check()
        await kept_out.select_option("west-water")
        await page.get_by_label("事发地址").fill("西街办事大厅")
        if SHOTS:
            await page.screenshot(path=f"{SHOTS}/report-form.png", full_page=True)
        await page.get_by_role("button", name="提交工单").click()
        head = page.locator(".order-head")
        await expect(head).to_contain_text("被举报单位回避")
        await expect(page.locator(".facts")).to_contain_text("west-water")

        await page.get_by_role("button", name="补充信息", exact=True).click()
        await page.get_by_label("补充内容").fill("诉求人称有收据照片")
        await page.get_by_role("button", name="确认补充信息").click()
        await expect(page.locator(".timeline")).to_contain_text("诉求人称有收据照片")
        await page.get_by_role("button", name="指明被举报单位", exact=True).click()
        await expect(page.get_by_label("被举报单位名称")).to_be_visible()
        if SHOTS:
            await page.screenshot(path=f"{SHOTS}/report-order.png", full_page=True)
        assert broken == []
    finally:
        await context.close()
