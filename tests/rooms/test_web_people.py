"""Orgs, users, tokens and the audit trail by HTTP, each seen from one's own place in the tree."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from callcenter.store.pool import Pool
from tests.rooms.people_of_town import PASSWORD
from tests.rooms.web_of_town import Web, open_web


@pytest.fixture
async def web(pool: Pool) -> AsyncIterator[Web]:
    async with open_web(pool) as web:
        yield web


async def test_lists_stop_at_the_border_of_the_subtree(web: Web) -> None:
    async with web.client("east.head") as client:
        _, orgs = await client.ask("GET", "/api/orgs")
        assert [org["code"] for org in orgs["items"]] == ["east", "east-water"]
        _, users = await client.ask("GET", "/api/users")
        assert [user["username"] for user in users["items"]] == ["east.admin", "east.head"]
        _, first = await client.ask("GET", "/api/users", params={"limit": "1"})
        _, page = await client.ask("GET", "/api/users", params={"cursor": first["next"], "limit": "1"})
        assert [user["username"] for user in page["items"]] == ["east.head"]
        assert "password" not in str(users)
    async with web.client("hw01") as client:
        assert (await client.ask("GET", "/api/users"))[0] == 403


async def test_admin_adds_an_org_and_a_user_who_logs_in(web: Web) -> None:
    async with web.client("east.admin") as client:
        east = str(web.town.orgs["east"].id)
        new = {"code": "east-gas", "parent_id": east, "level": 4, "kind": "unit", "name": "燃气所"}
        status, org = await client.ask("POST", "/api/orgs", json=new)
        assert (status, org["path"]) == (201, "/city/east/east-gas/")
        person = {"username": "gas.op", "name": "经办人", "org_id": org["id"], "roles": ["unit_operator"]}
        status, body = await client.ask("POST", "/api/users", json={**person, "password": "1234567890"})
        assert (status, body["code"]) == (422, "password-too-weak")
        status, user = await client.ask("POST", "/api/users", json={**person, "password": PASSWORD})
        assert (status, user["org_path"]) == (201, "/city/east/east-gas/")
        status, body = await client.ask("POST", "/api/users", json={**person, "password": PASSWORD})
        assert (status, body["code"]) == (409, "name-taken")
        west = {**person, "username": "x.y", "org_id": str(web.town.orgs["west"].id), "password": PASSWORD}
        assert (await client.ask("POST", "/api/users", json=west))[1]["code"] == "no-such-org"
        other = web.town.users["west.op"].id
        assert (await client.ask("DELETE", f"/api/users/{other}"))[0] == 404
        async with web.client("gas.op") as new_client:
            assert (await client.ask("DELETE", f"/api/users/{user['id']}"))[0] == 204
            assert (await new_client.ask("GET", "/api/session"))[0] == 401


async def test_only_admins_change_the_directory(web: Web) -> None:
    async with web.client("east.head") as client:
        for method, path in [
            ("POST", "/api/orgs"),
            ("POST", "/api/users"),
            ("DELETE", f"/api/users/{web.town.users['hw01'].id}"),
            ("GET", "/api/tokens"),
            ("POST", "/api/tokens"),
        ]:
            assert (await client.ask(method, path, json={}))[0] == 403


async def test_token_secret_is_shown_once(web: Web) -> None:
    async with web.client("root") as client:
        expires_at = (web.clock.now() + timedelta(days=7)).isoformat()
        new = {"user_id": str(web.town.users["machine"].id), "name": "报表", "expires_at": expires_at}
        status, issued = await client.ask("POST", "/api/tokens", json=new)
        assert status == 201
        _, listed = await client.ask("GET", "/api/tokens")
        assert [token["id"] for token in listed["items"]] == [issued["token"]["id"]]
        assert issued["secret"] not in str(listed)
        async with web.client() as machine:
            headers = {"Authorization": f"Bearer {issued['secret']}"}
            assert (await machine.ask("GET", "/api/orgs", headers=headers))[0] == 200
            assert (await client.ask("DELETE", f"/api/tokens/{issued['token']['id']}"))[0] == 204
            assert (await machine.ask("GET", "/api/orgs", headers=headers))[0] == 401


async def test_password_change_by_its_owner(web: Web) -> None:
    async with web.client("hw01") as here, web.client("hw01") as there:
        change = {"old": PASSWORD, "new": "Heron-Harbour-3"}
        assert (await here.ask("PUT", "/api/password", json={**change, "old": "x"}))[1]["code"] == "password-wrong"
        assert await here.ask("PUT", "/api/password", json=change) == (204, None)
        assert (await here.ask("GET", "/api/session"))[0] == 200
        assert (await there.ask("GET", "/api/session"))[0] == 401
    async with web.client() as client:
        await client.log_in("hw01", "Heron-Harbour-3")
        assert (await client.ask("DELETE", "/api/sessions"))[0] == 204
        assert (await client.ask("GET", "/api/session"))[0] == 401


async def test_a_forgotten_password_is_set_by_an_admin_of_the_subtree(web: Web) -> None:
    path = f"/api/users/{web.town.users['west.op'].id}/password"
    async with web.client("west.op") as owner, web.client("root") as root, web.client("east.admin") as east:
        assert (await owner.ask("PUT", path, json={"password": "Heron-Harbour-3"}))[0] == 403
        assert (await east.ask("PUT", path, json={"password": "Heron-Harbour-3"}))[0] == 404
        assert (await root.ask("PUT", path, json={"password": "west.op-1A-long"}))[1]["code"] == "password-too-weak"
        assert (await root.ask("PUT", path, json={"password": "Heron-Harbour-3"}))[0] == 204
        assert (await owner.ask("GET", "/api/session"))[0] == 401
        await owner.log_in("west.op", "Heron-Harbour-3")


async def test_the_trail_of_a_user(web: Web) -> None:
    asked = {"subject_type": "user", "subject_id": str(web.town.users["hw01"].id)}
    async with web.client("hw01"), web.client("root") as root, web.client("east.admin") as east:
        _, seen = await root.ask("GET", "/api/audit", params=asked)
        assert [entry["action"] for entry in seen["items"]] == ["logged_in", "user_created"]
        _, from_east = await east.ask("GET", "/api/audit", params=asked)
        assert [entry["action"] for entry in from_east["items"]] == ["user_created"]
