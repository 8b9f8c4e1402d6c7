"""A list as a file: the reader's own rows and columns, never a caller's; bounded, and written into the audit trail."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final, Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from callcenter.orders import lists
from callcenter.orders.filters import OrderFilter
from callcenter.orders.lists import ListLine
from callcenter.orders.room import Room
from callcenter.orders.terms import (
    KIND_NAMES,
    REQUEST_NAMES,
    STAGE_NAMES,
    URGENCY_NAMES,
    Kind,
    RequestType,
    Stage,
    Urgency,
)
from callcenter.people.actor import Actor

MOST_ROWS: Final = 10_000
PIECE: Final = 500
Form = Literal["csv", "xlsx"]
HEADINGS: Final = (
    "工单编号",
    "环节",
    "工单种类",
    "诉求类型",
    "紧急程度",
    "来源渠道",
    "标题",
    "分类",
    "地址",
    "承办单位",
    "登记时间",
    "到期时间",
    "时限颜色",
    "结案时间",
    "预警",
    "督办",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_COLOURS: Final = {"red": "红", "yellow": "黄", "green": "绿"}


async def pieces(room: Room, actor: Actor, asked: OrderFilter) -> AsyncIterator[Sequence[ListLine]]:
    """The list in pieces, at most MOST_ROWS rows of it."""
    cursor, left = None, MOST_ROWS
    while left:
        page = await lists.page(room, actor, asked, cursor=cursor, limit=min(PIECE, left))
        yield page.items
        cursor, left = page.next, left - len(page.items)
        if cursor is None:
            return


async def exported(room: Room, actor: Actor, asked: OrderFilter, form: Form, channels: Mapping[str, str]) -> bytes:
    """The whole file; `channels` names the channels in Chinese. The trail says how many rows, and which parts of the
    filter were given; not their values."""
    found = [line async for piece in pieces(room, actor, asked) for line in piece]
    rows = [_cells(line, room, channels) for line in found]
    detail = {"rows": len(rows), "form": form, "view": asked.view.value, "by": sorted(asked.model_fields_set)}
    await room.audit.record(room.store.pool, actor.user_id, "orders_exported", "org", str(actor.org_id), detail)
    return await asyncio.to_thread(_csv if form == "csv" else _xlsx, rows)


def _cells(line: ListLine, room: Room, channels: Mapping[str, str]) -> list[str]:
    zone = room.calendar.zone
    times = [f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "" for at in (line.created_at, line.due_at)]
    closed = f"{line.closed_at.astimezone(zone):%Y-%m-%d %H:%M}" if line.closed_at else ""
    named = (
        line.number,
        STAGE_NAMES[Stage(line.stage)][0],
        KIND_NAMES[Kind(line.kind)][0],
        REQUEST_NAMES[RequestType(line.request_type)][0],
        URGENCY_NAMES[Urgency(line.urgency)][0],
        channels.get(line.channel, line.channel),
    )
    told = (line.title, line.category, line.address, line.owner)
    marks = ("是" if line.flagged else "", "是" if line.supervisions else "")
    return [*named, *map(harmless, told), *times, _COLOURS.get(line.colour or "", ""), closed, *marks]


def harmless(text: str) -> str:
    """No cell that a spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    """With a byte order mark: Excel reads Chinese only so."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADINGS, *rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("工单")
    sheet.freeze_panes = "A2"
    for column, width in zip(
        "ABCDEFGHIJKLMNOP", (20, 14, 12, 10, 10, 10, 36, 16, 30, 20, 17, 17, 8, 17, 6, 6), strict=True
    ):
        sheet.column_dimensions[column].width = width
    heads = [WriteOnlyCell(sheet, heading) for heading in HEADINGS]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
