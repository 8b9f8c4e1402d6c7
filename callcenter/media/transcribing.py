"""One recording's way to its transcript: which outcome leads to which row."""

import asyncio
from datetime import timedelta
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
from callcenter.speech.models import find_model
from callcenter.speech.vosk_worker import Transcription, VoskWorkers
from callcenter.store.pool import Pool

log = structlog.get_logger(__name__)

CRASH_RETRY: Final = timedelta(seconds=5)
UNFINISHED: Final = frozenset({"waiting", "awaiting_model", "running"})


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
        model = await asyncio.to_thread(find_model, self._speech)
        if row["path"] is None:
            raise AudioUnreadable(reason="the recording has no file")
        await store.move_transcript(self._pool, TranscriptId(row["id"]), "running", None)
        return await self._workers.transcribe(self._media.folder / row["path"], model)

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
        log.info("transcript_finished", recording=str(recording), status=status, cause=error)
