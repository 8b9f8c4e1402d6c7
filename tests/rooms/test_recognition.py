"""The recogniser process with the real Vosk: rates and formats, silence, broken models, crashes, hangs, recycling."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from callcenter.speech.audio import open_audio
from callcenter.speech.config import SpeechConfig
from callcenter.speech.errors import (
    AudioUnreadable,
    ModelBroken,
    RecogniserCrashed,
    RecogniserStalled,
    RecognitionInterrupted,
)
from callcenter.speech.recogniser import Word, join_words, segment_of
from callcenter.speech.vosk_worker import Transcription, VoskWorkers, open_workers
from tests.speech_material import Clip, Material, error_rate, render, write_wav

WORST = 0.15
"""For the two clips below, which the test model hears without an error: a higher rate is our fault, not the model's."""
WORST_MEAN = 0.4
"""For all clips at 8 kHz, good and bad: the model's own measurement gives 0.29."""


@pytest.fixture(scope="module")
def material() -> Material:
    return Material()


@pytest.fixture
async def workers() -> AsyncIterator[VoskWorkers]:
    async with open_workers(SpeechConfig()) as workers:
        yield workers


@pytest.fixture(scope="module")
def clip(material: Material) -> Clip:
    return material.clip("aishell1_st_audio_4")


def heard(told: Transcription, channel: int = 0) -> list[str]:
    return [segment.text for at, segment in told.segments if at == channel]


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
async def test_rates(tmp_path: Path, workers: VoskWorkers, material: Material, clip: Clip, rate: int) -> None:
    path = write_wav(tmp_path / "clip.wav", rate, clip.samples(rate))
    told = await workers.transcribe(path, material.model)
    assert error_rate(clip.text, heard(told)) < WORST
    assert abs(told.seconds - len(clip.samples(8000)) / 8000) < 0.05
    assert all(0 <= segment.start_ms < segment.end_ms <= told.seconds * 1000 + 100 for _, segment in told.segments)
    assert all(segment.confidence is not None and 0 < segment.confidence <= 1 for _, segment in told.segments)


async def test_telephone_speech_at_large(tmp_path: Path, workers: VoskWorkers, material: Material) -> None:
    rates = []
    for name, clip in material.clips.items():
        told = await workers.transcribe(write_wav(tmp_path / f"{name}.wav", 8000, clip.samples(8000)), material.model)
        rates.append(error_rate(clip.text, heard(told)))
    assert sum(rates) / len(rates) < WORST_MEAN


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("alaw.wav", ("-ar", "8000", "-c:a", "pcm_alaw")),
        (
            "clip.flac",
            (
                "-ar",
                "16000",
            ),
        ),
        (
            "clip.mp3",
            (
                "-ar",
                "16000",
            ),
        ),
        (
            "clip.opus",
            (
                "-c:a",
                "libopus",
            ),
        ),
        (
            "clip.m4a",
            (
                "-c:a",
                "aac",
            ),
        ),  # libsndfile does not know it: through ffmpeg
        ("clip.wma", ("-c:a", "wmav2", "-ar", "44100", "-ac", "2")),
    ],
)
async def test_formats(
    tmp_path: Path, workers: VoskWorkers, material: Material, clip: Clip, name: str, options: tuple[str, ...]
) -> None:
    told = await workers.transcribe(render(clip.path, tmp_path / name, *options), material.model)
    assert error_rate(clip.text, heard(told)) < WORST


async def test_parties_do_not_mix(tmp_path: Path, workers: VoskWorkers, material: Material, clip: Clip) -> None:
    other = material.clip("aishell3_SSB00570140")
    path = write_wav(tmp_path / "call.wav", 8000, clip.samples(8000), other.samples(8000))
    told = await workers.transcribe(path, material.model)
    assert told.channels == 2
    assert error_rate(clip.text, heard(told, 0)) < WORST
    assert error_rate(other.text, heard(told, 1)) < WORST
    starts = [segment.start_ms for _, segment in told.segments]
    assert starts == sorted(starts)


