"""Attachments of orders: kept outside the database, named by a row, seen by whoever sees the order (B-29)."""

import asyncio
from collections.abc import AsyncIterable, Collection
from pathlib import Path
from typing import Any, Final, Protocol

import asyncpg

from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId, new_id
from callcenter.files.config import FilesConfig
from callcenter.files.errors import FileGone, FileInfected, NoSuchFile, NotPublishable, OrderFull, ScannerAway
from callcenter.files.kinds import safe_name
from callcenter.files.scanning import Scan, Scanner
from callcenter.files.shelf import Received, Shelf
from callcenter.files.showing import SHOWABLE
from callcenter.files.views import FileId, FilePage, FileView, Purpose
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.store.queries import load

SQL: Final[Any] = load("files")


class OrderSight(Protocol):
    """What the room of orders answers."""

    async def look(self, actor: Actor, order: OrderId) -> bool:
        """Whether the actor may know who the citizen is. Raises NotFound when the order is not the actor's to see."""

    async def public(self, order: OrderId) -> bool:
        """Whether anything of the order may be shown to everybody (B-46)."""


class Files:
    """`sees` decides about rows; every refusal is a DomainError."""

    def __init__(self, pool: Pool, config: FilesConfig, clock: Clock, audit: Audit, sees: OrderSight) -> None:
        self._pool = pool
        self._config = config
        self._clock = clock
        self._audit = audit
        self._sees = sees
        self._scanner = Scanner(config)
        self.shelf = Shelf(config.folder)

    async def keep(
        self,
        actor: Actor | None,
        order: OrderId,
        name: str,
        stream: AsyncIterable[bytes],
        kind: Purpose = Purpose.EVIDENCE,
    ) -> FileView:
        """Streams it to the disk; the same content sent again to the same order gives the attachment that is there.
        `actor` None is the machine (a channel that brings the citizen's photographs). Raises NotFound, FileEmpty,
        FileTooLarge, FileRefused, FileInfected, ScannerAway, OrderFull, StorageFull."""
        if actor is not None:
            await self._sees.look(actor, order)
        async with self.shelf.receive(stream, self._config.file_limit) as received:
            scan = await self._scanner.check(received.path, may_wait=True)
            return await self._settle(actor, order, name, kind, received, scan)

    async def _settle(
        self, actor: Actor | None, order: OrderId, name: str, kind: Purpose, received: Received, scan: Scan
    ) -> FileView:
        by = actor.user_id if actor else None
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.lock_file(connection, order_id=order, sha256=received.sha256)
            if (same := await SQL.same_file(connection, order_id=order, sha256=received.sha256)) is not None:
                return _view(same)
            used = await SQL.bytes_of_order(connection, order_id=order)
            if used + received.bytes > self._config.order_limit:
                raise OrderFull(limit=self._config.order_limit)
            await self.shelf.settle(received)
            row = await SQL.insert_file(
                connection,
                id=new_id(),
                order_id=order,
                kind=kind.value,
                name=safe_name(name, received.kind),
                media_type=received.kind.media_type,
                bytes=received.bytes,
                sha256=received.sha256,
                uploaded_by=by,
                at=self._clock.now(),
                scan=scan.value,
            )
            detail = {"file": str(row["id"]), "kind": kind.value, "bytes": received.bytes}
            await self._audit.record(connection, by, "file_kept", "order", order, detail)
        return _view(row)

    async def of(self, order: OrderId) -> list[FileView]:
        """Oldest first, for the machine."""
        return [_view(row) async for row in SQL.files_of(self._pool, order_id=order)]

    async def listed(self, actor: Actor, order: OrderId) -> FilePage:
        """What the actor may open; what the citizen sent shows only to those who may know the citizen. Raises
        NotFound."""
        knows = await self._sees.look(actor, order)
        return FilePage(items=tuple(file for file in await self.of(order) if knows or file.kind is not Purpose.CITIZEN))

    async def open(self, actor: Actor, file: FileId) -> tuple[FileView, Path]:
        """Where it lies; that it was opened is written to the audit trail. Raises NoSuchFile, FileGone,
        FileInfected, ScannerAway."""
        view = await self._seen(actor, file)
        if view.scan is Scan.INFECTED:
            raise FileInfected
        if view.scan is Scan.WAITING:
            raise ScannerAway(part="clamd", remedy="The file waits for its scan.")
        place = self.shelf.place(view.sha256)
        if not await asyncio.to_thread(place.is_file):
            raise FileGone
        detail = {"file": str(file)}
        await self._audit.record(self._pool, actor.user_id, "file_read", "order", view.order_id, detail)
        return view, place

    async def publish(self, actor: Actor, file: FileId, *, public: bool) -> FileView:
        """Everybody may see it where the order itself is public (Open311), or no longer. Raises NoSuchFile,
        NotPublishable."""
        view = await self._seen(actor, file)
        fit = view.media_type in SHOWABLE and view.scan in {Scan.NONE, Scan.CLEAN}
        if public and not (fit and await self._sees.public(view.order_id)):
            raise NotPublishable
        async with self._pool.acquire() as db, db.transaction():
            at = self._clock.now() if public else None
            await SQL.publish_file(db, id=file, at=at, by_user=actor.user_id if public else None)
            action = "file_published" if public else "file_withdrawn"
            detail = {"file": str(file)}
            await self._audit.record(db, actor.user_id, action, "order", view.order_id, detail)
        return await self._seen(actor, file)

    async def _seen(self, actor: Actor, file: FileId) -> FileView:
        """Raises NoSuchFile."""
        row = await SQL.file_by_id(self._pool, id=file)
        if row is None:
            raise NoSuchFile
        view = _view(row)
        if not await self._sees.look(actor, view.order_id) and view.kind is Purpose.CITIZEN:
            raise NoSuchFile
        return view

    async def require(self, order: OrderId, files: Collection[FileId]) -> None:
        """For rooms whose records name attachments. Raises NoSuchFile unless all are of this order."""
        wanted = set(files)
        if wanted and await SQL.named_of(self._pool, order_id=order, ids=list(wanted)) != len(wanted):
            raise NoSuchFile


def _view(row: asyncpg.Record) -> FileView:
    return FileView.model_validate(dict(row))
