"""The web application, made from routes as data."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from pydantic import BaseModel

from callcenter.core.errors import Misconfigured
from callcenter.web.config import WebConfig
from callcenter.web.frame import frame, security_headers
from callcenter.web.guard import Doorkeeper, Guard
from callcenter.web.pages import files_of
from callcenter.web.reading import Reader
from callcenter.web.route import Answer, Asked, Route, as_json
from callcenter.web.wire import WireLog

STATIC = Path(__file__).parent / "static"


def build_app(
    routes: Iterable[Route], people: Doorkeeper, config: WebConfig, *, static: Path | None = STATIC
) -> web.Application:
    """Registers every route behind the guard, and the files of the desk (`static=None`: none). `docs.with_docs` adds
    the routes that describe the others."""
    app = web.Application(middlewares=[frame])
    app.on_response_prepare.append(security_headers(config))
    guard = Guard(config, people)
    for route in routes:
        run = _runner(route, guard, Reader(route, config.body_timeout))
        if route.method == "GET":
            app.router.add_get(route.path, run, allow_head=True)
        else:
            app.router.add_route(route.method, route.path, run)
    if static is not None:
        app.router.add_get(r"/{path:(?!api/).*}", files_of(static))
    return app


def _runner(route: Route, guard: Guard, reader: Reader) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def run(request: web.Request) -> web.StreamResponse:
        actor = await guard.admit(request, route)
        asked = Asked(
            actor=actor,
            path=reader.path(request.match_info),
            query=reader.query(request.query),
            body=await reader.body(request),
            raw=request,
        )
        return _respond(await route.handler(asked), route.status)

    return run


def _respond(answer: Answer, status: int) -> web.StreamResponse:
    if answer is None:
        return web.Response(status=204)
    return as_json(answer, status) if isinstance(answer, BaseModel) else answer


@asynccontextmanager
async def open_site(app: web.Application, config: WebConfig) -> AsyncIterator[int]:
    """Listens until the block ends; gives the port. On leaving, running requests get ten seconds. Raises
    Misconfigured when the port is taken or the certificate cannot be used."""
    runner = web.AppRunner(app, access_log=None, logger=WireLog(), shutdown_timeout=10.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, config.host, config.port, ssl_context=await _tls(config))
        try:
            await site.start()
        except OSError as error:
            raise Misconfigured(
                cause=f"cannot listen on {config.host}:{config.port} ({error.strerror})",
                remedy="stop the program that holds the port, or set HOTLINE_WEB__PORT to another",
            ) from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def _tls(config: WebConfig) -> ssl.SSLContext | None:
    if config.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        await asyncio.to_thread(context.load_cert_chain, config.tls_certificate, config.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(
            cause=f"the TLS certificate cannot be used ({type(error).__name__})",
            remedy="correct HOTLINE_WEB__TLS_CERTIFICATE and HOTLINE_WEB__TLS_KEY",
        ) from error
    return context
