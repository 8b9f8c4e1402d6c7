"""The live board over HTTP, and the hints that make open boards read it again."""

import asyncio
from collections.abc import AsyncIterable
from datetime import datetime, timedelta
from typing import Final, Protocol

from callcenter.core.clock import Clock
from callcenter.core.ids import UserId
from callcenter.store.notify import Notice
from callcenter.supervision.board import BoardView
from callcenter.supervision.board_reading import BOARD_ROLES, BoardReading
from callcenter.web.route import Asked, Route
from callcenter.web.socket import CHANNEL as DESK

TAG: Final = "supervision"
HINT: Final = "board"
EVERY: Final = timedelta(seconds=1)
"""The pause between two hints."""
PRESENCE: Final = "presence"
"""Kind of the desk's notices of stored presences."""
WATCHES_FOR: Final = timedelta(minutes=2)
"""Who has not read the board for so long no longer looks at it; an open page reads it at least twice a minute."""


class Desks(Protocol):
    """`web.socket.DeskHub`."""

    def hint(self, user: UserId, kind: str) -> None: ...


class Fresh(Protocol):
    """`supervision.board_reading.BoardReading`."""

    def changed(self) -> None: ...


class BoardViewers:
    """Who looks at the board on this instance."""

    def __init__(self, desks: Desks, board: Fresh, clock: Clock, every: timedelta = EVERY) -> None:
        self._desks = desks
        self._board = board
        self._clock = clock
        self._every = every
        self._read_at: dict[UserId, datetime] = {}
        self._changed = asyncio.Event()

    def read(self, user: UserId) -> None:
        self._read_at[user] = self._clock.now()

    async def run(self, notices: AsyncIterable[Notice]) -> None:
        """Until cancelled. `notices` is a `store.notify.Listener` of the channels "board" and "desk"; after a gap of
        the listener everything may have changed, so that its marker counts as a change."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hear(notices), name="board-notices")
            while True:
                await self._changed.wait()
                self._changed.clear()
                self._hint()
                await asyncio.sleep(self._every.total_seconds())

    async def _hear(self, notices: AsyncIterable[Notice]) -> None:
        async for channel, payload in notices:
            if channel != DESK or payload.get("kind") == PRESENCE:
                self._board.changed()
                self._changed.set()

    def _hint(self) -> None:
        since = self._clock.now() - WATCHES_FOR
        self._read_at = {user: at for user, at in self._read_at.items() if at > since}
        for user in self._read_at:
            self._desks.hint(user, HINT)


def board_routes(board: BoardReading, viewers: BoardViewers) -> list[Route]:
    async def now(asked: Asked[None, None]) -> BoardView:
        viewers.read(asked.actor.user_id)
        return await board.board(asked.actor)

    return [
        Route(
            method="GET",
            path="/api/board",
            summary_zh="实时看板：排队、坐席、接通率",
            summary_en="The live board: callers waiting, agents, rates",
            tag=TAG,
            handler=now,
            answers=BoardView,
            roles=frozenset(BOARD_ROLES),
        )
    ]
