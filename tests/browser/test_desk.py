"""What people do at the desk, done in Chromium."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Desk, Shot, log_in
from tests.vaults import VAULT


async def ready(page: Page) -> None:
    await log_in(page, "hw01")
    await page.get_by_role("button", name="就绪", exact=True).click()
    await expect(page.locator(".dot.ready")).to_be_visible()
    await expect(page.get_by_role("button", name="小休")).to_be_enabled()


async def test_a_wrong_password_is_told_and_a_right_one_opens_the_desk(page: Page, shot: Shot) -> None:
    await shot(page, "01-login")
    await page.get_by_label("用户名").fill("hw01")
    await page.get_by_label("密码").fill("wrong-password")
    await page.get_by_role("button", name="登录", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("密码")
    await shot(page, "02-login-refused")
    await log_in(page, "hw01")
    await expect(page.locator(".dot.offline")).to_be_visible()
    await shot(page, "03-desk-offline")


async def test_presence_by_keyboard(page: Page, desk: Desk, shot: Shot) -> None:
    await ready(page)
    await page.get_by_role("button", name="小休").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="用餐")).to_be_visible()
    await shot(page, "04-pause-menu")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".dot.paused")).to_contain_text("用餐")
    assert desk.room.telephony.members["main", "8001"] == (True, "meal")


async def test_from_the_ring_to_the_order(page: Page, desk: Desk, shot: Shot) -> None:
    await ready(page)
    await shot(page, "05-ready")
    call = await desk.ring()
    card = page.get_by_label("当前来电")
    await expect(card).to_contain_text("138 0000 0001")
    await expect(card).to_contain_text("12345政务服务便民热线")
    await expect(card).to_contain_text("欢迎语")
    await expect(card).to_contain_text("桐影里小区加压泵夜间停运")
    await expect(page.locator("#announce")).to_contain_text("来电振铃")
    await shot(page, "06-ringing")
    desk.answer()
    await expect(page.locator(".dot.talking")).to_be_visible()
    await page.get_by_label("标题").fill("桐影里小区高层水压不足")
    await page.get_by_role("button", name="提交工单").click()
    await expect(page.locator(".wrong").filter(has_text="必填")).to_be_visible()
    await page.get_by_label("诉求内容").fill("市民反映十二楼以上早晚没有水。")
    await page.get_by_label("事发地址").fill("云堰街道桐影里三号楼")
    await page.get_by_label("诉求人", exact=True).fill("林女士")
    await expect(page.get_by_label("联系电话")).to_have_value("+8613800000001")
    await shot(page, "07-talking-form")
    await page.get_by_role("button", name="提交工单").click()
    await expect(page.get_by_role("heading", name="桐影里小区高层水压不足")).to_be_visible()
    await shot(page, "08-order-created")
    row = await desk.room.pool.fetchrow("select call_id, caller_number, caller_name from work_order")
    assert row is not None
    stored = (row["caller_number"], row["caller_name"])
    assert (row["call_id"], *map(VAULT.open, stored)) == (call, "+8613800000001", "林女士")


async def test_a_reload_resumes_call_and_draft(page: Page, desk: Desk) -> None:
    await ready(page)
    await desk.ring()
    desk.answer()
    await expect(page.locator(".dot.talking")).to_be_visible()
    await page.get_by_label("诉求内容").fill("写到一半的内容")
    await page.reload()
    await expect(page.locator(".dot.talking")).to_be_visible()
    await expect(page.get_by_label("当前来电")).to_contain_text("138 0000 0001")
    await expect(page.get_by_label("诉求内容")).to_have_value("写到一半的内容")


async def test_a_second_tab_is_in_step(page: Page, desk: Desk) -> None:
    await ready(page)
    second = await page.context.new_page()
    await second.goto("/")
    await expect(second.locator(".dot.ready")).to_be_visible()
    await second.get_by_role("button", name="话后", exact=True).click()
    await expect(page.locator(".dot.after_call")).to_be_visible()
    await page.get_by_role("button", name="就绪", exact=True).click()
    await expect(second.locator(".dot.ready")).to_be_visible()
    await desk.ring()
    for tab in (page, second):
        await expect(tab.get_by_label("当前来电")).to_contain_text("138 0000 0001")


async def test_a_cut_socket_comes_back_with_what_was_missed(page: Page, desk: Desk, shot: Shot) -> None:
    await ready(page)
    await page.context.set_offline(True)
    await expect(page.get_by_role("alert").filter(has_text="连接中断，正在重连")).to_be_visible()
    await shot(page, "09-lost")
    await desk.ring()
    await page.context.set_offline(False)
    await expect(page.locator(".dot.ringing")).to_be_visible(timeout=20_000)
    await expect(page.get_by_label("当前来电")).to_contain_text("138 0000 0001")
    await expect(page.get_by_text("连接中断，正在重连")).to_be_hidden()


async def test_recording_and_transcript_after_the_call(page: Page, desk: Desk, shot: Shot) -> None:
    await ready(page)
    await desk.ring()
    desk.answer()
    await desk.record("ready")
    desk.finish()
    await expect(page.locator(".dot.after_call")).to_be_visible()
    card = page.get_by_label("当前来电")
    await expect(card.get_by_text("水压一直不足")).to_be_visible()
    await card.get_by_text("水压一直不足").click()
    await page.wait_for_function("document.querySelector('audio').currentTime >= 1.8")
    await page.locator("audio").scroll_into_view_if_needed()
    await shot(page, "10-after-call-transcript")


async def test_a_transcript_without_a_model_says_what_to_do(page: Page, desk: Desk, shot: Shot) -> None:
    await ready(page)
    await desk.ring()
    desk.answer()
    await desk.record("awaiting_model")
    desk.finish()
    await expect(page.get_by_text("callcenter models")).to_be_visible()
    await page.get_by_text("callcenter models").scroll_into_view_if_needed()
    await shot(page, "11-awaiting-model")


async def test_an_order_goes_through_the_hands_of_all(page: Page, desk: Desk, shot: Shot) -> None:
    await log_in(page, "hw01")
    await page.get_by_label("标题").fill("路灯不亮")
    await page.get_by_label("诉求内容").fill("桐影里三号楼前的路灯一周没有亮。")
    await page.get_by_label("联系电话").fill("13800000009")
    await page.get_by_role("button", name="提交工单").click()
    await expect(page.get_by_role("heading", name="路灯不亮")).to_be_visible()

    async def turn(username: str) -> None:
        await page.get_by_role("button", name="退出登录").click()
        await log_in(page, username)
        await page.locator(".list .line").first.click()
        await expect(page.get_by_role("heading", name="路灯不亮")).to_be_visible()

    async def step(action: str) -> None:
        await page.get_by_role("group", name="可执行操作").get_by_role("button", name=action, exact=True).click()

    users = desk.room.town.users
    (line,) = (await desk.orders.list(users["pd01"].actor, scope="all")).items
    await desk.orders.dispatch(users["pd01"].actor, line.id, users["cb01"].org_id, "市政设施维护属其职责")
    await turn("cb01")
    await step("接单")
    await page.get_by_role("button", name="确认接单").click()
    await expect(page.locator(".order-head")).to_contain_text("已接单")
    await step("登记先行联系")
    await page.get_by_label("记录", exact=True).fill("已电话告知当日检修")
    await page.get_by_role("button", name="确认登记先行联系").click()
    await expect(page.locator(".order-head")).to_contain_text("办理中")
    await step("提交办理结果")
    await page.get_by_label("答复内容").fill("更换灯具，已恢复照明。")
    await shot(page, "13-submit")
    await page.get_by_role("button", name="确认提交办理结果").click()
    await expect(page.locator(".order-head")).to_contain_text("待审核")
    await turn("sh01")
    await step("审核")
    await page.get_by_label("审核结论").select_option(label="通过")
    await page.get_by_role("button", name="确认审核").click()
    await expect(page.locator(".order-head")).to_contain_text("回访中")
    await expect(page.locator(".timeline li")).to_have_count(7)
    await shot(page, "14-reviewed")


async def test_the_page_speaks_english_when_asked(page: Page, desk: Desk, shot: Shot) -> None:
    await ready(page)
    await page.get_by_label("标题").fill("保留的草稿")
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("button", name="Ready", exact=True)).to_be_visible()
    await expect(page.get_by_label("Title")).to_have_value("保留的草稿")
    await desk.ring()
    await expect(page.get_by_label("Current call")).to_contain_text("138 0000 0001")
    await shot(page, "15-english")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
async def test_nothing_is_cut_off(browser: Browser, desk: Desk, shot: Shot, width: int, height: int) -> None:
    context = await browser.new_context(base_url=desk.site.base, viewport={"width": width, "height": height})
    page = await context.new_page()
    await page.goto("/")
    await ready(page)
    await desk.ring()
    desk.answer()
    await expect(page.locator(".dot.talking")).to_be_visible()
    await expect(page.get_by_role("button", name="提交工单")).to_be_visible()
    await shot(page, f"16-talking-{width}")
    wider = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wider
    await context.close()
