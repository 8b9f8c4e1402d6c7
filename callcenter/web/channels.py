"""Intake over HTTP: demands of machines, cases of 110, plans ahead, what intake knows of an order."""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from callcenter.channels.accounts import AccountList, Accounts
from callcenter.channels.ahead import Ahead, OriginFigures, Plan, PlanView
from callcenter.channels.cases import CaseOrder, CasePressed, Cases
from callcenter.channels.geo_client import GeoClient, SentList
from callcenter.channels.incoming import Addition, Incoming, Received, Standing
from callcenter.channels.kinds import Channel
from callcenter.channels.service_items import Directory, ServiceItems
from callcenter.channels.taking import Taking
from callcenter.channels.told import IntakeView, intake_of
from callcenter.core.ids import OrderId
from callcenter.orders.service import Orders
from callcenter.people.actor import Role
from callcenter.store.pool import Pool
from callcenter.web.route import Asked, Route, Wire

TAG: Final = "channels"
MACHINE: Final = frozenset({Role.SERVICE})
ADMIN: Final = frozenset({Role.ADMIN})
DESK: Final = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
STAFF: Final = frozenset({Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR, Role.LEADER})
TAKERS: Final = frozenset({Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR})
BODY: Final = 256 * 1024
ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
PARAMS: Final[dict[str, Any]] = {"channel": Channel, "external": ExternalId}
ONE: Final = "/api/channels/{channel}/orders/{external}"


class Bound(Wire):
    user_id: UUID = Field(description="机器账号 / The machine account")
    channel: Channel = Field(description="渠道 / Channel")
    centre_id: UUID = Field(description="受理中心 / Centre that triages what it brings")
    deferred: bool = Field(default=False, description="Open311 先给凭据、后给编号 / Answer with a token first")


class Loosed(Wire):
    user_id: UUID
    channel: Channel


class Between(Wire):
    since: date = Field(description="起始日（含） / First day")
    until: date = Field(description="截止日（不含） / Day after the last")


class ToPeer(Wire):
    peer: str = Field(min_length=1, max_length=40, description="对接平台 / The other server")


class WordsAsked(Wire):
    words: str = Field(min_length=1, max_length=60, description="事项名称 / Words of the item's name")


def channel_routes(
    pool: Pool,
    orders: Orders,
    taking: Taking,
    accounts: Accounts,
    ahead: Ahead,
    cases: Cases,
    client: GeoClient,
    directory: Directory,
) -> list[Route]:
    return [
        *_machine_routes(taking),
        *_account_routes(accounts),
        *_desk_routes(pool, orders, ahead, cases),
        *_outward_routes(client, directory),
    ]


def _machine_routes(taking: Taking) -> list[Route]:
    def channel(asked: Asked[Any, Any]) -> Channel:
        return Channel(asked.path["channel"])

    async def hand_in(asked: Asked[Incoming, None]) -> Received:
        return await taking.hand_in(asked.actor, channel(asked), asked.body)

    async def add(asked: Asked[Addition, None]) -> Received:
        return await taking.add(asked.actor, channel(asked), asked.path["external"], asked.body)

    async def standing(asked: Asked[None, None]) -> Standing:
        return await taking.standing(asked.actor, channel(asked), asked.path["external"])

    shared: dict[str, Any] = {"tag": TAG, "roles": MACHINE, "params": PARAMS}
    return [
        Route(
            method="POST",
            path="/api/channels/{channel}/orders",
            summary_zh="渠道送交诉求（同一编号重复送交不重复建单，内容不同则追加）",
            summary_en="Hand a demand in: the same id again makes no second order, other words are added to it",
            handler=hand_in,
            body=Incoming,
            answers=Received,
            errors=("not-your-channel", "order-incomplete", "calendar-missing"),
            body_limit=BODY,
            **shared,
        ),
        Route(
            method="POST",
            path=f"{ONE}/additions",
            summary_zh="渠道补充诉求内容",
            summary_en="Add to a demand that was handed in",
            handler=add,
            body=Addition,
            answers=Received,
            errors=("not-your-channel", "no-such-demand", "record-refused"),
            body_limit=BODY,
            **shared,
        ),
        Route(
            method="GET",
            path=ONE,
            summary_zh="渠道查询办理进度",
            summary_en="How a demand stands that the channel handed in",
            handler=standing,
            answers=Standing,
            errors=("not-your-channel", "no-such-demand"),
            **shared,
        ),
    ]


