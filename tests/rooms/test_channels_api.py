"""Intake and matters over HTTP: machines by their tokens, roles on every route, a true description."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, FormData
from openapi_spec_validator import OpenAPIV31SpecValidator

from callcenter.core.ids import new_id
from callcenter.people.actor import Role
from callcenter.people.audit import Audit
from callcenter.people.model import NewToken
from callcenter.people.tokens import Tokens
from callcenter.store.pool import Pool
from callcenter.web.config import WebConfig
from callcenter.web.openapi import openapi
from callcenter.web.route import Route
from callcenter.web.server import build_app, open_site
from tests.rooms.channels_of_town import Intake, add_user, build_intake, told

WEB = WebConfig(port=0, body_timeout=5.0)


class Keys:
    """The doorkeeper of machines: every person of this test holds a token."""

    def __init__(self, intake: Intake) -> None:
        self._tokens = Tokens(intake.town.pool, intake.town.clock, Audit(intake.town.clock))
        self._until = intake.town.clock.now() + timedelta(days=1)

    async def actor_of_token(self, bearer: str) -> Any:
        return await self._tokens.actor_of(bearer)

    async def session(self, token: str) -> Any:
        raise AssertionError(token)

    async def of(self, user: Any) -> dict[str, str]:
        new = NewToken(user_id=user.user_id, name="test", expires_at=self._until)
        return {"Authorization": f"Bearer {(await self._tokens.issue(new, by=None)).secret}"}


def routes_of(intake: Intake, keys: Keys) -> list[Route]:
    return [*intake.channels.routes(keys, WebConfig(port=0)), *intake.matters.routes()]


@asynccontextmanager
async def served(intake: Intake, keys: Keys) -> AsyncIterator[ClientSession]:
    app = build_app(routes_of(intake, keys), keys, WEB, static=None)
    async with open_site(app, WEB) as port, ClientSession(f"http://127.0.0.1:{port}") as http:
        yield http


@pytest.mark.rule("JC-01", "JC-06")
async def test_machines_hand_in_and_people_merge(pool: Pool) -> None:
    intake = await build_intake(pool)
    keys = Keys(intake)
    machine = await keys.of(intake.machine)
    both = await keys.of(await add_user(intake.town, "clerk", "street", Role.SERVICE, Role.DISPATCHER))
    form = json.loads(told("E1", caller_type="enterprise").model_dump_json())
    async with served(intake, keys) as http:
        made = await http.post("/api/channels/wechat/orders", json=form, headers=machine)
        assert (made.status, (await made.json())["outcome"]) == (200, "created")
        again = await http.post("/api/channels/wechat/orders", json=form, headers=machine)
        assert (await again.json())["outcome"] == "repeated"
        other = await http.post(
            "/api/channels/app/orders", json=form | {"caller_number": "13800000002"}, headers=machine
        )
        assert (await other.json())["outcome"] == "created"
        standing = await http.get("/api/channels/wechat/orders/E1", headers=machine)
        assert (await standing.json())["stage"] == "triage"
        for path, who, status in (
            ("/api/channels/fax/orders", machine, 422),
            ("/api/channels/sms/orders", both, 403),
        ):
            refused = await http.post(path, json=form, headers=who)
            assert status == refused.status
        first, second = [row["id"] for row in await pool.fetch("select id from work_order order by number")]
        assert await pool.fetchval("select caller_type from work_order where id = $1", first) == "enterprise"
        alike = await http.get(f"/api/orders/{first}/candidates", headers=both)
        assert [str(second)] == [one["id"] for one in (await alike.json())["items"]]
        merged = await http.post(
            "/api/order-matters", json={"master_id": str(first), "order_ids": [str(second)]}, headers=both
        )
        matter = await merged.json()
        assert (matter["orders"], matter["callers"]) == (2, 2)
        listed = await http.get("/api/order-matters", headers=both)
        assert [matter["id"]] == [one["id"] for one in (await listed.json())["items"]]
        missing = await http.get(f"/api/order-matters/{new_id()}", headers=both)
        assert (missing.status, (await missing.json())["code"]) == (404, "no-such-matter")
        forbidden = await http.post(
            "/api/order-matters", json={"master_id": str(first), "order_ids": [str(second)]}, headers=machine
        )
        assert forbidden.status == 403


async def test_the_description_is_valid(pool: Pool) -> None:
    intake = await build_intake(pool)
    document = openapi(routes_of(intake, Keys(intake)), WEB)

    OpenAPIV31SpecValidator(document).validate()
    assert "/open311/v2/requests.{format}" in document["paths"]


async def test_an_upload_that_is_no_table_is_refused_by_name(pool: Pool) -> None:
    intake = await build_intake(pool)
    keys = Keys(intake)
    clerk = await keys.of(await add_user(intake.town, "clerk", "street", Role.SERVICE, Role.DISPATCHER))
    async with served(intake, keys) as http:
        bare = await http.post("/api/imports", json={}, headers=clerk)
        assert (bare.status, (await bare.json())["code"]) == (422, "table-not-sent")
        columns = await http.get("/api/import-columns", headers=clerk)
        assert "诉求内容" in (await columns.json())["columns"]["content"]
        form = FormData()
        form.add_field("options", json.dumps({"channel": "mailbox"}))
        form.add_field("file", b"a,b\n1,2\n", filename="a.csv")
        wrong = await http.post("/api/imports", data=form, headers=clerk)
        assert (await wrong.json())["code"] == "import-without-content"
