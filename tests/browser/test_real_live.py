"""The agent's live controls in Chromium on a real house: hold and resume, then three with the police at one press."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from callcenter.sample.rtp import alaw
from callcenter.sample.sipp import Telephone, open_agent, open_caller, open_citizen
from tests.browser.conftest import ARGUMENTS, CHROMIUM, Shot
from tests.scenarios.house import PATIENCE, SECOND, House, until
from tests.simulators.tones import strength, tone

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLER: Final = "13900000071"
CITIZEN, AGENT, POLICE = 440.0, 1000.0, 1700.0
AUDIBLE: Final = 1000.0
LONG: Final = 30_000
"""Milliseconds for what Asterisk and the menu take their time for."""


@pytest_asyncio.fixture(loop_scope="module")
async def page(house: House) -> AsyncIterator[Page]:
    """hw01's desk, logged in."""
    assert CHROMIUM is not None, "Chromium is needed: apt-get install chromium"
    async with async_playwright() as playwright:
        browser: Browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(
            base_url=house.base, viewport={"width": 1280, "height": 800}, locale="zh-CN"
        )
        page = await context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto("/")
        await page.get_by_label("用户名").fill("hw01")
        await page.get_by_label("密码").fill(house.state.passwords["hw01"])
        await page.get_by_role("button", name="登录", exact=True).click()
        await page.get_by_text("已连接").wait_for()
        yield page
        await browser.close()
        assert complaints == []


async def hears(phone: Telephone, *voices: float) -> None:
    """Returns when the telephone hears these tones and no other."""

    async def so() -> bool:
        sound = phone.voice.heard
        return all((strength(sound, one) > AUDIBLE) is (one in voices) for one in (CITIZEN, AGENT, POLICE))

    phone.voice.forget()
    await until(so, 8 * SECOND)


@asynccontextmanager
async def talking(house: House, page: Page) -> AsyncIterator[tuple[Telephone, Telephone]]:
    """Citizen and agent hear each other."""
    secret = house.state.sip_secret_of("8001")
    async with open_agent(house.exchange, extension="8001", secret=secret, speech=alaw(tone(AGENT))) as agent:
        await page.get_by_role("button", name="就绪", exact=True).click()
        await expect(page.locator(".dot.ready")).to_be_visible()
        speech, hold = alaw(tone(CITIZEN)), timedelta(minutes=2)
        async with open_caller(house.exchange, dial="12345", caller=CALLER, speech=speech, hold=hold) as caller:
            await expect(page.locator(".dot.talking")).to_be_visible(timeout=LONG)
            yield caller, agent


async def test_hold_and_three_with_the_police(house: House, page: Page, shot: Shot) -> None:
    police = open_citizen(
        house.exchange, port=house.state.ports["rescue"], speech=alaw(tone(POLICE)), ring=timedelta(seconds=1.5)
    )
    async with police as officer, talking(house, page) as (caller, agent):
        controls = page.get_by_role("group", name="通话控制")
        await hears(caller, AGENT)
        await expect(page.get_by_label("当前来电")).to_contain_text("秒）")
        await controls.get_by_role("button", name="保持", exact=True).click()
        await expect(controls.locator("[data-party=citizen]")).to_contain_text("保持中")
        await hears(caller)
        await controls.get_by_role("button", name="恢复通话").click()
        await expect(controls.locator("[data-party=citizen]")).to_contain_text("通话中")
        await hears(caller, AGENT)
        await page.get_by_label("诉求内容").fill("市民咨询个人所得税退税和发票。")
        await controls.get_by_role("button", name="转接 / 咨询").click()
        await expect(controls.get_by_label("按号码或名称查找")).to_be_focused()
        await expect(controls.locator(".targets")).to_contain_text("12366")
        await shot(page, "40-targets")
        red = controls.get_by_role("group", name="紧急热线").get_by_role("button")
        await expect(red.first).to_contain_text("110")
        await red.first.focus()
        await page.keyboard.press("Enter")
        attempt = controls.locator("[data-attempt='110']")
        await expect(attempt).to_contain_text("振铃", timeout=LONG)
        await shot(page, "41-ringing-110")
        await officer.until("answered", PATIENCE)
        await expect(attempt).to_contain_text("已接听", timeout=LONG)
        await expect(controls.locator("[data-party=guest]")).to_contain_text("通话中")
        await hears(caller, AGENT, POLICE)
        await hears(officer, CITIZEN, AGENT)
        await shot(page, "42-three-way")
        await controls.get_by_role("button", name="退出，留双方通话").click()
        await agent.until("bye", PATIENCE)
        await expect(page.locator(".dot.after_call")).to_be_visible(timeout=LONG)
        await hears(caller, POLICE)
        await expect(attempt).to_contain_text("已接听")
        await expect(page.get_by_role("alert").filter(has_text="只有该通话")).to_be_hidden()
        await shot(page, "43-left")
        await caller.hang_up()
        await officer.until("bye", PATIENCE)
    row = await house.sql.fetchrow("select target, mode, emergency, outcome from transfer_attempt")
    assert row is not None
    assert tuple(row) == ("110", "three_way", True, "answered")


async def test_a_missed_caller_is_rung_back(house: House, page: Page, shot: Shot) -> None:
    missed = await house.sql.fetchval(
        "insert into missed_call (id, number, number_key, hotline, reason, first_at, last_at, times, last_call)"
        " values (gen_random_uuid(), $1, $2, '政务服务便民热线', 'abandoned', now(), now(), 2,"
        " gen_random_uuid()) returning id",
        house.vault.seal("+8613900000072"),
        house.key_of("13900000072"),
    )
    citizens = open_citizen(house.exchange, port=house.state.ports["citizens"], speech=alaw(tone(CITIZEN)))
    secret = house.state.sip_secret_of("8001")
    own = open_agent(house.exchange, extension="8001", secret=secret, speech=alaw(tone(AGENT)))
    async with citizens as citizen, own as agent:
        await page.get_by_role("button", name="就绪", exact=True).click()
        await expect(page.locator(".dot.ready")).to_be_visible()
        await page.reload()
        row = page.locator(f"[data-missed='{missed}']")
        await expect(row).to_contain_text("2 次")
        await shot(page, "44-missed")
        await row.get_by_role("button", name="回拨").click()
        await citizen.until("answered", PATIENCE)
        await hears(citizen, AGENT)
        await hears(agent, CITIZEN)

        async def rung_back() -> bool:
            return bool(await house.sql.fetchval("select state = 'called_back' from missed_call where id = $1", missed))

        await citizen.hang_up()
        await until(rung_back)
        await expect(row).to_be_hidden(timeout=LONG)
