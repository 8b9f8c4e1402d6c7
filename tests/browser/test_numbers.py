"""The page of callers' lists and the gate's refusals in Chromium, over the real rooms."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, expect

from callcenter.core.bus import Bus
from callcenter.core.clock import SystemClock
from callcenter.core.ids import new_id
from callcenter.numbers.gate import DialRefused, Purpose
from callcenter.numbers.refusals import Refusals
from callcenter.numbers.store import SQL
from callcenter.numbers.views import Category
from callcenter.store.pool import Pool
from callcenter.web.numbers import numbers_routes
from tests.browser.conftest import Shot, log_in
from tests.rooms.desks_of_town import open_room, open_site_of
from tests.rooms.gates import open_gate
from tests.rooms.lists_of_callers import Lists, open_lists


async def fill(lists: Lists) -> None:
    """One in care, one proposal, and three refusals of the gate and the dialplan."""
    agent, supervisor = lists.people["agent"], lists.people["supervisor"]
    await lists.care.add_number(supervisor, "021-52340007", Category.ELDERLY, "独居老人，听力弱", 180)
    await lists.proposed()
    gate = open_gate(lists.pool, Bus())
    for number in ("16812345", "+85221234567"):
        with pytest.raises(DialRefused):
            await gate.allow(agent, Purpose.CONTACT, number, at=datetime.now(UTC))
    await SQL.insert_refusal(
        lists.pool,
        id=new_id(),
        at=datetime.now(UTC),
        source="trunk",
        actor_id=None,
        purpose="",
        reason="toll",
        masked="",
        place="carrier",
    )


@pytest.fixture
async def base(pool: Pool, database_url: str) -> AsyncIterator[str]:
    async with open_room(pool) as room:
        people = {"agent": room.actors["hw01"], "supervisor": room.actors["bz01"]}
        lists = open_lists(pool, SystemClock(), people)
        await fill(lists)
        routes = numbers_routes(lists.callers, lists.care, lists.harassment, Refusals(pool))
        async with open_site_of(room, database_url, routes) as site:
            yield site.base


@pytest.fixture
async def page(browser: Browser, base: str) -> AsyncIterator[Page]:
    context = await browser.new_context(base_url=base, viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    await page.goto("/")
    yield page
    await context.close()
    assert complaints == []


async def test_a_supervisor_approves_lists_and_sees_what_was_refused(page: Page, shot: Shot) -> None:
    await log_in(page, "bz01")
    await page.get_by_text("功能 ▾").click()
    await page.get_by_role("link", name="号码名单").click()
    harassment, care = page.get_by_label("骚扰来电限制"), page.get_by_label("重点关爱", exact=True)
    await expect(harassment).to_contain_text("辱骂话务员")
    await expect(harassment).to_contain_text("0007")
    await expect(harassment).not_to_contain_text("13800000007")
    refusals = page.get_by_label("外呼拒绝与盗打")
    for told in ("声讯高额号码", "国际及港澳台", "外线盗打", "carrier"):
        await expect(refusals).to_contain_text(told)
    await shot(page, "numbers-1")

    await harassment.get_by_role("button", name="批准限制").click()
    await harassment.get_by_role("button", name="批准限制").click()
    await expect(harassment.locator(".wrong").filter(has_text="必填")).to_be_visible()
    await harassment.get_by_label("审批意见").fill("录音属实")
    await page.keyboard.press("Enter")
    await expect(harassment).to_contain_text("生效中")
    await expect(harassment).to_contain_text("录音属实")

    await care.get_by_label("电话号码").fill("13800000011")
    await care.get_by_label("类别").select_option("crisis")
    await care.get_by_label("说明").fill("曾有轻生言语")
    await care.get_by_role("button", name="列入重点关爱").click()
    await expect(care).to_contain_text("曾有轻生言语")
    await care.get_by_label("电话号码").fill("12345")
    await care.get_by_role("button", name="列入重点关爱").click()
    await expect(care.get_by_role("alert").filter(has_text="不是完整的电话号码")).to_be_visible()
    await shot(page, "numbers-2")
    await care.get_by_role("button", name="移出").first.click()
    await expect(care).to_contain_text("已到期")

    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", name="Special care", exact=True)).to_be_visible()
    await shot(page, "numbers-3-en")
