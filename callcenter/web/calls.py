"""Calls over HTTP: the list and one call with its timeline. Full numbers are for the call's agent and for
those who answer for the agent's org; others see them masked."""

from datetime import timedelta
from typing import Final, Literal

from pydantic import AwareDatetime, Field

from callcenter.calls.figures import CallFigures, FiguresReading
from callcenter.calls.reading import CallsReading
from callcenter.calls.views import CallDetail, CallPage
from callcenter.core.clock import Clock
from callcenter.core.ids import CallId
from callcenter.people.actor import Role
from callcenter.web.route import Asked, Paged, Route, Wire

TAG: Final = "calls"
_MAY_SEE: Final = frozenset({Role.AGENT, Role.SUPERVISOR, Role.LEADER, Role.REVIEWER})


class CallsAsked(Paged):
    outcome: Literal["answered", "abandoned", "self_service", "failed", "unknown"] | None = None
    extension: str | None = Field(default=None, pattern=r"^[0-9]{2,8}$")
    has_gap: bool | None = None


class FiguresAsked(Wire):
    """`until`: the end of the stretch, now when left out."""

    until: AwareDatetime | None = None
    hours: int = Field(default=24, ge=1, le=24 * 31)


def figures_routes(figures: FiguresReading, clock: Clock) -> list[Route]:
    async def read(asked: Asked[None, FiguresAsked]) -> CallFigures:
        until = asked.query.until or clock.now()
        return await figures.between(until - timedelta(hours=asked.query.hours), until)

    return [
        Route(
            method="GET",
            path="/api/call-figures",
            summary_zh="接通率、15 秒接听率、放弃率",
            summary_en="Connect rate, 15 s answer rate, abandon rate, by hotline and hour",
            tag=TAG,
            handler=read,
            query=FiguresAsked,
            answers=CallFigures,
            roles=frozenset({Role.SUPERVISOR, Role.LEADER}),
        )
    ]


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
