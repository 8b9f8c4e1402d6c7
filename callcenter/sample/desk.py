"""A person at a desk, through the real HTTP API and WebSocket: what a browser does, without the browser."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import aiohttp

from callcenter.core.errors import Refused
from callcenter.core.tasks import ended_with


class StepFailed(Refused):
    """A step of the sample call was refused; the text carries the server's own words."""

    code = "sample-step-failed"
    zh = "{step}：服务器答复 {status} {code}：{detail}"
    en = "{step}: the server answered {status} {code}: {detail}"


class Desk:
    """One logged-in user. Use as an async context; leaving it logs out."""

    def __init__(self, base: str, username: str, password: str) -> None:
        self._base = base
        self._credentials = {"username": username, "password": password}
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._csrf = ""

    async def __aenter__(self) -> Self:
        try:
            answer = await self.post("/api/session", self._credentials)
        except BaseException:
            await self._http.close()
            raise
        self._csrf = str(answer["csrf"])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._ask("DELETE", "/api/session", None)
        except (StepFailed, aiohttp.ClientError):
            if error is None:  # else that one tells more
                raise
        finally:
            await self._http.close()

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        return await self._ask("GET", path, None, query)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self._ask("POST", path, body)

    async def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self._ask("PUT", path, body)

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None, query: Mapping[str, str] | None = None
    ) -> Any:
        headers = {"X-CSRF-Token": self._csrf, "Origin": self._base, "Accept-Language": "zh-CN"}
        async with self._http.request(method, self._base + path, json=body, params=query, headers=headers) as answer:
            if answer.status == 204:
                return None
            said = await answer.json(content_type=None)
            if answer.status >= 400:
                step = f"{method} {path}"
                raise StepFailed(step=step, status=answer.status, code=said.get("code"), detail=said.get("detail"))
            return said

    @asynccontextmanager
    async def notices(self) -> AsyncIterator["asyncio.Queue[dict[str, Any]]"]:
        """What the server pushes to this desk while the block is open."""
        heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        async with self._http.ws_connect(
            self._base + "/api/desk/socket", headers={"Origin": self._base}, heartbeat=10
        ) as socket:

            async def listen() -> None:
                async for message in socket:
                    if message.type == aiohttp.WSMsgType.TEXT:
                        heard.put_nowait(message.json())

            listening = asyncio.create_task(listen())
            try:
                yield heard
            finally:
                await ended_with(listening)
