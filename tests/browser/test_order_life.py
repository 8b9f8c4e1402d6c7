"""An order's page in Chromium: the fields of the intake, the progress bar, steps of the ways out."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Desk, Shot, log_in


@pytest.mark.rule("B-44", "JC-22", "A-16")
async def test_from_the_form_with_all_its_fields_to_a_demand_not_taken(page: Page, desk: Desk, shot: Shot) -> None:
    await log_in(page, "hw01")
    await page.get_by_role("textbox", name="标题", exact=True).fill("楼上夜间打桩")
    await page.get_by_role("textbox", name="诉求内容", exact=True).fill("老人说方言，反映工地夜间施工。")
    await page.get_by_label("联系电话").fill("13800000009")
    await page.get_by_text("更多要素").click()
    await page.get_by_label("分级").select_option("次紧急")
    await page.get_by_label("场所类型").select_option("工地")
    await page.get_by_label("被反映单位").fill("某建筑公司")
    await page.get_by_label("标签").fill("噪声、夜间 施工")
    await page.get_by_label("方言").check()
    await page.get_by_label("老年人").check()
    await shot(page, "40-order-form-more")
    await page.get_by_role("button", name="提交工单").click()
    await expect(page.get_by_role("heading", name="楼上夜间打桩")).to_be_visible()
    bar = page.get_by_role("list", name="办理进度")
    await expect(bar.locator("[aria-current=step]")).to_contain_text("分拣派单")
    facts = page.locator(".facts")
    for text in ("次紧急", "工地", "某建筑公司", "噪声、夜间、施工", "方言", "老年人"):
        await expect(facts).to_contain_text(text)
    await shot(page, "41-order-progress")
    await page.get_by_role("button", name="不予受理", exact=True).click()
    await page.get_by_label("不予受理情形").select_option("涉法涉诉")
    await page.get_by_label("告知诉求人的内容").fill("请向人民法院申诉")
    await page.get_by_role("button", name="确认不予受理").click()
    await expect(page.locator(".order-head")).to_contain_text("不予受理待审核")
    await expect(page.locator(".order-head")).not_to_contain_text("落实中")
    await shot(page, "42-not-accepted")
