"""The live board in Chromium: on the wall and under a supervisor's hands."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from callcenter.core.clock import SystemClock
from callcenter.core.ids import CallId, UserId, new_id
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import open_orders
from callcenter.store.notify import open_listener
from callcenter.store.pool import Pool
from callcenter.supervision.board_reading import BoardReading
from callcenter.supervision.config import SupervisionConfig
from callcenter.supervision.modes import Mode
from callcenter.supervision.pulse import CHANNEL, BoardPulse
from callcenter.supervision.service import Supervision
from callcenter.supervision.store import SessionStore
from callcenter.web.board import BoardViewers, board_routes
from callcenter.web.orders import orders_routes
from callcenter.web.socket import DeskHub
from callcenter.web.supervision import supervision_routes
from tests.browser.conftest import Desk, Shot, log_in
from tests.rooms.desks_of_town import open_room, open_site_of
from tests.rooms.supervised_rooms import StagedCalls, StagedPbx, Supervisors, hearing
from tests.vaults import VAULT


class LateDesks:
    """The hub is made after the routes."""

    def __init__(self) -> None:
        self.hub: DeskHub | None = None

    def hint(self, user: UserId, kind: str) -> None:
        if self.hub is not None:
            self.hub.hint(user, kind)


@dataclass(slots=True, kw_only=True)
class Wall(Desk):
    """The site with hw01 and hw02, and bz01 who supervises them with telephone 8101."""

    supervisors: Supervisors

    async def waits(self, seconds: int, number: str = "+8613912345678", **more: str) -> CallId:
        call, at = CallId(new_id()), datetime.now(UTC) - timedelta(seconds=seconds)
        row = {"queue": "main", "stage": "queued", "hotline": "12345政务服务便民热线"} | more
        await self.room.pool.execute(
            "insert into call (id, pbx, linked, direction, caller_number, caller_region, dialled, hotline, stage,"
            " queue, started_at, queued_at) values ($1, 'a', $2, 'inbound', $3, '上海市', '12345', $4, $5, $6, $7, $7)",
            call,
            call.hex,
            number,
            row["hotline"],
            row["stage"],
            row["queue"],
            at,
        )
        return call

    async def past(self, count: int, *, answered: int, hotline: str) -> None:
        """Calls of the last hours."""
        await self.room.pool.execute(
            "insert into call (id, pbx, linked, direction, dialled, hotline, stage, queue, started_at, queued_at,"
            " answered_at, ended_at, outcome)"
            " select gen_random_uuid(), 'a', $4 || n, 'inbound', $4, $4, 'ended', 'main', at, at,"
            " case when n <= $2 then at + interval '9 seconds' end, at + interval '90 seconds',"
            " case when n <= $2 then 'answered' else 'abandoned' end"
            " from (select n, $3::timestamptz - n * interval '3 minutes' as at from generate_series(1, $1) n) made",
            count,
            answered,
            datetime.now(UTC),
            hotline,
        )

    async def agent_talks(self) -> CallId:
        """hw01 talks; what the ledger would know of it is staged for the supervisors' room."""
        call = await self.ring()
        self.answer()
        await self.room.until("talking")
        staged = self.supervisors.talking()
        self.supervisors.calls.open[call] = self.supervisors.calls.open.pop(staged)
        return call


