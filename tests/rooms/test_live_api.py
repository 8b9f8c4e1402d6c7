"""Live calls and transfers over HTTP: who may ask what, in what words, and how refusals look."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from callcenter.core.ids import new_id
from callcenter.people.actor import Role
from callcenter.people.model import NewUser
from callcenter.store.pool import Pool
from tests.rooms.live_house import LiveHouse, open_live
from tests.rooms.people_of_town import PASSWORD
from tests.rooms.web_of_town import Client, Web, open_web


@dataclass(slots=True)
class Here:
    house: LiveHouse
    web: Web
    call: UUID

    @asynccontextmanager
    async def at(self, username: str) -> AsyncIterator[Client]:
        async with self.web.client(username) as client:
            yield client


@pytest.fixture
async def here(pool: Pool, tmp_path: Path) -> AsyncIterator[Here]:
    async with (
        open_live(pool, tmp_path) as house,
        house.watching(),
        open_web(pool, extra=house.room.routes()) as web,
    ):
        new = NewUser.model_validate(
            {
                "username": "hw02",
                "name": "周二",
                "org_id": web.town.orgs["city"].id,
                "roles": [Role.AGENT],
                "extension": "8002",
                "password": PASSWORD,
            }
        )
        await web.people.create_user(new, by=None)
        house.desks.extensions[web.town.users["hw01"].id] = "8001"
        yield Here(house, web, await house.talk())


async def test_the_presses(here: Here) -> None:
    async with here.at("hw01") as agent:
        base = f"/api/calls/{here.call}"
        for press, shows in (
            ("hold", {"held": True}),
            ("resume", {"held": False}),
            ("mute", {"muted": True}),
            ("unmute", {"muted": False}),
        ):
            status, body = await agent.ask("POST", f"{base}/{press}", json={})
            assert (status, {name: body[name] for name in shows}) == (200, shows)
        assert (await agent.ask("GET", f"{base}/live"))[1]["stage"] == "talking"
        for press, code in (
            ("merge", "nobody-there"),
            ("leave", "nobody-there"),
            ("cancel", "no-transfer-under-way"),
        ):
            status, body = await agent.ask("POST", f"{base}/{press}", json={})
            assert (status, body["code"]) == (409, code)


async def test_targets_and_a_transfer(here: Here) -> None:
    async with here.at("hw01") as agent:
        base = f"/api/calls/{here.call}"
        status, body = await agent.ask("GET", f"{base}/targets")
        assert (status, len(body["emergency"]), body["proposed"]) == (200, 6, [])
        status, body = await agent.ask("POST", f"{base}/targets", json={"text": "有人落水"})
        assert (status, body["proposed"][0]["matter"]) == (200, "drowning")
        transfer = str(new_id())
        asked = {"id": transfer, "matter": "drowning"}
        for _ in range(2):
            status, body = await agent.ask("POST", f"{base}/transfer", json=asked)
            assert (status, body["id"], body["target"], body["mode"]) == (200, transfer, "110", "three_way")
        status, body = await agent.ask("POST", f"{base}/consult", json={"number": "13911112222"})
        assert (status, body["code"]) == (409, "transfer-under-way")
        status, body = await agent.ask("POST", f"/api/transfers/{transfer}/case", json={"remote_case_no": " 7 "})
        assert status == 422, "it begins with a space"
        status, body = await agent.ask("POST", f"/api/transfers/{transfer}/case", json={"remote_case_no": "7 "})
        assert (status, body["remote_case_no"]) == (200, "7")
        assert (await agent.ask("POST", f"{base}/cancel", json={}))[0] == 204
        status, body = await agent.ask("GET", f"{base}/transfers")
        assert [(one["id"], one["outcome"], one["state"]) for one in body["items"]] == [(transfer, "cancelled", "over")]
        status, body = await agent.ask("POST", f"{base}/consult", json={"number": "13911112222"})
        assert (status, body["consult"]) == (200, True)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"number": "139", "target": "110"},
        {"target": "110; rm"},
        {"matter": "x" * 41},
        {"target": "110", "summary": "x" * 401},
        {"target": "110", "mode": "by_pigeon"},
    ],
)
async def test_a_wish_that_makes_no_sense(here: Here, asked: dict[str, Any]) -> None:
    async with here.at("hw01") as agent:
        assert (await agent.ask("POST", f"/api/calls/{here.call}/transfer", json=asked))[0] == 422
    assert here.house.link.sent == []


async def test_strangers_and_what_is_not_there(here: Here) -> None:
    async with here.at("hw02") as stranger, here.at("west.op") as operator:
        base = f"/api/calls/{here.call}"
        assert (await stranger.ask("POST", f"{base}/hold", json={}))[1]["code"] == "not-on-call"
        assert (await operator.ask("POST", f"{base}/hold", json={}))[0] == 403
        assert (await stranger.ask("GET", f"/api/calls/{new_id()}/live"))[1]["code"] == "no-live-call"
        status, body = await stranger.ask("POST", f"/api/transfers/{new_id()}/case", json={"remote_case_no": "1"})
        assert (status, body["code"]) == (404, "no-such-transfer")


async def test_the_list_of_matters_is_public_in_the_house(here: Here) -> None:
    async with here.at("hw02") as agent:
        status, body = await agent.ask("GET", "/api/matters")
        assert (status, body["version"]) == (200, 1)
        status, body = await agent.ask("GET", "/api/matters/versions")
        assert (status, [one["version"] for one in body["items"]]) == (200, [1])
        assert (await agent.ask("GET", "/api/matters/versions/1"))[1]["matters"][0]["code"] == "suicide"
        assert (await agent.ask("GET", "/api/matters/versions/2"))[0] == 404
        status, body = await agent.ask("GET", "/api/transfer-lines", params={"search": "急救"})
        assert [one["target"] for one in body["items"]] == ["120"]
