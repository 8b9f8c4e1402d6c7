"""What a unit writes on the page before it may submit: that the citizen was told, and what was found on the spot."""

from playwright.async_api import Page, expect


async def told_and_visited(page: Page, *, at: str, findings: str, told: str) -> None:
    """`at` as a `datetime-local` field takes it. Ends when the page shows both."""
    section = page.locator(".section.handling")
    await section.get_by_role("button", name="登记联系").click()
    await section.get_by_label("联系目的").select_option("result")
    await section.get_by_label("记录").fill(told)
    await section.get_by_role("button", name="确认登记联系").click()
    await expect(section).to_contain_text(told)
    await section.get_by_text("登记处置记录").click()
    await section.get_by_role("button", name="现场核实", exact=True).click()
    await section.locator("input[name=visited_at]").fill(at)
    await section.locator("input[name=place]").fill("桐影路88号泵房")
    await section.locator("input[name=people]").fill("王工、网格员")
    await section.locator("textarea[name=findings]").fill(findings)
    await section.get_by_role("button", name="确认现场核实").click()
    await expect(section).to_contain_text(findings)
