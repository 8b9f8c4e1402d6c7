"""Missed calls over HTTP: the list of those to ring back, claim, release, close."""

from typing import Final

from pydantic import Field

from callcenter.calls.missed import MissedCalls
from callcenter.calls.missed_views import MissedPage, MissedState, MissedView
from callcenter.core.ids import MissedId
from callcenter.people.actor import Role
from callcenter.web.route import Asked, Paged, Route, Wire

TAG: Final = "missed"
_MAY_SEE: Final = frozenset({Role.AGENT, Role.SUPERVISOR, Role.LEADER})
_RING_BACK: Final = frozenset({Role.AGENT, Role.SUPERVISOR})


class MissedAsked(Paged):
    """`own`: only what I have claimed."""

    state: MissedState = "open"
    own: bool = False


class Closing(Wire):
    """Why nobody rings this caller back any more."""

    remark: str = Field(min_length=1, max_length=200)


def missed_routes(missed: MissedCalls) -> list[Route]:
    async def listed(asked: Asked[None, MissedAsked]) -> MissedPage:
        query = asked.query
        return await missed.page(asked.actor, limit=query.limit, cursor=query.cursor, state=query.state, own=query.own)

    async def one(asked: Asked[None, None]) -> MissedView:
        return await missed.get(asked.actor, MissedId(asked.uuid("id")))

    async def claim(asked: Asked[None, None]) -> MissedView:
        return await missed.claim(asked.actor, MissedId(asked.uuid("id")))

    async def release(asked: Asked[None, None]) -> MissedView:
        return await missed.release(asked.actor, MissedId(asked.uuid("id")))

    async def close(asked: Asked[Closing, None]) -> MissedView:
        return await missed.close(asked.actor, MissedId(asked.uuid("id")), asked.body.remark)

    return [
        Route(
            method="GET",
            path="/api/missed",
            summary_zh="漏接列表",
            summary_en="List missed calls, longest missed first",
            tag=TAG,
            handler=listed,
            query=MissedAsked,
            answers=MissedPage,
            roles=_MAY_SEE,
            errors=("bad-cursor",),
        ),
        Route(
            method="GET",
            path="/api/missed/{id}",
            summary_zh="一条漏接",
            summary_en="One missed call",
            tag=TAG,
            handler=one,
            answers=MissedView,
            roles=_MAY_SEE,
            errors=("no-such-missed-call",),
        ),
        Route(
            method="POST",
            path="/api/missed/{id}/claim",
            summary_zh="认领漏接，准备回拨",
            summary_en="Claim a missed call to ring back",
            tag=TAG,
            handler=claim,
            answers=MissedView,
            roles=_RING_BACK,
            errors=("no-such-missed-call", "missed-claimed", "missed-over"),
        ),
        Route(
            method="POST",
            path="/api/missed/{id}/release",
            summary_zh="放回漏接",
            summary_en="Give a claimed missed call back",
            tag=TAG,
            handler=release,
            answers=MissedView,
            roles=_RING_BACK,
            errors=("no-such-missed-call", "missed-not-claimed", "missed-over"),
        ),
        Route(
            method="POST",
            path="/api/missed/{id}/close",
            summary_zh="办结漏接",
            summary_en="Close a missed call by hand",
            tag=TAG,
            handler=close,
            body=Closing,
            answers=MissedView,
            roles=_RING_BACK,
            errors=("no-such-missed-call", "missed-not-claimed", "missed-over"),
        ),
    ]
