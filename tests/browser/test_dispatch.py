"""Dispatch in a real Chromium: the list is agreed to, an order takes the suggestion, is returned, is signed for."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from playwright.async_api import TimeoutError as Late

from callcenter.app.matters import furnish_matters
from callcenter.core.clock import SystemClock
from callcenter.core.ids import OrgId, UserId
from callcenter.matters.config import MattersConfig
from callcenter.orders.service import Orders
from callcenter.orders.views import NewOrder
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Pool
from tests.browser.conftest import Shot, log_in
from tests.rooms.desks_of_town import Site, open_room, open_site_of
from tests.rooms.dispatch_web import FORM, routes_of, settle


@dataclass(frozen=True, slots=True)
class Town:
    site: Site
    orders: Orders
    orgs: dict[str, OrgId]
    pool: Pool

    async def created(self, **fields: str) -> str:
        """By the street's agent; gives the address of its page."""
        row = await self.pool.fetchrow(
            "select u.*, o.path from app_user u join org o on o.id = u.org_id where username = 'hw01x'"
        )
        assert row is not None
        agent = Actor(
            user_id=UserId(row["id"]),
            username=row["username"],
            name=row["name"],
            roles=frozenset({Role.AGENT}),
            org_id=OrgId(row["org_id"]),
            org_path=row["path"],
        )
        new = NewOrder(**{**FORM, "caller_number": "+8613800000001", **fields})
        return f"#/order/{(await self.orders.create(agent, new)).id}"


@pytest.fixture
async def town(pool: Pool, database_url: str) -> AsyncIterator[Town]:
    async with open_room(pool) as room:
        orgs = await settle(room.people, "x")
        clock = SystemClock()
        orders, routes = await routes_of(pool, room.people, room.bus, clock)
        matters = furnish_matters(
            MattersConfig(), pool=pool, clock=clock, bus=room.bus, orders=orders, outbox=Outbox(clock)
        )
        async with open_site_of(room, database_url, [*routes, *matters.routes()]) as site:
            yield Town(site=site, orders=orders, orgs=orgs, pool=pool)


