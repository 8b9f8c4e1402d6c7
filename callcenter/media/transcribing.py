"""One recording's way to its transcript: which outcome leads to which row."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog

from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError
from callcenter.core.ids import CallId, RecordingId, TranscriptId
from callcenter.media import store
from callcenter.media.config import MediaConfig
from callcenter.media.notices import announce
from callcenter.speech.config import SpeechConfig
from callcenter.speech.errors import (
    AudioUnreadable,
    ModelBroken,
    ModelMissing,
    RecogniserCrashed,
    RecogniserStalled,
    RecognitionInterrupted,
)
from callcenter.speech.models import find_model, fingerprint
from callcenter.speech.vosk_worker import Transcription, VoskWorkers
from callcenter.store.pool import Pool

log = structlog.get_logger(__name__)

CRASH_RETRY: Final = timedelta(seconds=5)
REFUSED_FOR: Final = timedelta(minutes=10)
UNFINISHED: Final = frozenset({"waiting", "awaiting_model", "running"})


Print = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Refused:
    model: Path
    files: Print
    error: ModelBroken
    until: datetime


class Transcriber:
    """Idempotent: a recording whose transcript is finished is left alone."""

    def __init__(
        self, pool: Pool, workers: VoskWorkers, media: MediaConfig, speech: SpeechConfig, clock: Clock
    ) -> None:
        self._pool = pool
        self._workers = workers
        self._media = media
        self._speech = speech
        self._clock = clock
        self._refused: _Refused | None = None

    async def transcribe(self, recording: RecordingId, *, last: bool) -> timedelta | None:
        """None when nothing is left to do now, else after what time to come again. `last`: a crash of the recogniser
        is this recording's end."""
        row = await store.transcript_job(self._pool, recording)
        if row is None or row["status"] not in UNFINISHED:
            return None
        try:
            heard = await self._recognise(row)
        except (ModelMissing, ModelBroken) as error:
            await self._await_model(recording, row, error)
        except RecognitionInterrupted:
            await store.move_transcript(self._pool, TranscriptId(row["id"]), "waiting", None)
            return timedelta(0)
        except (RecogniserCrashed, RecogniserStalled) as error:
            if not last:
                await store.move_transcript(self._pool, TranscriptId(row["id"]), "waiting", error.code)
                return CRASH_RETRY
            await self._finish(recording, row, "failed", error.code, None)
        except AudioUnreadable as error:
            await self._finish(recording, row, "failed", error.code, None)
        else:
            await self._finish(recording, row, "ready" if heard.segments else "empty", None, heard)
        return None

    async def _recognise(self, row: Any) -> Transcription:
        model, files = await self._find()
        if row["path"] is None:
            raise AudioUnreadable(reason="the recording has no file")
        await store.move_transcript(self._pool, TranscriptId(row["id"]), "running", None)
        try:
            return await self._workers.transcribe(self._media.folder / row["path"], model)
        except ModelBroken as error:
            self._refused = _Refused(model, files, error, self._clock.now() + REFUSED_FOR)
            raise

    async def has_model(self) -> bool:
        """Whether trying again is of use."""
        try:
            await self._find()
        except (ModelMissing, ModelBroken):
            return False
        return True

    async def _find(self) -> tuple[Path, Print]:
        """A model that could not be loaded is not loaded again for each recording: only when its files have changed, or
        after a while, since loading can also fail for want of memory."""
        model = await asyncio.to_thread(find_model, self._speech)
        files = await asyncio.to_thread(fingerprint, model)
        refused = self._refused
        if refused and (refused.model, refused.files) == (model, files) and self._clock.now() < refused.until:
            raise ModelBroken(**refused.error.fields)
        return model, files

    async def _await_model(self, recording: RecordingId, row: Any, error: DomainError) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            moved = await store.move_transcript(connection, TranscriptId(row["id"]), "awaiting_model", error.code)
            if moved and (row["status"], row["error"]) != ("awaiting_model", error.code):
                log.warning("transcript_awaits_model", recording=str(recording), cause=error.code)
                await announce(connection, recording, CallId(row["call_id"]), "awaiting_model")

    async def _finish(
        self, recording: RecordingId, row: Any, status: str, error: str | None, heard: Transcription | None
    ) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            first = await store.finish_transcript(
                connection, TranscriptId(row["id"]), status=status, error=error, heard=heard, at=self._clock.now()
            )
            if first:
                await announce(connection, recording, CallId(row["call_id"]), status)
        if first:
            log.info("transcript_finished", recording=str(recording), status=status, cause=error)
