"""Work orders over HTTP: the whole life by the people's own log-ins, refusals with their codes, a true description."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession, CookieJar
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import SecretStr

from callcenter.callbacks.by_hand import ByHand
from callcenter.callbacks.reading import CallbacksReading
from callcenter.core.bus import Bus
from callcenter.core.ids import OrderId, OrgId
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import Orders, open_orders
from callcenter.people.actor import Role
from callcenter.people.model import NewOrg, NewUser
from callcenter.people.service import open_people
from callcenter.store.notify import open_listener
from callcenter.store.pool import Pool
from callcenter.web.auth import session_routes
from callcenter.web.callbacks import callback_routes
from callcenter.web.openapi import openapi
from callcenter.web.orders import orders_routes
from callcenter.web.server import build_app, open_site
from tests.rooms.people_of_town import PASSWORD, QUICK
from tests.rooms.town_of_orders import ORGS, USERS, StandingClock
from tests.rooms.web_of_town import CONFIG, Client
from tests.vaults import VAULT

FORM: dict[str, Any] = {
    "title": "高层水压不足",
    "content": "六楼以上早晚无水",
    "request_type": "complaint",
    "address": "云堰街道桐影路88号",
    "caller_name": "欧阳某",
    "caller_number": "138 0000 0001",
}


@dataclass(frozen=True, slots=True)
class Site:
    orders: Orders
    orgs: dict[str, OrgId]
    clients: dict[str, Client]

    async def ask(self, who: str, method: str, path: str, **given: Any) -> tuple[int, Any]:
        return await self.clients[who].ask(method, path, **given)

    async def move(self, who: str, order: str, action: str, **body: Any) -> Any:
        status, answer = await self.ask(who, "POST", f"/api/orders/{order}/{action}", json=body)
        assert status == 200, answer
        return answer

    async def refused(self, who: str, order: str, action: str, **body: Any) -> tuple[int, str]:
        status, answer = await self.ask(who, "POST", f"/api/orders/{order}/{action}", json=body)
        assert answer["message_zh"]
        assert answer["message_en"]
        return status, answer["code"]

    async def created(self, **fields: Any) -> Any:
        form = FORM | {"centre_id": str(self.orgs["street"])} | fields
        status, order = await self.ask("agent", "POST", "/api/orders", json=form)
        assert status == 201, order
        return order


@asynccontextmanager
async def open_town(pool: Pool) -> AsyncIterator[Site]:
    clock = StandingClock()
    async with AsyncExitStack() as stack:
        people = await stack.enter_async_context(open_people(pool, clock, QUICK))
        orgs: dict[str, OrgId] = {}
        for code, (parent, level, kind, _) in ORGS.items():
            parent_id = orgs[parent] if parent else None
            new = NewOrg(code=code, parent_id=parent_id, level=level, kind=kind, name=code)
            orgs[code] = (await people.create_org(new, by=None)).id
        for number, (username, (org, role)) in enumerate(USERS.items()):
            user = NewUser(
                username=f"{username}.user",
                name=username,
                org_id=orgs[org],
                roles=frozenset({role}),
                extension=f"80{number:02}" if role is Role.AGENT else None,
                password=SecretStr(PASSWORD),
            )
            await people.create_user(user, by=None)
        orders = await open_orders(
            pool, clock=clock, bus=Bus(), config=OrdersConfig(), city="Asia/Shanghai", audit=people.audit, vault=VAULT
        )
        calls_back = callback_routes(CallbacksReading(pool, orders, clock), ByHand(pool, clock, orders))
        routes = [*session_routes(people, CONFIG), *orders_routes(orders), *calls_back]
        app = build_app(routes, people, CONFIG, static=None)
        port = await stack.enter_async_context(open_site(app, CONFIG))
        clients = {}
        for username in USERS:
            jar = CookieJar(unsafe=True)
            http = await stack.enter_async_context(ClientSession(f"http://127.0.0.1:{port}", cookie_jar=jar))
            clients[username] = Client(http)
            await clients[username].log_in(f"{username}.user")
        yield Site(orders, orgs, clients)


@pytest.fixture
async def site(pool: Pool) -> AsyncIterator[Site]:
    async with open_town(pool) as site:
        yield site


async def test_the_whole_life(site: Site) -> None:
    order = await site.created()
    assert order["actions"] == ["answer", "dispatch", "transfer-out", "not-accept", "notes"]
    assert order["caller_number"] == "+8613800000001"
    one = order["id"]
    dispatched = await site.move("dispatcher", one, "dispatch", unit_id=str(site.orgs["water"]), reason="责任清单第3项")
    assert dispatched["stage"] == "dispatched"
    accepted = await site.move("water", one, "accept")
    assert accepted["actions"] == ["contacts", "return_requested", "notes"]
    await site.move("water", one, "contacts", outcome="reached", note="已联系")
    await site.move("water", one, "submit", reply="已修复")
    await site.move("reviewer", one, "review", approved=True)
    await site.orders.settle_callback(OrderId(order["id"]), None, None, None, "no_answer")
    closed = await site.move("reviewer", one, "close", reason="多次无人接听")
    assert closed["stage"] == "closed"
    status, seen = await site.ask("agent", "GET", f"/api/orders/{one}")
    assert status == 200
    moves = ["created", "dispatched", "accepted", "contacted", "submitted", "reviewed", "callback_begun"]
    moves += ["callback_exhausted", "callback_excused", "closed"]
    assert moves == [event["move"] for event in seen["events"]]
    assert {"accept", "contact", "handle", "callback"} <= {timer["name"] for timer in seen["timers"]}
    assert [(event["actor"], event["seq"]) for event in seen["events"][:2]] == [("agent", 1), ("dispatcher", 2)]


async def test_sending_back_answering_and_calling_back_by_hand(site: Site) -> None:
    answered = (await site.created(request_type="inquiry"))["id"]
    assert (await site.move("agent", answered, "answer", reply="可在线上办理"))["stage"] == "closed"
    one = (await site.created())["id"]
    await site.move("dispatcher", one, "dispatch", unit_id=str(site.orgs["water"]), reason="属地")
    await site.move("water", one, "accept")
    await site.move("water", one, "contacts", outcome="reached")
    await site.move("water", one, "submit", reply="已修复")
    back = await site.move("reviewer", one, "review", approved=False, opinion="补充照片")
    assert back["stage"] == "handling"
    plan = {"solvability": "hard_now", "result": "explained", "plan": "三月底前更换加压泵"}
    await site.move("water", one, "submit", reply="已制定方案", **plan)
    await site.move("reviewer", one, "review", approved=True)
    heard = {"reached": "reached", "resolved": False, "satisfied": "dissatisfied", "reason": "仍无水"}
    assert (await site.ask("reviewer", "POST", f"/api/orders/{one}/callback-records", json=heard))[0] == 201
    warned = await site.move("dispatcher", one, "notes", note="诉求人补充：夜间也无水")
    assert (warned["stage"], warned["flagged"]) == ("warned", True)


async def test_refusals_keep_their_codes(site: Site) -> None:
    one = (await site.created())["id"]
    unit = {"unit_id": str(site.orgs["water"]), "reason": "属地"}
    assert await site.refused("agent", one, "dispatch", **unit) == (403, "move-needs-role")
    assert await site.refused("dispatcher", one, "accept") == (409, "move-refused")
    assert await site.refused("far", one, "dispatch", **unit) == (404, "no-such-order")
    assert await site.refused("dispatcher", one, "dispatch", unit_id=str(uuid4()), reason="x") == (422, "no-such-unit")
    assert await site.refused("dispatcher", one, "dispatch", unit_id="x", reason="x") == (422, "invalid-fields")
    assert await site.refused("dispatcher", one, "dispatch", unit_id=str(uuid4())) == (422, "invalid-fields")
    assert await site.refused("dispatcher", str(uuid4()), "dispatch", **unit) == (404, "no-such-order")
    await site.move("dispatcher", one, "dispatch", **unit)
    assert await site.refused("reviewer", one, "accept") == (403, "move-needs-role")
    await site.move("water", one, "accept")
    assert await site.refused("water", one, "submit", reply="好了") == (409, "move-refused")
    unknown = await site.refused("water", one, "contacts", outcome="reached", call_id=str(uuid4()))
    assert unknown == (422, "no-such-call")
    await site.move("water", one, "contacts", outcome="reached")
    assert await site.refused("water", one, "submit", reply="好", solvability="coordinate") == (409, "plan-missing")
    await site.move("water", one, "submit", reply="好了")
    assert await site.refused("reviewer", one, "review", approved=False) == (409, "reason-missing")


async def test_a_double_click_over_http_makes_one_order(site: Site) -> None:
    form = FORM | {"idempotency_key": "form-0001"}
    both = await asyncio.gather(*(site.ask("agent", "POST", "/api/orders", json=form) for _ in range(4)))
    assert len({order["id"] for _, order in both}) == 1
    status, refused = await site.ask("agent", "POST", "/api/orders", json=form | {"title": "另一件"})
    assert (status, refused["code"]) == (422, "idempotency-key-reused")


async def test_lists_by_scope_stage_and_cursor(site: Site) -> None:
    made = [(await site.created(title=f"第{n}件"))["id"] for n in range(5)]
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        status, page = await site.ask("agent", "GET", "/api/orders", params=query)
        assert status == 200
        seen += [line["id"] for line in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == made[::-1]
    assert "caller_number" not in page["items"][0]
    _, held = await site.ask("dispatcher", "GET", "/api/orders", params={"scope": "unit", "stage": "pending_dispatch"})
    assert len(held["items"]) == 5
    _, none = await site.ask("roads", "GET", "/api/orders", params={"scope": "all"})
    assert none["items"] == []
    for wrong in ({"cursor": "zzz"}, {"limit": 0}, {"limit": 1000}, {"stage": "lost"}, {"scope": "everything"}):
        status, _ = await site.ask("agent", "GET", "/api/orders", params=wrong)
        assert status == 422


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "x" * 121},
        {"content": "x" * 8001},
        {"request_type": "wish"},
        {"happened_at": "2026-03-04T10:00:00"},
        {"surprise": 1},
        {"title": "\u0000"},
    ],
)
async def test_bad_forms(site: Site, fields: dict[str, Any]) -> None:
    status, problem = await site.ask("agent", "POST", "/api/orders", json=FORM | fields)
    assert status == 422, problem
    assert "欧阳" not in str(problem)


async def test_units_may_not_enter_orders(site: Site) -> None:
    status, problem = await site.ask("water", "POST", "/api/orders", json=FORM)
    assert (status, problem["code"]) == (403, "move-needs-role")


async def test_the_creators_desk_is_told(site: Site, database_url: str) -> None:
    async with open_listener(database_url, "desk") as listener, asyncio.timeout(20):
        await listener.connected.wait()
        order = await site.created()
        async for channel, payload in listener:
            assert channel == "desk"
            assert payload == {"user": order["created_by"], "kind": "order", "id": order["id"]}
            break


async def test_the_description_is_valid(site: Site) -> None:
    document = openapi(orders_routes(site.orders), CONFIG)
    OpenAPIV31SpecValidator(document).validate()
    assert len(document["paths"]) == 31
