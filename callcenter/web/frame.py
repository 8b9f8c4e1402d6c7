"""What surrounds every request: its id, its log line, its errors as problem+json, and the security headers."""

import re
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter
from typing import Final
from uuid import UUID

import structlog
from aiohttp import web

from callcenter.core.ids import new_id
from callcenter.web.config import WebConfig
from callcenter.web.errors import Unexpected
from callcenter.web.language import preferred
from callcenter.web.problem import as_domain, render

log = structlog.get_logger(__name__)
_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
REQUEST_ID: Final = web.RequestKey("request_id", str)
_STARTED: Final = web.RequestKey("started", web.StreamResponse)
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def frame(request: web.Request, handler: Next) -> web.StreamResponse:
    """Outermost: nothing that a handler raises leaves here as anything but a problem."""
    given = request.headers.get("X-Request-ID", "")
    request_id = given if _ID.fullmatch(given) else str(new_id())
    request[REQUEST_ID] = request_id
    began = perf_counter()
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        try:
            response = await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                _log_access(request, error.status, perf_counter() - began)
                raise
            response = _refuse(request, error, request_id)
        except Exception as error:
            response = _refuse(request, error, request_id)
        _log_access(request, response.status, perf_counter() - began)
    return response


def _refuse(request: web.Request, error: Exception, request_id: str) -> web.StreamResponse:
    if _STARTED in request:
        return _break_off(request, error)
    known = as_domain(error, request_id)
    if isinstance(known, Unexpected):
        # The message of an unknown error may quote a citizen's data: the log gets its type and place only.
        log.error("request_failed", error=type(error).__name__, at=_places(error))
    response = render(known, preferred(request.headers.get("Accept-Language", "")), request_id)
    if isinstance(error, web.HTTPMethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
    return response


def _break_off(request: web.Request, error: Exception) -> web.StreamResponse:
    """The answer is under way: a second one would be read as its content. Cutting it short tells the client."""
    if not isinstance(error, ConnectionError):  # those are clients that went away
        log.error("answer_broken_off", error=type(error).__name__, at=_places(error))
    if request.transport is not None:
        request.transport.abort()
    return request[_STARTED]


def _places(error: Exception) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


def _log_access(request: web.Request, status: int, seconds: float) -> None:
    """The route's pattern and its ids only: other path parts and the query may hold a citizen's data."""
    resource = request.match_info.route.resource
    ids = {name: value for name, value in request.match_info.items() if _is_id(value)}
    log.info(
        "request",
        method=request.method if request.method.isalpha() else "?",
        route=resource.canonical if resource else "-",
        status=status,
        milliseconds=round(seconds * 1000, 1),
        **({"ids": ids} if ids else {}),
    )


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def security_headers(config: WebConfig) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """A signal for `on_response_prepare`, so that streams and web sockets get the headers too."""
    policy = "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "media-src 'self' blob:",
            " ".join(("connect-src 'self'", *config.connect_to)),
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
    fixed = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(self), microphone=(self)",
    }
    if config.tls:
        fixed["Strict-Transport-Security"] = "max-age=31536000"

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(fixed)
        response.headers["X-Request-ID"] = request.get(REQUEST_ID, "")
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers["Server"] = "hotline"
        request[_STARTED] = response

    return add
