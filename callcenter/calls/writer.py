"""Stores what the book hands over, in order: many facts in one transaction when many wait, to disk when the database
is away, and back from disk when it returns. Events go out only after their facts are safe in one of the two."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import structlog

from callcenter.calls.book import Entry
from callcenter.calls.config import CallsConfig
from callcenter.calls.spool import Batch, Spool, SpoolFull
from callcenter.calls.store import UNREACHED, UNWRITABLE, LedgerStore
from callcenter.core.bus import Bus

log = structlog.get_logger(__name__)

REFUSED: Final = ".refused"
"""Records that the database is there for and will never take are kept in a file beside the spool."""


class Writer:
    """Of one PBX. `run` and `drain` are its two tasks; `problem` says why facts are not stored just now."""

    def __init__(self, pbx: str, store: LedgerStore, bus: Bus, config: CallsConfig) -> None:
        self.pbx = pbx
        self.problem: SpoolFull | None = None
        self._store = store
        self._bus = bus
        self._config = config
        self._spool = Spool(config.spool, pbx, config.spool_limit)
        self._refused = Spool(config.spool, pbx + REFUSED, config.spool_limit)
        self._waiting: deque[tuple[Entry, asyncio.Future[None] | None]] = deque()
        self._held: deque[Batch] = deque()
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._spooled = asyncio.Event()
        self._drained = asyncio.Event()
        self._disk = asyncio.Lock()
        self._mark_spool()

    @property
    def spooled(self) -> int:
        """Bytes on disk still to be stored."""
        return self._spool.size - self._spool.read_to

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def put(self, entry: Entry) -> None:
        """Takes it without waiting for its storage."""
        self._push(entry, None)

    async def store(self, entry: Entry) -> None:
        """Returns when the fact is safe and its events are published."""
        safe = asyncio.get_running_loop().create_future()
        self._push(entry, safe)
        await safe

    async def room(self) -> None:
        """Until not too many facts wait."""
        await self._room.wait()

    async def settled(self) -> None:
        """Until all that was put is in the database or on disk."""
        await self._idle.wait()

    async def last_words(self) -> None:
        """One more try for what is in memory only; what stays is lost, and said to be."""
        await self._flush()
        if self._held:
            log.critical("facts_lost", pbx=self.pbx, facts=sum(len(held["facts"]) for held in self._held))

    async def drained(self) -> None:
        """Until nothing is left on disk."""
        await self._drained.wait()

    async def run(self) -> None:
        while True:
            await self._work_to_do()
            batch = [self._waiting[place] for place in range(min(len(self._waiting), self._config.batch))]
            await self._keep(self._store.seal.batch(_batch_of([entry for entry, _ in batch])))
            for entry, safe in batch:
                self._publish(entry, safe)
            for _ in batch:
                self._waiting.popleft()
            self._mark_waiting()

    async def drain(self) -> None:
        """Replays the file in order whenever there is one, with growing pauses while the database stays away."""
        pause = self._config.retry_first
        while True:
            await self._spooled.wait()
            try:
                await self._replay_one()
                pause = self._config.retry_first
            except UNREACHED as error:
                log.info("database_still_away", pbx=self.pbx, kind=type(error).__name__, bytes=self.spooled)
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._config.retry_most)

    def _push(self, entry: Entry, safe: asyncio.Future[None] | None) -> None:
        self._waiting.append((entry, safe))
        self._mark_waiting()

    def _mark_waiting(self) -> None:
        (self._arrived.set if self._waiting else self._arrived.clear)()
        (self._idle.clear if self._waiting else self._idle.set)()
        full = len(self._waiting) >= self._config.waiting_limit
        (self._room.clear if full else self._room.set)()

    def _mark_spool(self) -> None:
        (self._spooled.clear if self._spool.empty else self._spooled.set)()
        (self._drained.set if self._spool.empty else self._drained.clear)()

    def _publish(self, entry: Entry, safe: asyncio.Future[None] | None) -> None:
        for event in entry.events:
            self._bus.publish(event)
        self._bus.publish(entry.fact)
        if safe is not None and not safe.done():
            safe.set_result(None)

    async def _work_to_do(self) -> None:
        """A fact has come, or it is time to try again with those that are in memory only."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._config.retry_first if self._held else None):
                await self._arrived.wait()

    async def _keep(self, batch: Batch) -> None:
        """Returns when the batch is in the database or on disk. With neither it stays in memory, which `problem`
        says, so that the house still hears of it; beyond the limit nothing more is taken."""
        if batch["facts"]:
            self._held.append(batch)
        await self._flush()
        while sum(len(held["facts"]) for held in self._held) >= self._config.waiting_limit:
            await asyncio.sleep(self._config.retry_first)
            await self._flush()

    async def _flush(self) -> None:
        while self._held:
            try:
                if not (self._spool.empty and await self._reached(self._held[0])):
                    await self._append(self._held[0])
            except SpoolFull as error:
                if self.problem is None:
                    log.critical("spool_full", pbx=self.pbx, code=error.code, why=str(error))
                self.problem = error
                return
            self._held.popleft()
        self.problem = None

    async def _reached(self, batch: Batch) -> bool:
        try:
            await self._write(batch)
        except UNREACHED as error:
            log.warning("database_away_spooling", pbx=self.pbx, kind=type(error).__name__)
            return False
        return True

    async def _append(self, batch: Batch) -> None:
        async with self._disk:
            await asyncio.to_thread(self._spool.append, batch)
            self._mark_spool()

    async def _replay_one(self) -> None:
        async with self._disk:
            found = await asyncio.to_thread(self._spool.next)
        if found is not None:
            await self._write(self._store.seal.batch(found[0]))  # a file of an older version may hold clear numbers
        async with self._disk:
            if found is not None:
                await asyncio.to_thread(self._spool.done, found[1])
            self._mark_spool()
        if self._spool.empty:
            log.info("spool_replayed", pbx=self.pbx)

    async def _write(self, batch: Batch) -> None:
        """Raises UNREACHED. A batch with a row that can never be stored is stored row by row, without that one."""
        try:
            async with asyncio.timeout(self._config.write_deadline):
                await self._store.write(batch)
        except UNWRITABLE:
            for part in _parts(batch):
                await self._write_part(part)

    async def _write_part(self, part: Batch) -> None:
        try:
            async with asyncio.timeout(self._config.write_deadline):
                await self._store.write(part)
        except UNWRITABLE as error:
            kinds = [row["kind"] for row in part["facts"]]
            log.critical("ledger_row_refused", pbx=self.pbx, sqlstate=error.sqlstate, facts=kinds)
            async with self._disk:
                await asyncio.to_thread(self._refused.append, part)


def _batch_of(entries: Sequence[Entry]) -> Batch:
    """One transaction's rows; of a call or a leg that changed more than once, the last."""
    calls: dict[Any, Any] = {}
    legs: dict[Any, Any] = {}
    for entry in entries:
        calls.update((row["id"], row) for row in entry.calls)
        legs.update(((row["pbx"], row["leg"]), row) for row in entry.legs)
    facts = {(row["at"], row["fingerprint"]): row for entry in entries for row in entry.facts}
    return {"facts": list(facts.values()), "calls": list(calls.values()), "legs": list(legs.values())}


def _parts(batch: Batch) -> list[Batch]:
    """Each row alone, calls before their legs."""
    return [
        *({"facts": [row], "calls": [], "legs": []} for row in batch["facts"]),
        *({"facts": [], "calls": [row], "legs": []} for row in batch["calls"]),
        *({"facts": [], "calls": [], "legs": [row]} for row in batch["legs"]),
    ]
