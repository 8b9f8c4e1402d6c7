"""What follows a no, on the desk: care at the call-back, the head's page told at once, the second round, the leader."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from callcenter.app.files import furnish_files
from callcenter.app.handling import HandlingRoom, furnish_handling
from callcenter.callbacks import store
from callcenter.callbacks.config import CallbackConfig
from callcenter.core.clock import SystemClock
from callcenter.core.ids import OrderId
from callcenter.documents.config import DocumentsConfig
from callcenter.documents.printer import Printer
from callcenter.files.config import FilesConfig
from callcenter.handling.model import NewContact
from callcenter.handling.papers import SiteVisit
from callcenter.knowledge.service import Knowledge
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import open_orders
from callcenter.orders.terms import ResultType, Solvability
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor, Role
from callcenter.people.model import NewUser
from callcenter.store.pool import Pool
from callcenter.web.orders import orders_routes
from tests.browser.conftest import Desk, Shot, log_in, settle_clerks
from tests.rooms.desks_of_town import Room, open_room, open_site_of
from tests.rooms.people_of_town import PASSWORD
from tests.rooms.town_of_orders import demand
from tests.vaults import VAULT

REPLY = "3月4日上午工作人员到桐影路88号现场核查，因加压泵老化，已更换加压泵，水压恢复正常，并电话告知诉求人。"


@dataclass(slots=True, kw_only=True)
class HeadsDesk(Desk):
    """`house` works beside the site; its duties run when a test says so."""

    house: HandlingRoom

    @property
    def actors(self) -> dict[str, Actor]:
        return {name: user.actor for name, user in self.room.town.users.items()}


async def settle_heads(room: Room) -> None:
    """Who appears once somebody is not content."""
    for username, org, role in [
        ("fz01", room.town.users["cb01"].org_id, Role.UNIT_HEAD),
        ("fg01", room.town.orgs["city"].id, Role.DEPUTY),
    ]:
        new = {"username": username, "name": f"用户 {username}", "org_id": org, "roles": [role], "password": PASSWORD}
        room.town.users[username] = await room.people.create_user(NewUser.model_validate(new), by=None)


@pytest.fixture
async def desk(pool: Pool, database_url: str, tmp_path: Path) -> AsyncIterator[HeadsDesk]:
    """As every desk, with the handling room at work."""
    clock = SystemClock()
    async with open_room(pool) as room:
        await settle_clerks(room)
        await settle_heads(room)
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
        more = [*orders_routes(orders), *handling.routes(Printer(documents.face, documents.issuer)), *files.routes()]
        async with open_site_of(room, database_url, more) as site:
            yield HeadsDesk(site=site, room=room, orders=orders, media=tmp_path, house=handling)


async def in_callback(desk: HeadsDesk) -> OrderId:
    """Handled by the unit, and enrolled with the machine."""
    people, orders, handling = desk.actors, desk.orders, desk.house.handling
    order = OrderId((await orders.create(people["hw01"], demand(people["hw01"].org_id))).id)
    await orders.dispatch(people["pd01"], order, people["cb01"].org_id, "责任清单第3项")
    await orders.accept(people["cb01"], order)
    reached = {"outcome": "reached", "note": "已告知办理结果", "purpose": "result"}
    await handling.log_contact(people["cb01"], order, NewContact.model_validate(reached))
    now = datetime.now(UTC)
    visit = SiteVisit(
        visited_at=now, people=("王工",), place="桐影路88号", findings="加压泵老化", root_cause="facility"
    )
    await handling.write_paper(people["cb01"], order, visit)
    await orders.submit(
        people["cb01"], order, reply=REPLY, solvability=Solvability.SOLVABLE, result=ResultType.RESOLVED
    )
    await orders.review(people["sh01"], order, approved=True, opinion="同意")
    await store.enrol(desk.room.pool, VAULT, order, 1, "13800000001", next_at=now, at=now)
    return order


async def opened(page: Page, desk: HeadsDesk, username: str, address: str) -> None:
    """Another log-in in the same browser."""
    await page.context.clear_cookies()
    await page.goto("/")
    await page.reload()
    await log_in(page, username)
    await page.goto(f"/#/{address}")


@pytest.mark.rule("SG-28", "SG-29", "XY-11", "XY-33")
async def test_a_deaf_citizen_is_visited_and_the_head_hears_of_the_no_at_once(
    page: Page, desk: HeadsDesk, shot: Shot
) -> None:
    order = await in_callback(desk)
    await opened(page, desk, "sh01", f"order/{order}")
    heard = page.locator(".section.callbacks")
    await heard.get_by_role("button", name="登记特殊需要与回访方式").click()
    await heard.get_by_label("听障").check()
    await shot(page, "71-care-form")
    await heard.get_by_role("button", name="确认登记特殊需要与回访方式").click()
    await expect(heard).to_contain_text("该诉求人不由机器回访")
    await store.leave_to_people(desk.room.pool, CallbackConfig().by_person)
    await page.goto("/#/callbacks")
    await expect(page.locator(".warngrid .line")).to_contain_text("短信评价链接")
    await shot(page, "72-callbacks-by-people")
    await page.locator(".warngrid .line").click()
    await heard.get_by_role("button", name="登记人工回访").click()
    await heard.get_by_label("回访方式").select_option("visit")
    await heard.get_by_label("上门人员").fill("王工")
    await heard.get_by_label("是否解决").select_option("no")
    await heard.get_by_label("是否满意").select_option("dissatisfied")
    await heard.get_by_label("不满意、拒访或免访原因").fill("根本没解决，他们就是走过场")
    await expect(heard.locator(".hints")).to_contain_text("走过场")
    await heard.get_by_role("button", name="确认登记人工回访").click()
    await expect(heard.get_by_role("alert").first).to_contain_text("上门回访须两人以上")
    await heard.get_by_label("上门人员").fill("王工、李工")
    await shot(page, "73-visited")
    await heard.get_by_role("button", name="确认登记人工回访").click()
    await expect(heard).to_contain_text("上门：王工、李工")
    await page.set_viewport_size({"width": 390, "height": 844})
    await opened(page, desk, "fz01", "warnings")
    await expect(page.get_by_text("没有未办结的预警工单")).to_be_visible()
    await desk.house.following(desk.room.bus).catch_up()
    await expect(page.locator(".warned")).to_contain_text("收到新的预警工单")
    line = page.locator(".warngrid .panel.grows .line")
    await expect(line).to_contain_text("负责人待指定")
    await expect(page.locator(".tilesrow")).to_contain_text("n = 1")
    await shot(page, "74-heads-page")
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390  # nothing is pushed off a telephone
