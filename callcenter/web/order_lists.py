"""Lists of orders over HTTP. What is asked for goes in the body: words that people search for may be a citizen's, and a
URL is written down in many places."""

from typing import Any, Final, Literal
from uuid import UUID

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from callcenter.channels.kinds import SIDES
from callcenter.core.errors import DomainError
from callcenter.core.ids import OrderId, OrgId
from callcenter.orders import lists
from callcenter.orders.by_number import BriefPage, orders_of_number
from callcenter.orders.by_tail import orders_of_tail, tail_of
from callcenter.orders.exporting import exported
from callcenter.orders.filters import OrderFilter
from callcenter.orders.lists import ListCount, ListPage
from callcenter.orders.privacy import Purpose
from callcenter.orders.satisfaction import Satisfaction, satisfaction
from callcenter.orders.saved import FilterShelf, NewFilter, SavedFilter, SavedFilters
from callcenter.orders.service import Orders
from callcenter.people.actor import Role
from callcenter.web.route import Asked, Route, Wire

TAG: Final = "order lists"
STAFF: Final = frozenset(Role) - {Role.GUEST}
BATCH: Final = 100


class Found(OrderFilter):
    limit: int = Field(default=50, ge=1, le=200, description="每页条数 / Items a page")
    cursor: str | None = Field(default=None, max_length=400, description="翻页标记 / Where the page begins")


class Exported(OrderFilter):
    form: Literal["csv", "xlsx"] = Field(default="xlsx", description="文件格式 / Form of the file")


class NumberAsked(Wire):
    number: str = Field(
        min_length=3, max_length=32, description="电话号码，或其末四至六位 / The number, or its last four to six digits"
    )
    purpose: Purpose = Field(description="用途 / What for")
    reason: str = Field(min_length=4, max_length=200, description="事由 / Why")


class Period(Wire):
    unit_id: UUID = Field(description="承办单位 / The unit")
    since: AwareDatetime = Field(description="起始 / From")
    until: AwareDatetime = Field(description="终止（不含） / Until, exclusive")


class BatchDispatched(Wire):
    orders: tuple[UUID, ...] = Field(min_length=1, max_length=BATCH, description="工单 / Orders")
    unit_id: UUID = Field(description="承办单位 / The unit")
    reason: str = Field(min_length=1, max_length=500, description="派单依据 / Reason")


class BatchLine(BaseModel):
    """`code` is null for an order that was dispatched; else why it was not."""

    model_config = ConfigDict(frozen=True)

    id: OrderId
    code: str | None
    message_zh: str
    message_en: str


class BatchResult(BaseModel):
    model_config = ConfigDict(frozen=True)

    done: int
    lines: tuple[BatchLine, ...]


def order_list_routes(orders: Orders) -> list[Route]:
    shelf = FilterShelf(orders.room.store.pool, orders.room.clock)
    return [*_lists(orders), *_filters(shelf), *_figures(orders)]


def _asked(body: OrderFilter) -> OrderFilter:
    return OrderFilter.model_validate(body.model_dump(include=set(OrderFilter.model_fields), exclude_unset=True))


