"""Writes of the seats in the order in which they happened; the database being away delays them and loses none."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import asyncpg
import structlog

from callcenter.store.patience import PASSING

log = structlog.get_logger(__name__)

Write = Callable[[], Awaitable[None]]
RETRY_AFTER: Final = timedelta(seconds=1)


class Journal:
    """`put` never waits. One task runs `drain`; `settled` tells when everything put so far is stored."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Write] = asyncio.Queue()

    def put(self, write: Write) -> None:
        self._waiting.put_nowait(write)

    async def settled(self) -> None:
        await self._waiting.join()

    async def drain(self) -> None:
        while True:
            write = await self._waiting.get()
            try:
                await self._store(write)
            finally:
                self._waiting.task_done()

    async def _store(self, write: Write) -> None:
        while True:
            try:
                return await write()
            except PASSING as error:
                log.warning("seat_write_delayed", cause=type(error).__name__, waiting=self._waiting.qsize())
                await asyncio.sleep(RETRY_AFTER.total_seconds())
            except asyncpg.PostgresError as error:
                # What the database refuses now it refuses always: one line lost must not hold up the others.
                log.error("seat_write_refused", cause=type(error).__name__)  # noqa: TRY400 - the trace holds citizens' data
                return None
