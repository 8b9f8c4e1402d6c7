"""The handling and the call-back of an order on its page: what is lacking, written and heard."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from callcenter.app.files import furnish_files
from callcenter.app.handling import furnish_handling
from callcenter.core.clock import SystemClock
from callcenter.documents.config import DocumentsConfig
from callcenter.documents.printer import Printer
from callcenter.files.config import FilesConfig
from callcenter.knowledge.service import Knowledge
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import open_orders
from callcenter.orders.terms import ResultType, Solvability
from callcenter.outbox.outbox import Outbox
from callcenter.store.pool import Pool
from callcenter.web.orders import orders_routes
from tests.browser.conftest import Desk, Shot, log_in, settle_clerks
from tests.browser.papers import told_and_visited
from tests.rooms.desks_of_town import open_room, open_site_of
from tests.rooms.town_of_orders import demand
from tests.vaults import VAULT


@pytest.fixture
async def desk(pool: Pool, database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """As every desk, with the handling room at work."""
    clock = SystemClock()
    async with open_room(pool) as room:
        await settle_clerks(room)
        audit = room.people.audit
        orders = await open_orders(
            pool, clock=clock, bus=room.bus, config=OrdersConfig(), city="Asia/Shanghai", audit=audit, vault=VAULT
        )
        files = furnish_files(FilesConfig(folder=tmp_path), pool=pool, clock=clock, audit=audit, orders=orders.room)
        handling = furnish_handling(
            pool=pool,
            clock=clock,
            orders=orders,
            outbox=Outbox(clock),
            files=files.files,
            templates=Knowledge(pool, clock, audit),
            city="Asia/Shanghai",
        )
        documents = DocumentsConfig()
        more = [*orders_routes(orders), *handling.routes(Printer(documents.face, documents.issuer))]
        async with open_site_of(room, database_url, more) as site:
            yield Desk(site=site, room=room, orders=orders, media=tmp_path)


async def accepted(desk: Desk) -> str:
    """An order in the unit's hands."""
    users, orgs = desk.room.town.users, desk.room.town.orgs
    clerk, centre = users["cb01"], orgs["city"].id
    order = await desk.orders.create(users["hw01"].actor, demand(centre))
    await desk.orders.dispatch(users["pd01"].actor, order.id, clerk.org_id, "责任清单第3项")
    await desk.orders.accept(clerk.actor, order.id)
    return str(order.id)


@pytest.mark.rule("SJ-11", "XY-36", "XY-10", "SJ-06")
async def test_from_the_first_contact_to_the_questionnaire(page: Page, desk: Desk, shot: Shot) -> None:
    order = await accepted(desk)
    await log_in(page, "cb01")
    await page.goto(f"/#/order/{order}")
    section = page.locator(".section.handling")
    await expect(section).to_contain_text("告知诉求人")
    await told_and_visited(page, at="2026-03-04T09:00", findings="加压泵老化，压力不足", told="已说明办理结果")
    await shot(page, "62-handling-written")
    users = desk.room.town.users
    row = await desk.orders.row_of(order)  # type: ignore[arg-type] # asyncpg reads text as a uuid
    await desk.orders.submit(
        users["cb01"].actor,
        row["id"],
        reply="已于3月4日到桐影路88号更换加压泵，水压恢复。",
        solvability=Solvability.SOLVABLE,
        result=ResultType.RESOLVED,
    )
    await desk.orders.review(users["sh01"].actor, row["id"], approved=True, opinion="同意")
    await page.context.clear_cookies()
    await page.goto("/")
    await log_in(page, "sh01")
    await page.goto(f"/#/order/{order}")
    heard = page.locator(".section.callbacks")
    await heard.get_by_text("回访话术").click()
    await heard.get_by_role("button", name="登记人工回访").click()
    await heard.get_by_label("是否解决").select_option("yes")
    await heard.get_by_label("是否满意").select_option("satisfied")
    await heard.get_by_label("态度").select_option("5")
    await heard.get_by_label("表扬").check()
    await shot(page, "63-callback-form")
    await heard.get_by_role("button", name="确认登记人工回访").click()
    await expect(heard).to_contain_text("态度 5")
    await shot(page, "64-callback-recorded")
