"""The live board, read from the database: the same on every instance, whoever owns the PBX. What stands there now is
read once for all who look, and again when something has changed; the rates of a day less often."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from callcenter.calls.figures import CallFigures, FiguresReading
from callcenter.core.clock import Clock
from callcenter.people.actor import Actor, Role
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool
from callcenter.store.queries import load
from callcenter.supervision.board import (
    AlarmLine,
    BoardView,
    TransferLine,
    agent_line,
    alarm_line,
    hotline_shares,
    queue_lines,
    rates_of,
    seen_waiting,
    transfer_line,
    waiting_line,
)
from callcenter.supervision.config import SupervisionConfig
from callcenter.supervision.store import SessionStore
from callcenter.supervision.views import view_of

_SQL: Final = load("supervision")
KEPT: Final = timedelta(seconds=2)
"""How long what stands now is shown without a word of change: waits and rings that nobody reports are no older."""
SHOWN_MOST: Final = 500
REMEMBERED: Final = timedelta(hours=1)
"""How long refused dialling attempts are shown as an alarm."""
BOARD_ROLES: Final = (Role.SUPERVISOR, Role.LEADER)

T = TypeVar("T")


class Kept(Generic[T]):
    """A value that is read again when it is too old; those who ask meanwhile wait for the one reading."""

    def __init__(self, read: Callable[[datetime], Awaitable[T]], kept_for: timedelta, clock: Clock) -> None:
        self._read = read
        self._kept_for = kept_for
        self._clock = clock
        self._lock = asyncio.Lock()
        self._held: tuple[datetime, T] | None = None

    def drop(self) -> None:
        self._held = None

    async def get(self) -> T:
        async with self._lock:
            now = self._clock.now()
            if self._held is None or now - self._held[0] >= self._kept_for:
                self._held = (now, await self._read(now))
            return self._held[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Now:
    at: datetime
    waiting: list[Any]
    crew: list[Any]
    missed: int
    transfers: tuple[TransferLine, ...]
    alarms: tuple[AlarmLine, ...]


class BoardReading:
    """`board` costs nothing but a few hundred bytes of copying while the values are fresh."""

    def __init__(
        self,
        pool: Pool,
        store: SessionStore,
        config: SupervisionConfig,
        clock: Clock,
        vault: Vault,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._store = store
        self._config = config
        self._now = Kept(self._read, KEPT, clock)
        self._day: Kept[CallFigures] = Kept(FiguresReading(pool).rolling, config.rates_kept, clock)

    def changed(self) -> None:
        """What stands now is read again when somebody asks next."""
        self._now.drop()

    async def board(self, actor: Actor) -> BoardView:
        """Raises Forbidden for others than supervisors and leaders."""
        actor.require(*BOARD_ROLES)
        now, day = await self._now.get(), await self._day.get()
        agents = [agent_line(row) for row in now.crew if actor.sees(row["org_path"])]
        waiting = seen_waiting(map(waiting_line, now.waiting), agents, actor.org_path)
        own = await self._store.own_of(actor.user_id)
        return BoardView(
            at=now.at,
            queues=tuple(queue_lines(waiting, agents)),
            waiting=tuple(waiting),
            agents=tuple(agents),
            rates=rates_of(day.all, connect_line=self._config.connect_line, prompt_line=self._config.prompt_line),
            hotlines=hotline_shares(day.hotlines),
            missed_open=now.missed,
            transfers=now.transfers,
            alarms=now.alarms,
            own=view_of(own) if own else None,
        )

    async def _read(self, now: datetime) -> _Now:
        since = now - REMEMBERED
        async with self._pool.acquire() as connection:
            return _Now(
                at=now,
                waiting=[self._opened(row) async for row in _SQL.waiting_now(connection, most=SHOWN_MOST)],
                crew=[self._opened(row) async for row in _SQL.crew_now(connection)],
                missed=await _SQL.missed_open(connection),
                transfers=tuple([self._transfer(r) async for r in _SQL.transfers_now(connection, most=SHOWN_MOST)]),
                alarms=tuple([alarm_line(r) async for r in _SQL.alarms_now(connection, since=since)]),
            )

    def _opened(self, row: Any) -> dict[str, Any]:
        """A crew's row has no number while the seat is in no call."""
        return dict(row) | {"caller_number": self._vault.open(row["caller_number"] or "")}

    def _transfer(self, row: Any) -> TransferLine:
        target = self._vault.open(row["target"]) if row["place"] == "number" else row["target"]
        return transfer_line(dict(row) | {"target": target})