@pytest.fixture
async def page(browser: Browser, town: Town) -> AsyncIterator[Page]:
    context = await browser.new_context(
        base_url=town.site.base, viewport={"width": 1280, "height": 900}, locale="zh-CN"
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto("/")
    yield page
    await context.close()
    assert complaints == []


async def become(page: Page, username: str, address: str = "#/") -> None:
    if await page.get_by_role("button", name="退出登录").count():
        await page.get_by_role("button", name="退出登录").click()
    await page.get_by_label("用户名").wait_for()
    await page.goto(f"/{address}")
    await log_in(page, username)


async def press(section: Locator, name: str) -> None:
    """Opens a step's form. A press may fall into the redraw after the page's first look: then it is made again."""
    form = section.locator("form.step")
    for _ in range(5):
        await section.get_by_role("button", name=name, exact=True).click()
        with suppress(Late):
            await form.wait_for(timeout=3000)
            return
    await form.wait_for()


async def test_the_list_is_proposed_by_the_centre_and_agreed_to_by_the_unit(page: Page, town: Town, shot: Shot) -> None:
    await become(page, "pd01x", "#/duties")
    await page.get_by_role("button", name="新增事项").click()
    form = page.get_by_label("提出，待列名单位确认")
    for label, value in (
        ("编码", "GS-01"),
        ("事项", "二次供水水压不足"),
        ("分类", "公用事业"),
        ("关键词", "水压、加压泵"),
        ("依据", "供水条例第十二条"),
        ("生效日期", "2026-01-01"),
    ):
        await form.get_by_label(label, exact=False).first.fill(value)
    await form.get_by_label("主办单位").select_option("water")
    await form.get_by_role("button", name="提出").click()
    await expect(page.get_by_text("待确认").first).to_be_visible()
    await become(page, "fz01x", "#/duties")
    await page.get_by_role("button", name="同意", exact=True).click()
    await expect(page.get_by_label("事项", exact=True)).to_contain_text("生效")
    await shot(page, "duties")

    order = await town.created()
    await become(page, "pd01x", order)
    section = page.locator(".section.dispatch")
    await expect(section).to_contain_text("水压")
    await section.scroll_into_view_if_needed()
    await shot(page, "dispatch-suggestions")
    await section.get_by_role("button", name="采用").click()
    await section.get_by_label("派单依据").fill("责任清单 GS-01")
    await section.get_by_label("道路管理科").check()
    await shot(page, "dispatch-form")
    await section.locator("form").get_by_role("button", name="派单").click()
    await expect(section).to_contain_text("采纳建议")
    await expect(section).to_contain_text("责任单位 市政事务科")
    await shot(page, "dispatch-record")

    await become(page, "dl01x", "#/tasks")
    await page.get_by_role("button", name="接受 / 报到").click()
    await page.get_by_role("button", name="填写结果").click()
    await page.get_by_label("结果").fill("管线图已提供")
    await shot(page, "tasks")
    await page.get_by_role("button", name="提交").click()
    await expect(page.get_by_text("没有协办任务")).to_be_visible()


async def test_a_return_is_drafted_signed_and_reviewed_and_an_order_is_signed_for(
    page: Page, town: Town, shot: Shot
) -> None:
    order = await town.created()
    await become(page, "pd01x", order)
    section = page.locator(".section.dispatch")
    await press(section, "派单")
    form = section.locator("form")
    await form.get_by_label("主办单位").select_option(label="市政事务科")
    await form.get_by_label("清单外原因").fill("清单无此项")
    await form.get_by_label("派单依据").fill("属地")
    await form.get_by_role("button", name="派单").click()
    await expect(section).to_contain_text("清单外")

    await become(page, "cb01x", order)
    await (
        page.get_by_role("button", name="接单", exact=True)
        .or_(page.get_by_role("button", name="先行接单"))
        .first.click()
    )
    await page.locator("form.step").get_by_role("button").first.click()
    section = page.locator(".section.returning")
    await press(section, "起草退单申请表")
    await section.get_by_label("建议派单方向").select_option(label="道路管理科")
    await section.get_by_label("退单理由", exact=False).last.fill("泵房由道路科统一管养，非我科职责")
    await section.get_by_label("职责依据").fill("三定方案第三条")
    await shot(page, "return-form")
    await section.locator("form").get_by_role("button", name="起草").click()
    await expect(section).to_contain_text("草稿")

    await become(page, "fz01x", order)
    await press(section, "负责人签字提交")
    await section.locator("form").get_by_role("button", name="负责人签字提交").click()
    await expect(section).to_contain_text("待审核")
    await become(page, "pd01x", order)
    dispatch = page.locator(".section.dispatch")
    await press(section, "审核退单")
    await section.get_by_label("审核结果").select_option("yes")
    await section.get_by_label("意见").fill("属实，转签派")
    await section.locator("form").get_by_role("button", name="审核退单").click()
    await expect(section).to_contain_text("已同意")
    await press(dispatch, "提请签派")
    await dispatch.get_by_label("情况说明").fill("两科互推")
    await dispatch.locator("form").get_by_role("button", name="提请签派").click()
    await expect(section).to_contain_text("待分管领导意见")

    await become(page, "fg01x", order)
    await press(section, "提出处置意见")
    await section.get_by_role("textbox", name="处置意见").fill("由道路管理科主办")
    await section.get_by_label("主办单位").select_option(label="道路管理科")
    await section.get_by_label("时限").fill("2026-12-25T18:00")
    await section.locator("form").get_by_role("button", name="提出处置意见").click()
    await expect(section).to_contain_text("待主要领导批办")
    await become(page, "zy01x", order)
    await press(section, "批办")
    await section.get_by_label("批示").fill("照此办理")
    await section.scroll_into_view_if_needed()
    await shot(page, "sign-approve")
    await section.locator("form").get_by_role("button", name="批办").click()
    await expect(section).to_contain_text("已批办")
    await expect(dispatch).to_contain_text("已锁定")
    await section.scroll_into_view_if_needed()
    await shot(page, "return-sign")


@pytest.mark.rule("XY-19")
async def test_a_head_delegates_the_signature_and_ends_it(page: Page, town: Town, shot: Shot) -> None:
    await become(page, "fz01x", "#/delegations")
    form = page.locator("form.step")
    await form.get_by_label("受托人").select_option(label="用户cb")
    await form.get_by_label("起", exact=False).fill("2026-01-01T08:00")
    await form.get_by_label("止", exact=False).fill("2025-01-01T08:00")
    await form.get_by_label("委托原因").fill("外出学习")
    await form.get_by_role("button", name="登记").click()
    await expect(form.get_by_role("alert").first).to_contain_text("须晚于现在")
    await form.get_by_label("止", exact=False).fill("2099-01-01T08:00")
    await form.get_by_role("button", name="登记").click()
    line = page.locator("[data-delegation]")
    await expect(line).to_contain_text("用户fz 委托 用户cb")
    await expect(line).to_contain_text("有效")
    await shot(page, "delegations")
    await line.get_by_role("button", name="终止委托").click()
    await expect(line).to_contain_text("已终止")
    await expect(line.get_by_role("button")).to_have_count(0)
    await become(page, "cb01x", "#/delegations")
    await expect(page.locator("[data-delegation]")).to_contain_text("外出学习")
    await expect(page.get_by_text("由本单位负责人或系统管理员登记")).to_be_visible()


@pytest.mark.rule("SG-27", "SG-07", "SJ-29", "SJ-27")
async def test_many_orders_are_printed_merged_and_dispatched_and_the_figures_show(
    page: Page, town: Town, shot: Shot
) -> None:
    for title in ("桐影路积水", "桐影路又积水", "路灯不亮", "井盖松动"):
        address = await town.created(title=title)
    await town.pool.execute(
        "insert into ruling (id, number, question, text, category, duty_org_id, state, drafted_by, drafted_at,"
        " approved_by, effective_from) select uuidv7(), '口径2026-1', '归谁', '积水由道路科处置', '公用事业', $1,"
        " 'approved', id, now(), id, '2026-01-01' from app_user where username = 'sh01x'",
        town.orgs["roads"],
    )
    await become(page, "pd01x", address)
    section = page.locator(".section.dispatch")
    await expect(section.locator("[data-suggestion]").first).to_contain_text("口径 口径2026-1 积水由道路科处置")
    await section.get_by_role("button", name="采用").first.click()
    await expect(section.get_by_label("主办单位")).to_have_value(str(town.orgs["roads"]))
    await shot(page, "dispatch-ruling")

    panel = page.get_by_label("工单列表")
    await panel.get_by_role("button", name="批量").click()
    lines = panel.locator(".list .line")
    for title in ("桐影路积水", "桐影路又积水"):
        await lines.filter(has_text=title).click()
    await expect(panel).to_contain_text("已选 2 件")
    async with page.expect_download() as arriving:
        await panel.get_by_role("button", name="打印 PDF").click()
    assert (await (await arriving.value).path()).read_bytes()[:5] == b"%PDF-"
    await panel.get_by_role("button", name="并单", exact=True).click()
    await shot(page, "batch-merge")
    await panel.locator("form").get_by_role("button", name="并单").click()
    await expect(panel.get_by_role("status")).to_contain_text("2 件已并入")
    await lines.filter(has_text="路灯不亮").click()
    await lines.filter(has_text="井盖松动").click()
    await panel.get_by_role("button", name="派单", exact=True).click()
    await panel.locator("form").get_by_label("主办单位").select_option(label="市政事务科")
    await panel.locator("form").get_by_label("派单依据").fill("属地")
    await panel.locator("form").get_by_role("button", name="派单").click()
    await expect(panel.get_by_role("status")).to_contain_text("已派单 2 / 2 件")
    await shot(page, "batch-done")

    await become(page, "pd01x", "#/dispatching")
    await expect(page.locator(".figure").filter(has_text="派单工单")).to_contain_text("2")
    await expect(page.locator(".figure").filter(has_text="首派准确率")).to_contain_text("100%")
    await expect(page.get_by_label("各单位持单时长")).to_contain_text("市政事务科")
    await expect(page.get_by_label("积压预警")).to_contain_text("没有记录")
    await shot(page, "dispatch-figures")


@pytest.mark.rule("SG-25", "XY-34")
async def test_who_helps_finds_the_order_and_opens_the_task(page: Page, town: Town, shot: Shot) -> None:
    address = await town.created(content="六楼无水，请回电13800000001")
    await become(page, "pd01x", address)
    section = page.locator(".section.dispatch")
    await press(section, "派单")
    form = section.locator("form")
    await form.get_by_label("主办单位").select_option(label="市政事务科")
    await form.get_by_label("清单外原因").fill("清单无此项")
    await form.get_by_label("派单依据").fill("属地")
    await form.get_by_label("西部自来水厂").check()
    await form.get_by_role("button", name="派单").click()
    await expect(section).to_contain_text("清单外")

    await become(page, "sc01x", "#/")
    panel = page.get_by_label("工单列表")
    await expect(panel.get_by_role("tab", name="协办")).to_have_attribute("aria-selected", "true")
    await panel.get_by_role("searchbox").fill("无")
    line = panel.locator(".list .line")
    await expect(line.locator("mark").first).to_have_text("无")
    assert "13800000001" not in await page.content()
    await shot(page, "helping")
    await line.click()
    await expect(page.locator("[data-task]")).to_contain_text("六楼无水")
    await shot(page, "helping-task")
