"""Agents' calls out: one press, and what became of it."""

from typing import Final, Literal
from uuid import UUID

from pydantic import Field, model_validator

from callcenter.core.ids import CallId, MissedId, OrderId
from callcenter.outbound.service import Outbound
from callcenter.outbound.views import OutboundPage, OutboundView, Wanted
from callcenter.people.actor import Role
from callcenter.web.route import Asked, Paged, Route, Wire

TAG: Final = "outbound"
_MAY_CALL: Final = frozenset(
    {Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.UNIT_OPERATOR, Role.UNIT_HEAD, Role.SUPERVISOR}
)


class NewOutbound(Wire):
    """Exactly one of the four. `order_id`: the order's citizen, which is 先行联系 where the order stands there;
    `missed_call_id`: a missed caller; `call_id`: the citizen of an earlier call; `number`: any, by supervisors."""

    order_id: UUID | None = None
    missed_call_id: UUID | None = None
    call_id: UUID | None = None
    number: str | None = Field(default=None, pattern=r"^[0-9+\- ()]{3,30}$")
    purpose: Literal["contact", "missed", "manual"] | None = Field(
        default=None, description="用途，可省略；给出时须与对象相符 / May be left out; must fit when given"
    )

    @model_validator(mode="after")
    def _names_one(self) -> "NewOutbound":
        given = [self.order_id, self.missed_call_id, self.call_id, self.number]
        if sum(one is not None for one in given) != 1:
            raise ValueError("give exactly one of order_id, missed_call_id, call_id and number")
        if self.purpose is not None and self.purpose != self.wanted().purpose:
            raise ValueError("the purpose does not fit what is to be dialled")
        return self

    def wanted(self) -> Wanted:
        return Wanted(
            order=OrderId(self.order_id) if self.order_id else None,
            missed=MissedId(self.missed_call_id) if self.missed_call_id else None,
            call=CallId(self.call_id) if self.call_id else None,
            number=self.number,
        )


class OutboundAsked(Paged):
    """With `order_id` those of the order, all on one page; else one's own."""

    order_id: UUID | None = None


def outbound_routes(outbound: Outbound) -> list[Route]:
    async def place(asked: Asked[NewOutbound, None]) -> OutboundView:
        return await outbound.place(asked.actor, asked.body.wanted())

    async def one(asked: Asked[None, None]) -> OutboundView:
        return await outbound.get(asked.actor, asked.uuid("id"))

    async def listed(asked: Asked[None, OutboundAsked]) -> OutboundPage:
        query = asked.query
        if query.order_id is not None:
            return await outbound.of_order(asked.actor, OrderId(query.order_id))
        return await outbound.own(asked.actor, query.limit, query.cursor)

    return [
        Route(
            method="POST",
            path="/api/outbound",
            summary_zh="外呼（先行联系、漏接回拨、人工外呼）",
            summary_en="Ring one's own telephone, then the citizen",
            tag=TAG,
            handler=place,
            body=NewOutbound,
            answers=OutboundView,
            status=201,
            roles=_MAY_CALL,
            errors=(
                "no-such-order",
                "no-such-call",
                "no-such-missed-call",
                "missed-claimed",
                "missed-over",
                "nothing-to-dial",
                "caller-hidden",
                "no-seat",
                "seat-busy",
                "outbound-under-way",
                "dial-refused",
                "outbound-not-here",
                "pbx-refused",
                "pbx-link-down",
            ),
        ),
        Route(
            method="GET",
            path="/api/outbound",
            summary_zh="外呼记录",
            summary_en="Calls out: one's own, or those of an order",
            tag=TAG,
            handler=listed,
            query=OutboundAsked,
            answers=OutboundPage,
            roles=_MAY_CALL,
            errors=("bad-cursor", "no-such-order"),
        ),
        Route(
            method="GET",
            path="/api/outbound/{id}",
            summary_zh="一次外呼",
            summary_en="One call out",
            tag=TAG,
            handler=one,
            answers=OutboundView,
            roles=_MAY_CALL,
            errors=("no-such-outbound",),
        ),
    ]
