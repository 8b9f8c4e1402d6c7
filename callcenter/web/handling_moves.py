"""Moves of handling beside contact and submission: working together, the ledger, what a leader decides."""

from datetime import date
from typing import Final

from pydantic import Field

from callcenter.orders import lifecycle as life
from callcenter.orders.service import Orders
from callcenter.orders.views import OrderView
from callcenter.web.order_models import Reasoned
from callcenter.web.order_moves import move_route, order_of
from callcenter.web.route import Asked, Route, Wire

_MISSING: Final = ("reason-missing",)


class Explained(Reasoned):
    basis: str = Field(
        min_length=1, max_length=1000, description="向诉求人说明的政策依据 / The policy that was explained"
    )


class Hung(Reasoned):
    due: date = Field(description="何日再看 / When it is looked at again")


class Agreed(Wire):
    note: str = Field(min_length=1, max_length=2000, description="联合处置结论 / What was agreed")


class Fulfilled(Wire):
    reply: str = Field(min_length=1, max_length=8000, description="告知诉求人的结果 / What the citizen was told")


def _together(orders: Orders) -> list[Route]:
    async def begin(asked: Asked[Reasoned, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.Collaborate(reason=asked.body.reason))

    async def end(asked: Asked[Agreed, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.EndCollaboration(note=asked.body.note))

    return [
        move_route("collab", "发起联合处置", "Begin joint handling", begin, Reasoned, *_MISSING),
        move_route("collab/end", "结束联合处置", "End joint handling", end, Agreed),
    ]


def _decided(orders: Orders) -> list[Route]:
    async def again(asked: Asked[Reasoned, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.Rehandle(reason=asked.body.reason))

    async def explain(asked: Asked[Explained, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.Explain(**asked.body.model_dump()))

    return [
        move_route("rehandle", "再次处置", "Handle it again", again, Reasoned, *_MISSING),
        move_route(
            "explain",
            "解释说明结案",
            "Close by explanation, by a leader",
            explain,
            Explained,
            *_MISSING,
            "explain-too-early",
            "reply-missing",
            "contact-missing",
        ),
    ]


def _ledger(orders: Orders) -> list[Route]:
    async def hang(asked: Asked[Hung, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.Hang(**asked.body.model_dump()))

    async def resume(asked: Asked[Reasoned, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.Unhang(reason=asked.body.reason))

    async def fulfil(asked: Asked[Fulfilled, None]) -> OrderView:
        return await orders.make(asked.actor, order_of(asked), life.Fulfil(reply=asked.body.reply))

    return [
        move_route("ledger", "疑难挂账", "Put it into the ledger", hang, Hung, *_MISSING, "contact-missing"),
        move_route("ledger/resume", "销账续办", "Take it out of the ledger", resume, Reasoned, *_MISSING),
        move_route("ledger/fulfil", "挂账办结", "Report the ledger as done", fulfil, Fulfilled, "reply-missing"),
    ]


def handling_move_routes(orders: Orders) -> list[Route]:
    return [*_together(orders), *_decided(orders), *_ledger(orders)]
