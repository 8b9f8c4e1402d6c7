"""Keeps every recording: notes that it began, waits until Asterisk has let go of it, seals it, and hands it on.

What is heard on the bus only makes it quick. A scan at the start and at intervals finds the same from the rows and the
files, so that nothing depends on having been up, on a free disk, or on the database at that moment.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog

from callcenter.calls.events import CallEnded, RecordingBegan
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError
from callcenter.core.events import Event
from callcenter.media import store
from callcenter.media.config import MediaConfig
from callcenter.media.events import RecordingLost, RecordingSealed
from callcenter.media.jobs import enqueue_transcriptions
from callcenter.media.monitor import Progress, Sides, is_source, leg_of, sides_of, sources_in
from callcenter.media.sealing import Sealed, seal
from callcenter.media.store import OpenRecording
from callcenter.media.wav import WavUnreadable
from callcenter.pbx.facts import ChannelEnded, RecordingStopped
from callcenter.store.pool import Pool

log = structlog.get_logger(__name__)

FIRST_LOOK: Final = timedelta(milliseconds=20)
SLOWEST_LOOK: Final = timedelta(seconds=2)
"""Asterisk closes a recording within milliseconds; one that holds nothing never looks closed and is looked at until
the deadline, which must not cost more than the call itself."""
SEALS_AT_ONCE: Final = 2


class Custody:
    """Recordings of one PBX, whose monitor folder this server sees. Run one of it per PBX, beside its link."""

    def __init__(self, pool: Pool, config: MediaConfig, clock: Clock, pbx: str) -> None:
        self._pool = pool
        self._config = config
        self._clock = clock
        self._pbx = pbx
        self._busy: set[object] = set()
        self._seals = asyncio.Semaphore(SEALS_AT_ONCE)

    async def run(self, bus: Bus) -> None:
        """Until cancelled. A seal cut short by that is done again by the next start."""
        with bus.subscribe(RecordingBegan, ChannelEnded, RecordingStopped, CallEnded) as heard:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._scan(bus, tasks), name="recording-scan")
                async for event in heard:
                    try:
                        await self._hear(event, bus, tasks)
                    except store.TROUBLE as error:  # the scan finds it again
                        log.warning("recording_event_postponed", cause=type(error).__name__)

    async def _hear(self, event: Event, bus: Bus, tasks: asyncio.TaskGroup) -> None:
        match event:
            case RecordingBegan(call=call, leg=leg, file=source, at=at):
                if is_source(source):
                    await store.begin_recording(self._pool, call=call, leg=leg, source=source, at=at)
                else:  # the name was lost on the way, or is none: the scan finds the files by their leg
                    log.warning("recording_unnamed", call=str(call), leg=leg)
            case ChannelEnded(pbx=self._pbx, leg=leg) | RecordingStopped(pbx=self._pbx, leg=leg):
                self._seal_each(await store.open_of(self._pool, self._pbx, leg=leg), bus, tasks)
            case CallEnded(call=call):
                self._seal_each(await store.open_of(self._pool, self._pbx, call=call), bus, tasks)
            case _:
                pass

    async def _scan(self, bus: Bus, tasks: asyncio.TaskGroup) -> None:
        while True:
            try:
                await self._take_up_files()
                self._seal_each(await store.open_over(self._pool, self._pbx), bus, tasks)
            except (*store.TROUBLE, OSError) as error:
                log.warning("recording_scan_postponed", cause=type(error).__name__)
            await asyncio.sleep(self._config.scan_every.total_seconds())

    async def _take_up_files(self) -> None:
        """Files whose beginning was not heard get their row; originals of sealed recordings go."""
        days = await asyncio.to_thread(lambda: list(sources_in(self._config.monitor_folder)))
        for day in days:
            sources = sorted(day)
            sealed = await store.sealed_sources(self._pool, self._pbx, sources)
            for source, (path, size) in sealed.items():
                await asyncio.to_thread(self._remove_sealed, source, path, size)
            for source in sorted(day - await store.known_sources(self._pool, self._pbx, sources)):
                await store.adopt_recording(self._pool, pbx=self._pbx, leg=leg_of(source), source=source)

    def _remove_sealed(self, source: str, path: str, size: int) -> None:
        with suppress(FileNotFoundError):
            if (self._config.folder / path).stat().st_size == size:
                sides_of(self._config.monitor_folder, source).remove()

    def _seal_each(self, recordings: list[OpenRecording], bus: Bus, tasks: asyncio.TaskGroup) -> None:
        for recording in recordings:
            if recording.id not in self._busy:
                self._busy.add(recording.id)
                tasks.create_task(self._keep(recording, bus), name="recording-seal")

    async def _keep(self, recording: OpenRecording, bus: Bus) -> None:
        ids = {"recording": str(recording.id), "call": str(recording.call)}
        try:
            await self._take_in(recording, bus)
        except (DomainError, WavUnreadable) as error:
            cause = error.code if isinstance(error, DomainError) else "too-long"
            log.warning("recording_not_sealed", cause=cause, **ids)
            with suppress(*store.TROUBLE):
                await store.note_fault(self._pool, recording.id, cause)
        except (*store.TROUBLE, OSError) as error:
            log.warning("recording_not_sealed", cause=type(error).__name__, **ids)
        finally:
            self._busy.discard(recording.id)

    async def _take_in(self, recording: OpenRecording, bus: Bus) -> None:
        sides = sides_of(self._config.monitor_folder, recording.source)
        if not await self._let_go(sides):
            log.info("recording_still_growing", recording=str(recording.id))
            return
        if await asyncio.to_thread(sides.header_only):  # the caller gave up before an agent answered
            if await self._commit(recording, "empty", None, None, ""):
                await asyncio.to_thread(sides.remove)
            return
        path = Path(f"{recording.started_at:%Y/%m/%d}") / f"{recording.id}.wav"
        async with self._seals:
            sealed = await asyncio.to_thread(seal, sides.caller, sides.agent, self._config.folder / path)
        if sealed is None:
            await self._lost(recording, sides, bus)
            return
        status = "damaged" if sealed.faults else "sealed"
        if await self._commit(recording, status, str(path), sealed, sealed.faults):
            log.info("recording_sealed", recording=str(recording.id), call=str(recording.call), fault=sealed.faults)
            for original in sealed.used:
                with suppress(OSError):  # the scan tries again
                    await asyncio.to_thread(original.unlink, missing_ok=True)
            at = self._clock.now()
            bus.publish(RecordingSealed(at=at, recording=recording.id, call=recording.call, seconds=sealed.seconds))

    async def _lost(self, recording: OpenRecording, sides: Sides, bus: Bus) -> None:
        """Neither side can be read. What is there stays where it is."""
        fault = await asyncio.to_thread(sides.faults)
        if await self._commit(recording, "missing", None, None, fault):
            log.error("recording_missing", recording=str(recording.id), call=str(recording.call), fault=fault)
            bus.publish(RecordingLost(at=self._clock.now(), recording=recording.id, call=recording.call))

    async def _let_go(self, sides: Sides) -> bool:
        """Waits until Asterisk has closed both files, or cannot be going to any more: at the deadline, a file that
        no longer grows has lost its writer and is repaired; one that grows is left for the next scan."""
        loop = asyncio.get_running_loop()
        pause = FIRST_LOOK.total_seconds()
        end = loop.time() + self._config.close_deadline.total_seconds()
        changed_at, before = loop.time(), -1
        while True:
            progress, size = await asyncio.to_thread(sides.look)
            if progress is Progress.CLOSED:
                return True
            if size != before:
                changed_at, before = loop.time(), size
            if loop.time() >= end:
                quiet = self._config.close_deadline.total_seconds() / 2
                return loop.time() - changed_at >= quiet
            await asyncio.sleep(pause)
            pause = min(pause * 4, SLOWEST_LOOK.total_seconds())

    async def _commit(
        self, recording: OpenRecording, status: str, path: str | None, sealed: Sealed | None, fault: str
    ) -> bool:
        """The row, the transcript's row and its job, all or none. False when it was done already."""
        at = self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            finished = await store.finish_recording(
                connection, recording.id, status=status, path=path, sealed=sealed, fault=fault, at=at
            )
            if finished and sealed:
                await store.create_transcript(connection, recording=recording.id, call=recording.call, at=at)
                await enqueue_transcriptions(connection, [recording.id])
        return finished
