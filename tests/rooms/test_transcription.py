"""The transcription worker: real PostgreSQL, PgQueuer and Vosk; one transcript per recording whatever happens."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np
import psutil
import pytest

from callcenter.core.bus import Bus
from callcenter.core.clock import SystemClock
from callcenter.core.errors import NotFound
from callcenter.core.ids import CallId, RecordingId, new_id
from callcenter.media.config import MediaConfig
from callcenter.media.events import TranscriptFinished
from callcenter.media.jobs import enqueue_transcriptions
from callcenter.media.notices import CHANNEL, DESK, relay
from callcenter.media.transcription import run_worker
from callcenter.media.transcripts import Transcripts
from callcenter.people.actor import Role
from callcenter.speech.config import SpeechConfig
from callcenter.store.config import StoreConfig
from callcenter.store.notify import open_listener
from callcenter.store.pool import Pool
from tests.rooms.media_calls import BEGAN, PBX, leg_named, make_call, make_user, source_of
from tests.speech_material import Material, Samples, error_rate, write_wav

CLOCK = SystemClock()


@pytest.fixture(scope="module")
def material() -> Material:
    return Material()


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    yield
    assert not _recognisers()


@pytest.fixture
def media(tmp_path: Path) -> MediaConfig:
    return MediaConfig(folder=tmp_path / "media", monitor_folder=tmp_path / "monitor")


@pytest.fixture
def speech(material: Material) -> SpeechConfig:
    return SpeechConfig(model_path=material.model, model_check="* * * * * *", shutdown_grace=timedelta(0), attempts=2)


async def sealed(
    pool: Pool, media: MediaConfig, number: int, *voices: Samples, extension: str | None = None
) -> tuple[CallId, RecordingId]:
    """A sealed recording with its transcript's row and its job, as custody leaves it."""
    leg = leg_named(number)
    call = await make_call(pool, leg, extension)
    recording = RecordingId(new_id())
    write_wav(media.folder / f"{recording}.wav", 8000, *voices)
    await pool.execute(
        "insert into recording (id, call_id, pbx, leg, source, status, path, started_at)"
        " values ($1, $2, $3, $4, $5, 'sealed', $6, $7)",
        recording, call, PBX, leg, source_of(leg), f"{recording}.wav", BEGAN,
    )  # fmt: skip
    await pool.execute(
        "insert into transcript (id, recording_id, call_id, status, created_at) values ($1, $2, $3, 'waiting', $4)",
        new_id(), recording, call, BEGAN,
    )  # fmt: skip
    async with pool.acquire() as connection:
        await enqueue_transcriptions(connection, [recording])
    return call, recording


