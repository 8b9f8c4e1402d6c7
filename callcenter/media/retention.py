"""How long voices are kept (B-32, B-30): no shorter than the law asks, no longer than the house needs.

A file goes before its row says so: whoever dies between the two finds the row again and removes a file that is gone.
What is kept of it are the row, its digest, and an audit row that tells why.
"""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import structlog

from callcenter.core.clock import Clock
from callcenter.media.config import MediaConfig
from callcenter.media.store import TROUBLE
from callcenter.people.audit import Audit
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load

log = structlog.get_logger(__name__)

RECORDINGS: Final[Any] = load("media")
MESSAGES: Final[Any] = load("messages")
BATCH: Final = 100


class Retention:
    """Run by every instance that sees the media folder; two never take the same file."""

    def __init__(self, pool: Pool, config: MediaConfig, clock: Clock, audit: Audit) -> None:
        self._pool = pool
        self._config = config
        self._clock = clock
        self._audit = audit

    async def run(self) -> None:
        """At once and then every `sweep_every`, until cancelled."""
        while True:
            try:
                await self.remove_over_age()
            except (*TROUBLE, OSError) as error:
                log.warning("retention_postponed", cause=type(error).__name__)
            await asyncio.sleep(self._config.sweep_every.total_seconds())

    async def remove_over_age(self) -> int:
        """Recordings with their transcripts, then voice messages; gives how many. Raises OSError for a file that cannot
        be removed: its row stays as it is."""
        removed = 0
        while batch := await self._batch():
            removed += batch
        if removed:
            log.info("voices_removed", count=removed)
        return removed

    async def _batch(self) -> int:
        now = self._clock.now()
        before, settled = now - self._config.keep_recordings, now - self._config.keep_disputed
        async with self._pool.acquire() as connection, connection.transaction():
            found = RECORDINGS.over_age(connection, before=before, settled=settled, most=BATCH)
            recordings = [row async for row in found]
            for row in recordings:
                await self._unlink(row["path"])
                await RECORDINGS.remove_recording(connection, id=row["id"], at=now)
                await self._tell(connection, "recording", row["id"], row["call_id"], row["started_at"])
            found = MESSAGES.over_age(connection, before=before, settled=settled, most=BATCH)
            messages = [row async for row in found]
            for row in messages:
                await self._unlink(row["path"])
                await MESSAGES.remove_message(connection, id=row["id"], at=now)
                await self._tell(connection, "voice_message", row["id"], row["call_id"], row["recorded_at"])
        return len(recordings) + len(messages)

    async def _unlink(self, path: str) -> None:
        file: Path = self._config.folder / path
        await asyncio.to_thread(file.unlink, missing_ok=True)

    async def _tell(self, connection: Connection, kind: str, one: object, call: object, began: datetime) -> None:
        detail = {
            "call": str(call or ""),
            "began": began.isoformat(),
            "kept_days": self._config.keep_recordings.days,
            "disputed_days": self._config.keep_disputed.days,
        }
        await self._audit.record(connection, None, f"{kind}_removed", kind, one, detail)
