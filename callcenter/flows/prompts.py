"""Prompts: text to 8 kHz WAV by espeak-ng, kept by content, checked for level and length."""

import filecmp
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from callcenter.core.errors import Misconfigured
from callcenter.core.folders import require_folder
from callcenter.flows.part import LANGUAGES, Wording
from callcenter.resources import IVR

RATE: Final = 8000
VOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "zh": ("-v", "cmn", "-s", "230"),
    "en": ("-v", "en-gb", "-s", "165"),
}
FOLDER: Final = "hotline"
"""Prompts are `hotline/<name>` to Asterisk, which looks below the channel's language first."""
NUMBER: Final = "number_"
DIGITS: Final = "digits"
"""Where Asterisk looks for the words of a number that it says itself: `number_20` is `digits/20` to it."""
RECORDED: Final = IVR / "prompts" / "recorded"
"""`<language>/<name>.wav`: a human voice, or a tone, that is played instead of a synthesised prompt."""
UNUSED_FOR: Final = timedelta(days=1)
"""No call is longer: what no server has wanted for so long, nobody hears any more."""
_PEAK: Final = 0.6
_QUIETEST: Final = 0.02
_SHORTEST: Final = timedelta(seconds=0.2)
_LONGEST: Final = timedelta(seconds=60)
_MADE_BY: Final = b"espeak-ng 8 kHz, 1"


@dataclass(frozen=True, slots=True)
class PromptBook:
    """The prompts that stand in Asterisk's sounds folder, and the longest of each over all languages. `files` gives the
    name under which this very content stays, whatever becomes of the prompt later."""

    lengths: Mapping[str, timedelta]
    files: Mapping[str, str] = field(default_factory=dict)

    def sound(self, name: str) -> str:
        return f"{FOLDER}/{self.files.get(name, name)}"

    def length(self, name: str) -> timedelta:
        return self.lengths[name]


def install_prompts(
    texts: Mapping[str, Wording], *, cache: Path, sounds: Path, recorded: Path = RECORDED
) -> PromptBook:
    """Makes what the cache lacks and puts all prompts below `sounds`, each under its own name for the dialplan and
    under one of its content for the flows; blocks, about 40 ms a new prompt.

    Raises Misconfigured when espeak-ng is missing, a folder takes nothing, or a prompt comes out silent, too short or
    too long.
    """
    require_folder(cache, "HOTLINE_FLOWS__PROMPT_CACHE")
    try:
        return _install(texts, cache, sounds, recorded)
    except OSError as error:
        raise Misconfigured(
            cause=f"the prompts cannot be put into {sounds} ({error.strerror})",
            remedy="free disk space, or set HOTLINE_FLOWS__SOUNDS to a folder that this user may write",
        ) from error


def _install(texts: Mapping[str, Wording], cache: Path, sounds: Path, recorded: Path) -> PromptBook:
    lengths: dict[str, timedelta] = {}
    files: dict[str, str] = {}
    for name, wording in texts.items():
        made = {
            language: _spoken(name, text, language, cache, recorded)
            for language in LANGUAGES
            if (text := getattr(wording, language))
        }
        lengths[name] = max(check_prompt(file) for file in made.values())
        files[name] = f"{name}-{_digest(made.values())}"
        for language, file in made.items():
            folder = sounds / language / FOLDER
            _put(file, folder / f"{name}.wav")
            _put(file, folder / f"{files[name]}.wav")
            os.utime(folder / f"{files[name]}.wav")
            if name.startswith(NUMBER):
                _put(file, sounds / language / DIGITS / f"{name.removeprefix(NUMBER)}.wav")
    return PromptBook(lengths, files)


def remove_unused(book: PromptBook, sounds: Path, now: datetime) -> None:
    """Contents that no start or reload has wanted for `UNUSED_FOR`."""
    wanted = {f"{file}.wav" for file in book.files.values()}
    oldest = (now - UNUSED_FOR).timestamp()
    for file in sounds.glob(f"*/{FOLDER}/*-????????????.wav"):
        if file.name not in wanted and file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)


def _spoken(name: str, text: str, language: str, cache: Path, recorded: Path) -> Path:
    voice = recorded / language / f"{name}.wav"
    return voice if voice.is_file() else _cached(text, language, cache)


def _digest(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _put(made: Path, target: Path) -> None:
    """A caller may be hearing the sound at this moment: one that is right stays, another is replaced as a whole."""
    if target.is_file() and filecmp.cmp(made, target, shallow=False):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        shutil.copyfile(made, new)
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def check_prompt(file: Path) -> timedelta:
    """The length. Raises Misconfigured unless it is 8 kHz mono, loud enough and neither short nor long."""
    try:
        samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError) as error:
        raise Misconfigured(cause=f"the prompt {file.name} cannot be read", remedy="record or make it anew") from error
    length = timedelta(seconds=len(samples) / rate)
    fault = ""
    if rate != RATE or samples.shape[1] != 1:
        fault = f"is {rate} Hz with {samples.shape[1]} channels, not {RATE} Hz mono"
    elif not _SHORTEST <= length <= _LONGEST:
        fault = f"is {length.total_seconds():.1f} s long"
    elif _level(samples) < _QUIETEST:
        fault = "is silent"
    if fault:
        raise Misconfigured(cause=f"the prompt {file.name} {fault}", remedy="record or make it anew")
    return length


def _level(samples: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


def _trimmed(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Without the silence that espeak-ng leaves at both ends, save a tenth of a second."""
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    if not len(loud):
        return samples
    room = RATE // 10
    return samples[max(0, int(loud[0]) - room) : int(loud[-1]) + room]


def _cached(text: str, language: str, cache: Path) -> Path:
    voice = VOICES[language]
    key = hashlib.sha256(b"\0".join((_MADE_BY, *(part.encode() for part in voice), text.encode()))).hexdigest()
    file = cache / f"{key}.wav"
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            made = _synthesise(text, voice, Path(folder))
            check_prompt(made)
            made.replace(file)
    return file


def _synthesise(text: str, voice: tuple[str, ...], folder: Path) -> Path:
    spoken, made = folder / "spoken.wav", folder / "made.wav"
    try:
        done = subprocess.run(
            ["espeak-ng", *voice, "-w", str(spoken), "--stdin"],
            input=text.encode(),
            capture_output=True,
            check=False,
            timeout=60,
        )
    except FileNotFoundError as error:
        raise Misconfigured(cause="espeak-ng is not installed", remedy="run: apt-get install espeak-ng") from error
    if done.returncode or not spoken.exists():
        raise Misconfigured(cause="espeak-ng could not speak a prompt", remedy="check the disk and espeak-ng's voices")
    samples, rate = soundfile.read(spoken, dtype="float32")
    narrow = _trimmed(soxr.resample(samples, rate, RATE))
    loudest = float(np.max(np.abs(narrow))) if len(narrow) else 0.0
    soundfile.write(made, narrow * (_PEAK / loudest) if loudest else narrow, RATE, subtype="PCM_16")
    return made
