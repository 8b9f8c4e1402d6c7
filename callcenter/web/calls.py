"""Calls over HTTP: the list and one call with its timeline. Full numbers are for the call's agent and for
those who answer for the agent's org; others see them masked."""

from typing import Final, Literal

from pydantic import Field

from callcenter.calls.reading import CallsReading
from callcenter.calls.views import CallDetail, CallPage
from callcenter.core.ids import CallId
from callcenter.people.actor import Role
from callcenter.web.route import Asked, Paged, Route

TAG: Final = "calls"
_MAY_SEE: Final = frozenset({Role.AGENT, Role.SUPERVISOR, Role.LEADER, Role.REVIEWER})


class CallsAsked(Paged):
    outcome: Literal["answered", "abandoned", "self_service", "failed", "unknown"] | None = None
    extension: str | None = Field(default=None, pattern=r"^[0-9]{2,8}$")
    has_gap: bool | None = None


def calls_routes(calls: CallsReading) -> list[Route]:
    async def listed(asked: Asked[None, CallsAsked]) -> CallPage:
        query = asked.query
        return await calls.page(
            asked.actor,
            limit=query.limit,
            cursor=query.cursor,
            outcome=query.outcome,
            extension=query.extension,
            has_gap=query.has_gap,
        )

    async def one(asked: Asked[None, None]) -> CallDetail:
        return await calls.detail(asked.actor, CallId(asked.uuid("id")))

    return [
        Route(
            method="GET",
            path="/api/calls",
            summary_zh="通话列表",
            summary_en="List calls, newest first",
            tag=TAG,
            handler=listed,
            query=CallsAsked,
            answers=CallPage,
            roles=_MAY_SEE,
            errors=("bad-cursor",),
        ),
        Route(
            method="GET",
            path="/api/calls/{id}",
            summary_zh="通话详情与时间线",
            summary_en="One call with its legs and timeline",
            tag=TAG,
            handler=one,
            answers=CallDetail,
            roles=_MAY_SEE,
            errors=("no-such-call",),
        ),
    ]
