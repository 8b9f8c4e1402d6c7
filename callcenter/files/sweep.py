"""Compares attachments with rows, both ways. What an interrupted upload left is removed: nobody could ever ask for it,
and it may show a citizen. A row whose file is gone or changed is told and nothing else."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

import asyncpg
import structlog

from callcenter.core.clock import Clock
from callcenter.files.config import FilesConfig
from callcenter.files.errors import ScannerAway
from callcenter.files.scanning import NotScanned, Scan, Scanner
from callcenter.files.service import SQL
from callcenter.files.shelf import Shelf
from callcenter.store.pool import AWAY, Pool

log = structlog.get_logger(__name__)
PAGE: Final = 500


@dataclass(slots=True)
class Swept:
    """`removed` files had no row; `gone` rows have no file of their size."""

    removed: int = 0
    gone: int = 0


async def sweep_files(pool: Pool, shelf: Shelf, before: datetime) -> Swept:
    """Looks at what is older than `before`; memory is bounded by the page."""
    report = Swept()
    old = _older(shelf, before.timestamp())
    while page := await asyncio.to_thread(lambda: list(islice(old, PAGE))):
        known = {row["sha256"] async for row in SQL.known_files(pool, sha256s=[file.name for file in page])}
        for file in page:
            report.removed += file.name not in known and await _removed(pool, shelf, file)
    after = ""
    while rows := [row async for row in SQL.files_page(pool, after=after, limit=PAGE)]:
        report.gone += await asyncio.to_thread(lambda page: sum(_is_gone(shelf, row) for row in page), rows)
        after = rows[-1]["sha256"]
    return report


async def _removed(pool: Pool, shelf: Shelf, file: Path) -> bool:
    """Asks again while no upload can settle the same content."""
    async with pool.acquire() as connection, connection.transaction():
        await SQL.lock_content(connection, sha256=file.name)
        if [row async for row in SQL.known_files(connection, sha256s=[file.name])]:
            return False
        await asyncio.to_thread(file.unlink, missing_ok=True)
    return True


def _older(shelf: Shelf, before: float) -> Iterator[Path]:
    for files in (shelf.settled(), shelf.cut_short()):
        for file in files:
            try:
                if file.stat().st_mtime <= before:
                    yield file
            except FileNotFoundError:  # settled or given up meanwhile
                continue


def _is_gone(shelf: Shelf, row: asyncpg.Record) -> bool:
    try:
        return bool(shelf.place(row["sha256"]).stat().st_size != row["bytes"])
    except FileNotFoundError:
        return True


async def scan_waiting(pool: Pool, shelf: Shelf, scanner: Scanner) -> int:
    """What was kept while the scanner was away is looked at now; gives how much of it is infected. Raises
    ScannerAway."""
    after, infected = "", 0
    while rows := [row async for row in SQL.waiting_files(pool, after=after, limit=PAGE)]:
        for row in rows:
            after = row["sha256"]
            try:
                scan = await scanner.again(shelf.place(after))
            except (FileNotFoundError, NotScanned):  # told by `sweep_files`, and by the scanner's own log line
                continue
            infected += scan is Scan.INFECTED
            await SQL.note_scan(pool, sha256=after, scan=scan.value)
    return infected


async def sweep_files_regularly(pool: Pool, config: FilesConfig, clock: Clock) -> None:
    """At once and then every `sweep_every`, until cancelled."""
    shelf, scanner = Shelf(config.folder), Scanner(config)
    while True:
        try:
            report = await sweep_files(pool, shelf, clock.now() - config.orphan_after)
            if infected := await scan_waiting(pool, shelf, scanner):
                log.error("files_infected", count=infected)
        except ScannerAway:
            log.warning("file_scan_postponed")
        except (*AWAY, asyncpg.PostgresError) as error:
            log.warning("file_sweep_postponed", cause=type(error).__name__)
        else:
            if report.removed or report.gone:
                log.warning("file_orphans", removed=report.removed, gone=report.gone)
        await asyncio.sleep(config.sweep_every.total_seconds())