@asynccontextmanager
async def worker(url: str, media: MediaConfig, speech: SpeechConfig) -> AsyncIterator[asyncio.Event]:
    """Runs until the block is left or the event is set; must then end by itself."""
    stop = asyncio.Event()
    database = StoreConfig.model_validate({"url": url})
    task = asyncio.create_task(run_worker(database, media, speech, CLOCK, stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(30):
            await task


def _recognisers() -> list[int]:
    return [child.pid for child in psutil.Process().children(recursive=True) if _recognises(child)]


def _works(pid: int) -> bool:
    """It has used more time than loading the model takes."""
    try:
        return psutil.Process(pid).cpu_times().user > 1.5
    except psutil.Error:
        return False


def _recognises(process: psutil.Process) -> bool:
    try:
        return "callcenter.speech.vosk_child" in process.cmdline()
    except psutil.Error:
        return False


async def until(true: Callable[[], Awaitable[bool]], within: float = 60.0) -> None:
    """For what shows itself only in rows and processes."""
    deadline = asyncio.get_running_loop().time() + within
    while not await true():
        assert asyncio.get_running_loop().time() < deadline, "it did not come about in time"
        await asyncio.sleep(0.02)


async def reached(pool: Pool, recording: RecordingId, *statuses: str) -> Any:
    async def is_there() -> bool:
        return (await row_of(pool, recording))["status"] in statuses

    await until(is_there)
    return await row_of(pool, recording)


async def row_of(pool: Pool, recording: RecordingId) -> Any:
    return await pool.fetchrow("select * from transcript where recording_id = $1", recording)


async def idle(pool: Pool) -> bool:
    return bool(await pool.fetchval("select count(*) from pgqueuer") == 0)


async def test_both_parties_are_transcribed_and_told(
    pool: Pool, database_url: str, media: MediaConfig, speech: SpeechConfig, material: Material
) -> None:
    agent = await make_user(pool, Role.AGENT, "8001")
    clips = [material.clip(name) for name in ("aishell1_st_audio_4", "aishell3_SSB00570140")]
    call, recording = await sealed(pool, media, 1, *(c.samples(8000) for c in clips), extension="8001")
    bus = Bus()
    async with (
        open_listener(database_url, CHANNEL) as notices,
        open_listener(database_url, DESK) as desk,
        worker(database_url, media, speech),
    ):
        with bus.subscribe(TranscriptFinished) as told:
            relaying = asyncio.create_task(relay(notices, pool, bus, CLOCK))
            async with asyncio.timeout(60):
                event = await anext(aiter(told))
                assert isinstance(event, TranscriptFinished)
                assert await anext(aiter(desk)) == (
                    DESK,
                    {"user": str(agent.user_id), "kind": "transcript", "id": str(call)},
                )
            relaying.cancel()
        await until(lambda: idle(pool))
    assert (event.recording, event.call, event.status) == (recording, call, "ready")
    (view,) = await Transcripts(pool).of_call(agent, call)
    assert (view.status, view.model, view.error) == ("ready", "vosk-hotline-cn-small", None)
    for party, clip in zip(("caller", "agent"), clips, strict=True):
        said = [segment.text for segment in view.segments if segment.party == party]
        assert error_rate(clip.text, said) < 0.15
    assert view.text == "\n".join(segment.text for segment in view.segments)
    with pytest.raises(NotFound):
        await Transcripts(pool).of_call(await make_user(pool, Role.AGENT, "8002"), call)


async def test_silence_and_no_sound_are_empty(
    pool: Pool, database_url: str, media: MediaConfig, speech: SpeechConfig
) -> None:
    quiet = [np.zeros(count, dtype=np.int16) for count in (0, 16000)]
    recordings = [(await sealed(pool, media, 10 + n, voice, voice))[1] for n, voice in enumerate(quiet)]
    async with worker(database_url, media, speech):
        for recording in recordings:
            row = await reached(pool, recording, "empty")
            assert (row["text"], row["error"]) == ("", None)


async def test_a_job_run_twice_gives_one_transcript(
    pool: Pool, database_url: str, media: MediaConfig, speech: SpeechConfig, material: Material
) -> None:
    """Two jobs of one recording at once, in two workers, as after a late heartbeat; and a third afterwards."""
    _, recording = await sealed(pool, media, 20, material.clip("aishell1_st_audio_4").samples(8000))
    again = "insert into pgqueuer (priority, entrypoint, payload, status) values (0, 'transcribe', $1, 'queued')"
    await pool.execute(again, str(recording).encode())
    async with worker(database_url, media, speech), worker(database_url, media, speech):
        await reached(pool, recording, "ready")
        await until(lambda: idle(pool))
        first = await pool.fetch("select * from transcript_segment order by idx")
        await pool.execute(again, str(recording).encode())
        await until(lambda: idle(pool))
    assert await pool.fetch("select * from transcript_segment order by idx") == first
    assert [row["idx"] for row in first] == list(range(len(first)))
    assert first


async def test_waits_for_a_model_and_goes_on_when_it_appears(
    pool: Pool, database_url: str, media: MediaConfig, speech: SpeechConfig, material: Material, tmp_path: Path
) -> None:
    model = tmp_path / "arriving"
    waiting = speech.model_copy(update={"model_path": model})
    call, recording = await sealed(pool, media, 30, material.clip("aishell1_st_audio_4").samples(8000))
    async with worker(database_url, media, waiting):
        row = await reached(pool, recording, "awaiting_model")
        assert row["error"] == "model-missing"
        await until(lambda: idle(pool))
        shutil.copytree(material.model, tmp_path / "unpacking", copy_function=shutil.copyfile)
        (tmp_path / "unpacking").rename(model)
        assert (await reached(pool, recording, "ready"))["model"] == "arriving"
    assert call


async def test_waiting_recordings_go_on_at_the_start(
    pool: Pool, database_url: str, media: MediaConfig, speech: SpeechConfig, material: Material
) -> None:
    """Not even the job is left: the rows are enough."""
    recordings = []
    for number, status in enumerate(("awaiting_model", "running", "waiting")):
        _, recording = await sealed(pool, media, 40 + number, material.clip("aishell3_SSB02410470").samples(8000))
        await pool.execute("update transcript set status = $2 where recording_id = $1", recording, status)
        recordings.append(recording)
    await pool.execute("delete from pgqueuer")
    async with worker(database_url, media, speech):
        for recording in recordings:
            await reached(pool, recording, "ready")


async def test_broken_model_is_named_and_nothing_is_lost(
    pool: Pool, database_url: str, media: MediaConfig, speech: SpeechConfig, material: Material, tmp_path: Path
) -> None:
    model = tmp_path / "harmed"
    shutil.copytree(material.model, model, copy_function=shutil.copyfile)
    (model / "graph").chmod(0o755)
    (model / "graph" / "Gr.fst").chmod(0o644)
    (model / "graph" / "Gr.fst").write_bytes(b"\xff" * 1000)
    broken = speech.model_copy(update={"model_path": model})
    _, recording = await sealed(pool, media, 50, material.clip("aishell1_st_audio_4").samples(8000))
    async with worker(database_url, media, broken):
        assert (await reached(pool, recording, "awaiting_model"))["error"] == "model-broken"
        await until(lambda: idle(pool))
        await asyncio.sleep(2.5)  # two looks for a model: what was refused is not loaded again and again
        assert (await idle(pool), _recognisers()) == (True, [])
        assert await pool.fetchval("select max(job_id) from pgqueuer_log") == 1
    async with worker(database_url, media, speech):
        await reached(pool, recording, "ready")


async def test_recording_that_is_no_audio_fails_with_its_reason(
    pool: Pool, database_url: str, media: MediaConfig, speech: SpeechConfig, material: Material
) -> None:
    _, bad = await sealed(pool, media, 60, np.zeros(8, dtype=np.int16))
    (media.folder / f"{bad}.wav").write_bytes(b"no audio" * 100)
    _, gone = await sealed(pool, media, 61, np.zeros(8, dtype=np.int16))
    (media.folder / f"{gone}.wav").unlink()
    _, good = await sealed(pool, media, 62, material.clip("aishell1_st_audio_4").samples(8000))
    async with worker(database_url, media, speech):
        await reached(pool, good, "ready")
        for recording in (bad, gone):
            assert (await reached(pool, recording, "failed"))["error"] == "audio-unreadable"


async def test_crash_is_tried_again_then_fails(
    pool: Pool, database_url: str, media: MediaConfig, speech: SpeechConfig, material: Material
) -> None:
    long = np.tile(material.clip("aishell1_st_audio_4").samples(8000), 60)
    _, recording = await sealed(pool, media, 70, long)
    async with worker(database_url, media, speech):
        killed: set[int] = set()

        async def both_killed() -> bool:
            if (await row_of(pool, recording))["status"] == "running":
                for pid in {pid for pid in _recognisers() if _works(pid)} - killed:
                    os.kill(pid, signal.SIGKILL)
                    killed.add(pid)
            return bool((await row_of(pool, recording))["status"] == "failed")

        await until(both_killed)
        assert (await row_of(pool, recording))["error"] == "recogniser-crashed"
        assert len(killed) == 2
        _, good = await sealed(pool, media, 71, material.clip("aishell1_st_audio_4").samples(8000))
        await reached(pool, good, "ready")


async def test_stopping_gives_the_recording_back(
    pool: Pool, database_url: str, media: MediaConfig, speech: SpeechConfig, material: Material
) -> None:
    long = np.tile(material.clip("aishell1_st_audio_4").samples(8000), 30)
    _, recording = await sealed(pool, media, 80, long)
    async with worker(database_url, media, speech):
        await reached(pool, recording, "running")
    assert (await row_of(pool, recording))["status"] == "waiting"
    assert await pool.fetchval("select status::text from pgqueuer") == "queued"
    async with worker(database_url, media, speech):
        await reached(pool, recording, "ready")


async def test_stopping_lets_a_short_recording_finish(
    pool: Pool, database_url: str, media: MediaConfig, speech: SpeechConfig, material: Material
) -> None:
    _, recording = await sealed(pool, media, 90, material.clip("aishell1_st_audio_4").samples(8000))
    patient = speech.model_copy(update={"shutdown_grace": timedelta(seconds=30)})
    async with worker(database_url, media, patient) as stop:
        await reached(pool, recording, "running")
        stop.set()
    assert (await row_of(pool, recording))["status"] == "ready"


async def test_database_cut_is_survived(
    pool: Pool, database_url: str, media: MediaConfig, speech: SpeechConfig, material: Material
) -> None:
    async with worker(database_url, media, speech):
        _, before = await sealed(pool, media, 100, material.clip("aishell3_SSB02410470").samples(8000))
        await reached(pool, before, "ready")
        name = await pool.fetchval("select current_database()")
        cutter = await asyncpg.connect(database_url)
        await cutter.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
            name,
        )
        await cutter.close()
        await pool.expire_connections()  # the test's own were cut with the others
        _, after = await sealed(pool, media, 101, material.clip("aishell3_SSB02410470").samples(8000))
        await reached(pool, after, "ready")


async def test_worker_killed_outright_loses_nothing(
    pool: Pool, database_url: str, media: MediaConfig, speech: SpeechConfig, material: Material
) -> None:
    """SIGKILL in the middle: its recogniser ends with it, and when its heartbeat is stale another worker takes over."""
    _, recording = await sealed(pool, media, 110, np.tile(material.clip("aishell1_st_audio_4").samples(8000), 30))
    code = (
        "import asyncio, sys; from pathlib import Path; from callcenter.core.clock import SystemClock\n"
        "from callcenter.media.config import MediaConfig; from callcenter.media.transcription import run_worker\n"
        "from callcenter.speech.config import SpeechConfig; from callcenter.store.config import StoreConfig\n"
        "url, folder, model = sys.argv[1:]\n"
        "asyncio.run(run_worker(StoreConfig(url=url), MediaConfig(folder=Path(folder)),"
        " SpeechConfig(model_path=Path(model)), SystemClock(), asyncio.Event()))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, database_url, str(media.folder), str(material.model),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    await reached(pool, recording, "running")
    await until(lambda: _lives_in(process.pid))
    orphans = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    await process.wait()
    psutil.wait_procs(orphans, timeout=10)
    assert not [orphan for orphan in orphans if orphan.is_running() and orphan.status() != psutil.STATUS_ZOMBIE]
    async with worker(database_url, media, speech):
        await reached(pool, recording, "ready")


async def _lives_in(pid: int) -> bool:
    return any(_recognises(child) for child in psutil.Process(pid).children(recursive=True))
