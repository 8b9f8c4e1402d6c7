"""Makes one stereo file, caller left and agent right, of the two mono files Asterisk wrote. Blocking, for a thread.

Memory is bounded by the block. A side that is missing or unreadable is silence, and the other is kept. The originals
are never touched here: the custodian removes them after the row is committed.
"""

import hashlib
import os
from collections.abc import Generator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt

from callcenter.core.errors import Unavailable
from callcenter.core.folders import DISK_FULL
from callcenter.media.wav import HEAD_BYTES, WavShape, WavUnreadable, read_shape, stereo_header

BLOCK_FRAMES: Final = 64 * 1024


class StorageFull(Unavailable):
    """No room for the sealed file. The originals stay and sealing is tried again."""

    code = "storage-full"
    zh = "录音存储空间不足：{remedy}"
    en = "No space left for recordings: {remedy}"


class SealBroken(Unavailable):
    """What was read back from the disk is not what was written. The originals stay."""

    code = "seal-broken"
    zh = "录音封存校验失败：{remedy}"
    en = "The sealed recording did not verify: {remedy}"


@dataclass(frozen=True, slots=True)
class Side:
    """One party's file. `fault` is '' or a word for what is wrong with it: missing, unreadable, empty, rate."""

    path: Path
    shape: WavShape | None
    fault: str

    @property
    def frames(self) -> int:
        return self.shape.frames if self.shape else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The sealed file. `used` are the originals that are wholly in it; `faults` names what was wrong, '' when nothing.
    `repaired` when a header had to be repaired from the file's size."""

    seconds: float
    bytes: int
    sha256: str
    sample_rate: int
    repaired: bool
    faults: str
    used: tuple[Path, ...]


def inspect_side(path: Path) -> Side:
    """Raises OSError only for what is no property of the file: permission, I/O."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            shape = read_shape(file.read(HEAD_BYTES), size)
    except FileNotFoundError:
        return Side(path, None, "missing")
    except WavUnreadable:
        return Side(path, None, "unreadable")
    if shape.channels != 1:
        return Side(path, None, "unreadable")
    return Side(path, shape, "" if shape.length else "empty")


def seal(caller: Path, agent: Path, target: Path) -> Sealed | None:
    """None when neither side can be read. Raises StorageFull or SealBroken, leaving no partial file behind."""
    left, right = inspect_side(caller), inspect_side(agent)
    shapes = [side.shape for side in (left, right) if side.shape]
    if not shapes:
        return None
    rate = max(shapes, key=lambda shape: shape.frames).rate
    left, right = _same_rate(left, rate), _same_rate(right, rate)
    frames = max(left.frames, right.frames)
    part = target.with_suffix(".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = _write(part, left, right, frames, rate)
        _verify(part, digest)
        part.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        if error.errno in DISK_FULL:
            raise StorageFull(remedy=f"free space under {target.parent}") from error
        raise
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return Sealed(
        seconds=frames / rate,
        bytes=target.stat().st_size,
        sha256=digest,
        sample_rate=rate,
        repaired=any(shape.repaired for shape in shapes),
        faults=_faults(left, right),
        used=tuple(side.path for side in (left, right) if side.shape),
    )


def _same_rate(side: Side, rate: int) -> Side:
    return Side(side.path, None, "rate") if side.shape and side.frames and side.shape.rate != rate else side


def _faults(left: Side, right: Side) -> str:
    """An empty side is a fault only beside one that is not: a caller who was never bridged has two empty ones."""
    quiet = left.frames == right.frames == 0
    named = (("caller", left), ("agent", right))
    return " ".join(
        f"{who}-{side.fault}" for who, side in named if side.fault and not (quiet and side.fault == "empty")
    )


def _samples(side: Side) -> Generator[npt.NDArray[np.int16], None, None]:
    """Blocks of exactly BLOCK_FRAMES samples, the last ones silence, for ever."""
    with ExitStack() as stack:
        left = side.frames
        file: BinaryIO | None = None
        if side.shape and left:
            file = stack.enter_context(side.path.open("rb"))
            file.seek(side.shape.offset)
        while True:
            block = np.zeros(BLOCK_FRAMES, dtype="<i2")
            if file and left:
                wanted = min(left, BLOCK_FRAMES)
                got = np.frombuffer(file.read(wanted * 2), dtype="<i2")
                block[: len(got)] = got
                left -= wanted
            yield block


def _write(part: Path, left: Side, right: Side, frames: int, rate: int) -> str:
    digest = hashlib.sha256()
    with part.open("wb") as file:

        def put(chunk: bytes) -> None:
            file.write(chunk)
            digest.update(chunk)

        put(stereo_header(frames, rate))
        with closing(_samples(left)) as caller, closing(_samples(right)) as agent:
            for start in range(0, frames, BLOCK_FRAMES):
                count = min(BLOCK_FRAMES, frames - start)
                put(np.column_stack([next(caller)[:count], next(agent)[:count]]).tobytes())
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _verify(part: Path, digest: str) -> None:
    with part.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise SealBroken(remedy=f"check the disk that holds {part.parent}")


def _sync_folder(folder: Path) -> None:
    """A rename is durable only when its folder is (rename(2), fsync(2))."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