def _account_routes(accounts: Accounts) -> list[Route]:
    async def listed(asked: Asked[None, None]) -> AccountList:
        return await accounts.listed(asked.actor)

    async def bind(asked: Asked[Bound, None]) -> AccountList:
        body = asked.body
        await accounts.bind(asked.actor, body.user_id, body.channel, body.centre_id, deferred=body.deferred)
        return await accounts.listed(asked.actor)

    async def loose(asked: Asked[Loosed, None]) -> None:
        await accounts.loose(asked.actor, asked.body.user_id, asked.body.channel)

    shared: dict[str, Any] = {"tag": TAG, "roles": ADMIN, "path": "/api/channel-accounts"}
    return [
        Route(
            method="GET",
            summary_zh="渠道账号",
            summary_en="Machine accounts and their channels",
            handler=listed,
            answers=AccountList,
            **shared,
        ),
        Route(
            method="PUT",
            summary_zh="绑定渠道账号",
            summary_en="Bind a machine account to a channel",
            handler=bind,
            body=Bound,
            answers=AccountList,
            errors=("not-a-machine-account", "no-such-centre"),
            **shared,
        ),
        Route(
            method="DELETE",
            summary_zh="解除渠道账号绑定",
            summary_en="Loose a machine account from a channel",
            handler=loose,
            body=Loosed,
            status=204,
            errors=("not-found",),
            **shared,
        ),
    ]


def _desk_routes(pool: Pool, orders: Orders, ahead: Ahead, cases: Cases) -> list[Route]:
    async def press(asked: Asked[CasePressed, None]) -> CaseOrder:
        return await cases.press(asked.actor, asked.uuid("id"), asked.body)

    async def intake(asked: Asked[None, None]) -> IntakeView:
        return await intake_of(pool, orders, asked.actor, OrderId(asked.uuid("id")))

    async def plan(asked: Asked[Plan, None]) -> PlanView:
        return await ahead.dispatch(asked.actor, asked.body)

    async def planned(asked: Asked[None, None]) -> PlanView:
        return await ahead.get(asked.actor, asked.uuid("id"))

    async def origins(asked: Asked[None, Between]) -> OriginFigures:
        return await ahead.figures(asked.actor, asked.query.since, asked.query.until)

    return [
        Route(
            method="POST",
            path="/api/link-cases/{id}/order",
            summary_zh="一键生成工单（110 等转入警情、案件）",
            summary_en="Make an order of a case that another platform handed over",
            tag=TAG,
            handler=press,
            body=CasePressed,
            answers=CaseOrder,
            roles=TAKERS,
            errors=("no-such-case", "order-incomplete"),
            body_limit=BODY,
        ),
        Route(
            method="GET",
            path="/api/orders/{id}/intake",
            summary_zh="受理要素完整度、归属地、渠道原文",
            summary_en="Completeness, the caller's region, what channels handed in",
            tag=TAG,
            handler=intake,
            answers=IntakeView,
            roles=STAFF,
            errors=("no-such-order",),
        ),
        Route(
            method="POST",
            path="/api/proactive-plans",
            summary_zh="主动派单：一个计划、多个单位",
            summary_en="Dispatch ahead: one plan, a task for each unit",
            tag=TAG,
            handler=plan,
            body=Plan,
            answers=PlanView,
            roles=DESK,
            errors=("no-such-unit", "calendar-missing"),
            body_limit=BODY,
        ),
        Route(
            method="GET",
            path="/api/proactive-plans/{id}",
            summary_zh="主动派单计划与任务",
            summary_en="A plan and its tasks",
            tag=TAG,
            handler=planned,
            answers=PlanView,
            roles=STAFF,
            errors=("no-such-plan",),
        ),
        Route(
            method="GET",
            path="/api/proactive-figures",
            summary_zh="主动发现占比与实效",
            summary_en="Share and effect of what was found ahead",
            tag=TAG,
            handler=origins,
            query=Between,
            answers=OriginFigures,
            roles=STAFF,
        ),
    ]


def _outward_routes(client: GeoClient, directory: Directory) -> list[Route]:
    async def sent(asked: Asked[None, None]) -> SentList:
        return await client.of(asked.actor, OrderId(asked.uuid("id")))

    async def send(asked: Asked[ToPeer, None]) -> SentList:
        return await client.send(asked.actor, OrderId(asked.uuid("id")), asked.body.peer)

    async def items(asked: Asked[None, WordsAsked]) -> ServiceItems:
        return await directory.find(asked.query.words)

    return [
        Route(
            method="GET",
            path="/api/orders/{id}/open311",
            summary_zh="已发往的 Open311 平台",
            summary_en="Open311 servers that this order was sent to",
            tag=TAG,
            handler=sent,
            answers=SentList,
            roles=STAFF,
            errors=("no-such-order",),
        ),
        Route(
            method="POST",
            path="/api/orders/{id}/open311",
            summary_zh="发往 Open311 平台",
            summary_en="Send an order to another Open311 server",
            tag=TAG,
            handler=send,
            body=ToPeer,
            answers=SentList,
            roles=DESK,
            errors=("no-such-order", "no-such-peer", "sent-to-peer", "peer-failed", "record-refused"),
        ),
        Route(
            method="GET",
            path="/api/service-items",
            summary_zh="查询办事事项（一网通办）",
            summary_en="Look up service items",
            tag=TAG,
            handler=items,
            query=WordsAsked,
            answers=ServiceItems,
            roles=TAKERS,
            errors=("service-items-away",),
        ),
    ]
