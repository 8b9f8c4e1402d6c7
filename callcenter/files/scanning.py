"""Uploads are looked at by ClamAV's daemon before they are kept: its INSTREAM command over TCP or a Unix socket."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final

import structlog

from callcenter.files.config import FilesConfig
from callcenter.files.errors import FileInfected, ScannerAway

log = structlog.get_logger(__name__)
PIECE: Final = 64 * 1024
_LOOK: Final = "Look at clamd and HOTLINE_FILES__CLAMD."
_LOG: Final = "Look at clamd's log, and at its StreamMaxLength."
_REPLY: Final = 4096
"""Bytes that an answer may have; clamd's are short lines."""


class Scan(StrEnum):
    NONE = "none"  # no scanner is set
    CLEAN = "clean"
    WAITING = "waiting"  # kept while the scanner was away: nobody opens it yet
    INFECTED = "infected"


class NotScanned(ScannerAway):
    """The scanner is there and says neither yes nor no: of a file that is too large for it, for one."""


class Scanner:
    """`check` for what comes in, `again` for what was kept unseen."""

    def __init__(self, config: FilesConfig) -> None:
        self._at = config.clamd
        self._within = config.clamd_within.total_seconds()
        self._keeps = config.clamd_away == "keep"

    async def check(self, file: Path, *, may_wait: bool = False) -> Scan:
        """CLEAN or NONE; WAITING for a scanner that is away where the settings say so and `may_wait`. Raises
        FileInfected, ScannerAway."""
        if not self._at:
            return Scan.NONE
        try:
            clean = await self._asked(file)
        except ScannerAway:
            if self._keeps and may_wait:
                return Scan.WAITING
            raise
        if not clean:
            raise FileInfected
        return Scan.CLEAN

    async def again(self, file: Path) -> Scan:
        """Raises ScannerAway, FileNotFoundError."""
        if not self._at:
            return Scan.NONE
        return Scan.CLEAN if await self._asked(file) else Scan.INFECTED

    async def _asked(self, file: Path) -> bool:
        """Whether it is clean; an answer that is neither yes nor no counts as no scan. Raises ScannerAway."""
        try:
            async with asyncio.timeout(self._within), self._open() as (reader, writer):
                said = await _instream(reader, writer, file)
        except FileNotFoundError:
            if await asyncio.to_thread(file.exists):
                raise ScannerAway(part="clamd", remedy=_LOOK) from None  # its socket is what is not there
            raise
        except (ConnectionResetError, BrokenPipeError, asyncio.IncompleteReadError) as error:
            # It hung up in the middle, as clamd does on a file that is too large; its last words may be lost with it.
            log.warning("file_scanner_hung_up", why=type(error).__name__)
            raise NotScanned(part="clamd", remedy=_LOG) from error
        except (OSError, TimeoutError, asyncio.LimitOverrunError) as error:
            log.warning("file_scanner_away", why=type(error).__name__)
            raise ScannerAway(part="clamd", remedy=_LOOK) from error
        if said.endswith(b" FOUND"):
            log.warning("file_infected")
            return False
        if said.endswith(b": OK"):
            return True
        log.warning("file_scanner_failed")
        raise NotScanned(part="clamd", remedy=_LOG)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        if self._at.startswith("unix:"):
            reader, writer = await asyncio.open_unix_connection(self._at.removeprefix("unix:"), limit=_REPLY)
        else:
            host, _, port = self._at.rpartition(":")
            reader, writer = await asyncio.open_connection(host.strip("[]"), int(port), limit=_REPLY)
        try:
            yield reader, writer
        finally:
            writer.close()


async def _instream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, file: Path) -> bytes:
    """The command, pieces with their length in network order, an empty piece; the answer ends with NUL."""
    writer.write(b"zINSTREAM\x00")
    content = await asyncio.to_thread(file.open, "rb")
    try:
        while piece := await asyncio.to_thread(content.read, PIECE):
            writer.write(struct.pack("!I", len(piece)) + piece)
            await writer.drain()
    except ConnectionError:
        pass  # clamd has said already why it takes no more: its answer tells
    else:
        writer.write(struct.pack("!I", 0))
    finally:
        await asyncio.to_thread(content.close)
    return (await reader.readuntil(b"\x00"))[:-1].strip()
