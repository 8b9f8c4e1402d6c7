"""Many orders on paper at once (SG-27)."""

from typing import Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field

from callcenter.documents.printer import Printer
from callcenter.orders.service import Orders
from callcenter.orders.sheets import MOST, sheets_of
from callcenter.web.order_lists import STAFF, TAG
from callcenter.web.printing import printed_all
from callcenter.web.route import Asked, Route, Wire


class SheetsAsked(Wire):
    orders: tuple[UUID, ...] = Field(min_length=1, max_length=MOST, description="工单 / Orders")
    form: Literal["pdf", "docx"] = Field(
        default="pdf", description="一个 PDF，或 Word 文件压缩包 / One PDF, or an archive of Word files"
    )


def sheet_routes(orders: Orders, printer: Printer) -> list[Route]:
    async def print_many(asked: Asked[SheetsAsked, None]) -> web.Response:
        made = await sheets_of(orders.room, asked.actor, asked.body.orders, printer.issuer)
        return await printed_all(printer, made, asked.body.form)

    return [
        Route(
            method="POST",
            path="/api/order-lists/print",
            summary_zh="批量打印工单（PDF 或 Word 压缩包，不含诉求人信息，记入审计）",
            summary_en="Print many orders: one PDF, or an archive of Word files; nothing of callers; audited",
            tag=TAG,
            handler=print_many,
            body=SheetsAsked,
            media="application/octet-stream",
            roles=STAFF,
            errors=("no-such-order", "form-face-missing"),
        )
    ]
