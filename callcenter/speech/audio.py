"""Reads a recording as blocks of samples per channel, at a rate that recognition likes. Blocking; bounded memory.

8 kHz and 16 kHz are given as they are: resampling telephone audio costs accuracy. Other rates become 16 kHz by soxr's
streaming filter. What libsndfile cannot read goes through pydub's ffmpeg, also as a stream (pydub alone would load it
whole).
"""

import json
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from callcenter.speech.errors import AudioUnreadable

Samples = npt.NDArray[np.int16]
TRUE_RATES: Final = frozenset({8000, 16000})
BLOCK_SECONDS: Final = 1
PROBE_DEADLINE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Audio:
    """`rate` is that of the blocks; each block has one array per channel."""

    rate: int
    channels: int
    blocks: Iterator[list[bytes]]


@contextmanager
def open_audio(path: Path) -> Iterator[Audio]:
    """Raises AudioUnreadable when neither libsndfile nor ffmpeg understands the file."""
    if not path.is_file():
        raise AudioUnreadable(reason="the file is not there")
    try:
        file = soundfile.SoundFile(path)
    except soundfile.LibsndfileError:
        with _through_ffmpeg(path) as audio:
            yield audio
        return
    with file:
        raw = file.blocks(blocksize=file.samplerate * BLOCK_SECONDS, dtype="int16", always_2d=True)
        yield _at_true_rate(file.samplerate, file.channels, raw)


def _at_true_rate(rate: int, channels: int, raw: Iterator[Samples]) -> Audio:
    if rate in TRUE_RATES:
        return Audio(rate, channels, ([block[:, c].tobytes() for c in range(channels)] for block in raw))
    return Audio(16000, channels, _resampled(rate, channels, raw))


def _resampled(rate: int, channels: int, raw: Iterator[Samples]) -> Iterator[list[bytes]]:
    streams = [soxr.ResampleStream(rate, 16000, 1, dtype="int16") for _ in range(channels)]
    for block in raw:
        yield [stream.resample_chunk(block[:, c]).tobytes() for c, stream in enumerate(streams)]
    nothing = np.empty(0, dtype=np.int16)
    yield [stream.resample_chunk(nothing, last=True).tobytes() for stream in streams]


def _pydub() -> tuple[Any, Any]:
    with warnings.catch_warnings():
        # pydub 0.25 names modules that Python is about to drop; audioop-lts stands in for them.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
        from pydub.utils import get_prober_name
    return AudioSegment, get_prober_name


@contextmanager
def _through_ffmpeg(path: Path) -> Iterator[Audio]:
    segment, prober = _pydub()
    rate, channels = _probe(prober(), path)
    command = [segment.converter, "-nostdin", "-v", "error", "-i", f"file:{path}", "-map", "0:a:0"]
    command += ["-f", "s16le", "-ac", str(channels), "-ar", str(rate), "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as decoder:
        try:
            yield _at_true_rate(rate, channels, _raw_blocks(decoder, rate, channels))
        finally:
            decoder.kill()


def _probe(prober: str, path: Path) -> tuple[int, int]:
    command = [prober, "-v", "error", "-select_streams", "a:0", "-show_entries", "stream=sample_rate,channels"]
    try:
        told = subprocess.run(
            [*command, "-of", "json", f"file:{path}"], capture_output=True, timeout=PROBE_DEADLINE, check=True
        )
        stream = json.loads(told.stdout)["streams"][0]
        return int(stream["sample_rate"]), int(stream["channels"])
    except FileNotFoundError as error:
        raise AudioUnreadable(reason="ffmpeg is not installed") from error
    except (subprocess.SubprocessError, ValueError, LookupError) as error:
        raise AudioUnreadable(reason="no audio in it that ffmpeg knows") from error


def _raw_blocks(decoder: "subprocess.Popen[bytes]", rate: int, channels: int) -> Iterator[Samples]:
    assert decoder.stdout is not None  # noqa: S101 - asked for with PIPE
    size = rate * BLOCK_SECONDS * channels * 2
    while chunk := decoder.stdout.read(size):
        whole = len(chunk) - len(chunk) % (2 * channels)
        yield np.frombuffer(chunk[:whole], dtype="<i2").reshape(-1, channels)
    if decoder.wait() != 0:
        raise AudioUnreadable(reason="ffmpeg could not decode all of it")