def _lists(orders: Orders) -> list[Route]:
    room = orders.room

    async def find(asked: Asked[Found, None]) -> ListPage:
        body = asked.body
        return await lists.page(room, asked.actor, _asked(body), cursor=body.cursor, limit=body.limit)

    async def count(asked: Asked[OrderFilter, None]) -> ListCount:
        return await lists.count(room, asked.actor, asked.body)

    async def export(asked: Asked[Exported, None]) -> web.StreamResponse:
        form = asked.body.form
        content = await exported(room, asked.actor, _asked(asked.body), form, CHANNELS)
        headers = {"Content-Disposition": f'attachment; filename="orders.{form}"'}
        return web.Response(body=content, content_type=_TYPES[form], headers=headers)

    async def of_number(asked: Asked[NumberAsked, None]) -> BriefPage:
        body = asked.body
        if tail := tail_of(body.number):
            return await orders_of_tail(room, asked.actor, tail, body.purpose, body.reason)
        return await orders_of_number(room, asked.actor, body.number, body.purpose, body.reason)

    errors = ("bad-cursor", "search-words-too-short", "search-by-number")
    shared: dict[str, Any] = {"method": "POST", "tag": TAG}
    return [
        Route(
            path="/api/order-lists/find",
            summary_zh="工单清单与全文检索",
            summary_en="A list of orders, or a full-text search; newest first or the most urgent first",
            handler=find,
            body=Found,
            answers=ListPage,
            errors=errors,
            **shared,
        ),
        Route(
            path="/api/order-lists/count",
            summary_zh="清单数量（至多计到一千）",
            summary_en="How many orders a list holds, counted to a thousand",
            handler=count,
            body=OrderFilter,
            answers=ListCount,
            **shared,
        ),
        Route(
            path="/api/order-lists/export",
            summary_zh="导出清单（CSV 或 XLSX，至多一万行，记入审计）",
            summary_en="A list as CSV or XLSX: ten thousand rows at most, audited",
            handler=export,
            body=Exported,
            media="application/octet-stream",
            roles=STAFF,
            errors=errors,
            **shared,
        ),
        Route(
            path="/api/order-lists/by-number",
            summary_zh="按电话号码查询（须说明用途，记入审计）",
            summary_en="Orders of a telephone number, for a purpose; audited",
            handler=of_number,
            body=NumberAsked,
            answers=BriefPage,
            errors=("reveal-needs-role",),
            **shared,
        ),
    ]


CHANNELS: Final = {channel.value: side.zh for channel, side in SIDES.items()}
_TYPES: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _filters(shelf: FilterShelf) -> list[Route]:
    async def listed(asked: Asked[None, None]) -> SavedFilters:
        return await shelf.listed(asked.actor)

    async def keep(asked: Asked[NewFilter, None]) -> SavedFilter:
        return await shelf.keep(asked.actor, asked.body)

    async def forget(asked: Asked[None, None]) -> None:
        await shelf.forget(asked.actor, asked.uuid("id"))

    path: Final = "/api/order-lists/filters"
    return [
        Route(
            method="GET",
            path=path,
            summary_zh="已保存的筛选条件",
            summary_en="Kept filters: one's own and the org's",
            tag=TAG,
            handler=listed,
            answers=SavedFilters,
        ),
        Route(
            method="POST",
            path=path,
            summary_zh="保存筛选条件",
            summary_en="Keep a filter",
            tag=TAG,
            handler=keep,
            body=NewFilter,
            answers=SavedFilter,
            status=201,
            errors=("too-many-filters",),
        ),
        Route(
            method="DELETE",
            path=f"{path}/{{id}}",
            summary_zh="删除筛选条件",
            summary_en="Forget a filter",
            tag=TAG,
            handler=forget,
            status=204,
            errors=("not-found",),
        ),
    ]


def _figures(orders: Orders) -> list[Route]:
    async def figures(asked: Asked[None, Period]) -> Satisfaction:
        query = asked.query
        return await satisfaction(orders.room, asked.actor, OrgId(query.unit_id), query.since, query.until)

    async def dispatch(asked: Asked[BatchDispatched, None]) -> BatchResult:
        body = asked.body
        told = []
        for order in dict.fromkeys(map(OrderId, body.orders)):
            try:
                await orders.dispatch(asked.actor, order, OrgId(body.unit_id), body.reason)
            except DomainError as error:
                told.append(
                    BatchLine(id=order, code=error.code, message_zh=error.text("zh"), message_en=error.text("en"))
                )
            else:
                told.append(BatchLine(id=order, code=None, message_zh="已派单", message_en="dispatched"))
        return BatchResult(done=sum(line.code is None for line in told), lines=tuple(told))

    return [
        Route(
            method="GET",
            path="/api/order-lists/satisfaction",
            summary_zh="问题清单与满意清单的转化（SJ-07）",
            summary_en="Problem list, satisfaction list and the conversion of a unit in a period",
            tag=TAG,
            handler=figures,
            query=Period,
            answers=Satisfaction,
            errors=("not-found", "period-too-long"),
        ),
        Route(
            method="POST",
            path="/api/order-lists/dispatch",
            summary_zh="批量派单（逐件结果，SG-27）",
            summary_en="Dispatch many orders to one unit; each has its own result",
            tag=TAG,
            handler=dispatch,
            body=BatchDispatched,
            answers=BatchResult,
        ),
    ]
