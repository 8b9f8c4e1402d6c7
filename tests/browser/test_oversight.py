"""Oversight in Chromium, over the real room: a proposal confirmed and ended, quality, cases, the key list."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from callcenter.core.clock import SystemClock
from callcenter.core.ids import OrderId, OrgId
from callcenter.documents.config import DocumentsConfig
from callcenter.documents.printer import Printer
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import open_orders
from callcenter.outbox.outbox import Outbox
from callcenter.oversight.entering import propose
from callcenter.oversight.key_list import KeyList
from callcenter.oversight.meetings import NewMeeting
from callcenter.oversight.room import Room as OversightRoom
from callcenter.oversight.rulings import NewRuling
from callcenter.oversight.service import Oversight
from callcenter.oversight.terms import Flag, Hook, MeetingKind, Mode, Trigger
from callcenter.oversight.views import Participant
from callcenter.oversight.violations import Found, note_violation
from callcenter.people.actor import Role
from callcenter.people.model import NewUser
from callcenter.people.slots import Slots
from callcenter.store.pool import Pool
from callcenter.web.orders import orders_routes
from callcenter.web.oversight import oversight_routes
from tests.browser.conftest import Desk, Shot, log_in, settle_clerks
from tests.rooms.desks_of_town import Room, open_room, open_site_of
from tests.rooms.people_of_town import PASSWORD
from tests.rooms.town_of_orders import demand
from tests.vaults import VAULT

SOON = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}"
OVERSEEN: dict[str, Oversight] = {}


async def add_overseers(room: Room) -> None:
    city = room.town.orgs["city"]
    clerks = [("zj01", Role.INSPECTOR), ("fg01", Role.DEPUTY), ("sv01", Role.SUPERVISOR), ("ld01", Role.LEADER)]
    for username, role in clerks:
        new = {
            "username": username,
            "name": f"用户 {username}",
            "org_id": city.id,
            "roles": [role],
            "password": PASSWORD,
        }
        room.town.users[username] = await room.people.create_user(NewUser.model_validate(new), by=None)


@pytest.fixture
async def desk(pool: Pool, database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    clock = SystemClock()
    async with open_room(pool) as room:
        await settle_clerks(room)
        await add_overseers(room)
        audit = room.people.audit
        orders = await open_orders(
            pool, clock=clock, bus=room.bus, config=OrdersConfig(), city="Asia/Shanghai", audit=audit, vault=VAULT
        )
        oversight = Oversight(
            OversightRoom(
                pool=pool,
                orders=orders,
                clock=clock,
                zone=ZoneInfo("Asia/Shanghai"),
                calendar=orders.room.calendar,
                audit=audit,
                outbox=Outbox(clock),
                slots=Slots(pool, clock, audit),
            )
        )
        OVERSEEN["oversight"] = oversight
        documents = DocumentsConfig()
        routes = [*orders_routes(orders), *oversight_routes(oversight, Printer(documents.face, documents.issuer))]
        async with open_site_of(room, database_url, routes) as site:
            yield Desk(site=site, room=room, orders=orders, media=tmp_path)


async def beside_orders(desk: Desk, unit: OrgId) -> None:
    """A ruling, a meeting, a leader's instruction to the centre."""
    room, oversight = desk.room, OVERSEEN["oversight"]
    city, deputy = OrgId(room.town.orgs["city"].id), room.town.users["fg01"].actor
    ruling = NewRuling(question="加压泵谁负责", text="市政科", category="公用事业", duty=unit, parties=[unit, city])
    await oversight.rulings.draft(room.town.users["zj01"].actor, ruling)
    people = [Participant(body="自来水公司", external=True)]
    held = NewMeeting(kind=MeetingKind.SPECIAL, title="供水专题", held_at=datetime.now(UTC), participants=people)
    await oversight.meetings.call(deputy, held)
    due = oversight.room.today()
    await oversight.instructions.give(deputy, [city], text="限期整改", requirement="报方案", due_on=due)


async def troubled(desk: Desk) -> OrderId:
    """An order with a proposal, a flag, a task of quality control, a late clock with its case, and a key-list entry."""
    room, oversight = desk.room, OVERSEEN["oversight"]
    actor = room.town.users["pd01"].actor
    made = await desk.orders.create(actor, demand(None))
    unit = await room.pool.fetchval("select id from org where code = 'city-mains'")
    await desk.orders.dispatch(actor, made.id, OrgId(unit), "责任清单第3项")
    now = datetime.now(UTC)
    row = await room.pool.fetchrow("select * from work_order where id = $1", made.id)
    assert row is not None
    async with room.pool.acquire() as db, db.transaction():
        await propose(oversight.room, db, row, Trigger.REPEAT_CALLS, Mode.ON_SITE, f"test:{made.id}")
        for flag, fact in [(Flag.OVERDUE, True), (Flag.PERFUNCTORY, False)]:
            found = Found(org=OrgId(unit), flag=flag, source=f"{flag}", at=now - timedelta(days=7), reason="答复空泛")
            await note_violation(oversight.room, db, made.id, found, fact=fact)
    await oversight.quality.open_by_hand(room.town.users["zj01"].actor, made.id, Hook.AFTER)
    await oversight.duty.conclude()
    await KeyList(oversight.room).make_week(oversight.room.today())
    await beside_orders(desk, OrgId(unit))
    return made.id