@pytest.fixture
async def desk(pool: Pool, database_url: str, tmp_path: Path) -> AsyncIterator[Wall]:
    async with open_room(pool) as room:
        await pool.execute("update app_user set extension = '8101' where username = 'bz01'")
        clock, config, late = SystemClock(), SupervisionConfig(), LateDesks()
        staged, calls, store = StagedPbx(), StagedCalls(), SessionStore(pool, room.people.audit)
        service = Supervision(store, staged, calls, room.people.directory, config, clock, room.bus)
        orders = await open_orders(
            pool,
            clock=clock,
            bus=room.bus,
            config=OrdersConfig(),
            city="Asia/Shanghai",
            audit=room.people.audit,
            vault=VAULT,
        )
        board = BoardReading(pool, store, config, clock, VAULT)
        viewers = BoardViewers(late, board, clock)
        more = [*supervision_routes(service), *board_routes(board, viewers), *orders_routes(orders)]
        async with (
            open_site_of(room, database_url, more) as site,
            hearing(service),
            open_listener(database_url, CHANNEL, "desk") as notices,
        ):
            supervisors = Supervisors(
                pool=pool,
                bus=room.bus,
                people=room.people,
                town=room.town,
                pbx=staged,
                calls=calls,
                service=service,
                actors=room.actors,
            )
            made = Wall(site=site, room=room, orders=orders, media=tmp_path, supervisors=supervisors)
            late.hub = site.hub
            feeds = [asyncio.create_task(viewers.run(notices)), asyncio.create_task(BoardPulse(pool, room.bus).run())]
            yield made
            for feed in feeds:
                feed.cancel()
            await asyncio.gather(*feeds, return_exceptions=True)


async def open_board(page: Page) -> None:
    await log_in(page, "bz01")
    await page.get_by_text("功能 ▾").click()
    await page.get_by_role("link", name="实时看板").click()
    await expect(page.get_by_role("heading", name="12345 热线实时看板")).to_be_visible()
    await expect(page.locator("[data-tile=waiting] .value")).to_have_text("0")


async def test_an_empty_board(page: Page, desk: Wall, shot: Shot) -> None:
    await open_board(page)
    await expect(page.get_by_text("当前无人排队")).to_be_visible()
    await expect(page.get_by_text("没有告警")).to_be_visible()
    await expect(page.locator("[data-tile=connect] .value")).to_have_text("—")
    await shot(page, "30-board-empty")
    await page.get_by_role("link", name="工作台").click()
    await expect(page.get_by_role("heading", name="12345 热线实时看板")).to_be_hidden()


async def test_a_change_reaches_the_wall_by_itself(page: Page, desk: Wall) -> None:
    await open_board(page)
    await desk.waits(3)
    await desk.ring()
    await expect(page.locator("[data-tile=waiting] .value")).to_have_text("2", timeout=4000)
    row = page.locator("tr[data-agent='8001']")
    await expect(row).to_contain_text("振铃")
    desk.answer()
    await expect(row).to_contain_text("通话中", timeout=4000)


async def busy(desk: Wall) -> None:
    """An afternoon with too few hands."""
    for seconds, number in ((12, "+8613900000012"), (34, "+8613900000034"), (95, "")):
        await desk.waits(seconds, number)
    await desk.waits(21, "+8613900000021", queue="housing", hotline="12329住房公积金热线", stage="ringing")
    await desk.past(180, answered=158, hotline="12345政务服务便民热线")
    await desk.past(40, answered=40, hotline="12329住房公积金热线")
    await desk.past(12, answered=11, hotline="12333人社热线")
    now, pool = datetime.now(UTC), desk.room.pool
    await pool.execute(
        "insert into hotline_probe (id, number, kind, day, status, asked_at, ended_at)"
        " values ($1, '12329', 'daily', $2, 'failed', $3, $3)",
        new_id(),
        now.date(),
        now - timedelta(hours=3),
    )
    await pool.execute(
        "insert into missed_call (id, number, reason, first_at, last_at, last_call)"
        " values ($1, '+8613900000099', 'abandoned', $2, $2, $1)",
        new_id(),
        now,
    )


