"""The citizen's pages on a real socket, with the desk's files beside them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import ClientSession, CookieJar

from callcenter.core.ids import OrderId
from callcenter.orders.progress import Progress
from callcenter.orders.rating import Ratings
from callcenter.people.privacy_config import PrivacyConfig
from callcenter.web.config import WebConfig
from callcenter.web.public import public_routes
from callcenter.web.server import STATIC, build_app, open_site
from tests.rooms.town_of_orders import Town
from tests.rooms.whole_house import Doorkeeper

LASTS = timedelta(days=2)
PROXIED = WebConfig(port=0, public_url="https://desk.example.gov.cn")
"""A proxy stands in front, so that a test is any address that it likes."""


@dataclass(frozen=True, slots=True)
class PublicSite:
    town: Town
    http: ClientSession
    base: str
    progress: Progress
    ratings: Ratings

    async def ask(self, path: str, address: str = "203.0.113.7", **fields: str) -> tuple[int, str]:
        """GET without fields, else POST."""
        method = "POST" if fields else "GET"
        headers = {"X-Forwarded-For": f"198.51.100.1, {address}"}
        async with self.http.request(method, path, data=fields or None, headers=headers) as answer:
            return answer.status, await answer.text()

    async def code(self, order: OrderId) -> str:
        return await self.progress.code_of(self.town.people["agent"], order)

    async def link(self, order: OrderId) -> str:
        return (await self.ratings.link(self.town.people["reviewer"], order)).path


@asynccontextmanager
async def open_public_site(town: Town, *, an_hour: int = 30, sms_rating: bool = True) -> AsyncIterator[PublicSite]:
    room = town.orders.room
    progress = Progress(room)
    ratings = Ratings(room, PrivacyConfig(rating_lasts=LASTS, sms_rating=sms_rating), town.orders)
    routes = public_routes(room, progress, ratings, PROXIED, an_hour=an_hour, zone="Asia/Shanghai")
    async with open_site(build_app(routes, Doorkeeper([]), PROXIED, static=STATIC), PROXIED) as port:
        base = f"http://127.0.0.1:{port}"
        async with ClientSession(base, cookie_jar=CookieJar(unsafe=True)) as http:
            yield PublicSite(town, http, base, progress, ratings)
