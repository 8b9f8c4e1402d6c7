"""Moves of an order over HTTP that no other room offers: classification, ways out, closing audit, reopening."""

from typing import Any, Final

from pydantic import BaseModel

from callcenter.core.ids import OrderId, OrgId
from callcenter.orders import lifecycle as life
from callcenter.orders.service import Orders
from callcenter.orders.views import OrderChecks, OrderView
from callcenter.web.order_models import (
    Classified,
    EffectChecked,
    Judged,
    NoteAdded,
    NotTaken,
    Reasoned,
    Reopened,
    ReportedNamed,
    TransferredOut,
    Verified,
)
from callcenter.web.route import Asked, Handler, Route

TAG: Final = "orders"
ONE: Final = "/api/orders/{id}"
BODY: Final = 256 * 1024
MOVE_ERRORS: Final = ("no-such-order", "move-refused", "order-changed", "move-needs-role", "move-needs-side")


def order_of(asked: Asked[Any, Any]) -> OrderId:
    return OrderId(asked.uuid("id"))


def move_route(action: str, zh: str, en: str, handler: Handler, body: type[BaseModel] | None, *errors: str) -> Route:
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


def _before_dispatch(orders: Orders) -> list[Route]:
    async def classify(asked: Asked[Classified, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.Classify(**asked.body.model_dump()))

    async def give_back(asked: Asked[Reasoned, None]) -> OrderView:
        return await orders.give_back(asked.actor, order_of(asked), asked.body.reason)

    async def return_up(asked: Asked[Reasoned, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.ReturnUp(reason=asked.body.reason))

    return [
        move_route("classify", "分类并确认归属", "Classify, and confirm that it is ours", classify, Classified),
        move_route(
            "give-back", "退回派发中心", "Give back to the assigning centre", give_back, Reasoned, "not-assigned"
        ),
        move_route("return-up", "退回上级平台", "Return to the upper platform", return_up, Reasoned, "not-from-above"),
    ]


def _ways_out(orders: Orders) -> list[Route]:
    async def transfer(asked: Asked[TransferredOut, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.TransferOut(**asked.body.model_dump()))

    async def bounce(asked: Asked[Reasoned, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.BounceBack(reason=asked.body.reason))

    async def refuse(asked: Asked[NotTaken, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.NotAccept(**asked.body.model_dump()))

    async def judge(asked: Asked[Judged, None]) -> OrderView:
        body = asked.body
        move: life.Move = life.RejectNotAccepted(opinion=body.opinion)
        if body.approved:
            move = life.ConfirmNotAccepted(opinion=body.opinion)
        return await orders.make(asked.actor, order_of(asked), move)

    return [
        move_route("transfer-out", "转出（紧急、分中心、专线）", "Transfer to another line", transfer, TransferredOut),
        move_route("bounce", "转出被退回", "Take back what was transferred", bounce, Reasoned),
        move_route("not-accept", "不予受理", "Do not take the demand", refuse, NotTaken),
        move_route(
            "not-accepted", "不予受理复核", "A second person's judgement of it", judge, Judged, "reviewer-is-handler"
        ),
    ]


def _closing(orders: Orders) -> list[Route]:
    async def verify(asked: Asked[Verified, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.Verify(note=asked.body.note))

    async def audit(asked: Asked[Judged, None]) -> OrderView:
        body = asked.body
        move: life.Move = life.Close(opinion=body.opinion) if body.approved else life.Refuse(opinion=body.opinion)
        return await orders.make(asked.actor, order_of(asked), move)

    async def reopen(asked: Asked[Reopened, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.Reopen(**asked.body.model_dump()))

    missing = (
        "reason-missing",
        "reply-missing",
        "contact-missing",
        "result-missing",
        "callback-missing",
        "supervision-open",
    )
    return [
        move_route("verify", "核实确认", "Verify what the centre has heard", verify, Verified, "contact-missing"),
        move_route(
            "close-audit",
            "结案审核",
            "The closing audit",
            audit,
            Judged,
            "reviewer-is-handler",
            *missing,
        ),
        move_route("reopen", "复核重开", "Open again", reopen, Reopened),
    ]


def _written(orders: Orders) -> list[Route]:
    async def note(asked: Asked[NoteAdded, None]) -> OrderView:
        row = await orders.record(asked.actor, order_of(asked), "note_added", {"note": asked.body.note})
        return orders.view(row, asked.actor)

    async def effect(asked: Asked[EffectChecked, None]) -> OrderView:
        return await orders.check_effect(asked.actor, order_of(asked), holds=asked.body.holds, note=asked.body.note)

    async def reported(asked: Asked[ReportedNamed, None]) -> OrderView:
        body = asked.body
        org = OrgId(body.org_id) if body.org_id else None
        return await orders.name_reported(asked.actor, order_of(asked), org, body.name)

    async def checks(asked: Asked[None, None]) -> OrderChecks:
        return await orders.checks(asked.actor)

    return [
        move_route(
            "reported",
            "指明被举报单位（该单位及其下属即回避）",
            "Whom a report is about: that org and all below it are kept out",
            reported,
            ReportedNamed,
            "not-a-report",
            "nobody-named",
            "no-such-reported-org",
            "nobody-above-reported",
            "held-by-reported",
            "record-refused",
        ),
        move_route("notes", "补充信息", "Add to the order", note, NoteAdded, "record-refused"),
        move_route("effect", "效果回查", "Check the effect after the close", effect, EffectChecked, "record-refused"),
        Route(
            method="GET",
            path="/api/order-checks",
            summary_zh="自查：无答复或无回访而结案的工单（应为零）、待效果回查的工单",
            summary_en="Closed without reply or call-back (must be none), and effects to be checked",
            tag=TAG,
            handler=checks,
            answers=OrderChecks,
            errors=("forbidden",),
        ),
    ]


def life_routes(orders: Orders) -> list[Route]:
    return [*_before_dispatch(orders), *_ways_out(orders), *_closing(orders), *_written(orders)]
