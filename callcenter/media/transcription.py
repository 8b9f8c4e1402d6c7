"""`callcenter transcribe`: claims recordings from PgQueuer and gives each exactly one transcript.

A job may come twice (a worker died, a heartbeat was late): the transcript's row decides, and what is finished stays. No
model is no failure: the row waits as awaiting_model, the job ends, and a PgQueuer schedule queues all such rows again
when a model has appeared on the machine that looks.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog
from pgqueuer import PgQueuer
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job, Schedule

from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError
from callcenter.core.tasks import ended_with
from callcenter.media import store
from callcenter.media.config import MediaConfig
from callcenter.media.jobs import TRANSCRIBE, enqueue_transcriptions, recording_of
from callcenter.media.transcribing import Transcriber
from callcenter.speech.config import SpeechConfig
from callcenter.speech.models import find_model
from callcenter.speech.vosk_worker import VoskWorkers, open_workers
from callcenter.store.config import StoreConfig
from callcenter.store.jobs import open_queue
from callcenter.store.pool import Pool, open_pool

log = structlog.get_logger(__name__)

MODEL_WATCH: Final = "look_for_speech_model"
DATABASE_RETRY: Final = timedelta(seconds=2)
HEARTBEAT: Final = timedelta(seconds=15)
"""A worker silent for so long is taken for dead, and its jobs are claimed by others."""


async def run_worker(
    database: StoreConfig, media: MediaConfig, speech: SpeechConfig, clock: Clock, stop: asyncio.Event
) -> None:
    """Until `stop`; then running recordings get `speech.shutdown_grace` and go back to the queue. A database that goes
    away is waited for. Raises Unavailable when it is away at the start."""
    async with open_pool(database) as pool, open_workers(speech) as workers:
        transcriber = Transcriber(pool, workers, media, speech, clock)
        await _tell_missing_model(speech)
        while not stop.is_set():
            try:
                await _serve(database, pool, transcriber, workers, speech, stop)
            except store.TROUBLE as error:
                log.warning("transcription_postponed", cause=type(error).__name__)
                with suppress(TimeoutError):
                    async with asyncio.timeout(DATABASE_RETRY.total_seconds()):
                        await stop.wait()


async def _tell_missing_model(speech: SpeechConfig) -> None:
    """Recordings wait for a model; the operator shall not first learn of it from them."""
    try:
        await asyncio.to_thread(find_model, speech)
    except DomainError as error:
        log.warning("speech_model_awaited", code=error.code, why=str(error))


async def _serve(
    database: StoreConfig,
    pool: Pool,
    transcriber: Transcriber,
    workers: VoskWorkers,
    speech: SpeechConfig,
    stop: asyncio.Event,
) -> None:
    async with open_queue(database) as queue:
        _take(queue, pool, transcriber, speech)
        await queue_unfinished(pool)
        leaving = asyncio.create_task(_leave(queue, workers, speech, stop), name="transcription-leave")
        try:
            await queue.run(
                batch_size=speech.workers, max_concurrent_tasks=2 * speech.workers, heartbeat_timeout=HEARTBEAT
            )
        finally:
            await ended_with(leaving)


def _take(queue: PgQueuer, pool: Pool, transcriber: Transcriber, speech: SpeechConfig) -> None:
    @queue.entrypoint(TRANSCRIBE)
    async def transcribe(job: Job) -> None:
        retry = await transcriber.transcribe(recording_of(job.payload), last=job.attempts + 1 >= speech.attempts)
        if retry is not None:
            raise RetryRequested(retry)

    @queue.schedule(MODEL_WATCH, speech.model_check, clean_old=True)
    async def look(_schedule: Schedule) -> None:
        if await transcriber.has_model():
            await queue_unfinished(pool)


async def queue_unfinished(pool: Pool) -> int:
    """Every recording without a finished transcript has a job, once; the number newly queued."""
    async with pool.acquire() as connection:
        return await enqueue_transcriptions(connection, await store.transcripts_unfinished(connection))


async def _leave(queue: PgQueuer, workers: VoskWorkers, speech: SpeechConfig, stop: asyncio.Event) -> None:
    await stop.wait()
    queue.shutdown.set()
    await asyncio.sleep(speech.shutdown_grace.total_seconds())
    await workers.interrupt()
