"""The desk's web socket: whatever changes on a user's desk reaches every tab they have open.

A message is a whole state or a hint to read again, so that a lost one does no harm: `{"type": "state", "version",
"state": DeskState}`, `{"type": "order" | "transcript" | "supervised", "version", "id"}` or `{"type": "board"}`;
`{"type": "alive"}` when nothing else was said for a while.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterable, Awaitable, Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import orjson
import structlog
from aiohttp import WSCloseCode, web

from callcenter.core.bus import Bus
from callcenter.core.errors import DomainError
from callcenter.core.ids import OrgId, UserId
from callcenter.pbx.facts import LinkLost, LinkUp
from callcenter.seats.card import DeskState
from callcenter.seats.events import DeskChanged
from callcenter.store.notify import RESYNC, Notice
from callcenter.store.pool import AWAY
from callcenter.web.guard import Doorkeeper, bearer_of
from callcenter.web.route import Asked, Route

log = structlog.get_logger(__name__)

CHANNEL: Final = "desk"
BACKLOG: Final = 32
"""Messages a tab may be behind; then it is closed and resumes by GET /api/desk."""
HEARTBEAT: Final = timedelta(seconds=15)
ALIVE_EVERY: Final = timedelta(seconds=20)
ALIVE: Final = b'{"type":"alive"}'
STILL_LOGGED_IN: Final = timedelta(seconds=30)
"""How often an open socket is asked whether its session or token still stands."""
GOODBYE: Final = timedelta(seconds=2)
SLOW: Final = WSCloseCode.TRY_AGAIN_LATER
LOGGED_OUT: Final = 4401
"""Close code of a socket whose session or token has ended (private range of RFC 6455, 7.4.2)."""

StateOf = Callable[[UserId], Awaitable[DeskState]]
Admission = Callable[[], Awaitable[object]]
"""Raises a DomainError when the socket's owner may no longer have it."""


class Tab:
    """One open socket: a bounded outbox and the one task that writes to it."""

    def __init__(self, socket: web.WebSocketResponse, backlog: int = BACKLOG) -> None:
        self.socket = socket
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue(backlog)
        self.slow = asyncio.Event()
        self.server_stops = asyncio.Event()

    def offer(self, message: bytes) -> None:
        """Never waits: a full outbox marks the tab as slow."""
        try:
            self._outbox.put_nowait(message)
        except asyncio.QueueFull:
            self.slow.set()

    async def write(self) -> None:
        """A page cannot see pings: when there is nothing to say, it hears that the link is alive."""
        while True:
            try:
                async with asyncio.timeout(ALIVE_EVERY.total_seconds()):
                    message = await self._outbox.get()
            except TimeoutError:
                message = ALIVE
            await self.socket.send_str(message.decode())


class DeskHub:
    """All tabs of this process. `run` feeds them from the bus and from the other instances' notices."""

    def __init__(self, state_of: StateOf) -> None:
        self._state_of = state_of
        self._tabs: defaultdict[UserId, set[Tab]] = defaultdict(set)
        self._shown: dict[UserId, int] = {}
        self._orgs: dict[UserId, OrgId] = {}

    @property
    def open_tabs(self) -> int:
        return sum(len(tabs) for tabs in self._tabs.values())

    async def run(self, bus: Bus, notices: AsyncIterable[Notice]) -> None:
        """Until cancelled. `notices` is a `store.notify.Listener` of channel "desk"."""
        try:
            async with asyncio.TaskGroup() as feeds:
                feeds.create_task(self._hear_house(bus), name="desk-bus")
                feeds.create_task(self._hear_others(notices), name="desk-notices")
        finally:
            for tab in [tab for tabs in self._tabs.values() for tab in tabs]:
                tab.server_stops.set()

    async def enter(self, user: UserId, tab: Tab, org: OrgId) -> None:
        """From now on the tab gets every change; it starts with the present state. `org` is the user's."""
        self._tabs[user].add(tab)
        self._orgs[user] = org
        state = await self._state_of(user)
        self._shown[user] = max(state.version, self._shown.get(user, 0))
        tab.offer(_state_message(state))

    def leave(self, user: UserId, tab: Tab) -> None:
        self._tabs[user].discard(tab)
        if not self._tabs[user]:
            del self._tabs[user]
            self._shown.pop(user, None)
            self._orgs.pop(user, None)

    def hint(self, user: UserId, kind: str) -> None:
        """Tells the user's tabs to read something again."""
        self._send(user, orjson.dumps({"type": kind}))

    async def _hear_house(self, bus: Bus) -> None:
        with bus.subscribe(DeskChanged, LinkUp, LinkLost) as changes:
            async for change in changes:
                if isinstance(change, DeskChanged):
                    await self._show(change.agent, change.version)
                else:
                    await self._show_all()

    async def _hear_others(self, notices: AsyncIterable[Notice]) -> None:
        async for channel, payload in notices:
            if channel == RESYNC:
                await self._show_all()
            elif channel == CHANNEL:
                await self._hear_notice(payload)

    async def _hear_notice(self, payload: dict[str, Any]) -> None:
        if "org" in payload:
            self._hear_org(payload)
            return
        try:
            user = UserId(UUID(payload["user"]))
            kind, subject = str(payload["kind"]), str(UUID(payload["id"]))
            version = int(payload["version"]) if "version" in payload else None
        except (KeyError, TypeError, ValueError):
            log.warning("desk_notice_unreadable")
            return
        if kind in {"offer", "presence"}:
            await self._show(user, version)
        else:
            message = {"type": kind, "id": subject, "version": self._shown.get(user, 0)}
            self._send(user, orjson.dumps(message))

    def _hear_org(self, payload: dict[str, Any]) -> None:
        """What an org holds has changed: every desk of that org reads again."""
        try:
            org, kind, subject = UUID(payload["org"]), str(payload["kind"]), str(UUID(payload["id"]))
        except (KeyError, TypeError, ValueError):
            log.warning("desk_notice_unreadable")
            return
        for user in [user for user, own in self._orgs.items() if own == org]:
            message = {"type": kind, "id": subject, "version": self._shown.get(user, 0)}
            self._send(user, orjson.dumps(message))

    async def _show_all(self) -> None:
        for user in list(self._tabs):
            await self._show(user, None)

    async def _show(self, user: UserId, version: int | None) -> None:
        """Pushes the state, unless the tabs already have this version of it."""
        if user not in self._tabs or (version is not None and version <= self._shown.get(user, -1)):
            return
        try:
            state = await self._state_of(user)
        except (DomainError, *AWAY) as error:
            log.warning("desk_not_shown", cause=type(error).__name__)
            return
        if user in self._tabs:
            self._shown[user] = max(state.version, self._shown.get(user, -1))
            self._send(user, _state_message(state))

    def _send(self, user: UserId, message: bytes) -> None:
        for tab in self._tabs.get(user, ()):
            tab.offer(message)


