"""A route as data: what the server registers, checks and documents (OpenAPI 3.1) comes from this one description."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from callcenter.core.errors import NotFound
from callcenter.people.actor import Actor, Role

Body = TypeVar("Body", bound=BaseModel | None)
Query = TypeVar("Query", bound=BaseModel | None)
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

BODY_LIMIT = 64 * 1024
MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"
Binary = Annotated[str, WithJsonSchema({"type": "string", "contentMediaType": "application/octet-stream"})]
"""A file in a form."""


class Wire(BaseModel):
    """Base of bodies and queries: unknown fields are an error, so that a misspelt one is never silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paged(Wire):
    """Query of a list; `cursor` is `next` of the page before."""

    limit: int = Field(default=50, ge=1, le=200, description="每页条数 / Items a page")
    cursor: str | None = Field(default=None, max_length=400, description="翻页标记 / Where the page begins")


@dataclass(frozen=True, slots=True)
class Asked(Generic[Body, Query]):
    """One authenticated, validated request. `path` holds the decoded path parameters. On a `public` route `actor` is
    `people.actor.ANONYMOUS`, who holds no role and sees no row."""

    actor: Actor
    body: Body
    query: Query
    path: Mapping[str, str]
    raw: web.Request

    def uuid(self, name: str) -> UUID:
        """A path parameter as an id. Raises NotFound when it is none: no such thing can exist."""
        try:
            return UUID(self.path[name])
        except ValueError:
            raise NotFound from None


Answer = BaseModel | web.StreamResponse | None
Handler = Callable[[Asked[Any, Any]], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Form:
    """A body that the handler reads by itself, as OpenAPI shows it."""

    fields: type[BaseModel]
    media: tuple[str, ...] = (MULTIPART,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`roles` empty means any logged-in user; `public` means no log-in. `answers` documents the response body; a
    handler that returns None answers 204 (declare `status=204`). `errors` are the problem codes to expect beside the
    common ones. Path parameters called `id` or `*_id` are UUIDs and are checked as such; `params` gives another
    type to any parameter (whatever pydantic understands). `media` is the content type of a handler that makes its own
    response (audio, a page, a web socket). `body_limit` is in bytes. `form` documents a body that is no JSON and that
    the handler reads by itself; a route has a `body`, a `form` or neither."""

    method: Method
    path: str
    summary_zh: str
    summary_en: str
    tag: str
    handler: Handler
    body: type[BaseModel] | None = None
    form: Form | None = None
    query: type[BaseModel] | None = None
    answers: type[BaseModel] | None = None
    status: int = 200
    roles: frozenset[Role] = frozenset()
    public: bool = False
    errors: tuple[str, ...] = field(default=())
    params: Mapping[str, Any] = field(default_factory=dict)
    media: str = "application/json"
    body_limit: int = BODY_LIMIT


def as_json(model: BaseModel, status: int = 200) -> web.Response:
    """For handlers that must add a header or a cookie to their answer."""
    return web.Response(body=model.model_dump_json().encode(), status=status, content_type="application/json")
