"""The transfers of the live calls: memory first, so that a database that is away holds up no caller; rows follow."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import asyncpg
import structlog

from callcenter.core.bus import Bus
from callcenter.core.ids import CallId
from callcenter.store.patience import PASSING
from callcenter.transfers.attempts import Attempt, Place, TransferId
from callcenter.transfers.attempts_store import AttemptStore
from callcenter.transfers.live_events import LiveChanged, TransferAsked, TransferSettled

log = structlog.get_logger(__name__)

RETRY_AFTER: Final = timedelta(seconds=1)


class AttemptBook:
    """`put` applies at once, tells the house and never waits; `drain` is the one task that writes."""

    def __init__(self, store: AttemptStore, bus: Bus) -> None:
        self._store = store
        self._bus = bus
        self._held: dict[TransferId, Attempt] = {}
        self._unwritten: dict[TransferId, Attempt] = {}
        self._desks: defaultdict[CallId, set[str]] = defaultdict(set)
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    async def load(self, pbx: str) -> None:
        """Those that an earlier run left open."""
        for attempt in await self._store.open_ones(pbx):
            self._held.setdefault(attempt.id, attempt)

    def get(self, transfer: TransferId) -> Attempt | None:
        return self._held.get(transfer)

    def of(self, call: CallId) -> list[Attempt]:
        """Of a live call, oldest first."""
        return [attempt for attempt in self._held.values() if attempt.call == call]

    def under_way(self, call: CallId) -> Attempt | None:
        return next((attempt for attempt in self.of(call) if attempt.under_way), None)

    @property
    def open_ones(self) -> list[Attempt]:
        return [attempt for attempt in self._held.values() if attempt.ended_at is None]

    def put(self, attempt: Attempt, at: datetime) -> None:
        """The very same attempt again is no news."""
        before = self._held.get(attempt.id)
        if before == attempt:
            return
        self._held[attempt.id] = attempt
        self._unwritten[attempt.id] = attempt
        self._stir()
        if before is None:
            self._bus.publish(_asked(attempt, at))
        if attempt.outcome is not None and (before is None or before.outcome is None):
            log.info("transfer_settled", transfer=str(attempt.id), outcome=attempt.outcome.value)
            self._bus.publish(_settled(attempt, at))
        self.changed(attempt.call, (attempt.extension,), at)

    def changed(self, call: CallId, extensions: Iterable[str], at: datetime) -> None:
        """The desks of these extensions read the call again."""
        known = frozenset(extension for extension in extensions if extension)
        self._desks[call] |= known
        self._stir()
        self._bus.publish(LiveChanged(at=at, call=call, extensions=known))

    def merged(self, call: CallId, at: datetime) -> None:
        """Whoever was consulted is with the caller now: his going no longer concerns a caller on hold."""
        for attempt in self.of(call):
            if attempt.there and attempt.consult:
                self.put(replace(attempt, consult=False, held=False), at)

    def forget(self, call: CallId) -> None:
        """The call is over and so are its transfers; their rows stay."""
        for attempt in self.of(call):
            del self._held[attempt.id]

    async def stored(self, within: timedelta) -> bool:
        """Waits for the rows, but not for a database that is away."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within.total_seconds()):
                await self._idle.wait()
        return self._idle.is_set()

    async def drain(self) -> None:
        """Until cancelled."""
        while True:
            await self._work.wait()
            self._work.clear()
            try:
                await self._write_all()
            except PASSING as error:
                log.warning("transfers_wait_for_database", cause=type(error).__name__)
                self._work.set()
                await asyncio.sleep(RETRY_AFTER.total_seconds())
            else:
                if not self._work.is_set():
                    self._idle.set()

    async def _write_all(self) -> None:
        while self._unwritten:
            transfer, attempt = next(iter(self._unwritten.items()))
            await self._accepted(self._store.write(attempt))
            if self._unwritten.get(transfer) is attempt:
                del self._unwritten[transfer]
        while self._desks:
            call, extensions = next(iter(self._desks.items()))
            self._desks.pop(call)
            await self._accepted(self._store.wake(extensions, call))

    async def _accepted(self, write: Awaitable[None]) -> None:
        try:
            await write
        except PASSING:
            raise
        except asyncpg.PostgresError as error:
            # What the database refuses now it refuses always: one row lost must not hold up the others.
            log.error("transfer_write_refused", cause=type(error).__name__)  # noqa: TRY400 - the trace holds a summary

    def _stir(self) -> None:
        self._idle.clear()
        self._work.set()


def _asked(attempt: Attempt, at: datetime) -> TransferAsked:
    return TransferAsked(
        at=at,
        call=attempt.call,
        transfer=attempt.id,
        mode=attempt.mode.value,
        place=attempt.place.value,
        emergency=attempt.emergency,
    )


def _settled(attempt: Attempt, at: datetime) -> TransferSettled:
    return TransferSettled(
        at=at,
        call=attempt.call,
        transfer=attempt.id,
        mode=attempt.mode.value,
        place=attempt.place.value,
        line=attempt.target if attempt.place is Place.LINE else "",
        matter=attempt.matter,
        emergency=attempt.emergency,
        drill=attempt.drill,
        outcome=attempt.outcome.value if attempt.outcome else "",
        time_to_answer=attempt.time_to_answer,
    )
