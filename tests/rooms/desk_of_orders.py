"""The small town of orders behind a real web server, for the routes of one room, with clients of its people."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, CookieJar

from callcenter.core.errors import Unauthenticated
from callcenter.people.actor import Actor
from callcenter.people.session import Session
from callcenter.web.route import Route
from callcenter.web.server import build_app, open_site
from tests.rooms.town_of_orders import Town
from tests.rooms.web_of_town import CONFIG, body_of


class TownDoor:
    """The people's names are their tokens."""

    def __init__(self, people: dict[str, Actor]) -> None:
        self._people = people

    async def session(self, token: str) -> Session:
        raise Unauthenticated

    async def actor_of_token(self, bearer: str) -> Actor:
        return self._people[bearer]


@dataclass(frozen=True, slots=True)
class DeskClient:
    http: ClientSession


@dataclass(frozen=True, slots=True)
class Desk:
    clients: dict[str, DeskClient]

    async def ask(self, who: str, method: str, path: str, **given: Any) -> tuple[int, Any]:
        """Status and JSON body (None when there is none)."""
        async with self.clients[who].http.request(method, path, **given) as response:
            return response.status, await body_of(response)

    async def refused(self, who: str, path: str, method: str = "POST", **given: Any) -> tuple[int, str]:
        status, problem = await self.ask(who, method, path, **given)
        assert problem["message_zh"]
        assert problem["message_en"]
        return status, problem["code"]


@asynccontextmanager
async def open_desk(town: Town, routes: Sequence[Route]) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        app = build_app(routes, TownDoor(town.people), CONFIG, static=None)
        port = await stack.enter_async_context(open_site(app, CONFIG))
        clients = {}
        for name in town.people:
            session = ClientSession(
                f"http://127.0.0.1:{port}",
                cookie_jar=CookieJar(unsafe=True),
                headers={"Authorization": f"Bearer {name}"},
            )
            clients[name] = DeskClient(await stack.enter_async_context(session))
        yield Desk(clients)
