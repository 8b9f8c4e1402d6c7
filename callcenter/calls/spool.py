"""Facts on disk while the database is away: one append-only file per PBX, each record fsynced before it counts."""

import os
import re
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson
import structlog

from callcenter.core.errors import Unavailable
from callcenter.core.folders import DISK_FULL

log = structlog.get_logger(__name__)

Batch = dict[str, list[Any]]
"""`facts`, `calls` and `legs`: the arrays of one `write_batch`."""


class SpoolFull(Unavailable):
    code = "spool-full"
    zh = "数据库不可用，且通话事实暂存文件 {file} 无法继续写入（{cause}）；处理办法：恢复数据库，或腾出磁盘空间"
    en = "The database is away and the spool {file} takes no more ({cause}). Remedy: restore the database or free disk"


class Spool:
    """Blocking: call it off the loop. `size` and `read_to` are byte offsets; what lies between is still to be stored.

    A record is `crc32 (8 hex digits) space JSON newline`. A torn last record was never acknowledged to anyone."""

    def __init__(self, folder: Path, pbx: str, limit: int) -> None:
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", pbx)
        self.path = folder / f"{name}.spool"
        self._limit = limit
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.size = self._mend()
        self.read_to = 0

    @property
    def empty(self) -> bool:
        return self.read_to >= self.size

    def append(self, batch: Batch) -> None:
        """Raises SpoolFull; then nothing of the batch is in the file."""
        record = orjson.dumps(batch)
        line = b"%08x %s\n" % (crc32(record), record)
        if self.size + len(line) > self._limit:
            raise SpoolFull(file=self.path.name, cause=f"limit of {self._limit} bytes")
        try:
            self._write(line)
        except OSError as error:
            self._cut(self.size)
            cause = "disk full" if error.errno in DISK_FULL else type(error).__name__
            raise SpoolFull(file=self.path.name, cause=cause) from error
        self.size += len(line)

    def next(self) -> tuple[Batch, int] | None:
        """The next record still to be stored and the offset behind it."""
        while self.read_to < self.size:
            with self.path.open("rb") as file:
                file.seek(self.read_to)
                line = file.readline()
            after = self.read_to + len(line)
            if (batch := _read(line)) is not None:
                return batch, after
            log.error("spool_record_broken", file=self.path.name, offset=self.read_to)
            self.read_to = after
        return None

    def done(self, offset: int) -> None:
        """All up to the offset is stored; an emptied file shrinks to nothing."""
        self.read_to = offset
        if self.empty and self.size:
            self._cut(0)
            self.size = self.read_to = 0

    def _write(self, line: bytes) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _cut(self, size: int) -> None:
        if self.path.exists():
            os.truncate(self.path, size)

    def _mend(self) -> int:
        """Size without a torn last record."""
        if not self.path.exists():
            return 0
        whole = 0
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
        self._cut(whole)
        return whole


def _read(line: bytes) -> Batch | None:
    sum_, _, record = line.rstrip(b"\n").partition(b" ")
    try:
        if int(sum_, 16) != crc32(record):
            return None
        batch: Batch = orjson.loads(record)
    except ValueError:
        return None
    return batch
