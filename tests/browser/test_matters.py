"""Matters and imports in Chromium: proposed, merged, taken out, urged; a table tried and imported with its report."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from callcenter.app.channels import furnish_channels
from callcenter.app.matters import furnish_matters
from callcenter.channels.config import ChannelsConfig
from callcenter.core.clock import SystemClock
from callcenter.core.ids import OrderId
from callcenter.files.config import FilesConfig
from callcenter.matters.config import MattersConfig
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import open_orders
from callcenter.orders.upper_dues import UpperDues
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Role
from callcenter.people.model import NewUser
from callcenter.store.pool import Pool
from callcenter.web.channel_imports import import_routes
from callcenter.web.orders import orders_routes
from tests.browser.conftest import Desk, Shot, log_in, settle_clerks
from tests.rooms.desks_of_town import open_room, open_site_of
from tests.rooms.people_of_town import PASSWORD
from tests.rooms.town_of_orders import demand
from tests.vaults import VAULT


@pytest.fixture
async def desk(pool: Pool, database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    clock = SystemClock()
    async with open_room(pool) as room:
        await settle_clerks(room)
        supervisor = {
            "username": "zb01",
            "name": "值班长",
            "org_id": room.town.orgs["city"].id,
            "roles": [Role.SUPERVISOR],
            "password": PASSWORD,
        }
        room.town.users["zb01"] = await room.people.create_user(NewUser.model_validate(supervisor), by=None)
        orders = await open_orders(
            pool,
            clock=clock,
            bus=room.bus,
            config=OrdersConfig(),
            city="Asia/Shanghai",
            audit=room.people.audit,
            vault=VAULT,
        )
        matters = furnish_matters(
            MattersConfig(), pool=pool, clock=clock, bus=room.bus, orders=orders, outbox=Outbox(clock)
        )
        channels = furnish_channels(
            ChannelsConfig(),
            pool=pool,
            clock=clock,
            bus=room.bus,
            people=room.people,
            orders=orders,
            upper=UpperDues(orders, ClockStore(pool), Outbox(clock)),
            area_code="021",
            files=FilesConfig(folder=tmp_path / "files"),
        )
        more = [*orders_routes(orders), *matters.routes(), *import_routes(channels.imports)]
        async with open_site_of(room, database_url, more) as site:
            importing = asyncio.create_task(channels.imports.run())
            yield Desk(site=site, room=room, orders=orders, media=tmp_path)
            importing.cancel()
            await asyncio.gather(importing, return_exceptions=True)


async def rung(desk: Desk, caller: int) -> OrderId:
    fields = {
        "caller_number": f"+86138000000{caller:02}",
        "content": f"桐影路88号{caller}号楼六楼以上早晚没有水，水压不足",
    }
    return (await desk.orders.create(desk.room.town.users["pd01"].actor, demand(None, **fields))).id


@pytest.mark.rule("SJ-01", "SJ-15")
async def test_neighbours_become_one_matter(page: Page, desk: Desk, shot: Shot) -> None:
    orders = [await rung(desk, caller) for caller in range(1, 7)]
    await log_in(page, "zb01")
    await page.get_by_role("tab", name="新建工单").click()
    form = page.locator(".workform")
    await form.locator("[name=title]").fill("楼上没水")
    await form.locator("[name=content]").fill("桐影路小区六楼早晚没有水，水压不足")
    await form.locator("[name=address]").fill("云堰街道桐影路12号")
    await expect(page.locator(".section.matter .line").first).to_contain_text("同一地点：桐影路")
    await shot(page, "79-matter-hints")
    await page.goto(f"/#/order/{orders[0]}")
    section = page.locator(".section.matter")
    for joined in range(5):
        await expect(section.get_by_role("button", name="拆出")).to_have_count(joined)
        await section.get_by_role("button", name="并入本单").first.click()
    await expect(section).to_contain_text("群体性")
    await section.get_by_label("市民再次来电的内容").fill("又停水了")
    await section.get_by_role("button", name="催办").click()
    await expect(section).to_contain_text("催办 1 次")
    await shot(page, "80-matter-section")
    await page.goto("/#/matters")
    await expect(page.locator(".list .line")).to_have_count(1)
    await expect(page.locator(".list .line")).to_contain_text("6 张工单")
    await page.get_by_label("统一处置方案").fill("更换加压泵，3月10日前完成")
    await page.get_by_role("button", name="保存方案").click()
    await page.get_by_role("button", name="拆出").first.click()
    await expect(page.locator(".list .line")).to_contain_text("5 张工单")
    await shot(page, "81-matters")


@pytest.mark.rule("SG-27")
async def test_a_table_is_tried_and_imported(page: Page, desk: Desk, shot: Shot, tmp_path: Path) -> None:
    table = tmp_path / "八月工单.csv"
    rows = ["工单编号,诉求内容,地址,诉求类型", *(f"Q{n},路灯不亮第{n}盏,南门路,求助" for n in range(30)), "Q99,,,吵闹"]
    table.write_text("\n".join(rows), encoding="gb18030")
    await log_in(page, "zb01")
    await page.goto("/#/import")
    await page.locator("#import-file").set_input_files(table)
    await page.get_by_role("button", name="试导").click()
    await expect(page.locator("table.faults tbody tr")).to_have_count(1)
    await expect(page.locator("table.faults")).to_contain_text("32")
    await page.get_by_role("button", name="导入", exact=True).click()
    await expect(page.locator(".list .line")).to_have_count(2)
    await expect(page.locator(".import-state")).to_contain_text("已完成")
    await shot(page, "82-import")
    assert await desk.room.pool.fetchval("select count(*) from work_order") == 30
