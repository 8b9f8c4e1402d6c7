"""Open311 GeoReport v2 over HTTP (B-35, B-46), in the specification's own shapes: .json and .xml."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import structlog
from aiohttp import web
from pydantic import BaseModel, Field

from callcenter.channels.geo_report import TYPES, Format, Unfit, errors, write
from callcenter.channels.geo_server import GeoServer, PublicService, PublicServices
from callcenter.channels.limits import Limit
from callcenter.core.errors import DomainError, Forbidden, Invalid, Unauthenticated
from callcenter.files.showing import SHOWN_TYPE
from callcenter.people.actor import Role
from callcenter.web.config import WebConfig
from callcenter.web.guard import Doorkeeper
from callcenter.web.public import asker_of
from callcenter.web.route import MULTIPART, URLENCODED, Asked, Form, Handler, Route

log = structlog.get_logger(__name__)

TAG: Final = "open311"
ROOT: Final = "/open311/v2"
_MOST_FORM: Final = 64 * 1024
_FORMS: Final = (URLENCODED, MULTIPART)
_MAY: Final = frozenset({Role.ADMIN, Role.SUPERVISOR})
_PICTURE: Final = {
    "Content-Disposition": "inline",
    "Cache-Control": "public, max-age=600",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Robots-Tag": "noindex, noarchive",
}
"""Kept for minutes only: what is withdrawn shall be gone."""
Said = Callable[[Asked[None, None]], Awaitable[Any]]


class RequestForm(BaseModel):
    """Besides, `attribute[code]` for each attribute of the service; coordinates are WGS84."""

    api_key: str
    service_code: str
    jurisdiction_id: str = ""
    lat: float | None = None
    long: float | None = None
    address_string: str = ""
    address_id: str = ""
    description: str = Field(default="", max_length=4000)
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    media_url: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of reads by address, and of posts by client."""

    reads: Limit
    posts: Limit


def open311_routes(server: GeoServer, people: Doorkeeper, limits: Limits, config: WebConfig) -> list[Route]:
    async def passing(limit: Limit, who: str) -> None:
        if not await limit.passes(who):
            raise Unfit(429, "too many requests: wait a minute")

    def root_of(request: web.Request) -> str:
        return (config.public_url or f"{request.scheme}://{request.host}") + ROOT

    def served(root: str, say: Said, status: int = 200) -> Handler:
        async def handler(asked: Asked[None, None]) -> web.Response:
            form = _format(asked)
            try:
                if asked.raw.method == "GET":
                    await passing(limits.reads, asker_of(asked.raw, config))
                server.check_jurisdiction(asked.raw.query)
                said = await say(asked)
                return said if isinstance(said, web.Response) else _answer(root, said, form, status)
            except Unfit as unfit:
                return _answer("errors", errors(unfit), form, unfit.code)
            except (Unauthenticated, Forbidden) as refused:
                return _answer("errors", errors(Unfit(403, refused.text("en"))), form, 403)
            except Invalid as refused:
                return _answer("errors", errors(Unfit(400, refused.text("en"))), form, 400)
            except DomainError as refused:
                log.warning("open311_failed", why=refused.code)
                return _answer("errors", errors(Unfit(500, refused.text("en"))), form, 500)

        return handler

    async def discovery(asked: Asked[None, None]) -> Any:
        return server.discovery(root_of(asked.raw))

    async def services(_: Asked[None, None]) -> Any:
        return await server.services()

    async def service(asked: Asked[None, None]) -> Any:
        return await server.definition(asked.path["code"])

    async def requests(asked: Asked[None, None]) -> Any:
        return await server.requests(asked.raw.query, root_of(asked.raw))

    async def request(asked: Asked[None, None]) -> Any:
        return await server.request(asked.path["number"], root_of(asked.raw))

    async def token(asked: Asked[None, None]) -> Any:
        return await server.of_token(asked.path["token"])

    async def post(asked: Asked[None, None]) -> Any:
        form = await _form(asked.raw)
        key = (form.get("api_key") or [""])[-1]
        if not key:
            raise Unfit(403, "api_key was not provided")
        actor = await people.actor_of_token(key)
        await passing(limits.posts, str(actor.user_id))
        server.check_jurisdiction({name: values[-1] for name, values in form.items()})
        return await server.post(actor, form)

    async def media(asked: Asked[None, None]) -> web.Response:
        content = await server.pictures.shown(asked.path["link"])
        return web.Response(body=content, content_type=SHOWN_TYPE, headers=_PICTURE)

    def public(path: str, zh: str, en: str, root: str, say: Said, method: Literal["GET", "POST"] = "GET") -> Route:
        return Route(
            method=method,
            path=f"{ROOT}/{path}.{{format}}",
            summary_zh=f"Open311：{zh}",
            summary_en=f"Open311: {en}",
            tag=TAG,
            handler=served(root, say, 201 if method == "POST" else 200),
            public=True,
            params={"format": Format, "code": str, "number": str, "token": str},
            status=201 if method == "POST" else 200,
            form=Form(RequestForm, _FORMS) if method == "POST" else None,
        )

    return [
        public("discovery", "服务发现", "discovery", "discovery", discovery),
        public("services", "可报事项", "services", "services", services),
        public("services/{code}", "事项定义", "definition of a service", "service_definition", service),
        public("requests", "提交诉求", "post a request (form, api_key)", "service_requests", post, "POST"),
        public("requests", "诉求列表（90 日、1000 条以内）", "requests", "service_requests", requests),
        public("requests/{number}", "一件诉求", "one request", "service_requests", request),
        public("tokens/{token}", "凭据换编号", "the id behind a token", "service_requests", token),
        Route(
            method="GET",
            path=f"{ROOT}/media/{{link}}.jpg",
            summary_zh="Open311：公开诉求的图片（链接有期限）",
            summary_en="Open311: a picture of a public request, by a link that ends",
            tag=TAG,
            handler=served("errors", media),
            public=True,
            params={"link": str},
            media=SHOWN_TYPE,
        ),
        *_catalogue(server),
    ]


