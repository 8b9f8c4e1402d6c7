"""The folder of attachments, addressed by content: what is sent twice lies there once."""

import asyncio
import hashlib
import os
import zipfile
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

from callcenter.core.folders import DISK_FULL
from callcenter.files.errors import FileEmpty, FileRefused, FileTooLarge, StorageFull
from callcenter.files.kinds import ARCHIVE, HEAD, Kind, office_kind, recognised

INCOMING: Final = "incoming"
UNPACKED_LIMIT: Final = 1 << 28
"""Bytes that an office document may unpack to: more is a bomb."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file on the disk that no row names yet."""

    path: Path
    kind: Kind
    bytes: int
    sha256: str


class Shelf:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    @asynccontextmanager
    async def receive(self, stream: AsyncIterable[bytes], limit: int) -> AsyncIterator[Received]:
        """Takes the stream in piece by piece; what the block does not `settle` is gone after it. Raises FileEmpty,
        FileTooLarge, FileRefused, StorageFull."""
        incoming = self.folder / INCOMING / uuid4().hex
        try:
            digest, size, head = await self._write(incoming, stream, limit)
            if not size:
                raise FileEmpty
            kind = await asyncio.to_thread(_kind_of, incoming, head)
            if kind is None:
                raise FileRefused
            yield Received(incoming, kind, size, digest)
        except OSError as error:
            if error.errno in DISK_FULL:
                raise StorageFull from error
            raise
        finally:
            await asyncio.to_thread(incoming.unlink, missing_ok=True)

    async def _write(self, file: Path, stream: AsyncIterable[bytes], limit: int) -> tuple[str, int, bytes]:
        digest, size, head = hashlib.sha256(), 0, b""
        await asyncio.to_thread(file.parent.mkdir, mode=0o700, parents=True, exist_ok=True)
        output = await asyncio.to_thread(file.open, "xb")
        try:
            async for piece in stream:
                size += len(piece)
                if size > limit:
                    raise FileTooLarge(limit=limit)
                head += piece[: HEAD - len(head)]
                digest.update(piece)
                await asyncio.to_thread(output.write, piece)
            await asyncio.to_thread(_to_disk, output)
        finally:
            await asyncio.to_thread(output.close)
        return digest.hexdigest(), size, head

    async def settle(self, received: Received) -> None:
        """Puts the file at its place; harmless when the same content lies there."""
        await asyncio.to_thread(_settle, received.path, self.place(received.sha256))

    def settled(self) -> Iterator[Path]:
        """Every file at a place. Blocks."""
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(folder.iterdir())

    def cut_short(self) -> Iterator[Path]:
        """What interrupted uploads left. Blocks."""
        return (self.folder / INCOMING).glob("*")


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _settle(received: Path, place: Path) -> None:
    place.parent.mkdir(mode=0o700, exist_ok=True)
    received.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _kind_of(file: Path, head: bytes) -> Kind | None:
    return _office_kind(file) if head.startswith(ARCHIVE) else recognised(head)


def _office_kind(file: Path) -> Kind | None:
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if sum(member.file_size for member in members) > UNPACKED_LIMIT:
        return None
    return office_kind({member.filename for member in members})
