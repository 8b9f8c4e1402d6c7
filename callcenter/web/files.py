"""Attachments of orders over HTTP: streamed in, streamed out, never shown by the browser itself."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import quote, unquote

from aiohttp import BodyPartReader, web
from aiohttp.web_request import Request
from pydantic import Field

from callcenter.core.errors import Invalid
from callcenter.core.ids import OrderId
from callcenter.files.config import FilesConfig
from callcenter.files.service import Files
from callcenter.files.views import FileId, FilePage, FileView, Purpose
from callcenter.people.actor import Role
from callcenter.web.errors import BodyTooSlow
from callcenter.web.route import MULTIPART, Asked, Binary, Form, Route, Wire

TAG: Final = "files"
PIECE: Final = 64 * 1024


PUBLISHERS: Final = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.REVIEWER, Role.UNIT_OPERATOR, Role.UNIT_HEAD})
REFUSED: Final = (
    "file-not-sent",
    "file-empty",
    "file-too-large",
    "file-type-refused",
    "file-infected",
    "file-scanner-away",
    "file-storage-full",
)


class FileForm(Wire):
    """`kind` stands before `file`."""

    kind: Purpose = Purpose.EVIDENCE
    file: Binary


class Published(Wire):
    public: bool = Field(description="是否向公众展示 / Whether everybody may see it")


class NoFileSent(Invalid):
    code = "file-not-sent"
    zh = "请以 multipart/form-data 上传：kind（可选，须在文件之前）与 file"
    en = "Send multipart/form-data: kind (optional, before the file), and file"


def files_routes(files: Files, config: FilesConfig) -> list[Route]:
    async def keep(asked: Asked[None, None]) -> FileView:
        order = OrderId(asked.uuid("id"))
        seconds = config.upload_within.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                part, purpose = await file_of(asked.raw)
                return await files.keep(asked.actor, order, unquote(part.filename or ""), pieces(part), purpose)
        except TimeoutError:
            raise BodyTooSlow(seconds=round(seconds)) from None

    async def listed(asked: Asked[None, None]) -> FilePage:
        return await files.listed(asked.actor, OrderId(asked.uuid("id")))

    async def fetch(asked: Asked[None, None]) -> web.StreamResponse:
        view, place = await files.open(asked.actor, FileId(asked.uuid("id")))
        return web.FileResponse(place, chunk_size=PIECE, headers=headers_of(view.name, view.media_type, view.sha256))

    async def publish(asked: Asked[Published, None]) -> FileView:
        return await files.publish(asked.actor, FileId(asked.uuid("id")), public=asked.body.public)

    shared: dict[str, Any] = {"tag": TAG}
    return [
        Route(
            method="POST",
            path="/api/orders/{id}/files",
            summary_zh="上传附件（multipart/form-data：kind、file）",
            summary_en="Add an attachment (multipart/form-data: kind, file)",
            handler=keep,
            answers=FileView,
            status=201,
            form=Form(FileForm),
            errors=("no-such-order", "order-files-full", *REFUSED),
            **shared,
        ),
        Route(
            method="GET",
            path="/api/orders/{id}/files",
            summary_zh="工单附件",
            summary_en="Attachments of an order",
            handler=listed,
            answers=FilePage,
            errors=("no-such-order",),
            **shared,
        ),
        Route(
            method="GET",
            path="/api/files/{id}",
            summary_zh="下载附件（记入审计）",
            summary_en="Download an attachment (audited)",
            handler=fetch,
            media="application/octet-stream",
            errors=("no-such-file", "no-such-order", "file-gone", "file-infected", "file-scanner-away"),
            **shared,
        ),
        Route(
            method="POST",
            path="/api/files/{id}/publish",
            summary_zh="公开或撤回图片（Open311 展示，去除拍摄信息）",
            summary_en="Let the public see a picture (Open311, without what the camera wrote), or no longer",
            handler=publish,
            body=Published,
            answers=FileView,
            roles=PUBLISHERS,
            errors=("no-such-file", "no-such-order", "file-not-publishable"),
            **shared,
        ),
    ]


async def file_of(request: Request) -> tuple[BodyPartReader, Purpose]:
    """The part that holds the file; what follows it is not read. Raises NoFileSent."""
    purpose = Purpose.EVIDENCE
    if request.content_type != MULTIPART:
        raise NoFileSent
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                break
            if part.name == "file" and part.filename is not None:
                return part, purpose
            if part.name == "kind":
                purpose = Purpose((await part.read_chunk(PIECE)).decode())
    except ValueError:
        pass
    raise NoFileSent


async def pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk(PIECE):
        yield piece


def headers_of(name: str, media_type: str, sha256: str) -> dict[str, str]:
    """Downloaded, never shown by the browser itself."""
    return {
        "Content-Type": media_type,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "ETag": f'"{sha256}"',
        "Cache-Control": "private, no-store",
    }
