"""Matters over HTTP: what may be the same, merging, taking out, urging, repeats."""

from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import Field

from callcenter.core.ids import OrderId
from callcenter.matters.merging import Merging
from callcenter.matters.repeats import Repeats
from callcenter.matters.suggesting import Draft, Suggesting
from callcenter.matters.views import (
    Candidates,
    CountFigures,
    MatterPage,
    MatterView,
    OrderMatter,
    PopulationPage,
    PopulationReport,
    RepeatFigures,
    RepeatTrend,
)
from callcenter.orders.terms import ContactOutcome
from callcenter.people.actor import Role
from callcenter.web.route import Asked, Paged, Route, Wire

TAG: Final = "order-matters"
CENTRE: Final = frozenset({Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR})
UNITS: Final = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD})
READERS: Final = CENTRE | UNITS | {Role.DEPUTY, Role.LEADER, Role.INSPECTOR}
LEADERS: Final = frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.DEPUTY, Role.LEADER, Role.INSPECTOR})
MATTER: Final = "/api/order-matters/{id}"


class Merged(Wire):
    master_id: UUID = Field(description="主单 / The order that leads")
    order_ids: tuple[UUID, ...] = Field(min_length=1, max_length=500, description="并入的工单 / Orders that join")
    title: str = Field(default="", max_length=120, description="事件名称，默认主单标题 / Title")
    plan: str = Field(default="", max_length=8000, description="统一处置方案 / The one handling plan")


class TakenOut(Wire):
    order_id: UUID = Field(description="拆出的工单 / The order that leaves")
    why: str = Field(min_length=1, max_length=500, description="原因 / Reason")


class Dissolved(Wire):
    why: str = Field(min_length=1, max_length=500, description="原因 / Reason")


class Planned(Wire):
    plan: str = Field(max_length=8000, description="统一处置方案 / The one handling plan")


class ToldMany(Wire):
    order_ids: tuple[UUID, ...] = Field(min_length=1, max_length=500, description="已联系的工单 / Orders")
    outcome: ContactOutcome = Field(description="联系结果 / Whether they were reached")
    note: str = Field(default="", max_length=2000, description="联系记录 / What was said")


class Urged(Wire):
    note: str = Field(default="", max_length=2000, description="市民补充 / What the citizen said")
    call_id: UUID | None = Field(default=None, description="通话编号 / The call")


class Linked(Wire):
    of_id: UUID = Field(description="此前的工单 / The earlier order")


class Between(Wire):
    since: date = Field(description="起始日（含） / First day")
    until: date = Field(description="截止日（不含） / Day after the last")


class Stepped(Between):
    days: int = Field(default=7, ge=1, le=366, description="每段天数 / Days a step")


class Behind(Paged):
    population: Literal["repeat", "dissatisfied"] = Field(description="重复工单、不满意工单 / Population")
    unit_id: UUID | None = Field(default=None, description="承办单位 / Unit")
    since: date
    until: date


def matter_routes(suggesting: Suggesting, merging: Merging, repeats: Repeats) -> list[Route]:
    return [*_suggesting(suggesting), *_matters(merging), *_orders(merging, repeats), *_figures(repeats)]


def _order(asked: Asked[Any, Any]) -> OrderId:
    return OrderId(asked.uuid("id"))


def _suggesting(suggesting: Suggesting) -> list[Route]:
    async def draft(asked: Asked[Draft, None]) -> Candidates:
        return await suggesting.for_draft(asked.actor, asked.body)

    async def order(asked: Asked[None, None]) -> Candidates:
        return await suggesting.for_order(asked.actor, _order(asked))

    return [
        Route(
            method="POST",
            path="/api/order-matters/candidates",
            summary_zh="边记边查：可能是同一事件的工单（内容只比对、不保存）",
            summary_en="Orders that may be about the same, while it is being written; the text is not kept",
            tag=TAG,
            handler=draft,
            body=Draft,
            answers=Candidates,
            roles=CENTRE,
        ),
        Route(
            method="GET",
            path="/api/orders/{id}/candidates",
            summary_zh="可能与此工单为同一事件的工单及理由",
            summary_en="Orders that may be about the same as this one, with reasons",
            tag=TAG,
            handler=order,
            answers=Candidates,
            roles=CENTRE,
            errors=("no-such-order",),
        ),
    ]


