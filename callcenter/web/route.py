"""A route as data: what the server registers, checks and documents (OpenAPI 3.1) comes from this one description."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel

from callcenter.people.actor import Actor, Role

Body = TypeVar("Body", bound=BaseModel | None)
Query = TypeVar("Query", bound=BaseModel | None)
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Asked(Generic[Body, Query]):
    """One authenticated, validated request. `path` holds the decoded path parameters."""

    actor: Actor
    body: Body
    query: Query
    path: Mapping[str, str]
    raw: web.Request


Answer = BaseModel | web.StreamResponse | None
Handler = Callable[[Asked[Any, Any]], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`roles` empty means any logged-in user; `public` means no log-in. `answers` documents the response body; a
    handler that returns None answers 204. `errors` are the problem codes to expect beside the common ones."""

    method: Method
    path: str
    summary_zh: str
    summary_en: str
    tag: str
    handler: Handler
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answers: type[BaseModel] | None = None
    status: int = 200
    roles: frozenset[Role] = frozenset()
    public: bool = False
    errors: tuple[str, ...] = field(default=())
