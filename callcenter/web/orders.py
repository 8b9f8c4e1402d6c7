"""Work orders over HTTP."""

from callcenter.core.ids import CallId, OrgId
from callcenter.orders.service import Orders
from callcenter.orders.views import OrderPage, OrderView
from callcenter.web.order_lists import order_list_routes
from callcenter.web.order_models import (
    Answered,
    ClosedUnheard,
    Contacted,
    Dispatched,
    OrderEntered,
    OrdersAsked,
    Reviewed,
    Submitted,
)
from callcenter.web.order_moves import BODY, ONE, TAG, life_routes, move_route, order_of
from callcenter.web.route import Asked, Route


def _reading(orders: Orders) -> list[Route]:
    async def create(asked: Asked[OrderEntered, None]) -> OrderView:
        return await orders.create(asked.actor, asked.body.entered())

    async def listed(asked: Asked[None, OrdersAsked]) -> OrderPage:
        query = asked.query
        return await orders.list(
            asked.actor, scope=query.scope, stage=query.stage, cursor=query.cursor, limit=query.limit
        )

    async def one(asked: Asked[None, None]) -> OrderView:
        return await orders.get(asked.actor, order_of(asked))

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
            errors=(
                "order-incomplete",
                "idempotency-key-reused",
                "not-a-centre",
                "move-needs-role",
                "not-a-report",
                "no-such-reported-org",
                "nobody-above-reported",
            ),
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
        return await orders.accept(asked.actor, order_of(asked))

    async def contact(asked: Asked[Contacted, None]) -> OrderView:
        body = asked.body
        call = CallId(body.call_id) if body.call_id else None
        return await orders.contact(asked.actor, order_of(asked), body.outcome, body.note, call)

    async def submit(asked: Asked[Submitted, None]) -> OrderView:
        return await orders.submit(asked.actor, order_of(asked), **asked.body.model_dump())

    return [
        move_route("accept", "先行接单", "Accept", accept, None),
        move_route(
            "contacts", "登记先行联系", "Record the first contact with the citizen", contact, Contacted, "no-such-call"
        ),
        move_route("submit", "提交办理结果", "Submit the result", submit, Submitted, "contact-missing", "plan-missing"),
    ]


def _centre_moves(orders: Orders) -> list[Route]:
    async def dispatch(asked: Asked[Dispatched, None]) -> OrderView:
        return await orders.dispatch(asked.actor, order_of(asked), OrgId(asked.body.unit_id), asked.body.reason)

    async def answer(asked: Asked[Answered, None]) -> OrderView:
        return await orders.answer(asked.actor, order_of(asked), asked.body.reply, asked.body.article_id)

    async def review(asked: Asked[Reviewed, None]) -> OrderView:
        body = asked.body
        return await orders.review(asked.actor, order_of(asked), approved=body.approved, opinion=body.opinion)

    async def close(asked: Asked[ClosedUnheard, None]) -> OrderView:
        return await orders.excuse(asked.actor, order_of(asked), asked.body.reason)

    return [
        move_route(
            "dispatch",
            "派单",
            "Dispatch to a unit, or down to a centre",
            dispatch,
            Dispatched,
            "no-such-unit",
            "calendar-missing",
        ),
        move_route("answer", "直接答复并结案", "Answer directly and close", answer, Answered),
        move_route("review", "审核", "Review the result", review, Reviewed, "reviewer-is-handler", "reason-missing"),
        move_route("close", "说明原因结案", "Close with a reason", close, ClosedUnheard, "callback-not-exhausted"),
    ]


def orders_routes(orders: Orders) -> list[Route]:
    """Every route of the room; who may do what is decided by the order's own guards."""
    made = [*_reading(orders), *_unit_moves(orders), *_centre_moves(orders), *life_routes(orders)]
    return [*made, *order_list_routes(orders)]
