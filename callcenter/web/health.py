"""What machines ask about this server: is it alive, is it ready, what has it counted."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from aiohttp import web
from pydantic import BaseModel

from callcenter.core.errors import DomainError
from callcenter.store.pool import AWAY, Pool
from callcenter.web.route import Asked, Route, as_json

STALLED: Final = timedelta(seconds=5)
"""An event loop that was this late in the last minute serves nobody in time; a supervisor may start us anew."""


class State(StrEnum):
    OK = "ok"
    STANDBY = "standby"  # well, and another instance does this work
    AWAY = "away"


class Condition(BaseModel):
    """One part this server leans on; the reasons are empty when all is well."""

    part: str
    state: State
    reason_zh: str = ""
    reason_en: str = ""


class Readiness(BaseModel):
    """`ready` is false as soon as one part is away."""

    ready: bool
    parts: list[Condition]


class Liveness(BaseModel):
    """`lag_seconds` is the longest delay of the event loop in the last minute."""

    alive: bool
    lag_seconds: float


Check = Callable[[], Awaitable[Condition]]


class Exposing(Protocol):
    """Gives the metrics and their content type (`metrics.exposition`)."""

    async def render(self, accept: str) -> tuple[bytes, str]: ...


class Linked(Protocol):
    """A link to a PBX; `problem` says why there is none."""

    @property
    def pbx(self) -> str: ...
    @property
    def connected(self) -> bool: ...
    @property
    def problem(self) -> DomainError | None: ...


def database_check(pool: Pool) -> Check:
    async def check() -> Condition:
        try:
            await pool.fetchval("select 1", timeout=2)
        except AWAY:
            return Condition(
                part="database",
                state=State.AWAY,
                reason_zh="数据库无应答；请检查 PostgreSQL 及 DATABASE_URL",
                reason_en="The database does not answer; check PostgreSQL and DATABASE_URL",
            )
        return Condition(part="database", state=State.OK)

    return check


def lease_check(held: Callable[[], bool]) -> Check:
    """Without the lease an instance is well: it serves the web, and takes over when the lease gets free."""

    async def check() -> Condition:
        if held():
            return Condition(part="lease", state=State.OK)
        return Condition(
            part="lease",
            state=State.STANDBY,
            reason_zh="电话平台由另一实例负责",
            reason_en="Another instance owns the PBX",
        )

    return check


def link_check(link_now: Callable[[], Linked | None]) -> Check:
    """`link_now` gives None while this instance does not own the PBX."""

    async def check() -> Condition:
        link = link_now()
        if link is None:
            return Condition(part="ami", state=State.STANDBY)
        if link.connected:
            return Condition(part=f"ami:{link.pbx}", state=State.OK)
        problem = link.problem
        return Condition(
            part=f"ami:{link.pbx}",
            state=State.AWAY,
            reason_zh=problem.text("zh") if problem else "正在连接 Asterisk",
            reason_en=problem.text("en") if problem else "Connecting to Asterisk",
        )

    return check


def seats_check(held: Callable[[], bool], taken_up: Callable[[], bool]) -> Check:
    """`held` as for the lease: the owner of the PBX is ready only when agents can log in with it."""

    async def check() -> Condition:
        if not held():
            return Condition(part="seats", state=State.STANDBY)
        if taken_up():
            return Condition(part="seats", state=State.OK)
        return Condition(
            part="seats",
            state=State.AWAY,
            reason_zh="坐席服务正在启动",
            reason_en="The seats are being taken up",
        )

    return check


def health_routes(exposing: Exposing, lag: Callable[[], float], checks: Sequence[Check]) -> list[Route]:
    """`lag` in seconds (`metrics.pulse.Pulse.lag`). None needs a log-in, none holds citizens' data."""

    async def metrics(asked: Asked[Any, Any]) -> web.StreamResponse:
        body, content_type = await exposing.render(asked.raw.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def alive(asked: Asked[Any, Any]) -> web.StreamResponse:
        late = lag()
        well = late < STALLED.total_seconds()
        return as_json(Liveness(alive=well, lag_seconds=round(late, 4)), 200 if well else 503)

    async def ready(asked: Asked[Any, Any]) -> web.StreamResponse:
        parts = [await check() for check in checks]
        well = all(part.state is not State.AWAY for part in parts)
        return as_json(Readiness(ready=well, parts=parts), 200 if well else 503)

    def route(path: str, handler: Any, zh: str, en: str, **more: Any) -> Route:
        return Route(
            method="GET", path=path, summary_zh=zh, summary_en=en, tag="health", handler=handler, public=True, **more
        )

    return [
        route("/metrics", metrics, "监控指标（Prometheus 格式）", "Metrics for Prometheus", media="text/plain"),
        route("/healthz", alive, "进程是否存活", "Is the process alive", answers=Liveness),
        route("/readyz", ready, "是否可以提供服务", "Is it ready to serve", answers=Readiness),
    ]
