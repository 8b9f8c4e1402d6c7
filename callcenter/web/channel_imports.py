"""Imports of tables over HTTP: multipart in, a report out."""

import asyncio
from typing import Any, Final
from uuid import UUID

import orjson
from aiohttp import BodyPartReader, web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from callcenter.channels.columns import HEADINGS
from callcenter.channels.importing import FaultPage, ImportPage, Imports, ImportView
from callcenter.channels.kinds import Channel
from callcenter.channels.sheets import MOST_BYTES
from callcenter.core.errors import Invalid
from callcenter.core.ids import OrgId
from callcenter.people.actor import Role
from callcenter.web.errors import BodyTooLarge, BodyTooSlow
from callcenter.web.route import MULTIPART, Asked, Binary, Form, Paged, Route, Wire

TAG: Final = "imports"
MAY: Final = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
WITHIN: Final = 60.0
"""Seconds that an upload may take."""
_PIECE: Final = 64 * 1024
_OPTIONS_MOST: Final = 32 * 1024


class NoTableSent(Invalid):
    code = "table-not-sent"
    zh = "请以 multipart/form-data 上传：options（JSON：channel、centre_id、dry_run、mapping）在前，file 在后"
    en = "Send multipart/form-data: first options (JSON: channel, centre_id, dry_run, mapping), then file"


class ImportOptions(BaseModel):
    """`mapping`: heading → field, for headings that are not known by themselves (`GET /api/import-columns`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: Channel
    centre_id: UUID | None = None
    dry_run: bool = True
    mapping: dict[str, str] = Field(default_factory=dict, max_length=200)


class ImportForm(Wire):
    """`options` stands before `file`."""

    options: ImportOptions
    file: Binary


class Columns(BaseModel):
    """Field → what its heading is usually called."""

    model_config = ConfigDict(frozen=True)

    columns: dict[str, tuple[str, ...]]


def import_routes(imports: Imports) -> list[Route]:
    async def begin(asked: Asked[None, None]) -> ImportView:
        try:
            async with asyncio.timeout(WITHIN):
                options, name, content = await _sent(asked.raw)
        except TimeoutError:
            raise BodyTooSlow(seconds=round(WITHIN)) from None
        return await imports.begin(
            asked.actor,
            name,
            content,
            channel=options.channel,
            centre=OrgId(options.centre_id) if options.centre_id else None,
            mapping=options.mapping,
            dry_run=options.dry_run,
        )

    async def listed(asked: Asked[None, Paged]) -> ImportPage:
        return await imports.page(asked.actor, asked.query.cursor, asked.query.limit)

    async def one(asked: Asked[None, None]) -> ImportView:
        return await imports.get(asked.actor, asked.uuid("id"))

    async def faults(asked: Asked[None, Paged]) -> FaultPage:
        return await imports.faults(asked.actor, asked.uuid("id"), asked.query.cursor, asked.query.limit)

    async def columns(asked: Asked[None, None]) -> Columns:
        return Columns(columns=dict(HEADINGS))

    shared: dict[str, Any] = {"tag": TAG, "roles": MAY}
    return [
        Route(
            method="POST",
            path="/api/imports",
            summary_zh="导入诉求表格 CSV/XLSX（multipart/form-data：options、file），可先试导",
            summary_en="Import a table of demands, CSV or XLSX (multipart/form-data: options, file), or try it first",
            handler=begin,
            form=Form(ImportForm),
            answers=ImportView,
            status=202,
            errors=(
                "table-not-sent",
                "not-a-table",
                "too-many-rows",
                "import-without-content",
                "no-such-centre",
                "body-too-large",
            ),
            **shared,
        ),
        Route(
            method="GET",
            path="/api/imports",
            summary_zh="历次导入",
            summary_en="Imports, newest first",
            handler=listed,
            query=Paged,
            answers=ImportPage,
            errors=("bad-cursor",),
            **shared,
        ),
        Route(
            method="GET",
            path="/api/imports/{id}",
            summary_zh="导入进度与结果",
            summary_en="An import's progress and counts",
            handler=one,
            answers=ImportView,
            errors=("no-such-import",),
            **shared,
        ),
        Route(
            method="GET",
            path="/api/imports/{id}/faults",
            summary_zh="导入错误清单（行号、列、原因、处理办法）",
            summary_en="The report: row, column, cause and remedy of each bad row",
            handler=faults,
            query=Paged,
            answers=FaultPage,
            errors=("no-such-import", "bad-cursor"),
            **shared,
        ),
        Route(
            method="GET",
            path="/api/import-columns",
            summary_zh="可识别的列",
            summary_en="Columns that an import knows",
            handler=columns,
            answers=Columns,
            **shared,
        ),
    ]


async def _sent(request: web.Request) -> tuple[ImportOptions, str, bytes]:
    """Raises NoTableSent, BodyTooLarge."""
    if request.content_type != MULTIPART:
        raise NoTableSent
    options: ImportOptions | None = None
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                break
            if part.name == "options":
                options = ImportOptions.model_validate(orjson.loads(await _whole(part, _OPTIONS_MOST)))
            elif part.name == "file" and options is not None:
                return options, part.filename or "", await _whole(part, MOST_BYTES)
    except (ValueError, ValidationError):
        pass
    raise NoTableSent


async def _whole(part: BodyPartReader, most: int) -> bytes:
    content = bytearray()
    while piece := await part.read_chunk(_PIECE):
        content += piece
        if len(content) > most:
            raise BodyTooLarge(limit=most)
    return bytes(content)
