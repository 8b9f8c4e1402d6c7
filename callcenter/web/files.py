"""Attachments of orders over HTTP: streamed in, streamed out, never shown by the browser itself."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import quote, unquote

from aiohttp import BodyPartReader, web
from aiohttp.web_request import Request

from callcenter.core.errors import Invalid
from callcenter.core.ids import OrderId
from callcenter.files.config import FilesConfig
from callcenter.files.service import Files
from callcenter.files.views import FileId, FilePage, FileView, Purpose
from callcenter.web.errors import BodyTooSlow
from callcenter.web.route import Asked, Route

TAG: Final = "files"
PIECE: Final = 64 * 1024


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
                part, purpose = await _file_of(asked.raw)
                return await files.keep(asked.actor, order, unquote(part.filename or ""), _pieces(part), purpose)
        except TimeoutError:
            raise BodyTooSlow(seconds=round(seconds)) from None

    async def listed(asked: Asked[None, None]) -> FilePage:
        return await files.listed(asked.actor, OrderId(asked.uuid("id")))

    async def fetch(asked: Asked[None, None]) -> web.StreamResponse:
        view, place = await files.open(asked.actor, FileId(asked.uuid("id")))
        return web.FileResponse(place, chunk_size=PIECE, headers=_headers(view))

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
            errors=(
                "no-such-order",
                "file-not-sent",
                "file-empty",
                "file-too-large",
                "file-type-refused",
                "order-files-full",
                "file-storage-full",
            ),
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
            errors=("no-such-file", "no-such-order", "file-gone"),
            **shared,
        ),
    ]


async def _file_of(request: Request) -> tuple[BodyPartReader, Purpose]:
    """The part that holds the file; what follows it is not read. Raises NoFileSent."""
    purpose = Purpose.EVIDENCE
    if request.content_type != "multipart/form-data":
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


async def _pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk(PIECE):
        yield piece


def _headers(view: FileView) -> dict[str, str]:
    return {
        "Content-Type": view.media_type,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(view.name)}",
        "ETag": f'"{view.sha256}"',
        "Cache-Control": "private, no-store",
    }