@pytest.mark.rule("JC-24", "SJ-23", "SG-12", "XY-45")
async def test_the_days_work_of_an_overseer(page: Page, desk: Desk, shot: Shot) -> None:
    await troubled(desk)
    await log_in(page, "sv01")
    await page.goto("/#/oversight")
    line = page.locator("[data-line]")
    await expect(line).to_have_count(1)
    await expect(line).to_contain_text("不满意且多次来电")
    await line.get_by_role("button", name="确认").click()
    await line.get_by_label("督办方式").select_option("on_site")
    await line.get_by_label("督办要求").fill("联合现场督办，三日内回复")
    await line.get_by_label("期限").fill(SOON)
    await shot(page, "70-oversight-confirm")
    await line.locator("form").get_by_role("button", name="确认").click()
    await expect(line).to_have_count(0)
    await page.get_by_role("button", name="进行中").click()
    await expect(line).to_contain_text("督〔")
    async with page.expect_download() as download:
        await line.get_by_role("link", name="DOCX").click()
    assert (await download.value).suggested_filename.startswith("现场督办单")
    await line.get_by_role("button", name="办结").click()
    await line.get_by_label("办结说明").fill("已整改")
    await line.locator("form").get_by_role("button", name="办结").click()
    await expect(line.get_by_label("现场或通话记录")).to_have_attribute("aria-invalid", "true")
    await line.get_by_label("现场或通话记录").fill("到场核实")
    await line.locator("form").get_by_role("button", name="办结").click()
    await expect(line).to_have_count(0)
    await page.get_by_role("tab", name="违规认定").click()
    await line.get_by_role("button", name="确认").click()
    await expect(line).to_have_count(0)
    await page.get_by_role("tab", name="约谈问责").click()
    await expect(line).to_contain_text("书面说明")
    await page.get_by_role("tab", name="督查重点清单").click()
    await expect(line).to_have_count(2)
    await shot(page, "71-oversight-key-list")
    await line.first.get_by_role("button", name="列入重点清单").click()
    await line.first.locator("form").get_by_role("button", name="列入重点清单").click()
    await expect(line).to_have_count(1)
    await page.get_by_role("tab", name="约谈问责").click()
    await expect(line).to_have_count(2)
    await shot(page, "72-oversight-cases")
    await page.get_by_role("tab", name="口径").click()
    await expect(line).to_contain_text("加压泵谁负责")
    await page.get_by_role("tab", name="会议").click()
    await expect(line).to_contain_text("自来水公司（外部）")
    await page.get_by_role("tab", name="批示").click()
    await line.get_by_role("button", name="回复").click()
    await line.get_by_label("回复").fill("方案已报")
    await line.locator("form").get_by_role("button", name="回复").click()
    await expect(line).to_contain_text("已反馈")
    await shot(page, "75-oversight-instruction")
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", name="Oversight")).to_be_visible()


@pytest.mark.rule("SJ-23")
async def test_an_inspector_reviews_from_the_queue(page: Page, desk: Desk, shot: Shot) -> None:
    await troubled(desk)
    await log_in(page, "zj01")
    await page.goto("/#/oversight")
    line = page.locator("[data-line]").filter(has_text="人工抽取")  # the order may be in the random sample as well
    await expect(line).to_contain_text("人工抽取")
    await line.get_by_role("button", name="复核").click()
    await line.get_by_label("关注点").fill("水压")
    await line.get_by_label("指标").fill("答复质量")
    await line.get_by_label("发现的问题").fill("答复未写明措施")
    await line.get_by_label("结论").select_option("rectify")
    await line.get_by_label("整改要求").fill("补充措施")
    await line.get_by_label("期限").fill(SOON)
    await shot(page, "73-oversight-review")
    await line.locator("form").get_by_role("button", name="复核").click()
    await expect(line).to_have_count(0)
    assert await desk.room.pool.fetchval("select verdict from qc_review") == "rectify"


@pytest.mark.rule("XY-02", "B-18")
async def test_an_orders_page_shows_and_begins_oversight(page: Page, desk: Desk, shot: Shot) -> None:
    await troubled(desk)
    await log_in(page, "pd01")
    await page.get_by_text("高层水压不足").first.click()
    section = page.locator(".section.oversight")
    await expect(section).to_contain_text("敷衍")
    await section.get_by_role("button", name="发起督办").click()
    await section.get_by_label("督办方式").select_option("urge")
    await section.get_by_label("督办要求").fill("请于三日内回复")
    await section.get_by_label("期限").fill(SOON)
    await section.locator("form").get_by_role("button", name="发起督办").click()
    await expect(section).to_contain_text("催〔")
    await shot(page, "74-order-oversight")
    modes = await desk.room.pool.fetch("select mode, state from order_supervision order by proposed_at")
    assert [tuple(row) for row in modes] == [("on_site", "proposed"), ("urge", "open")]
