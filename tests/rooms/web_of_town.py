"""The web application of the small town, on a real socket, and clients that log in as its people."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession, CookieJar

from callcenter.knowledge.service import Knowledge
from callcenter.people.service import People, open_people
from callcenter.store.pool import Pool
from callcenter.web.auth import session_routes
from callcenter.web.config import WebConfig
from callcenter.web.docs import with_docs
from callcenter.web.knowledge import knowledge_routes
from callcenter.web.people import people_routes
from callcenter.web.route import Route
from callcenter.web.server import build_app, open_site
from tests.rooms.people_of_town import PASSWORD, QUICK, MovableClock, Town, build_town

CONFIG = WebConfig(port=0, body_timeout=1.0)


def town_routes(people: People, knowledge: Knowledge, config: WebConfig) -> list[Route]:
    return [*session_routes(people, config), *people_routes(people), *knowledge_routes(knowledge)]


class Client:
    """A browser's habits: keeps the cookie, sends the CSRF token with each request."""

    def __init__(self, http: ClientSession) -> None:
        self.http = http
        self.csrf = ""

    async def log_in(self, username: str, password: str = PASSWORD) -> None:
        response = await self.http.post("/api/session", json={"username": username, "password": password})
        assert response.status == 200, await response.text()
        self.csrf = (await response.json())["csrf"]

    async def ask(self, method: str, path: str, **given: Any) -> tuple[int, Any]:
        """Status and JSON body (None when there is none)."""
        headers = {"X-CSRF-Token": self.csrf, **given.pop("headers", {})}
        response = await self.http.request(method, path, headers=headers, **given)
        return response.status, await body_of(response)


async def body_of(response: ClientResponse) -> Any:
    return await response.json(content_type=None) if response.content_type.endswith("json") else None


@dataclass(frozen=True, slots=True)
class Web:
    port: int
    people: People
    town: Town
    clock: MovableClock

    @asynccontextmanager
    async def client(self, username: str | None = None) -> AsyncIterator[Client]:
        jar = CookieJar(unsafe=True)  # the address is an IP number
        async with ClientSession(f"http://127.0.0.1:{self.port}", cookie_jar=jar) as http:
            client = Client(http)
            if username:
                await client.log_in(username)
            yield client


@asynccontextmanager
async def open_web(
    pool: Pool, extra: Sequence[Route] = (), config: WebConfig = CONFIG, static: Path | None = None
) -> AsyncIterator[Web]:
    clock = MovableClock()
    async with open_people(pool, clock, QUICK) as people:
        town = await build_town(people)
        routes = [*town_routes(people, Knowledge(pool, clock, people.audit), config), *extra]
        async with open_site(build_app(with_docs(routes, config), people, config, static=static), config) as port:
            yield Web(port, people, town, clock)
