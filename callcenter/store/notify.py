"""Wake-ups between instances over PostgreSQL's LISTEN/NOTIFY. A payload carries ids only, never a citizen's data."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import asyncpg
import orjson
import structlog

from callcenter.core.tasks import ended_with
from callcenter.store.pool import AWAY, Connection, Pool

log = structlog.get_logger(__name__)

RESYNC: Final = "resync"
"""The channel name of the marker that says: notices may have been missed, read the state again."""
PROBE_EVERY: Final = timedelta(seconds=15)
"""How often a connection is asked whether it still stands: a half-open TCP link tells nothing by itself."""
PROBE_DEADLINE: Final = timedelta(seconds=5)
BACK_OFF: Final = tuple(timedelta(seconds=seconds) for seconds in (0.05, 0.2, 0.5, 1, 2, 5))

Payload = dict[str, Any]
Notice = tuple[str, Payload]


async def notify(connection: "Connection | Pool", channel: str, payload: Payload) -> None:
    """Delivered when the transaction of `connection` commits. PostgreSQL refuses payloads of 8,000 bytes and more."""
    await connection.execute("select pg_notify($1, $2)", channel, orjson.dumps(payload).decode())


class Listener:
    """Notices of some channels, in order, for one consumer. After every reconnect it yields `(RESYNC, {})`."""

    def __init__(self, url: str, channels: Sequence[str]) -> None:
        self._url = url
        self._channels = tuple(channels)
        self._inbox: asyncio.Queue[Notice] = asyncio.Queue()
        self.connected = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[Notice]:
        while True:
            yield await self._inbox.get()

    async def supervise(self) -> None:
        """Keeps one dedicated connection up until cancelled; never raises because the database is away."""
        failures = 0
        been_up = False
        while True:
            try:
                async with self._session() as ended:
                    if been_up:
                        self._inbox.put_nowait((RESYNC, {}))
                    been_up, failures = True, 0
                    self.connected.set()
                    await ended.wait()
            except (*AWAY, asyncpg.PostgresError) as error:
                log.warning("listener_away", cause=type(error).__name__)
            finally:
                self.connected.clear()
            await asyncio.sleep(BACK_OFF[min(failures, len(BACK_OFF) - 1)].total_seconds())
            failures += 1

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[asyncio.Event]:
        """Listens on all channels; the event is set when the connection is gone or no longer answers."""
        ended = asyncio.Event()
        raw = await asyncpg.connect(self._url, timeout=PROBE_DEADLINE.total_seconds())
        probe: asyncio.Task[None] | None = None
        try:
            raw.add_termination_listener(lambda _: ended.set())
            for channel in self._channels:
                await raw.add_listener(channel, self._hear)
            probe = asyncio.create_task(_probe(raw, ended), name="listener-probe")
            yield ended
        finally:
            raw.terminate()
            if probe is not None:
                await ended_with(probe)

    def _hear(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        try:
            read = orjson.loads(str(payload))
        except orjson.JSONDecodeError:
            log.warning("notice_unreadable", channel=channel)
            return
        if isinstance(read, dict):
            self._inbox.put_nowait((channel, read))


async def _probe(raw: "asyncpg.Connection[asyncpg.Record]", ended: asyncio.Event) -> None:
    while not ended.is_set():
        await asyncio.sleep(PROBE_EVERY.total_seconds())
        try:
            await raw.execute("select 1", timeout=PROBE_DEADLINE.total_seconds())
        except (*AWAY, asyncpg.PostgresError):
            ended.set()


@asynccontextmanager
async def open_listener(url: str, *channels: str) -> AsyncIterator[Listener]:
    """Starts listening in the background; does not wait for the database (see `Listener.connected`)."""
    listener = Listener(url, channels)
    keeper = asyncio.create_task(listener.supervise(), name="listener")
    try:
        yield listener
    finally:
        await ended_with(keeper)
