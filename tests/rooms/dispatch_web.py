"""The routes of orders and dispatch over the people of a small city: for the API's tests and the browser's."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import ClientSession, CookieJar
from pydantic import SecretStr

from callcenter.app.dispatching import furnish_dispatching
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import OrgId
from callcenter.dispatching.config import DispatchingConfig
from callcenter.documents.config import DocumentsConfig
from callcenter.documents.printer import Printer
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import Orders, open_orders
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Role
from callcenter.people.model import NewOrg, NewUser
from callcenter.people.service import People, open_people
from callcenter.store.pool import Pool
from callcenter.web.auth import session_routes
from callcenter.web.orders import orders_routes
from callcenter.web.route import Route
from callcenter.web.server import build_app, open_site
from tests.rooms.people_of_town import PASSWORD, QUICK
from tests.rooms.town_of_orders import StandingClock
from tests.rooms.web_of_town import CONFIG, Client
from tests.vaults import VAULT

FACE: Final = DocumentsConfig().face
ORGS: Final = {
    "yunyan": (None, 3, "centre", "云堰街道城运中心"),
    "water": ("yunyan", 4, "unit", "市政事务科"),
    "roads": ("yunyan", 4, "unit", "道路管理科"),
    "farm": ("yunyan", 4, "unit", "农业农村办"),
    "village": ("yunyan", 4, "village", "桐影里居委会"),
    "station": ("yunyan", 4, "station", "第一联勤联动工作站"),
    "works": ("yunyan", 4, "external", "西部自来水厂"),
}
STAFF: Final = {
    "hw": ("yunyan", Role.AGENT),
    "pd": ("yunyan", Role.DISPATCHER),
    "sh": ("yunyan", Role.REVIEWER),
    "fg": ("yunyan", Role.DEPUTY),
    "zy": ("yunyan", Role.LEADER),
    "cb": ("water", Role.UNIT_OPERATOR),
    "fz": ("water", Role.UNIT_HEAD),
    "dl": ("roads", Role.UNIT_OPERATOR),
    "dlz": ("roads", Role.UNIT_HEAD),
    "jw": ("village", Role.UNIT_HEAD),
    "gz": ("station", Role.FIELD),
    "sc": ("works", Role.GUEST),
}
FORM: Final[Mapping[str, Any]] = {
    "title": "高层水压不足",
    "content": "六楼以上早晚无水，希望尽快处理",
    "request_type": "complaint",
    "category": "公用事业",
    "address": "云堰街道桐影路88号",
    "caller_name": "欧阳某",
    "caller_number": "138 0000 0001",
}


async def settle(people: People, mark: str = "") -> dict[str, OrgId]:
    """`mark` ends each user name, where others of the same name are there already."""
    orgs: dict[str, OrgId] = {}
    for code, (parent, level, kind, name) in ORGS.items():
        parent_id = orgs[parent] if parent else None
        new = NewOrg.model_validate({"code": code, "parent_id": parent_id, "level": level, "kind": kind, "name": name})
        orgs[code] = (await people.create_org(new, by=None)).id
    for username, (org, role) in STAFF.items():
        user = NewUser(
            username=f"{username}01{mark}",
            name=f"用户{username}",
            org_id=orgs[org],
            roles=frozenset({role}),
            extension="8901" if role is Role.AGENT else None,
            password=SecretStr(PASSWORD),
        )
        await people.create_user(user, by=None)
    return orgs


async def routes_of(pool: Pool, people: People, bus: Bus, clock: Clock) -> tuple[Orders, list[Route]]:
    orders = await open_orders(
        pool, clock=clock, bus=bus, config=OrdersConfig(), city="Asia/Shanghai", audit=people.audit, vault=VAULT
    )
    room = furnish_dispatching(
        DispatchingConfig(), pool=pool, clock=clock, bus=bus, orders=orders, outbox=Outbox(clock), audit=people.audit
    )
    return orders, [*orders_routes(orders), *room.routes(Printer(FACE, "云堰街道城运中心"))]


@dataclass(frozen=True, slots=True)
class Site:
    orgs: dict[str, OrgId]
    clients: dict[str, Client]
    clock: StandingClock
    routes: list[Route]

    async def ask(self, who: str, method: str, path: str, **given: Any) -> tuple[int, Any]:
        return await self.clients[who].ask(method, path, **given)

    async def done(self, who: str, method: str, path: str, **given: Any) -> Any:
        status, answer = await self.ask(who, method, path, **given)
        assert status < 300, answer
        return answer

    async def refused(self, who: str, method: str, path: str, **given: Any) -> tuple[int, str]:
        status, answer = await self.ask(who, method, path, **given)
        assert answer["message_zh"]
        return status, answer["code"]

    async def created(self, **fields: Any) -> str:
        order = await self.done("hw", "POST", "/api/orders", json={**FORM, **fields})
        return f"/api/orders/{order['id']}"


@asynccontextmanager
async def open_dispatch_web(pool: Pool) -> AsyncIterator[Site]:
    clock = StandingClock()
    async with AsyncExitStack() as stack:
        people = await stack.enter_async_context(open_people(pool, clock, QUICK))
        orgs = await settle(people)
        _, routes = await routes_of(pool, people, Bus(), clock)
        app = build_app([*session_routes(people, CONFIG), *routes], people, CONFIG, static=None)
        port = await stack.enter_async_context(open_site(app, CONFIG))
        clients = {}
        for username in STAFF:
            jar = CookieJar(unsafe=True)
            http = await stack.enter_async_context(ClientSession(f"http://127.0.0.1:{port}", cookie_jar=jar))
            clients[username] = Client(http)
            await clients[username].log_in(f"{username}01")
        yield Site(orgs, clients, clock, routes)
