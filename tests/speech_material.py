"""Recorded clips and the test model, which stand beside the checkout, and the audio files that tests make of them."""

import subprocess
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Clip:
    path: Path
    text: str

    def samples(self, rate: int) -> Samples:
        read, own = soundfile.read(self.path, dtype="int16")
        return np.asarray(read if own == rate else soxr.resample(read, own, rate), dtype=np.int16)


class Material:
    """Raises AssertionError, naming what is not there: tests of speech cannot be run without it, nor skipped."""

    def __init__(self) -> None:
        table = SHARED / "data" / "speech" / "transcripts.tsv"
        self.model = SHARED / "asr_models" / "vosk-hotline-cn-small"
        for needed in (table, self.model / "am" / "final.mdl"):
            assert needed.is_file(), f"the speech material is not beside the checkout: {needed} is missing"
        rows = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()[1:])
        self.clips = {Path(row[0]).stem: Clip(table.parent / row[0], row[1]) for row in rows}

    def clip(self, name: str) -> Clip:
        return self.clips[name]


def write_wav(path: Path, rate: int, *voices: Samples) -> Path:
    """One channel per voice, the shorter ones followed by silence."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frames = max((len(voice) for voice in voices), default=0)
    padded = [np.pad(voice, (0, frames - len(voice))) for voice in voices]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(voices))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.column_stack(padded).astype("<i2").tobytes())
    return path


def read_wav(path: Path) -> tuple[int, Samples]:
    """Rate, and one column per channel."""
    with wave.open(str(path), "rb") as file:
        read = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, file.getnchannels())
        return file.getframerate(), read


def leave_unclosed(path: Path) -> Path:
    """The header as it is while Asterisk writes: no length yet."""
    whole = bytearray(path.read_bytes())
    whole[4:8] = whole[40:44] = bytes(4)
    path.write_bytes(whole)
    return path


def render(source: Path, target: Path, *options: str) -> Path:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(source), *options, str(target)], check=True)
    return target


def error_rate(said: str, heard: Iterable[str]) -> float:
    """Character error rate: edits from what was said, per character of it."""
    text = "".join(heard)
    row = list(range(len(text) + 1))
    for i, want in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, got in enumerate(text, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (want != got))
    return row[-1] / len(said)
