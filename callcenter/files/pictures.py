"""Pictures of records that are no orders, such as an activity: beside the attachments on the same shelf. The room of
the record decides who may see them, and asks before it calls."""

import asyncio
from collections.abc import AsyncIterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.core.clock import Clock
from callcenter.core.ids import new_id
from callcenter.core.pages import Page
from callcenter.files.config import FilesConfig
from callcenter.files.errors import FileGone, NoSuchFile, NotAPicture, SubjectFull
from callcenter.files.kinds import safe_name
from callcenter.files.scanning import Scanner
from callcenter.files.shelf import Shelf
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.store.queries import load

SQL: Final[Any] = load("files")
MOST: Final = 30
"""Pictures of one record."""


class PictureView(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: UUID
    subject_id: UUID
    name: str
    media_type: str
    bytes: int
    sha256: str
    uploader: str
    at: datetime


class PicturePage(Page[PictureView]):
    """Oldest first, all on one page."""


class Pictures:
    def __init__(self, pool: Pool, config: FilesConfig, clock: Clock, audit: Audit) -> None:
        self._pool = pool
        self._config = config
        self._clock = clock
        self._audit = audit
        self._scanner = Scanner(config)
        self._shelf = Shelf(config.folder)

    async def keep(
        self, actor: Actor, subject: str, subject_id: UUID, name: str, stream: AsyncIterable[bytes]
    ) -> PictureView:
        """The same content again gives the picture that is there. Raises NotAPicture, SubjectFull, FileEmpty,
        FileTooLarge, FileRefused, FileInfected, ScannerAway, StorageFull."""
        async with self._shelf.receive(stream, self._config.file_limit) as received:
            if not received.kind.media_type.startswith("image/"):
                raise NotAPicture
            await self._scanner.check(received.path)
            async with self._pool.acquire() as db, db.transaction():
                await SQL.lock_file(db, order_id=subject_id, sha256=received.sha256)
                here = [row async for row in SQL.pictures_of(db, subject=subject, subject_id=subject_id)]
                same = next((row for row in here if row["sha256"] == received.sha256), None)
                if same is not None:
                    return _view(same)
                if len(here) >= MOST:
                    raise SubjectFull(most=MOST)
                await self._shelf.settle(received)
                row = await SQL.insert_picture(
                    db,
                    id=new_id(),
                    subject=subject,
                    subject_id=subject_id,
                    name=safe_name(name, received.kind),
                    media_type=received.kind.media_type,
                    bytes=received.bytes,
                    sha256=received.sha256,
                    uploaded_by=actor.user_id,
                    at=self._clock.now(),
                )
                detail = {"picture": str(row["id"])}
                await self._audit.record(db, actor.user_id, "picture_kept", subject, subject_id, detail)
        return _view(row)

    async def of(self, subject: str, subject_id: UUID) -> list[PictureView]:
        """Oldest first."""
        return [_view(row) async for row in SQL.pictures_of(self._pool, subject=subject, subject_id=subject_id)]

    async def open(self, subject: str, subject_id: UUID, picture: UUID) -> tuple[PictureView, Path]:
        """Where it lies. Raises NoSuchFile, FileGone."""
        view = next((one for one in await self.of(subject, subject_id) if one.id == picture), None)
        if view is None:
            raise NoSuchFile
        place = self._shelf.place(view.sha256)
        if not await asyncio.to_thread(place.is_file):
            raise FileGone
        return view, place


def _view(row: Any) -> PictureView:
    return PictureView.model_validate({name: row[name] for name in PictureView.model_fields})
