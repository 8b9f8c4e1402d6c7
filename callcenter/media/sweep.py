"""Compares files with rows, both ways: files that no row names, rows that have no file.

Memory is bounded by the page; a report names the first of each kind and counts all.
"""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog

from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import CallId, RecordingId
from callcenter.media import store
from callcenter.media.config import MediaConfig
from callcenter.media.events import OrphansCounted
from callcenter.store.config import StoreConfig
from callcenter.store.pool import Pool, open_pool

log = structlog.get_logger(__name__)

PAGE: Final = 500
NAMED: Final = 200


@dataclass(frozen=True, slots=True)
class OrphanFile:
    """`where` is media or monitor; `path` is relative to that folder."""

    where: str
    path: str
    bytes: int


@dataclass(frozen=True, slots=True)
class OrphanRow:
    """`fault` is gone, or size when the file has not the bytes that were sealed."""

    recording: RecordingId
    call: CallId
    path: str
    fault: str


@dataclass(slots=True)
class SweepReport:
    """`files` and `rows` name at most NAMED each; the counts are complete."""

    files: list[OrphanFile] = field(default_factory=list)
    rows: list[OrphanRow] = field(default_factory=list)
    file_count: int = 0
    row_count: int = 0

    @property
    def clean(self) -> bool:
        return not self.file_count and not self.row_count

    def add_file(self, file: OrphanFile) -> None:
        self.file_count += 1
        if len(self.files) < NAMED:
            self.files.append(file)

    def add_row(self, row: OrphanRow) -> None:
        self.row_count += 1
        if len(self.rows) < NAMED:
            self.rows.append(row)


Seen = tuple[str, int]
"""Path relative to its folder, and bytes."""


async def sweep(pool: Pool, config: MediaConfig, now: datetime) -> SweepReport:
    """Reads only; removes nothing."""
    report = SweepReport()
    before = (now - config.orphan_after).timestamp()
    for where, folder in (("media", config.folder), ("monitor", config.monitor_folder)):
        pages = _pages(folder, before)
        while page := await asyncio.to_thread(next, pages, None):
            known = await _known(pool, where, page)
            for path, size in page:
                if path not in known:
                    report.add_file(OrphanFile(where, path, size))
    await _sweep_rows(pool, config.folder, report)
    return report


async def _known(pool: Pool, where: str, page: list[Seen]) -> set[str]:
    if where == "media":
        return await store.known_paths(pool, [path for path, _ in page])
    sources = {path: _source(path) for path, _ in page}
    known = await store.sources_anywhere(pool, list(sources.values()))
    return {path for path, source in sources.items() if source in known}


def _source(path: str) -> str:
    return path.removesuffix(".wav").removesuffix("-rx").removesuffix("-tx")


def _pages(folder: Path, before: float) -> Iterator[list[Seen]]:
    page: list[Seen] = []
    for root, _, names in os.walk(folder):
        for name in names:
            file = Path(root) / name
            try:
                seen = file.stat()
            except FileNotFoundError:  # sealed and removed meanwhile
                continue
            if seen.st_mtime <= before:
                page.append((file.relative_to(folder).as_posix(), seen.st_size))
            if len(page) == PAGE:
                yield page
                page = []
    if page:
        yield page


async def _sweep_rows(pool: Pool, folder: Path, report: SweepReport) -> None:
    after = UUID(int=0)
    while page := await store.sealed_page(pool, after, PAGE):
        sizes = await asyncio.to_thread(lambda rows: [_size(folder / row["path"]) for row in rows], page)
        for row, size in zip(page, sizes, strict=True):
            if size != row["bytes"]:
                fault = "gone" if size is None else "size"
                report.add_row(OrphanRow(RecordingId(row["id"]), CallId(row["call_id"]), row["path"], fault))
        after = page[-1]["id"]


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


async def sweep_regularly(pool: Pool, config: MediaConfig, clock: Clock, bus: Bus) -> None:
    """At once and then every `sweep_every`, until cancelled; publishes the counts."""
    while True:
        try:
            report = await sweep(pool, config, clock.now())
        except (*store.TROUBLE, OSError) as error:
            log.warning("sweep_postponed", cause=type(error).__name__)
        else:
            if not report.clean:
                log.warning("recording_orphans", files=report.file_count, rows=report.row_count)
            bus.publish(OrphansCounted(at=clock.now(), files=report.file_count, rows=report.row_count))
        await asyncio.sleep(config.sweep_every.total_seconds())


async def sweep_command(database: StoreConfig, config: MediaConfig, clock: Clock) -> tuple[bool, str]:
    """For the command line: whether all is in order, and the text to print."""
    async with open_pool(database) as pool:
        report = await sweep(pool, config, clock.now())
    return report.clean, report_text(report)


def report_text(report: SweepReport) -> str:
    lines = [
        f"没有登记的录音文件 Files that no row names: {report.file_count}",
        *(f"  {file.where}  {file.path}  {file.bytes}" for file in report.files),
        f"文件缺失或大小不符的录音 Rows whose file is gone or changed: {report.row_count}",
        *(f"  {row.recording}  {row.path}  {row.fault}" for row in report.rows),
    ]
    return "\n".join(lines)
