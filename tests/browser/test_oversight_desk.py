"""What is about more than one order, on the desk in Chromium: a joint meeting with its items, an instruction, a ruling,
a case by hand, and what oversight tells each week."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Desk, Shot, log_in
from tests.browser.test_oversight import SOON, desk, troubled

__all__ = ["desk"]
HELD_AT = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M}"


async def opened(page: Page, tab: str) -> Locator:
    """The tab of the oversight page; gives the place of its own form."""
    await page.get_by_role("tab", name=tab, exact=True).click()
    return page.locator(".begin")


async def sent(place: Locator) -> None:
    form = place.locator("form.step")
    await form.locator("button[type=submit]").click()
    await expect(form).to_have_count(0)


async def left(page: Page) -> None:
    await page.get_by_role("button", name="退出").click()


async def joint_meeting(page: Page, number: str, shot: Shot) -> None:
    begin = await opened(page, "会议")
    await begin.get_by_role("button", name="召开会议").click()
    await begin.get_by_label("会议类别").select_option("joint_meeting")
    await begin.get_by_label("会议名称").fill("加压泵联席会")
    await begin.get_by_label("时间").fill(HELD_AT)
    await begin.get_by_label("地点").fill("二楼会议室")
    await begin.get_by_label("市政事务科").check()
    await begin.get_by_label("系统外参加单位").fill("自来水公司、物业公司")
    await begin.get_by_label("议程").fill("20200101-000001")
    await begin.locator("form.step button[type=submit]").click()
    await expect(begin.get_by_role("alert").first).to_contain_text("工单")
    await begin.get_by_label("议程").fill(number)
    await shot(page, "76-oversight-meeting")
    await sent(begin)
    line = page.locator("[data-line]", has_text="加压泵联席会")
    await expect(line).to_contain_text("待写纪要")
    await line.get_by_role("button", name="记纪要与协调事项").click()
    await line.get_by_label("纪要").fill("三日内更换加压泵")
    await line.get_by_label("协调事项", exact=True).fill("更换加压泵")
    await line.get_by_label("责任单位").select_option(label="市政事务科")
    await line.get_by_label("办结期").fill(SOON)
    await sent(line)
    await expect(line).to_contain_text("1 项未办结")
    await line.get_by_role("button", name="协调事项", exact=True).click()
    await expect(line).to_contain_text("更换加压泵")
    await shot(page, "77-oversight-items")


async def supervised_by_meeting(page: Page) -> None:
    """The proposal becomes a supervision by joint meeting, and ends with its minutes."""
    await page.get_by_role("tab", name="督办", exact=True).click()
    line = page.locator("[data-line]")
    await expect(line).to_contain_text("请于")
    await line.get_by_role("button", name="确认").click()
    await expect(line.get_by_label("到场时间")).to_be_visible()
    await line.get_by_label("督办方式").select_option("joint_meeting")
    await expect(line.get_by_label("到场时间")).to_be_hidden()
    await line.get_by_label("督办要求").fill("联席会后三日内更换")
    await line.get_by_label("期限").fill(SOON)
    await sent(line)
    await page.get_by_role("button", name="进行中").click()
    await line.get_by_role("button", name="办结").click()
    await line.get_by_label("办结说明").fill("已更换")
    await line.locator("form.step button[type=submit]").click()
    await expect(line.get_by_role("alert").first).to_contain_text("会议纪要")
    await line.get_by_label("已召开的会议").select_option(index=1)
    await sent(line)


@pytest.mark.rule("JC-24", "JC-29", "SJ-08", "XY-39", "SJ-33", "SJ-27", "GH-20", "XY-31", "SG-13", "XY-40")
async def test_meetings_rulings_instructions_and_cases_begin_on_the_desk(page: Page, desk: Desk, shot: Shot) -> None:
    order = await troubled(desk)
    number = await desk.room.pool.fetchval("select number from work_order where id = $1", order)
    await log_in(page, "ld01")
    await page.goto("/#/oversight")
    await joint_meeting(page, number, shot)
    await supervised_by_meeting(page)
    begin = await opened(page, "批示")
    await begin.get_by_role("button", name="作出批示").click()
    await begin.get_by_label("批示内容").fill("紧盯短板，举一反三")
    await begin.get_by_label("办理要求").fill("报整改方案")
    await begin.get_by_label("市政事务科").check()
    await begin.get_by_label("关联工单编号").fill(number)
    await begin.get_by_label("期限").fill(SOON)
    await sent(begin)
    await expect(page.locator("[data-line]", has_text="举一反三")).to_contain_text(number)
    begin = await opened(page, "约谈问责")
    await begin.get_by_role("button", name="立案").click()
    await begin.get_by_label("立案类别").select_option("referral")
    await begin.get_by_label("单位 *", exact=True).select_option(label="市政事务科")
    await begin.get_by_label("事由").locator("visible=true").select_option("bad_attitude")
    await begin.get_by_label("理由").fill("态度生硬")
    await begin.get_by_label("证据：工单编号").fill(number)
    await shot(page, "78-oversight-case")
    await sent(begin)
    line = page.locator("[data-line]", has_text="移送纪检")
    await line.get_by_role("button", name="证据").click()
    await expect(line.get_by_role("link", name="工单")).to_have_attribute("href", f"#/order/{order}")
    await page.goto("/#/oversight-lists")
    await expect(page.get_by_role("heading", name="上周三类清单（按单位）")).to_be_visible()
    await page.get_by_role("tab", name="逾期通报").click()
    await expect(page.locator("table").last).to_contain_text("市政事务科")
    await shot(page, "79-oversight-late")
    await left(page)
    await log_in(page, "zj01")
    await page.goto("/#/oversight")
    begin = await opened(page, "口径")
    await begin.get_by_role("button", name="起草口径").click()
    await begin.get_by_label("争议问题").fill("高层加压泵由谁维护")
    await begin.get_by_label("口径内容").fill("由市政事务科维护")
    await begin.get_by_label("诉求类别").fill("公用事业")
    await begin.get_by_label("责任单位").select_option(label="市政事务科")
    await begin.get_by_label("市政事务科").last.check()
    await begin.get_by_label("city 机构").check()
    await shot(page, "80-oversight-ruling")
    await sent(begin)
    await expect(page.locator("[data-line]", has_text="高层加压泵由谁维护")).to_contain_text("待认可")
    kept = await desk.room.pool.fetch("select kind, state, evidence from sanction_case where kind = 'referral'")
    assert [(row["state"], row["evidence"]) for row in kept] == [("proposed", [{"kind": "order", "id": str(order)}])]