def _catalogue(server: GeoServer) -> list[Route]:
    async def listed(_: Asked[None, None]) -> PublicServices:
        return await server.catalogue()

    async def publish(asked: Asked[PublicService, None]) -> PublicService:
        return await server.publish(asked.actor, asked.body)

    return [
        Route(
            method="GET",
            path="/api/public-services",
            summary_zh="公开的事项分类",
            summary_en="Categories that are public",
            tag=TAG,
            handler=listed,
            answers=PublicServices,
            roles=_MAY,
        ),
        Route(
            method="PUT",
            path="/api/public-services",
            summary_zh="公开或停止公开事项分类",
            summary_en="Publish a category, or take it out of public",
            tag=TAG,
            handler=publish,
            body=PublicService,
            answers=PublicService,
            roles=_MAY,
        ),
    ]


def _format(asked: Asked[None, None]) -> Format:
    told = asked.path.get("format", "json")
    return told if told in get_args(Format) else "xml"  # type: ignore[return-value] # narrowed by the check


def _answer(root: str, value: Any, form: Format, status: int) -> web.Response:
    return web.Response(body=write(root, value, form), status=status, content_type=TYPES[form], charset="utf-8")


async def _form(request: web.Request) -> Mapping[str, list[str]]:
    """Raises Unfit. A file in the form is passed over: GeoReport sends a media_url."""
    if request.content_type not in _FORMS:
        raise Unfit(400, "send application/x-www-form-urlencoded")
    if (request.content_length or 0) > _MOST_FORM:
        raise Unfit(413, f"the form is longer than {_MOST_FORM} bytes")
    try:
        form = await request.post()
    except (ValueError, web.HTTPRequestEntityTooLarge):
        raise Unfit(400, "the form cannot be read") from None
    if any("\x00" in value for value in form.values() if isinstance(value, str)):
        raise Unfit(400, "text must not hold NUL characters")
    return {name: [value for value in form.getall(name) if isinstance(value, str)] for name in form}
