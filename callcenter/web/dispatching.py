"""Dispatch over HTTP: suggestions, the dispatch with its record, claims, block reasons, territory, figures."""

from typing import Any, Final

from pydantic import BaseModel

from callcenter.core.ids import OrderId, OrgId
from callcenter.dispatching.room import CENTRE_STAFF, DESK, LEADERS, READERS, UNIT_STAFF
from callcenter.dispatching.service import Dispatching
from callcenter.dispatching.views import (
    BacklogPage,
    BodyPage,
    ClaimablePage,
    DispatchingView,
    FiguresView,
    SuggestionsView,
)
from callcenter.people.actor import Role
from callcenter.web.dispatching_models import (
    Blocked,
    ClaimDecided,
    DispatchChosen,
    DutiesAsked,
    Period,
    Reasoned,
    Territory,
)
from callcenter.web.route import Asked, Handler, Paged, Route

TAG: Final = "dispatching"
ONE: Final = "/api/orders/{id}"
FIGURES: Final = CENTRE_STAFF | LEADERS | {Role.INSPECTOR, Role.AUDITOR}
_MOVED: Final = ("move-refused", "order-changed", "move-needs-role", "move-needs-side")
_CHOICE: Final = (
    "no-such-body",
    "co-is-lead",
    "intake-incomplete",
    "outside-reason-missing",
    "duty-not-in-force",
    "not-to-grassroots",
    "redispatch-same-unit",
    "task-due-wrong",
    "calendar-missing",
)


def order_of(asked: Asked[Any, Any]) -> OrderId:
    return OrderId(asked.uuid("id"))


def post(
    path: str, zh: str, en: str, handler: Handler, body: type[BaseModel] | None, roles: frozenset[Role], *errors: str
) -> Route:
    """A deed of dispatch on one order, which answers with all of its dispatch."""
    return Route(
        method="POST",
        path=f"{ONE}/{path}",
        summary_zh=zh,
        summary_en=en,
        tag=TAG,
        handler=handler,
        body=body,
        answers=DispatchingView,
        roles=roles,
        errors=("no-such-order", *errors),
    )


def dispatching_routes(room: Dispatching) -> list[Route]:
    async def seen(asked: Asked[Any, None]) -> DispatchingView:
        return await room.reading.of_order(asked.actor, order_of(asked))

    async def suggestions(asked: Asked[None, None]) -> SuggestionsView:
        return await room.suggestions(asked.actor, order_of(asked))

    async def dispatch(asked: Asked[DispatchChosen, None]) -> DispatchingView:
        await room.dispatches.dispatch(asked.actor, order_of(asked), asked.body.chosen())
        return await seen(asked)

    async def block(asked: Asked[Blocked, None]) -> DispatchingView:
        await room.dispatches.block(asked.actor, order_of(asked), asked.body.reason, asked.body.note)
        return await seen(asked)

    async def territory(asked: Asked[Territory, None]) -> DispatchingView:
        body = asked.body
        await room.dispatches.territory(
            asked.actor,
            order_of(asked),
            territory=OrgId(body.territory_id) if body.territory_id else None,
            duty=OrgId(body.duty_id) if body.duty_id else None,
            duty_body=body.duty_body,
            letter=body.letter,
        )
        return await seen(asked)

    return [
        Route(
            method="GET",
            path=f"{ONE}/dispatching",
            summary_zh="派单记录、流转轨迹、协办、吹哨、认领与可执行操作",
            summary_en="Hops, trail, tasks, whistles, claims, and what the reader may do",
            tag=TAG,
            handler=seen,
            answers=DispatchingView,
            errors=("no-such-order",),
        ),
        Route(
            method="GET",
            path=f"{ONE}/suggestions",
            summary_zh="派单建议及理由（责任清单、先例、口径）",
            summary_en="Suggested units with their reasons: list, precedents, rulings",
            tag=TAG,
            handler=suggestions,
            answers=SuggestionsView,
            roles=DESK,
            errors=("no-such-order",),
        ),
        post(
            "dispatches",
            "派单（引用责任清单，1+N）",
            "Dispatch, citing the list (1+N)",
            dispatch,
            DispatchChosen,
            DESK,
            *_MOVED,
            *_CHOICE,
        ),
        post("block-reason", "标明堵点原因", "Set the block reason", block, Blocked, CENTRE_STAFF, "record-refused"),
        post(
            "territory",
            "标明属地与权属，属地先行并函告",
            "Territory, owner, letter",
            territory,
            Territory,
            CENTRE_STAFF,
            "record-refused",
            "no-such-body",
        ),
        *_claims(room),
        _bodies(room),
        _figures(room),
        _backlogs(room),
    ]