def _state_message(state: DeskState) -> bytes:
    body = {"type": "state", "version": state.version, "state": state.model_dump(mode="json")}
    return orjson.dumps(body)


def socket_routes(hub: DeskHub, doorkeeper: Doorkeeper, cookie: str) -> list[Route]:
    """`cookie` is the name of the session's cookie (`web.guard.cookie_name`). The guard has checked the Origin."""

    async def desk(asked: Asked[None, None]) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT.total_seconds(), max_msg_size=4096)
        await socket.prepare(asked.raw)
        tab = Tab(socket)
        try:
            await hub.enter(asked.actor.user_id, tab, asked.actor.org_id)
            await _serve(tab, _asking_again(doorkeeper, asked.raw, cookie), asked.raw)
        finally:
            hub.leave(asked.actor.user_id, tab)
        return socket

    return [
        Route(
            method="GET",
            path="/api/desk/socket",
            summary_zh="工作台推送（WebSocket）",
            summary_en="Pushes to the desk (web socket)",
            tag="desk",
            handler=desk,
            status=101,
        )
    ]


def _asking_again(doorkeeper: Doorkeeper, request: web.Request, cookie: str) -> Admission:
    """Asks whether what let the request in, a token or a session, still does."""
    bearer = bearer_of(request)
    if bearer is not None:
        return lambda: doorkeeper.actor_of_token(bearer)
    return lambda: doorkeeper.session(request.cookies.get(cookie, ""))


async def _serve(tab: Tab, admission: Admission, request: web.Request) -> None:
    """Until the tab goes, falls behind, or its session or token ends."""
    parts: dict[asyncio.Task[Any], int] = {
        asyncio.create_task(_read(tab.socket), name="tab-read"): WSCloseCode.OK,
        asyncio.create_task(tab.write(), name="tab-write"): WSCloseCode.OK,
        asyncio.create_task(tab.slow.wait(), name="tab-slow"): SLOW,
        asyncio.create_task(tab.server_stops.wait(), name="tab-stop"): WSCloseCode.GOING_AWAY,
        asyncio.create_task(_admitted(admission), name="tab-admission"): LOGGED_OUT,
    }
    try:
        done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        code = max(parts[part] for part in done)
    finally:
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
    await _close(tab.socket, code, request)


async def _close(socket: web.WebSocketResponse, code: int, request: web.Request) -> None:
    """Says goodbye, but not for ever: a peer that reads nothing is cut off."""
    try:
        async with asyncio.timeout(GOODBYE.total_seconds()):
            await socket.close(code=code)
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
    log.info("desk_tab_closed", code=int(code))


async def _read(socket: web.WebSocketResponse) -> None:
    """A desk says nothing here; reading answers pings and notices the end."""
    async for _ in socket:
        pass


async def _admitted(admission: Admission) -> None:
    """Returns when the session or token is over. A database that is away ends none."""
    while True:
        await asyncio.sleep(STILL_LOGGED_IN.total_seconds())
        try:
            await admission()
        except DomainError:
            return
        except AWAY as error:
            log.warning("admission_not_checked", cause=type(error).__name__)
