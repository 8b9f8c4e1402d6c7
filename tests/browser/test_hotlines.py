"""The page of hotline numbers in Chromium: standings and alarms, the checklist of a merged number, tests and drills."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from callcenter.calls.events import AgentRung, CallArrived
from callcenter.core.ids import new_id
from callcenter.resources import IVR
from callcenter.store.pool import Pool
from callcenter.web.hotlines import hotline_routes
from tests.browser.conftest import Shot, log_in
from tests.rooms.desks_of_town import CallSeen, Room, open_room, open_site_of
from tests.rooms.registry_house import RegistryHouse
from tests.vaults import VAULT


@pytest.fixture
async def house(pool: Pool, tmp_path: Path) -> RegistryHouse:
    """The shipped registry on a day of November 2026; 12350 cannot be reached, 12369 has callers."""
    house = RegistryHouse(pool, tmp_path / "hotlines.yaml")
    house.file.write_bytes((IVR / "hotlines.yaml").read_bytes())
    house.book.current, house.book.sha256 = house.read()
    house.clock.at = datetime.fromisoformat("2026-11-22T10:00+08:00")
    await house.book.take_up(None)
    for number, status, reason in [("12350", "failed", "fail_safe"), ("12369", "ok", ""), ("12329", "ok", "")]:
        await probed(house, number, "daily", status, reason)
    for day, calls in [("2026-11-18", 9), ("2026-11-19", 6), ("2026-11-20", 4), ("2026-11-21", 5), ("2026-11-22", 2)]:
        for hour in range(calls):
            await house.call_came("12369", f"{day}T{hour:02}:30:00", outcome="answered")
    return house


async def probed(house: RegistryHouse, number: str, kind: str, status: str, reason: str) -> None:
    at = house.clock.now() - timedelta(hours=6)
    await house.pool.execute(
        "insert into hotline_probe (id, number, kind, day, status, reason, asked_at, began_at, answered_at, ended_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9)",
        new_id(), number, kind, at.date(), status, reason, at,
        at + timedelta(seconds=4) if status == "ok" else None, at + timedelta(seconds=9),
    )  # fmt: skip


@pytest.fixture
async def room(house: RegistryHouse) -> AsyncIterator[Room]:
    async with open_room(house.pool) as room:
        yield room


@pytest.fixture
async def base(house: RegistryHouse, room: Room, database_url: str) -> AsyncIterator[str]:
    routes = hotline_routes(house.book, house.reading, house.merges, house.probes, house.cases)
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


async def open_numbers(page: Page) -> None:
    await log_in(page, "bz01")
    await page.get_by_text("功能 ▾").click()
    await page.get_by_role("link", name="热线号码").click()
    await expect(page.get_by_role("heading", name="热线号码")).to_be_visible()


async def test_a_merged_number_with_its_checklist_and_calls(page: Page, house: RegistryHouse, shot: Shot) -> None:
    await open_numbers(page)
    await expect(page.get_by_role("alert")).to_contain_text("测试呼叫未接通：12350")
    row = page.locator("tr[data-number='12369']")
    await expect(row).to_contain_text("整体并入")
    await expect(row).to_contain_text("提示期还有 40 天")
    await expect(row).to_contain_text("昨日 5")
    await row.get_by_role("button").click()
    detail = page.get_by_label("号码详情")
    await expect(detail).to_contain_text("2026-10-01 — 2027-01-01")
    await expect(detail.get_by_label("2026-11-18: 9")).to_be_visible()
    await detail.get_by_label("在办工单已迁移").check()
    await expect(detail).to_contain_text("用户 bz01")
    await expect(detail.get_by_role("button", name="新建销号任务")).to_be_disabled()
    await expect(detail).to_contain_text("语音提示期至 2027-01-01，此前不得销号")
    await shot(page, "30-hotline-merged")
    await page.set_viewport_size({"width": 1920, "height": 1080})
    await shot(page, "31-hotline-merged-1920")
    assert await house.pool.fetchval("select item from merge_check") == "orders_migrated"


async def test_a_tick_that_is_refused_is_taken_back(page: Page, house: RegistryHouse) -> None:
    await open_numbers(page)
    await page.locator("tr[data-number='12350']").get_by_role("button").click()
    box = page.get_by_label("测试呼叫成功")
    await box.click()
    await expect(page.get_by_role("alert")).to_contain_text("还没有成功的测试呼叫")
    await expect(box).not_to_be_checked()
    assert await house.pool.fetchval("select count(*) from merge_check") == 0


async def test_a_number_is_closed_after_its_notice(page: Page, house: RegistryHouse, shot: Shot) -> None:
    house.clock.at = datetime.fromisoformat("2027-01-01T00:00+08:00")
    await open_numbers(page)
    await page.locator("tr[data-number='12369']").get_by_role("button").click()
    for item in ("在办工单已迁移", "专业知识库已导入", "测试呼叫成功", "办理时限不低于原热线"):
        await page.get_by_label(item).click()
        await expect(page.get_by_label(item)).to_be_checked()
    await page.get_by_role("button", name="新建销号任务").click()
    await expect(page.get_by_text("销号任务办理中")).to_be_visible()
    await page.get_by_role("button", name="确认已销号").click()
    await expect(page.locator("tr[data-number='12369']")).to_contain_text("已销号")
    await shot(page, "32-hotline-closed")


async def test_a_drill_is_asked_for_and_its_time_shown(page: Page, house: RegistryHouse, shot: Shot) -> None:
    await open_numbers(page)
    await page.locator("tr[data-number='110']").get_by_role("button").click()
    detail = page.get_by_label("号码详情")
    await expect(detail).to_contain_text("应急专线")
    await expect(detail).to_contain_text("62349110")
    await detail.get_by_role("button", name="联动演练").click()
    await expect(page.locator("tr[data-number='110']")).to_contain_text("等待")
    began = house.clock.now()
    await house.pool.execute(
        "update hotline_probe set status = 'ok', began_at = $1, answered_at = $2, ended_at = $2 where kind = 'drill'",
        began, began + timedelta(seconds=3),
    )  # fmt: skip
    await expect(detail).to_contain_text("用时 3 秒")
    await expect(page.locator("tr[data-number='110']")).to_contain_text("接通")
    await shot(page, "33-hotline-drill")


async def test_the_page_in_english(page: Page, shot: Shot) -> None:
    await open_numbers(page)
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", name="Hotline numbers")).to_be_visible()
    await expect(page.get_by_role("alert")).to_contain_text("Test calls do not get through: 12350")
    await page.locator("tr[data-number='12366']").get_by_role("button").click()
    await expect(page.get_by_label("Number", exact=True)).to_contain_text("Sub-centre")
    await shot(page, "34-hotlines-english")


async def test_the_page_is_not_for_agents(page: Page) -> None:
    await log_in(page, "hw01")
    await expect(page.locator('.menu.pages a[href="#/hotlines"]')).to_have_count(0)
    await page.goto("/#/hotlines")
    await expect(page.get_by_label("当前来电")).to_be_visible()


async def test_the_card_of_a_call_from_110_shows_its_case(
    page: Page, room: Room, house: RegistryHouse, shot: Shot
) -> None:
    """110 hands in its case, then the citizen's call comes; he rang us half an hour ago."""
    await log_in(page, "hw01")
    await page.get_by_role("button", name="就绪", exact=True).click()
    await expect(page.locator(".dot.ready")).to_be_visible()
    await house.call_came("12345", "2026-11-22T09:30:00", caller_number="+8613800000001")
    key = "+8613800000001"
    call = await house.call_came("12345", "2026-11-22T10:00:00", caller_number=key, stage="ringing", extension="8001")
    room.calls.calls[call] = CallSeen(id=call)
    machine = room.town.users["machine"].id
    await house.pool.execute(
        "insert into link_case (id, link, external, summary, caller_number, caller_key, machine_id, received_at,"
        " expires_at) values ($1, '110', 'GA-20261122-0007', '邻里噪声，无人身危险', $2, $3, $4, $5, $6)",
        new_id(), VAULT.seal(key), VAULT.key(key), machine, house.clock.now(),
        house.clock.now() + timedelta(minutes=10),
    )  # fmt: skip
    await house.watch.arrived(
        CallArrived(at=house.clock.now(), call=call, direction="inbound", caller="13800000001", dialled="12345")
    )
    room.ring_in(call=call)
    room.bus.publish(AgentRung(at=datetime.now(UTC), call=call, extension="8001", queue="main"))
    card = page.get_by_label("当前来电")
    await expect(card).to_contain_text("由 110 公安报警 转来")
    await expect(card).to_contain_text("GA-20261122-0007")
    await expect(card).to_contain_text("邻里噪声，无人身危险")
    await expect(card).to_contain_text("此前通话")
    await shot(page, "35-card-from-110")