def _matters(merging: Merging) -> list[Route]:
    async def listed(asked: Asked[None, Paged]) -> MatterPage:
        return await merging.page(asked.actor, asked.query.cursor, asked.query.limit)

    async def one(asked: Asked[None, None]) -> MatterView:
        return await merging.get(asked.actor, asked.uuid("id"))

    async def merge(asked: Asked[Merged, None]) -> MatterView:
        body = asked.body
        others = [OrderId(order) for order in body.order_ids]
        return await merging.merge(asked.actor, OrderId(body.master_id), others, title=body.title, plan=body.plan)

    async def take_out(asked: Asked[TakenOut, None]) -> MatterView:
        return await merging.take_out(asked.actor, asked.uuid("id"), OrderId(asked.body.order_id), asked.body.why)

    async def dissolve(asked: Asked[Dissolved, None]) -> None:
        await merging.dissolve(asked.actor, asked.uuid("id"), asked.body.why)

    async def plan(asked: Asked[Planned, None]) -> MatterView:
        return await merging.put_plan(asked.actor, asked.uuid("id"), asked.body.plan)

    async def tell(asked: Asked[ToldMany, None]) -> MatterView:
        orders = [OrderId(order) for order in asked.body.order_ids]
        return await merging.tell(asked.actor, asked.uuid("id"), orders, asked.body.outcome, asked.body.note)

    gone: dict[str, Any] = {"tag": TAG, "errors": ("no-such-matter", "no-such-order", "master-leads", "record-refused")}
    return [
        Route(
            method="GET",
            path="/api/order-matters",
            summary_zh="事件列表",
            summary_en="Matters, newest first",
            tag=TAG,
            handler=listed,
            query=Paged,
            answers=MatterPage,
            roles=READERS,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path="/api/order-matters",
            summary_zh="并单：多张工单并为一个事件",
            summary_en="Merge orders into one matter",
            tag=TAG,
            handler=merge,
            body=Merged,
            answers=MatterView,
            roles=CENTRE,
            errors=(
                "no-such-order",
                "order-in-matter",
                "order-not-mergeable",
                "order-held-elsewhere",
                "one-order-no-matter",
                "record-refused",
            ),
        ),
        Route(
            method="GET",
            path=MATTER,
            summary_zh="事件详情",
            summary_en="One matter with its orders",
            handler=one,
            answers=MatterView,
            roles=READERS,
            **gone,
        ),
        Route(
            method="POST",
            path=f"{MATTER}/take-out",
            summary_zh="拆单",
            summary_en="Take an order out of its matter",
            handler=take_out,
            body=TakenOut,
            answers=MatterView,
            roles=CENTRE,
            **gone,
        ),
        Route(
            method="POST",
            path=f"{MATTER}/dissolve",
            summary_zh="解散事件",
            summary_en="Dissolve a matter",
            handler=dissolve,
            body=Dissolved,
            status=204,
            roles=frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
            **gone,
        ),
        Route(
            method="PUT",
            path=f"{MATTER}/plan",
            summary_zh="统一处置方案",
            summary_en="The matter's one handling plan",
            handler=plan,
            body=Planned,
            answers=MatterView,
            roles=CENTRE | UNITS,
            **gone,
        ),
        Route(
            method="POST",
            path=f"{MATTER}/contacts",
            summary_zh="逐一联系后批量记录",
            summary_en="Record the contacts with several citizens of a matter",
            handler=tell,
            body=ToldMany,
            answers=MatterView,
            roles=CENTRE | UNITS,
            **gone,
        ),
    ]


