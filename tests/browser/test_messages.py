"""Voice messages in Chromium, over the real mailbox: heard, their number shown, rung back, handled."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from playwright.async_api import Page, Route, expect

from callcenter.core.ids import LegId, new_id
from callcenter.flows.ports import NewMessage
from tests.browser.conftest import Desk, Shot, log_in
from tests.browser.test_desk import ready
from tests.simulators.eventually import comes_true
from tests.speech_material import write_wav

VOICE = (6000 * np.sin(np.arange(24_000) / 3)).astype(np.int16)
NUMBER = "+8613900000001"


async def leave(desk: Desk, count: int = 2) -> None:
    """The newest knows its call; the others' calls are unknown to the ledger."""
    for number in range(count):
        leg = LegId(f"a-1.{number}")
        name = f"message-{leg}-1"
        write_wav(desk.media / "monitor" / f"{name}.wav", 8000, VOICE)
        message = NewMessage(
            pbx="a",
            leg=leg,
            file=name,
            caller=NUMBER,
            dialled="12345",
            queue="main",
            flow="night",
            node="message",
            at=datetime.now(UTC) - timedelta(minutes=count - number),
        )
        await desk.mail.keep(message)
    call = new_id()
    await desk.room.pool.execute(
        "insert into call (id, pbx, linked, direction, stage, caller_number, started_at)"
        " values ($1, 'a', $2, 'inbound', 'ended', $3, now())",
        call,
        call.hex,
        NUMBER,
    )
    await desk.room.pool.execute(
        "insert into call_leg (pbx, leg, call_id, channel, role, started_at)"
        " values ('a', $1, $2, 'PJSIP/carrier-1', 'caller', now())",
        f"a-1.{count - 1}",
        call,
    )


async def test_a_message_is_heard_and_handled(page: Page, desk: Desk, shot: Shot) -> None:
    await leave(desk)
    await log_in(page, "hw01")
    await page.goto("/#/messages")
    rows = page.locator("[data-message]")
    await expect(rows).to_have_count(2)
    first = rows.first
    await expect(first).not_to_contain_text("0000 0001")
    await first.get_by_role("button", name="收听").click()

    async def plays() -> bool:
        return float(await first.locator("audio").evaluate("player => player.currentTime")) > 0.2

    await comes_true(plays)
    await first.get_by_role("button", name="显示号码").click()
    await expect(first).to_contain_text("139 0000 0001")
    await first.get_by_role("button", name="标为已处理").click()
    await first.get_by_label("处理说明").fill("已回电，登记工单")
    for width, height in ((1280, 800), (1920, 1080)):
        await page.set_viewport_size({"width": width, "height": height})
        await shot(page, f"56-messages-{width}")
    await page.keyboard.press("Enter")
    await expect(rows).to_have_count(1)
    await page.get_by_role("tab", name="已处理").click()
    await expect(rows).to_contain_text("已回电，登记工单")
    await expect(rows.get_by_role("button", name="标为已处理")).to_have_count(0)
    trail = await desk.room.pool.fetch("select action from audit_log where subject_type = 'voice_message'")
    assert {row["action"] for row in trail} == {"message_heard", "number_viewed", "message_handled"}
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", name="Voice messages")).to_be_visible()


async def test_only_a_known_call_is_rung_back(page: Page, desk: Desk) -> None:
    await leave(desk)
    asked: list[Any] = []

    async def refuse(route: Route) -> None:
        asked.append(route.request.post_data_json)
        problem = {"code": "seat-busy", "message_zh": "您的坐席正在通话中", "message_en": "busy"}
        await route.fulfill(status=409, json=problem)

    await page.route("**/api/outbound", refuse)
    await log_in(page, "hw01")
    await page.goto("/#/messages")
    press = page.get_by_role("button", name="回拨")
    await expect(press).to_have_count(1)
    await press.click()
    await expect(page.locator(".callout")).to_contain_text("正在通话中")
    call = await desk.room.pool.fetchval("select call_id from call_leg where leg = 'a-1.1'")
    assert asked == [{"call_id": str(call)}]


async def test_a_ring_brings_the_desk_back(page: Page, desk: Desk) -> None:
    await leave(desk, 1)
    await ready(page)
    await page.goto("/#/messages")
    await expect(page.locator("[data-message]")).to_have_count(1)
    await desk.ring()
    await expect(page.get_by_label("当前来电")).to_contain_text("138 0000 0001")


async def test_more_pages_and_what_is_handled_leaves(page: Page, desk: Desk) -> None:
    await leave(desk, 32)
    await log_in(page, "bz01")
    await page.goto("/#/messages")
    rows = page.locator("[data-message]")
    await expect(rows).to_have_count(30)
    await page.get_by_role("button", name="更多").click()
    await expect(rows).to_have_count(32)
    await expect(page.get_by_role("button", name="回拨")).to_have_count(0)
    await rows.last.get_by_role("button", name="标为已处理").click()
    await rows.last.get_by_role("button", name="标为已处理").last.click()
    await expect(rows).to_have_count(31)
