"""Ends after-call work by itself after the configured time: one sleeping task for all seats."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog

from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError
from callcenter.core.ids import UserId
from callcenter.seats.commands import Commands
from callcenter.seats.crew import Crew
from callcenter.seats.presence import Ask

log = structlog.get_logger(__name__)

TRY_AGAIN: Final = timedelta(seconds=5)


class AfterCallLimit:
    """`wake` it after every change of presence."""

    def __init__(self, crew: Crew, commands: Commands, limit: timedelta | None, clock: Clock) -> None:
        self._crew = crew
        self._commands = commands
        self._limit = limit
        self._clock = clock
        self._wake = asyncio.Event()
        self._not_before: dict[UserId, datetime] = {}

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        while True:
            now = self._clock.now()
            due = self._due()
            for user, at in due.items():
                if at <= now:
                    await self._end(user, now)
            if any(at <= now for at in due.values()):
                continue
            seconds = min((at - now).total_seconds() for at in due.values()) if due else None
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            self._wake.clear()

    def _due(self) -> dict[UserId, datetime]:
        ends = {seat.user: at for seat in self._crew.all() if (at := seat.ends_after(self._limit)) is not None}
        self._not_before = {user: at for user, at in self._not_before.items() if user in ends}
        return {user: max(at, self._not_before.get(user, at)) for user, at in ends.items()}

    async def _end(self, user: UserId, now: datetime) -> None:
        try:
            await self._commands.change(user, Ask.READY, "")
        except DomainError as error:
            self._not_before[user] = now + TRY_AGAIN
            log.warning("after_call_not_ended", cause=error.code)