async def test_minutes_of_real_speech_keep_their_times(
    tmp_path: Path, workers: VoskWorkers, material: Material, clip: Clip
) -> None:
    """Three minutes: the same sentence every nine seconds, so each one's place is known."""
    said, period = clip.samples(8000), 9 * 8000
    voice = np.tile(np.pad(said, (0, period - len(said))), 20)
    told = await workers.transcribe(write_wav(tmp_path / "long.wav", 8000, voice), material.model)
    assert told.seconds == 180
    assert {segment.start_ms // 9000 for _, segment in told.segments} == set(range(20))
    assert error_rate(clip.text * 20, heard(told)) < WORST


@pytest.mark.parametrize("seconds", [0, 3])
async def test_nothing_said(tmp_path: Path, workers: VoskWorkers, material: Material, seconds: int) -> None:
    quiet = np.zeros(8000 * seconds, dtype=np.int16)
    told = await workers.transcribe(write_wav(tmp_path / "quiet.wav", 8000, quiet, quiet), material.model)
    assert (told.segments, told.seconds) == ((), seconds)


@pytest.mark.parametrize("content", [b"", b"no audio at all" * 100, b"RIFF\x10\0\0\0WAVE"])
async def test_what_is_no_audio_fails_alone(
    tmp_path: Path, workers: VoskWorkers, material: Material, clip: Clip, content: bytes
) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    await workers.transcribe(clip.path, material.model)
    before = workers.pids
    with pytest.raises(AudioUnreadable):
        await workers.transcribe(path, material.model)
    with pytest.raises(AudioUnreadable):
        await workers.transcribe(tmp_path / "not-there.wav", material.model)
    await workers.transcribe(clip.path, material.model)
    assert workers.pids == before


@pytest.mark.parametrize(
    ("part", "harm"),
    [
        ("am/final.mdl", b"\0BTransitionModel" + b"\xff" * 500),
        ("graph/HCLr.fst", b"\xff" * 1000),
        ("graph/Gr.fst", b""),
        ("conf/model.conf", b"--no-such-option=1\n"),
    ],
)
async def test_broken_model_is_named(
    tmp_path: Path, workers: VoskWorkers, material: Material, part: str, harm: bytes
) -> None:
    model = tmp_path / "harmed"
    shutil.copytree(material.model, model, copy_function=shutil.copyfile)
    for path in (model, *model.rglob("*")):
        path.chmod(0o755)
    (model / part).write_bytes(harm)
    with pytest.raises(ModelBroken) as broken:
        await workers.transcribe(material.clip("aishell1_st_audio_0").path, model)
    assert broken.value.fields["name"] == "harmed"
    assert (await workers.transcribe(material.clip("aishell1_st_audio_0").path, material.model)).segments


async def test_crash_fails_that_recording_only(
    tmp_path: Path, workers: VoskWorkers, material: Material, clip: Clip
) -> None:
    long = write_wav(tmp_path / "long.wav", 8000, np.tile(clip.samples(8000), 40))
    await workers.transcribe(clip.path, material.model)
    (pid,) = workers.pids
    job = asyncio.create_task(workers.transcribe(long, material.model))
    await _busy(pid)
    os.kill(pid, signal.SIGSEGV)
    with pytest.raises(RecogniserCrashed) as crashed:
        await job
    assert crashed.value.fields["reason"] == "signal 11"
    assert (await workers.transcribe(clip.path, material.model)).segments
    assert workers.pids != (pid,)


async def test_hang_is_noticed(tmp_path: Path, material: Material, clip: Clip) -> None:
    long = write_wav(tmp_path / "long.wav", 8000, np.tile(clip.samples(8000), 40))
    async with open_workers(SpeechConfig(stall_deadline=timedelta(seconds=5))) as workers:
        await workers.transcribe(clip.path, material.model)
        (pid,) = workers.pids
        job = asyncio.create_task(workers.transcribe(long, material.model))
        await _busy(pid)
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(RecogniserStalled):
            await job
        assert not psutil.pid_exists(pid)
        assert (await workers.transcribe(clip.path, material.model)).segments


async def test_interruption_ends_the_process(
    tmp_path: Path, workers: VoskWorkers, material: Material, clip: Clip
) -> None:
    long = write_wav(tmp_path / "long.wav", 8000, np.tile(clip.samples(8000), 40))
    await workers.transcribe(clip.path, material.model)
    (pid,) = workers.pids
    job = asyncio.create_task(workers.transcribe(long, material.model))
    await _busy(pid)
    await workers.interrupt()
    with pytest.raises(RecognitionInterrupted):
        await job
    with pytest.raises(RecognitionInterrupted):
        await workers.transcribe(clip.path, material.model)
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize(
    "limit", [{"recycle_jobs": 1}, {"recycle_bytes": 1}, {"recycle_age": timedelta(microseconds=1)}]
)
async def test_processes_are_replaced(material: Material, clip: Clip, limit: dict[str, object]) -> None:
    async with open_workers(SpeechConfig.model_validate(limit)) as workers:
        await workers.transcribe(clip.path, material.model)
        before = workers.pids
        await workers.transcribe(clip.path, material.model)
        assert workers.pids != before
        assert not psutil.pid_exists(before[0])
    assert not workers.pids


async def _busy(pid: int) -> None:
    """Waits until the process has used some time on the recording."""
    process = psutil.Process(pid)
    began = process.cpu_times().user
    deadline = asyncio.get_running_loop().time() + 10
    while process.cpu_times().user < began + 0.3:
        assert asyncio.get_running_loop().time() < deadline, "the recogniser does nothing"
        await asyncio.sleep(0.02)


def test_two_hours_are_read_in_bounded_memory(tmp_path: Path, clip: Clip) -> None:
    """8 kHz stereo as it is, and 48 kHz through the resampler: within 40 MB over what importing costs."""
    telephone, studio = tmp_path / "8k.wav", tmp_path / "48k.wav"
    _two_hours(telephone, clip, 8000)
    _two_hours(studio, clip, 48000)
    code = (
        "import resource, sys; from pathlib import Path; from callcenter.speech.audio import open_audio\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for path in map(Path, sys.argv[1:]):\n"
        "    with open_audio(path) as audio:\n"
        "        samples = sum(len(block[-1]) // 2 for block in audio.blocks)\n"
        "        assert abs(samples / audio.rate - 7200) < 1, (samples, audio.rate)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    ran = subprocess.run([sys.executable, "-c", code, telephone, studio], capture_output=True, check=True)
    assert int(ran.stdout) < 40 * 1024  # KiB


def _two_hours(path: Path, clip: Clip, rate: int) -> None:
    minute = np.resize(clip.samples(rate), 60 * rate)
    with soundfile.SoundFile(path, "w", rate, 2 if rate == 8000 else 1, "PCM_16") as file:
        for _ in range(120):
            file.write(np.column_stack([minute, minute]) if rate == 8000 else minute)


def test_ffmpeg_formats_are_streamed_too(tmp_path: Path, clip: Clip) -> None:
    with open_audio(render(clip.path, tmp_path / "clip.m4a", "-c:a", "aac", "-ar", "48000", "-ac", "2")) as audio:
        assert (audio.rate, audio.channels) == (16000, 2)
        assert all(len(block) == 2 for block in audio.blocks)


def test_words_are_joined_as_written() -> None:
    assert join_words(["我", "要", "[unk]", "投诉"]) == "我要投诉"
    assert join_words(["打开", "wi", "fi", "开关"]) == "打开wi fi开关"
    assert segment_of([Word("[unk]", 0, 1, 0.5)]) is None
    assert segment_of([]) is None