def _orders(merging: Merging, repeats: Repeats) -> list[Route]:
    async def of_order(asked: Asked[None, None]) -> OrderMatter:
        return await merging.of_order(asked.actor, _order(asked))

    async def urge(asked: Asked[Urged, None]) -> OrderMatter:
        return await merging.urge(asked.actor, _order(asked), asked.body.note, asked.body.call_id)

    async def link(asked: Asked[Linked, None]) -> OrderMatter:
        await repeats.link(asked.actor, _order(asked), OrderId(asked.body.of_id))
        return await merging.of_order(asked.actor, _order(asked))

    return [
        Route(
            method="GET",
            path="/api/orders/{id}/matter",
            summary_zh="工单所属事件、催办与重复来电",
            summary_en="The order's matter, urgings and repeats",
            tag=TAG,
            handler=of_order,
            answers=OrderMatter,
            roles=READERS,
            errors=("no-such-order",),
        ),
        Route(
            method="POST",
            path="/api/orders/{id}/urge",
            summary_zh="催办：市民就在办工单再次来电",
            summary_en="The citizen rang again about an open order",
            tag=TAG,
            handler=urge,
            body=Urged,
            answers=OrderMatter,
            roles=CENTRE,
            errors=("no-such-order", "record-refused"),
        ),
        Route(
            method="POST",
            path="/api/orders/{id}/repeat-of",
            summary_zh="认定为重复来电",
            summary_en="Note that the order repeats an earlier one",
            tag=TAG,
            handler=link,
            body=Linked,
            answers=OrderMatter,
            roles=CENTRE,
            errors=("no-such-order", "record-refused"),
        ),
    ]


def _figures(repeats: Repeats) -> list[Route]:
    async def trend(asked: Asked[None, Stepped]) -> RepeatTrend:
        return await repeats.trend(asked.actor, asked.query.since, asked.query.until, asked.query.days)

    async def figures(asked: Asked[None, Between]) -> RepeatFigures:
        return await repeats.figures(asked.actor, asked.query.since, asked.query.until)

    async def report(asked: Asked[None, Between]) -> PopulationReport:
        return await repeats.report(asked.actor, asked.query.since, asked.query.until)

    async def behind(asked: Asked[None, Behind]) -> PopulationPage:
        ask = asked.query
        return await repeats.behind(
            asked.actor, ask.population, ask.unit_id, ask.since, ask.until, cursor=ask.cursor, limit=ask.limit
        )

    async def counted(asked: Asked[None, Between]) -> CountFigures:
        return await repeats.counted(asked.actor, asked.query.since, asked.query.until)

    shared: dict[str, Any] = {"tag": TAG, "roles": LEADERS}
    return [
        Route(
            method="GET",
            path="/api/repeats/counts",
            summary_zh="诉求件数与事件件数（并单只计一次）",
            summary_en="Demands, and the things they are about: merged orders count once (SJ-01, GH-09)",
            handler=counted,
            query=Between,
            answers=CountFigures,
            **shared,
        ),
        Route(
            method="GET",
            path="/api/repeats",
            summary_zh="重复来电率",
            summary_en="The repeat call rate",
            handler=figures,
            query=Between,
            answers=RepeatFigures,
            **shared,
        ),
        Route(
            method="GET",
            path="/api/repeats/trend",
            summary_zh="重复来电率走势",
            summary_en="The repeat call rate in steps",
            handler=trend,
            query=Stepped,
            answers=RepeatTrend,
            **shared,
        ),
        Route(
            method="GET",
            path="/api/repeats/report",
            summary_zh="重复、不满意工单四项指标（按单位）",
            summary_en="Repeated and dissatisfied orders by four measures, per unit (XY-30)",
            handler=report,
            query=Between,
            answers=PopulationReport,
            **shared,
        ),
        Route(
            method="GET",
            path="/api/repeats/orders",
            summary_zh="指标所含工单",
            summary_en="The orders behind a figure",
            handler=behind,
            query=Behind,
            answers=PopulationPage,
            errors=("bad-cursor",),
            **shared,
        ),
    ]
