"""Field work in Chromium: planned at the desk, walked with a telephone, its finding an order; an activity."""

import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize, expect

from callcenter.app.channels import furnish_channels
from callcenter.app.fieldwork import furnish_fieldwork
from callcenter.app.files import furnish_files
from callcenter.app.matters import furnish_matters
from callcenter.channels.config import ChannelsConfig
from callcenter.core.clock import SystemClock
from callcenter.fieldwork.config import FieldworkConfig
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
from callcenter.web.orders import orders_routes
from tests.browser.conftest import Desk, Shot, log_in, settle_clerks
from tests.rooms.desks_of_town import open_room, open_site_of
from tests.rooms.people_of_town import PASSWORD
from tests.vaults import VAULT

TELEPHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
async def desk(pool: Pool, database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    clock, files = SystemClock(), FilesConfig(folder=tmp_path / "files")
    async with open_room(pool) as room:
        await settle_clerks(room)
        unit = await pool.fetchval("select org_id from app_user where username = 'cb01'")
        walker = {"username": "wq01", "name": "巡查员甲", "org_id": unit, "roles": [Role.FIELD], "password": PASSWORD}
        room.town.users["wq01"] = await room.people.create_user(NewUser.model_validate(walker), by=None)
        audit, outbox = room.people.audit, Outbox(clock)
        orders = await open_orders(
            pool, clock=clock, bus=room.bus, config=OrdersConfig(), city="Asia/Shanghai", audit=audit, vault=VAULT
        )
        channels = furnish_channels(
            ChannelsConfig(),
            pool=pool,
            clock=clock,
            bus=room.bus,
            people=room.people,
            orders=orders,
            upper=UpperDues(orders, ClockStore(pool), outbox),
            area_code="021",
            files=files,
        )
        kept = furnish_files(files, pool=pool, clock=clock, audit=audit, orders=orders.room)
        matters = furnish_matters(MattersConfig(), pool=pool, clock=clock, bus=room.bus, orders=orders, outbox=outbox)
        field = furnish_fieldwork(
            FieldworkConfig(),
            pool=pool,
            clock=clock,
            orders=orders,
            outbox=outbox,
            audit=audit,
            taking=channels.taking,
            pictures=kept.pictures,
            files=files,
        )
        more = [*orders_routes(orders), *field.routes(), *kept.routes(), *matters.routes()]
        async with open_site_of(room, database_url, more) as site:
            yield Desk(site=site, room=room, orders=orders, media=tmp_path)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "olive").save(out, "JPEG")
    return out.getvalue()


def local(ahead: timedelta) -> str:
    return f"{datetime.now(ZoneInfo('Asia/Shanghai')) + ahead:%Y-%m-%dT%H:%M}"


@pytest.mark.rule("SG-21")
async def test_a_patrol_is_planned_at_the_desk_and_walked_with_a_telephone(
    page: Page, browser: Browser, desk: Desk, shot: Shot
) -> None:
    await log_in(page, "pd01")
    await page.goto("/#/fieldwork")
    await page.get_by_role("button", name="安排巡查").click()
    form = page.locator("form.step")
    await form.locator("[name=area]").fill("孙家村麦田")
    await form.locator("[name=task]").fill("牛羊啃青，发现即劝离")
    await form.locator("[name=category]").fill("农业农村")
    await form.locator("[name=begins_at]").fill(local(timedelta(minutes=-5)))
    await form.locator("[name=ends_at]").fill(local(timedelta(hours=4)))
    await form.get_by_label("巡查员甲").check()
    await shot(page, "90-patrol-plan")
    await form.get_by_role("button", name="确认").click()
    await expect(page.locator(".order-head")).to_contain_text("孙家村麦田")
    await shot(page, "91-patrol")

    context = await browser.new_context(
        base_url=desk.site.base,
        viewport=TELEPHONE,
        locale="zh-CN",
        geolocation={"latitude": 31.1501, "longitude": 121.1202},
        permissions=["geolocation"],
    )
    telephone = await context.new_page()
    await telephone.goto("/")
    await log_in(telephone, "wq01")
    await telephone.goto("/#/fieldwork")
    await telephone.locator("[data-patrol]").click()
    await telephone.get_by_role("button", name="到场签到").click()
    await telephone.locator("form.step [name=note]").fill("到岗")
    await telephone.get_by_role("button", name="确认").click()
    await expect(telephone.get_by_role("link", name="31.1501, 121.1202")).to_be_visible()
    await telephone.get_by_role("button", name="登记发现").click()
    form = telephone.locator("form.step")
    await form.locator("[name=place]").fill("孙家村东头")
    await form.locator("[name=content]").fill("三十余只羊在麦田啃青")
    await form.locator("[name=result]").select_option("persuaded")
    await form.locator("[name=photo]").set_input_files(
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    await shot(telephone, "92-patrol-phone-form")
    await telephone.get_by_role("button", name="确认").click()
    await expect(telephone.locator("[data-finding]")).to_contain_text("当场劝导")
    await expect(telephone.locator("[data-finding]")).to_contain_text("分类与归属确认")
    assert await telephone.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
    await shot(telephone, "93-patrol-phone")
    await context.close()
    assert await desk.room.pool.fetchval("select kind from order_file") == "evidence"

    await page.goto("/")
    order = await desk.room.pool.fetchval("select id from work_order where origin = 'proactive'")
    await page.goto(f"/#/order/{order}")
    await expect(page.locator(".section.fieldwork")).to_contain_text("由巡查“孙家村麦田”发现")
    await shot(page, "94-patrol-order")


@pytest.mark.rule("SG-41")
async def test_an_activity_is_noted_with_a_picture(page: Page, desk: Desk, shot: Shot) -> None:
    await log_in(page, "pd01")
    await page.goto("/#/fieldwork")
    await page.get_by_role("tab", name="群众活动").click()
    await page.get_by_role("button", name="登记活动").click()
    form = page.locator("form.step")
    await form.locator("[name=title]").fill("夜间施工噪声座谈会")
    await form.locator("[name=held_on]").fill(local(timedelta(0))[:10])
    await form.locator("[name=place]").fill("社区会议室")
    await form.locator("[name=participants]").fill("42")
    await form.get_by_role("button", name="确认").click()
    await expect(form).to_contain_text("分类或事件")
    await form.locator("[name=category]").fill("噪声扰民")
    await shot(page, "95-activity-form")
    await form.get_by_role("button", name="确认").click()
    await expect(page.locator(".order-head")).to_contain_text("夜间施工噪声座谈会")
    await page.locator("[data-focus=activity-photo]").set_input_files(
        {"name": "合影.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    await page.get_by_role("button", name="上传").click()
    await expect(page.locator(".pictures img")).to_have_js_property("naturalWidth", 640)
    await page.get_by_role("button", name="补记成效").first.click()
    await page.locator("form.step [name=outcome]").fill("22时后停工，每周公示")
    await page.get_by_role("button", name="确认").click()
    await expect(page.locator(".content")).to_contain_text("22时后停工")
    await shot(page, "96-activity")