def _claims(room: Dispatching) -> list[Route]:
    async def claimable(asked: Asked[None, Paged]) -> ClaimablePage:
        return await room.claims.open(asked.actor, cursor=asked.query.cursor, limit=asked.query.limit)

    async def offer(asked: Asked[Reasoned, None]) -> None:
        await room.claims.offer(asked.actor, order_of(asked), asked.body.reason)

    async def decide(asked: Asked[ClaimDecided, None]) -> DispatchingView:
        body = asked.body
        claim = asked.uuid("claim_id")
        await room.claims.decide(asked.actor, order_of(asked), claim, accepted=body.accepted, note=body.note)
        return await room.reading.of_order(asked.actor, order_of(asked))

    return [
        Route(
            method="GET",
            path="/api/claimable",
            summary_zh="可主动认领的工单（不含诉求人信息）",
            summary_en="Orders that my unit may volunteer for; nothing of the caller",
            tag=TAG,
            handler=claimable,
            query=Paged,
            answers=ClaimablePage,
            roles=UNIT_STAFF,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path=f"{ONE}/claims",
            summary_zh="主动认领",
            summary_en="Volunteer for an order (XY-55)",
            tag=TAG,
            handler=offer,
            body=Reasoned,
            status=204,
            roles=UNIT_STAFF,
            errors=("no-such-order", "not-claimable", "already-claimed"),
        ),
        Route(
            method="POST",
            path=f"{ONE}/claims/{{claim_id}}",
            summary_zh="确认或不采纳认领",
            summary_en="Confirm a claim, or do not",
            tag=TAG,
            handler=decide,
            body=ClaimDecided,
            answers=DispatchingView,
            roles=DESK,
            errors=("no-such-order", *_MOVED, "no-such-claim"),
        ),
    ]


def _bodies(room: Dispatching) -> Route:
    async def bodies(asked: Asked[None, DutiesAsked]) -> BodyPage:
        return await room.bodies(asked.actor, asked.query.words)

    return Route(
        method="GET",
        path="/api/dispatching/bodies",
        summary_zh="可在表单中选择的单位（名称与类型）",
        summary_en="Orgs that may be named in a form, by name and kind",
        tag=TAG,
        handler=bodies,
        query=DutiesAsked,
        answers=BodyPage,
        roles=READERS,
    )


def _figures(room: Dispatching) -> Route:
    async def figures(asked: Asked[None, Period]) -> FiguresView:
        return await room.figures.of(asked.actor, asked.query.since, asked.query.until)

    return Route(
        method="GET",
        path="/api/dispatching/figures",
        summary_zh="派单指标：首派准确率、派单耗时、建议采纳率、退单情况",
        summary_en="First-dispatch accuracy, minutes, suggestions taken, returns (SJ-29, SG-40, XY-46)",
        tag=TAG,
        handler=figures,
        query=Period,
        answers=FiguresView,
        roles=FIGURES,
    )


def _backlogs(room: Dispatching) -> Route:
    async def listed(asked: Asked[None, None]) -> BacklogPage:
        return await room.backlogs.listed(asked.actor)

    return Route(
        method="GET",
        path="/api/dispatching/backlog",
        summary_zh="积压预警：待办工单达到预警线的单位",
        summary_en="Orgs for whom too many orders wait (SG-27)",
        tag=TAG,
        handler=listed,
        answers=BacklogPage,
        roles=READERS | FIGURES,
    )
