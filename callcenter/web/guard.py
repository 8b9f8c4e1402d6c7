"""Who is asking, and whether the request really comes from their own page."""

import hmac
from typing import Final, Protocol
from urllib.parse import urlsplit

from aiohttp import web

from callcenter.core.errors import Forbidden, Unauthenticated
from callcenter.people.actor import ANONYMOUS, Actor
from callcenter.people.session import Session
from callcenter.web.config import WebConfig
from callcenter.web.errors import WrongCsrf, WrongOrigin
from callcenter.web.route import Route

CSRF_HEADER: Final = "X-CSRF-Token"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Doorkeeper(Protocol):
    """Tells who holds a secret; both raise Unauthenticated for one that is unknown, expired or revoked."""

    async def session(self, token: str) -> Session: ...

    async def actor_of_token(self, bearer: str) -> Actor: ...


def cookie_name(config: WebConfig) -> str:
    """With TLS the `__Host-` prefix binds the cookie to this host and to https (RFC 6265bis, 4.1.3)."""
    return "__Host-hotline" if config.tls else "hotline"


def bearer_of(request: web.Request) -> str | None:
    """The machine token that the request carries; it counts before a cookie."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else None


class Guard:
    """Authentication, CSRF and role checks of every route."""

    def __init__(self, config: WebConfig, doorkeeper: Doorkeeper) -> None:
        self._config = config
        self._doorkeeper = doorkeeper
        self._cookie = cookie_name(config)

    async def admit(self, request: web.Request, route: Route) -> Actor:
        """Raises Unauthenticated, Forbidden, WrongOrigin, WrongCsrf."""
        if _changes(request):
            self._check_origin(request)
        if route.public:
            return ANONYMOUS
        actor = await self._authenticate(request)
        if route.roles and not actor.may(*route.roles):
            raise Forbidden
        return actor

    async def _authenticate(self, request: web.Request) -> Actor:
        bearer = bearer_of(request)
        if bearer is not None:
            return await self._doorkeeper.actor_of_token(bearer)
        token = request.cookies.get(self._cookie, "")
        if not token:
            raise Unauthenticated
        session = await self._doorkeeper.session(token)
        if request.method not in SAFE:
            given = request.headers.get(CSRF_HEADER, "")
            if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), session.csrf.encode()):
                raise WrongCsrf
        return session.actor

    def _check_origin(self, request: web.Request) -> None:
        """Browsers always name the origin of such requests; other programs name none and hold no ambient cookie."""
        origin = request.headers.get("Origin")
        if origin is None:
            return
        if urlsplit(origin).netloc not in {self._config.public_host or request.host, request.host}:
            raise WrongOrigin


def _changes(request: web.Request) -> bool:
    """Web sockets start as GET, yet carry commands: another site's page must not open one (RFC 6455, 10.2)."""
    return request.method not in SAFE or request.headers.get("Upgrade", "").lower() == "websocket"
