"""Attempts to dial through us that the dialplan refused: counted, listed, and an alarm when they come in numbers."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import asyncpg
import structlog

from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import new_id
from callcenter.numbers.config import NumbersConfig
from callcenter.numbers.events import DialWasRefused, TollAlarmRaised
from callcenter.numbers.rules import Reason
from callcenter.numbers.store import SQL
from callcenter.pbx.facts import DialplanMarked
from callcenter.people.audit import Audit
from callcenter.store.pool import AWAY, Pool

log = structlog.get_logger(__name__)

MARK: Final = "HotlineTollRefused"
SWEEP_EVERY: Final = timedelta(hours=1)


class Tolls:
    """Run by the owner of a PBX, who alone hears its marks."""

    def __init__(self, pool: Pool, bus: Bus, clock: Clock, config: NumbersConfig) -> None:
        self._pool = pool
        self._bus = bus
        self._clock = clock
        self._config = config
        self._alarmed_at: datetime | None = None

    async def run(self) -> None:
        """Until cancelled."""
        with self._bus.subscribe(DialplanMarked) as heard:
            async for event in heard:
                if isinstance(event, DialplanMarked) and event.mark == MARK:
                    await self._take(event)

    async def _take(self, mark: DialplanMarked) -> None:
        told = dict(mark.fields)
        extension = told.get("Extension", "")
        source, place = ("seat", extension) if extension else ("trunk", told.get("Trunk", ""))
        log.warning("toll_refused", source=source, place=place)
        self._bus.publish(DialWasRefused(at=mark.at, reason=Reason.TOLL.value, source=source))
        try:
            await SQL.insert_refusal(
                self._pool,
                id=new_id(),
                at=mark.at,
                source=source,
                actor_id=None,
                purpose="",
                reason=Reason.TOLL.value,
                masked="",
                place=place,
            )
            attempts = int(await SQL.tolls_since(self._pool, since=mark.at - self._config.toll_window))
        except (*AWAY, asyncpg.PostgresError) as error:
            log.warning("toll_not_kept", cause=type(error).__name__)
            return
        self._alarm(attempts, mark.at)

    def _alarm(self, attempts: int, at: datetime) -> None:
        """Once in each window, so that an attack does not bury the log."""
        if attempts < self._config.toll_alarm:
            return
        if self._alarmed_at is not None and at - self._alarmed_at < self._config.toll_window:
            return
        self._alarmed_at = at
        log.error("toll_alarm", attempts=attempts)
        self._bus.publish(TollAlarmRaised(at=at, attempts=attempts))


async def sweep_numbers(pool: Pool, clock: Clock, config: NumbersConfig, audit: Audit) -> None:
    """For ever: forgets counters whose window is over, languages that have expired, refusals that are over-age."""
    while True:
        try:
            await SQL.sweep_counts(pool, at=clock.now())
            await SQL.sweep_languages(pool, at=clock.now())
            await forget_refusals(pool, clock, config, audit)
        except (*AWAY, asyncpg.PostgresError) as error:
            log.warning("numbers_not_swept", cause=type(error).__name__)
        await asyncio.sleep(SWEEP_EVERY.total_seconds())


async def forget_refusals(pool: Pool, clock: Clock, config: NumbersConfig, audit: Audit) -> int:
    """Those older than `keep_refusals` (B-32); an audit row tells how many."""
    before = clock.now() - config.keep_refusals
    async with pool.acquire() as connection, connection.transaction():
        gone = int(await SQL.sweep_refusals(connection, before=before))
        if gone:
            detail = {"rows": gone, "before": before.isoformat()}
            await audit.record(connection, None, "log_removed", "log", "dial_refusal", detail)
    return gone
