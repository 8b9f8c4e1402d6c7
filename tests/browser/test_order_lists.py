"""The desk's list of orders in Chromium: words, ready lists, colours, a kept filter, a file; an order's attachment."""

from datetime import timedelta

import pytest
from playwright.async_api import FilePayload, Page, expect

from callcenter.core.clock import SystemClock
from callcenter.orders.views import NewOrder
from tests.browser.conftest import Desk, Shot, log_in

pytestmark = pytest.mark.rule("JC-32")

TITLES = ("桐影路加压泵损坏", "夜间施工噪音扰民", "云堰街道路面破损", "小区电梯故障困人", "路灯不亮")


async def fill(desk: Desk) -> None:
    """Five orders, one late, one due tomorrow or sooner, one in a fortnight."""
    agent, now = desk.room.actors["hw01"], SystemClock().now()
    for number, title in enumerate(TITLES):
        order = await desk.orders.create(
            agent,
            NewOrder(
                title=title,
                content=f"居民反映{title}，已持续数日，望尽快核实处理。",
                request_type="complaint",
                address="云堰街道",
            ),
        )
        await desk.room.pool.execute("delete from order_timer where order_id = $1", order.id)
        if number < 3:
            due = now + (timedelta(hours=-5), timedelta(hours=2), timedelta(days=14))[number]
            await desk.room.pool.execute(
                "insert into order_timer (order_id, name, owner_org_id, ruleset, ruleset_version, calendar,"
                " start_event, started_at, due_at) values ($1, 'handle', $2, 'r', 1, 'c', 'dispatched', $3, $4)",
                order.id,
                agent.org_id,
                now,
                due,
            )


async def test_a_list_is_searched_cut_kept_and_taken_away(desk: Desk, page: Page, shot: Shot) -> None:
    await fill(desk)
    await log_in(page, "pd01")
    panel = page.get_by_label("工单列表")
    lines = panel.locator(".list .line")
    await expect(lines).to_have_count(5)
    await panel.get_by_role("searchbox").fill("噪音 持续")
    await expect(lines).to_have_count(1)
    await expect(lines.locator("mark").first).to_have_text("噪音")
    await shot(page, "order-search")
    await panel.get_by_role("searchbox").fill("。！")
    await expect(panel.get_by_role("alert")).to_contain_text("标点和符号不能检索")
    await panel.get_by_role("searchbox").fill("")
    await expect(lines).to_have_count(5)
    await panel.get_by_role("combobox", name="清单").select_option("followup")
    await panel.get_by_role("button", name="筛选").click()
    await panel.get_by_label("排序").select_option("due")
    await expect(lines).to_have_count(3)
    assert [await line.get_attribute("data-colour") for line in await lines.all()] == ["red", "yellow", "green"]
    await expect(lines.first).to_contain_text("超期")
    await panel.get_by_label("时限").select_option("red")
    await expect(lines).to_have_count(1)
    await panel.get_by_label("筛选条件名称").fill("今日超期")
    await panel.get_by_label("本单位共享").check()
    await panel.get_by_role("button", name="保存").click()
    await expect(panel.get_by_role("combobox", name="清单")).to_contain_text("今日超期")
    await shot(page, "order-filters")
    async with page.expect_download() as arriving:
        await panel.get_by_role("button", name="CSV").click()
    file = await (await arriving.value).path()
    assert TITLES[0] in file.read_text("utf-8-sig")


async def test_an_attachment_is_added_and_a_page_is_refused(desk: Desk, page: Page, shot: Shot) -> None:
    await fill(desk)
    await log_in(page, "pd01")
    await page.get_by_text(TITLES[0]).click()
    files = page.locator(".order-section", has_text="附件")
    photo = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(5000)
    chosen = files.get_by_label("选择文件")
    await chosen.set_input_files(FilePayload(name="现场照片.jpg", mimeType="image/jpeg", buffer=photo))
    await files.get_by_role("button", name="上传").click()
    await expect(files.get_by_role("link", name="现场照片.jpg")).to_be_visible()
    await shot(page, "order-files")
    await chosen.set_input_files(FilePayload(name="照片.jpg", mimeType="image/jpeg", buffer=b"<html><script>"))
    await files.get_by_role("button", name="上传").click()
    await expect(files.get_by_role("alert")).to_contain_text("不支持该文件类型")
