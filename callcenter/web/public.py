"""The citizen's own pages: progress by number and code, and the one-tap rating (JC-01, SJ-36, B-27).

No log-in, no script, no cookie; nothing personal goes in or out. The code and the answers travel in the body, so that
no address and no log holds them; a rating link's token stands in its address and works once.
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ValidationError

from callcenter.core.ids import new_id
from callcenter.orders.progress import LATER, Progress
from callcenter.orders.rating import Rated, Ratings
from callcenter.orders.room import Room
from callcenter.store.queries import load
from callcenter.web.config import WebConfig
from callcenter.web.errors import BodyTooLarge, BodyTooSlow
from callcenter.web.route import URLENCODED, Asked, Form, Route, Wire

TAG: Final = "citizen"
SQL: Final[Any] = load("progress")
FORM_LIMIT: Final = 4096
WINDOW: Final = timedelta(hours=1)
_TEMPLATES: Final = Path(__file__).parent / "templates"
_HEADERS: Final = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
}
"""With `no-referrer` a browser sends `Origin: null` with a form (Fetch, 3.2), which the guard refuses."""
_NUMBER: Final = re.compile(r"[0-9]{8}-?[0-9]{6,12}")
_CODE: Final = re.compile(r"[0-9]{6}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,80}")

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "received": ("已受理，等待派单", "Received; waiting to be assigned"),
    "assigned": ("已派至承办单位", "Assigned to the responsible body"),
    "handling": ("正在办理", "Being handled"),
    "reviewing": ("办理结果审核中", "The result is being reviewed"),
    "calling_back": ("等待回访，听取您的意见", "We will ask for your opinion"),
    "answered": ("已答复", "Answered"),
    "closed": ("已办结", "Closed"),
    "unknown": ("未查到：请核对工单号和查询码", "Not found: check the number and the code"),
    "later": ("查询次数过多，请稍后再试", "Too many inquiries: please try again later"),
}
SCORES: Final = (
    ("attitude", "态度", "Attitude"),
    ("timeliness", "时效", "Timeliness"),
    ("service", "服务", "Service"),
    ("measures", "措施", "Measures"),
)


class ProgressForm(Wire):
    """The order's number and the code that the citizen was told."""

    number: str
    code: str


def asker_of(request: web.Request, config: WebConfig) -> str:
    """The address that asks. Behind the proxy (`web.public_url` is set) it is what the proxy itself appended, the last
    entry; what a client wrote before it does not count."""
    remote = request.remote or ""
    if config.public_url:
        forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        return forwarded[-1] if forwarded else remote
    return remote


class Door:
    """Counts what an address asks for; the address is kept as a keyed hash, for an hour."""

    def __init__(self, room: Room, config: WebConfig, an_hour: int) -> None:
        self._room = room
        self._config = config
        self._an_hour = an_hour

    def name(self, request: web.Request) -> str:
        return "address:" + asker_of(request, self._config)

    async def open_to(self, request: web.Request, place: str) -> bool:
        now = self._room.clock.now()
        key = self._room.vault.key(self.name(request))
        asked = await SQL.ask(self._room.store.pool, id=new_id(), at=now, asker=key, place=place, since=now - WINDOW)
        return int(asked) <= self._an_hour


def public_routes(
    room: Room, progress: Progress, ratings: Ratings, config: WebConfig, *, an_hour: int, zone: str
) -> list[Route]:
    pages = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)
    door, clock = Door(room, config, an_hour), ZoneInfo(zone)

    def page(name: str, status: int = 200, **given: Any) -> web.Response:
        text = pages.get_template(f"public_{name}.html").render(**given)
        return web.Response(text=text, status=status, content_type="text/html", headers=_HEADERS)

    def told(word: str, steps: list[tuple[str, tuple[str, str]]], status: int) -> web.Response:
        return page("progress", status, word=WORDS[word], steps=steps, asked=True)

    async def form(_: Asked[None, None]) -> web.Response:
        return page("progress", word=None, steps=[], asked=False)

    async def show(asked: Asked[None, None]) -> web.Response:
        if not await door.open_to(asked.raw, "progress"):
            return told(LATER, [], 429)
        given = await _form_of(asked.raw, config.body_timeout)
        number, code = given.get("number", "").strip(), given.get("code", "").strip()
        if not _NUMBER.fullmatch(number) or not _CODE.fullmatch(code):
            return told("unknown", [], 404)
        found = await progress.told(number=number.replace("-", ""), code=code, asker=door.name(asked.raw))
        steps = [(_day(at, clock), WORDS[word]) for at, word in found.steps]
        return told(found.word, steps, {"later": 429, "unknown": 404}.get(found.word, 200))

    def gone(status: int = 410) -> web.Response:
        return page("rating", status, state="gone", number="", scores=SCORES)

    async def ask_rating(asked: Asked[None, None]) -> web.Response:
        if not await door.open_to(asked.raw, "rating"):
            return page("rating", 429, state="later", number="", scores=SCORES)
        token = asked.path["token"]
        number = await ratings.number_of(token) if _TOKEN.fullmatch(token) else None
        return gone() if number is None else page("rating", state="open", number=number, scores=SCORES)

    async def rate(asked: Asked[None, None]) -> web.Response:
        if not await door.open_to(asked.raw, "rating"):
            return page("rating", 429, state="later", number="", scores=SCORES)
        token, given = asked.path["token"], await _form_of(asked.raw, config.body_timeout)
        number = await ratings.number_of(token) if _TOKEN.fullmatch(token) else None
        if number is None:
            return gone()
        rated = _rated(given)
        if rated is None:
            return page("rating", 400, state="open", number=number, scores=SCORES)
        if await ratings.take(token, rated) == "gone":
            return gone()
        return page("rating", state="thanks", number=number, scores=SCORES)

    def route(method: Any, path: str, zh: str, en: str, handler: Any, form: type[BaseModel] | None = None) -> Route:
        return Route(
            method=method,
            path=path,
            summary_zh=zh,
            summary_en=en,
            tag=TAG,
            handler=handler,
            public=True,
            media="text/html",
            body_limit=FORM_LIMIT,
            form=Form(form, (URLENCODED,)) if form else None,
        )

    return [
        route("GET", "/p", "工单进度查询页面（公开）", "Page that asks for an order's progress (public)", form),
        route(
            "POST",
            "/p",
            "按工单号和查询码查询进度（公开）",
            "An order's progress by number and code (public)",
            show,
            ProgressForm,
        ),
        route(
            "GET",
            "/r/{token}",
            "一键评价页面（公开，一次有效）",
            "Page of a rating link (public, works once)",
            ask_rating,
        ),
        route("POST", "/r/{token}", "提交评价（公开，一次有效）", "Take a rating (public, works once)", rate, Rated),
    ]


def _day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _rated(given: Mapping[str, str]) -> Rated | None:
    """None when a mandatory answer is missing or something else was sent."""
    answers = {name: value for name, value in given.items() if value}
    try:
        return Rated.model_validate_strings(answers)
    except ValidationError:
        return None


async def _form_of(request: web.Request, seconds: float) -> dict[str, str]:
    """The fields of a small form; anything else is no field. Raises BodyTooLarge, BodyTooSlow."""
    raw = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                raw += chunk
                if len(raw) > FORM_LIMIT:
                    raise BodyTooLarge(limit=FORM_LIMIT)
    except TimeoutError:
        raise BodyTooSlow(seconds=round(seconds)) from None
    try:
        return dict(parse_qsl(raw.decode("ascii"), max_num_fields=20))
    except ValueError:
        return {}
