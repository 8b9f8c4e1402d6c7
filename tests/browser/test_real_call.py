"""The page itself in Chromium, with the real house behind it: one demand from the ring to the closed order."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Response, async_playwright, expect

from callcenter.sample.call import press_at_each_pause
from callcenter.sample.rtp import FRAME
from callcenter.sample.rtp import clip as coded
from callcenter.sample.sipp import Telephone, open_citizen
from tests.browser.conftest import ARGUMENTS, CHROMIUM, Shot
from tests.browser.papers import told_and_visited
from tests.scenarios.house import PATIENCE, House, until
from tests.speech_material import Material

pytestmark = pytest.mark.asyncio(loop_scope="module")

MATERIAL = Material()
CALLERS, AGENTS = MATERIAL.clip("damo_nav_8b52324ebf"), MATERIAL.clip("aishell1_las_audio_4")
CITIZEN = "13900000021"
CITY = ZoneInfo("Asia/Shanghai")
LONG = 60_000
"""Milliseconds for what Asterisk, the recogniser or the citizen takes its time for."""
SPOKEN = "多少分钟"
TITLE = "桐影里小区高层水压不足"


@pytest_asyncio.fixture(loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    assert CHROMIUM is not None, "Chromium is needed: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


async def page_of(house: House, browser: Browser, username: str, complaints: list[str]) -> Page:
    """A browser of their own, logged in."""
    context = await browser.new_context(base_url=house.base, viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto("/")
    await enter(house, page, username)
    return page


async def enter(house: House, page: Page, username: str) -> None:
    await page.get_by_label("用户名").fill(username)
    await page.get_by_label("密码").fill(house.state.passwords[username])
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.get_by_text("已连接").wait_for()


async def test_a_demand_from_the_ring_to_the_closed_order(house: House, chromium: Browser, shot: Shot) -> None:
    complaints: list[str] = []
    agent = await page_of(house, chromium, "hw01", complaints)
    await talk_and_write_it_down(house, agent, shot)
    await hear_and_read_it(agent, shot)
    clerk = await page_of(house, chromium, "pd01", complaints)
    async with open_citizen(house.exchange, port=house.state.ports["citizens"], speech=coded(CALLERS.path)) as citizen:
        await handle(house, clerk, shot)
        await citizen.until("answered", PATIENCE)
        pressing = asyncio.create_task(press_at_each_pause(citizen, PATIENCE))
        try:
            await expect(agent.locator(".order-head")).to_contain_text("已结案", timeout=LONG)
        finally:
            pressing.cancel()
            await asyncio.gather(pressing, return_exceptions=True)
    await shot(agent, "26-closed-agent")
    await clerk.reload()
    await clerk.locator(".list .line").first.click()
    await expect(clerk.locator(".order-head")).to_contain_text("已结案")
    await shot(clerk, "27-closed-reviewer")
    order = await house.sql.fetchrow("select stage, resolved, satisfied from work_order")
    assert order is not None
    assert tuple(order) == ("closed", True, True)
    assert complaints == []


async def talk_and_write_it_down(house: House, page: Page, shot: Shot) -> None:
    async with house.agent_phone(AGENTS, ring=timedelta(seconds=2)) as phone:
        await page.get_by_role("button", name="就绪", exact=True).click()
        await expect(page.locator(".dot.ready")).to_be_visible()
        async with house.caller(CITIZEN, CALLERS) as caller:
            card = page.get_by_label("当前来电")
            await expect(card).to_contain_text("139 0000 0021", timeout=LONG)
            await expect(card).to_contain_text("政务服务便民热线")
            await expect(page.locator(".dot.ringing")).to_be_visible()
            await shot(page, "20-ringing")
            await phone.until("answered", PATIENCE)
            await expect(page.locator(".dot.talking")).to_be_visible()
            await page.get_by_label("标题").fill(TITLE)
            await page.get_by_label("诉求内容").fill("市民反映十二楼以上早晚没有水。")
            await page.get_by_label("事发地址").fill("云堰街道桐影里三号楼")
            await page.get_by_label("诉求人", exact=True).fill("林女士")
            await page.get_by_label("派单中心").select_option(label="云堰街道城市运行管理中心")
            await expect(page.get_by_label("联系电话")).to_have_value(f"+86{CITIZEN}")
            await until(lambda: heard_it_all(phone))
            await shot(page, "21-talking")
            await page.get_by_role("button", name="提交工单").click()
            await expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
            await shot(page, "22-order")
            await page.get_by_role("button", name="挂断").click()
            await caller.until("bye", PATIENCE)
    await expect(page.locator(".dot.after_call")).to_be_visible()


async def heard_it_all(phone: Telephone) -> bool:
    """The caller says the same words over and over: once in full is in twice their length."""
    return phone.voice.packets_heard * FRAME > 2 * len(coded(CALLERS.path))


async def hear_and_read_it(page: Page, shot: Shot) -> None:
    """The recording plays by ranges, the transcript comes by itself."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer) if "/audio" in answer.url else None)
    card = page.get_by_label("当前来电")
    said = card.get_by_text(SPOKEN).first
    await expect(said).to_be_visible(timeout=LONG)
    await said.click()
    await page.wait_for_function("document.querySelector('audio')?.currentTime > 0.2")
    assert {answer.status for answer in answers} == {206}
    await shot(page, "23-transcript")


async def handle(house: House, page: Page, shot: Shot) -> None:
    """Dispatcher, unit and reviewer, one after the other at the same computer."""

    async def turn(username: str) -> None:
        await page.get_by_role("button", name="退出登录").click()
        await enter(house, page, username)
        await opened()

    async def opened() -> None:
        await page.locator(".list .line").first.click()
        await expect(page.get_by_role("heading", name=TITLE)).to_be_visible()

    async def step(action: str, stage: str, **fields: str) -> None:
        steps = page.get_by_role("group", name="可执行操作")
        await steps.get_by_role("button", name=action, exact=True).click()
        for label, text in fields.items():
            field = page.get_by_label(re.compile(rf"^{re.escape(label)}\s*\*?$"))
            if await field.evaluate("field => field.tagName") == "SELECT":
                await field.select_option(label=text)
            else:
                await field.fill(text)
        await page.get_by_role("button", name=f"确认{action}").click()
        await expect(page.locator(".order-head")).to_contain_text(stage)

    await opened()
    await shot(page, "24-dispatcher")
    section = page.locator(".section.dispatch")
    await section.get_by_role("button", name="派单", exact=True).click()
    await section.get_by_label("主办单位").select_option(label="云堰街道市政事务科")
    await section.get_by_label("派单依据").fill("二次供水设施维护属市政事务科职责")
    await section.get_by_label("清单外原因").fill("责任清单尚无此项")
    await section.get_by_role("button", name="确认派单").click()
    await expect(page.locator(".order-head")).to_contain_text("待接单")
    await turn("cb01")
    await step("接单", "已接单")
    await step("登记先行联系", "办理中", 记录="已电话告知当日检修")
    now = f"{datetime.now(CITY):%Y-%m-%dT%H:%M}"
    await told_and_visited(page, at=now, findings="加压泵控制器故障，已更换。", told="已当面说明维修情况。")
    await step("提交办理结果", "待审核", 答复内容="加压泵控制器已更换，水压恢复正常，已向市民当面说明。")
    await turn("sh01")
    await step("审核", "回访中", 审核结论="通过")
    await shot(page, "25-reviewed")
