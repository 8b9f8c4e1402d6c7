"""Tells every instance's boards that something has changed, at most twice a second."""

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from callcenter.calls.events import CallEvent, MenuStepped
from callcenter.core.bus import Bus
from callcenter.numbers.events import DialWasRefused
from callcenter.store.notify import notify
from callcenter.store.pool import AWAY, Pool
from callcenter.supervision.events import Intruded, IntrusionEnded

log = structlog.get_logger(__name__)

CHANNEL: Final = "board"
EVERY: Final = timedelta(seconds=0.5)
SHOWN: Final = (CallEvent, Intruded, IntrusionEnded, DialWasRefused)
"""Each is published after its rows are stored. Presences are not: their rows wake the channel "desk" by themselves."""


class BoardPulse:
    """Events are published where the PBX is owned; a notice of `CHANNEL` reaches all instances."""

    def __init__(self, pool: Pool, bus: Bus, every: timedelta = EVERY) -> None:
        self._pool = pool
        self._bus = bus
        self._every = every
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled. A database that is away has no board to show: the next change tells again."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hear(), name="board-hearing")
            while True:
                await self._changed.wait()
                self._changed.clear()
                try:
                    await notify(self._pool, CHANNEL, {})
                except AWAY as error:
                    log.warning("board_notice_lost", cause=type(error).__name__)
                await asyncio.sleep(self._every.total_seconds())

    async def _hear(self) -> None:
        with self._bus.subscribe(*SHOWN) as changes:
            async for change in changes:
                if not isinstance(change, MenuStepped):  # steps in a menu show nowhere on the board
                    self._changed.set()