async def test_a_supervisors_hands(page: Page, desk: Wall, shot: Shot) -> None:
    await busy(desk)
    call = await desk.agent_talks()
    first = await desk.waits(40, "+8613900000040")
    staged = desk.supervisors.waiting()
    desk.supervisors.calls.open[first] = desk.supervisors.calls.open.pop(staged)
    await log_in(page, "bz01")
    await page.goto("/#/board")
    await expect(page.locator("[data-tile=waiting]")).to_contain_text("无人就绪")
    await expect(page.locator("[data-tile=connect]")).to_contain_text("低于 95.0%")
    await expect(page.locator(".side")).to_contain_text("拨测失败")
    await page.get_by_label("介入原因", exact=True).select_option(label="投诉处置")
    row = page.locator("tr[data-agent='8001']")
    await row.get_by_role("button", name="监听").click()
    own = page.locator(".intrusion")
    await expect(own).to_contain_text("正在呼叫您的话机（监听）")
    await desk.supervisors.sends("listen 8101 PJSIP/8001-00000002 listen")
    session = await desk.room.pool.fetchrow("select id, reason, call_id from supervision_session")
    assert session is not None
    assert (session["reason"], session["call_id"]) == ("投诉处置", call)
    desk.supervisors.spied(session["id"], "listen")
    await expect(own).to_contain_text("您正在监听：用户 hw01", timeout=4000)
    await expect(row).to_contain_text("用户 bz01 监听")
    await expect(row.get_by_role("button", name="强插")).to_be_disabled()
    await shot(page, "31-board-listening")
    await own.get_by_role("button", name="耳语").click()
    await desk.supervisors.sends("switch whisper")
    await own.get_by_role("button", name="退出介入").click()
    await desk.supervisors.sends("hang_up own")
    desk.supervisors.hung_up(session["id"])
    await expect(own).to_be_hidden(timeout=4000)
    await page.locator(f"tr[data-call='{first}']").get_by_role("button", name="置顶").click()
    await desk.supervisors.sends("put_first main PJSIP/carrier-00000001 9")


async def test_what_cannot_be_undone_asks_once_more(page: Page, desk: Wall, shot: Shot) -> None:
    await desk.room.seats.log_in(desk.room.actors["hw02"])
    await desk.agent_talks()
    await log_in(page, "bz01")
    await page.goto("/#/board")
    talking, ready = page.locator("tr[data-agent='8001']"), page.locator("tr[data-agent='8002']")
    await ready.get_by_role("button", name="强制小休").click()
    await expect(ready).to_contain_text("强制小休？")
    await page.keyboard.press("Enter")
    await desk.room.until("paused", lambda _: desk.room.telephony.members["main", "8002"][0], username="hw02")
    await expect(ready).not_to_contain_text("强制小休？")
    await expect(ready).to_contain_text("小休", timeout=4000)
    await talking.get_by_role("button", name="接管").click()
    await expect(talking).to_contain_text("接管该通话？")
    await shot(page, "32-board-sure")
    await talking.get_by_role("button", name="取消").click()
    assert desk.supervisors.pbx.sent == []
    await talking.get_by_role("button", name="接管").click()
    await talking.get_by_role("button", name="确认").click()
    await expect(page.locator(".intrusion")).to_contain_text("正在呼叫您的话机（接管）")


async def test_an_agent_is_told_who_is_in_the_call(page: Page, desk: Wall, shot: Shot) -> None:
    await log_in(page, "hw01")
    call = await desk.agent_talks()
    begun = await desk.supervisors.service.begin(desk.room.actors["bz01"], call, Mode.WHISPER, "新人辅导")
    desk.supervisors.spied(begun.id, "whisper")
    await expect(page.locator(".supervised")).to_contain_text("用户 bz01 正在介入本通话（耳语）")
    await shot(page, "33-agent-told")
    desk.supervisors.hung_up(begun.id)
    await expect(page.locator(".supervised")).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
async def test_a_busy_wall(browser: Browser, desk: Wall, shot: Shot, width: int, height: int) -> None:
    await busy(desk)
    await desk.agent_talks()
    await desk.room.seats.log_in(desk.room.actors["hw02"])
    context = await browser.new_context(base_url=desk.site.base, viewport={"width": width, "height": height})
    page = await context.new_page()
    await page.goto("/#/board")
    await log_in(page, "bz01")
    await expect(page.locator("[data-tile=missed]")).to_contain_text("1")
    await expect(page.locator("tr.verylate")).to_have_count(1)
    await shot(page, f"34-board-busy-{width}")
    assert not await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    cut = "[...document.querySelectorAll('.tile .value')].some((one) => one.scrollWidth > one.clientWidth)"
    assert not await page.evaluate(cut)
    await context.close()
