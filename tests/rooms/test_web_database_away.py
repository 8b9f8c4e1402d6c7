"""The database goes away under a running server, and comes back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from callcenter.store.config import StoreConfig
from callcenter.store.pool import open_pool
from callcenter.web.route import Asked, Route
from tests.rooms.web_of_town import Client, open_web
from tests.simulators.severed_postgres import SeveredPostgres, open_severed


@pytest.fixture
async def severed(database_url: str) -> AsyncIterator[SeveredPostgres]:
    async with open_severed(database_url) as severed:
        yield severed


async def until_back(client: Client) -> Any:
    """The pool drops its dead connections one by one as they are asked for."""
    async with asyncio.timeout(30):
        while True:
            status, body = await client.ask("GET", "/api/session")
            if status != 503:
                assert status == 200
                return body


async def test_away_is_503_with_the_remedy_and_back_is_back(severed: SeveredPostgres) -> None:
    config = StoreConfig.model_validate({"url": severed.url, "pool_max": 4})
    async with open_pool(config) as pool, open_web(pool) as web, web.client("hw01") as client:
        await severed.cut()
        assert (await client.ask("GET", "/api/session"))[0] == 200  # confirmed lately: the desk goes on
        async with web.client() as stranger:
            assert (await stranger.ask("GET", "/api/session"))[0] == 401
        for method, path, body in [
            ("POST", "/api/session", {"username": "hw01", "password": "x"}),
            ("GET", "/api/articles", None),
        ]:
            response = await client.http.request(method, path, json=body)
            problem = await response.json(content_type=None)
            assert (response.status, problem["code"]) == (503, "database-away")
            assert "PostgreSQL" in problem["message_zh"]
            assert response.headers["Retry-After"]
        await severed.mend()
        assert (await until_back(client))["me"]["username"] == "hw01"


async def test_a_connection_ended_by_the_operator_in_mid_query_is_503_too(severed: SeveredPostgres) -> None:
    async def shut_down(asked: Asked[None, None]) -> None:
        async with pool.acquire() as connection:
            await connection.execute("select pg_terminate_backend(pg_backend_pid())")

    async def not_storable(asked: Asked[None, None]) -> None:
        await pool.execute("select $1::int", 10**20)

    def route(path: str, handler: Any) -> Route:
        return Route(
            method="GET", path=path, summary_zh="试", summary_en="Try", tag="try", handler=handler, public=True
        )

    config = StoreConfig.model_validate({"url": severed.url, "pool_max": 4})
    extra = [route("/api/try/end", shut_down), route("/api/try/number", not_storable)]
    async with open_pool(config) as pool, open_web(pool, extra) as web, web.client("hw01") as client:
        status, body = await client.ask("GET", "/api/try/end")
        assert (status, body["code"]) == (503, "database-away")
        assert (await until_back(client))["me"]["username"] == "hw01"
        status, body = await client.ask("GET", "/api/try/number")
        assert (status, body["code"]) == (422, "value-not-storable")
