"""Finds the speech model, says how to install one, and verifies a copy against `asr_models/models.lock.json`."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from callcenter.core.errors import Misconfigured
from callcenter.resources import MODELS
from callcenter.speech.config import SpeechConfig
from callcenter.speech.errors import ModelBroken, ModelMissing

LOCK: Final = MODELS / "models.lock.json"
_NEEDED: Final = (
    ("am/final.mdl",),
    ("conf/mfcc.conf", "conf/fbank.conf"),
    ("graph/HCLG.fst", "graph/HCLr.fst"),
    ("graph/HCLG.fst", "graph/Gr.fst"),
)
"""Each line: one of these must stand there (Vosk reads fbank.conf where mfcc.conf is absent)."""


class LockedFile(BaseModel):
    model_config = ConfigDict(frozen=True)

    path: str
    size: int
    sha256: str


class LockedModel(BaseModel):
    """An official model as published. `source` is where a person gets it."""

    model_config = ConfigDict(frozen=True)

    name: str
    language: str
    source: str
    archive: str
    archive_sha256: str
    files: tuple[LockedFile, ...]

    @property
    def bytes(self) -> int:
        return sum(file.size for file in self.files)


class ModelLock(BaseModel):
    model_config = ConfigDict(frozen=True)

    models: tuple[LockedModel, ...]


class FileState(StrEnum):
    OK = "ok"
    MISSING = "missing"
    WRONG_SIZE = "wrong_size"
    WRONG_SHA256 = "wrong_sha256"


@dataclass(frozen=True, slots=True)
class FileVerdict:
    path: str
    state: FileState


@dataclass(frozen=True, slots=True)
class ModelVerdict:
    """`official` is the locked model it was compared with, None when its name is not in the lock file; then `files` is
    empty and only the shape was checked (`lacking`)."""

    official: LockedModel | None
    lacking: tuple[str, ...]
    files: tuple[FileVerdict, ...]

    @property
    def good(self) -> bool:
        return not self.lacking and all(file.state is FileState.OK for file in self.files)


def read_lock(path: Path = LOCK) -> ModelLock:
    try:
        return ModelLock.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Misconfigured(cause=f"cannot read {path.name}", remedy="reinstall the program") from error


def lacking(folder: Path) -> tuple[str, ...]:
    """What the folder lacks to be a Vosk model, '' parts joined by 'or'. Empty when its shape is whole."""
    return tuple(
        dict.fromkeys(" or ".join(choice) for choice in _NEEDED if not any(_holds(folder / file) for file in choice))
    )


def _holds(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except OSError:
        return False


def find_model(config: SpeechConfig, models: Path = MODELS) -> Path:
    """The folder to load: the setting's, and where that is empty the first whole one under `models`, the official
    names first. Raises ModelMissing, or ModelBroken when there are only damaged ones."""
    if config.model_path is not None:
        if not config.model_path.is_dir():
            raise ModelMissing(remedy=f"no such folder: {config.model_path.name} (setting speech.model_path)")
        return _whole(config.model_path)
    official = {model.name for model in read_lock().models}
    folders = sorted(
        (entry for entry in (models.iterdir() if models.is_dir() else ()) if entry.is_dir()),
        key=lambda folder: (folder.name not in official, folder.name),
    )
    for folder in folders:
        if not lacking(folder):
            return folder
    if folders:
        return _whole(folders[0])
    raise ModelMissing(remedy="install one as `callcenter models` explains")


def _whole(folder: Path) -> Path:
    missing = lacking(folder)
    if missing:
        raise ModelBroken(name=folder.name, reason="it lacks " + ", ".join(missing))
    return folder


def fingerprint(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes when a file that a model needs is replaced: name, modification time (ns), bytes."""
    seen = []
    for file in dict.fromkeys(name for choice in _NEEDED for name in choice):
        with suppress(OSError):
            told = (folder / file).stat()
            seen.append((file, told.st_mtime_ns, told.st_size))
    return tuple(seen)


def verify_model(folder: Path, name: str | None = None) -> ModelVerdict:
    """Compares every file with the locked model of that name (default: the folder's name). Reads all of it."""
    wanted = name or folder.name
    official = next((model for model in read_lock().models if model.name == wanted), None)
    files = tuple(_verify(folder / file.path, file) for file in official.files) if official else ()
    return ModelVerdict(official=official, lacking=lacking(folder), files=files)


def _verify(path: Path, locked: LockedFile) -> FileVerdict:
    try:
        if path.stat().st_size != locked.size:
            return FileVerdict(locked.path, FileState.WRONG_SIZE)
        with path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == locked.sha256
    except OSError:
        return FileVerdict(locked.path, FileState.MISSING)
    return FileVerdict(locked.path, FileState.OK if same else FileState.WRONG_SHA256)
