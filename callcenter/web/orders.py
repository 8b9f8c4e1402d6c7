"""Work orders over HTTP."""

from typing import Any, Final

from pydantic import BaseModel

from callcenter.core.ids import CallId, OrderId, OrgId
from callcenter.orders.service import Orders
from callcenter.orders.views import OrderPage, OrderView
from callcenter.web.order_models import (
    Answered,
    CalledBack,
    ClosedUnheard,
    Contacted,
    Dispatched,
    OrderEntered,
    OrdersAsked,
    Reviewed,
    Submitted,
)
from callcenter.web.route import Asked, Handler, Route

TAG: Final = "orders"
ONE: Final = "/api/orders/{id}"
MOVE_ERRORS: Final = ("no-such-order", "move-refused", "order-changed", "move-needs-role", "move-needs-side")


def _order(asked: Asked[Any, Any]) -> OrderId:
    return OrderId(asked.uuid("id"))


def _move(action: str, zh: str, en: str, handler: Handler, body: type[BaseModel] | None, *errors: str) -> Route:
    return Route(
        method="POST",
        path=f"{ONE}/{action}",
        summary_zh=zh,
        summary_en=en,
        tag=TAG,
        handler=handler,
        body=body,
        answers=OrderView,
        errors=(*MOVE_ERRORS, *errors),
        body_limit=BODY,
    )


BODY: Final = 256 * 1024


def _reading(orders: Orders) -> list[Route]:
    async def create(asked: Asked[OrderEntered, None]) -> OrderView:
        return await orders.create(asked.actor, asked.body.entered())

    async def listed(asked: Asked[None, OrdersAsked]) -> OrderPage:
        query = asked.query
        return await orders.list(
            asked.actor, scope=query.scope, stage=query.stage, cursor=query.cursor, limit=query.limit
        )

    async def one(asked: Asked[None, None]) -> OrderView:
        return await orders.get(asked.actor, _order(asked))

    return [
        Route(
            method="POST",
            path="/api/orders",
            summary_zh="登记工单",
            summary_en="Enter a work order",
            tag=TAG,
            handler=create,
            body=OrderEntered,
            answers=OrderView,
            status=201,
            errors=("order-incomplete", "idempotency-key-reused", "not-a-centre", "move-needs-role"),
            body_limit=BODY,
        ),
        Route(
            method="GET",
            path="/api/orders",
            summary_zh="工单列表",
            summary_en="Work orders, newest first",
            tag=TAG,
            handler=listed,
            query=OrdersAsked,
            answers=OrderPage,
            errors=("bad-cursor",),
        ),
        Route(
            method="GET",
            path=ONE,
            summary_zh="工单详情（流转记录、时限、联系记录、可执行操作）",
            summary_en="One order with its events, clocks, contacts and the reader's possible actions",
            tag=TAG,
            handler=one,
            answers=OrderView,
            errors=("no-such-order",),
        ),
    ]


def _unit_moves(orders: Orders) -> list[Route]:
    async def accept(asked: Asked[None, None]) -> OrderView:
        return await orders.accept(asked.actor, _order(asked))

    async def contact(asked: Asked[Contacted, None]) -> OrderView:
        body = asked.body
        call = CallId(body.call_id) if body.call_id else None
        return await orders.contact(asked.actor, _order(asked), body.outcome, body.note, call)

    async def submit(asked: Asked[Submitted, None]) -> OrderView:
        return await orders.submit(asked.actor, _order(asked), **asked.body.model_dump())

    return [
        _move("accept", "先行接单", "Accept", accept, None),
        _move("contacts", "记录联系", "Record a contact with the citizen", contact, Contacted, "no-such-call"),
        _move("submit", "提交办理结果", "Submit the result", submit, Submitted, "contact-missing", "plan-missing"),
    ]


def _centre_moves(orders: Orders) -> list[Route]:
    async def dispatch(asked: Asked[Dispatched, None]) -> OrderView:
        return await orders.dispatch(asked.actor, _order(asked), OrgId(asked.body.unit_id), asked.body.reason)

    async def answer(asked: Asked[Answered, None]) -> OrderView:
        return await orders.answer(asked.actor, _order(asked), asked.body.reply)

    async def review(asked: Asked[Reviewed, None]) -> OrderView:
        body = asked.body
        return await orders.review(asked.actor, _order(asked), approved=body.approved, opinion=body.opinion)

    async def callback(asked: Asked[CalledBack, None]) -> OrderView:
        return await orders.record_callback(asked.actor, _order(asked), **asked.body.model_dump())

    async def close(asked: Asked[ClosedUnheard, None]) -> OrderView:
        return await orders.excuse(asked.actor, _order(asked), asked.body.reason)

    return [
        _move(
            "dispatch",
            "派单",
            "Dispatch to a unit, or down to a centre",
            dispatch,
            Dispatched,
            "no-such-unit",
            "calendar-missing",
        ),
        _move("answer", "直接答复并结案", "Answer directly and close", answer, Answered),
        _move("review", "审核", "Review the submission", review, Reviewed, "reviewer-is-handler", "reason-missing"),
        _move("callback", "记录人工回访", "Record a call-back made by hand", callback, CalledBack),
        _move("close", "说明原因结案", "Close with a reason", close, ClosedUnheard, "callback-not-exhausted"),
    ]


def orders_routes(orders: Orders) -> list[Route]:
    """Every route of the room; who may do what is decided by the order's own guards."""
    return [*_reading(orders), *_unit_moves(orders), *_centre_moves(orders)]
