"""Supervisors over HTTP: into a call, out of it, a caller to the front; and what the agent is told."""

from typing import Annotated, Final

from pydantic import StringConstraints

from callcenter.core.ids import CallId
from callcenter.people.actor import Role
from callcenter.supervision.modes import Mode
from callcenter.supervision.service import Supervision
from callcenter.supervision.views import SessionPage, SessionView, ToldList
from callcenter.web.route import Asked, Paged, Route, Wire

TAG: Final = "supervision"
_SUPERVISOR: Final = frozenset({Role.SUPERVISOR})
_PBX: Final = ("pbx-refused", "pbx-link-down", "pbx-outcome-unknown", "calls-not-here")

Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""Kept with the act; must name no citizen."""


class WantedIntrusion(Wire):
    """`listen`: nobody hears you. `whisper`: the agent only. `barge`: both. `take_over`: the agent is released."""

    call_id: CallId
    mode: Mode
    reason: Why


class WantedMode(Wire):
    mode: Mode


class WantedFront(Wire):
    reason: Why


def supervision_routes(supervision: Supervision) -> list[Route]:
    async def begin(asked: Asked[WantedIntrusion, None]) -> SessionView:
        return await supervision.begin(asked.actor, asked.body.call_id, asked.body.mode, asked.body.reason)

    async def switch(asked: Asked[WantedMode, None]) -> SessionView:
        return await supervision.switch(asked.actor, asked.uuid("id"), asked.body.mode)

    async def leave(asked: Asked[None, None]) -> None:
        await supervision.leave(asked.actor, asked.uuid("id"))

    async def put_first(asked: Asked[WantedFront, None]) -> None:
        await supervision.put_first(asked.actor, CallId(asked.uuid("id")), asked.body.reason)

    async def listed(asked: Asked[None, Paged]) -> SessionPage:
        return await supervision.sessions(asked.actor, asked.query.limit, asked.query.cursor)

    async def told(asked: Asked[None, None]) -> ToldList:
        return await supervision.told(asked.actor)

    return [
        Route(
            method="POST",
            path="/api/supervision/sessions",
            summary_zh="介入通话：监听、耳语、强插、接管",
            summary_en="Come into a call: listen, whisper, barge, take over",
            tag=TAG,
            handler=begin,
            body=WantedIntrusion,
            answers=SessionView,
            roles=_SUPERVISOR,
            errors=(
                "no-such-call",
                "supervisor-no-telephone",
                "supervisor-busy",
                "supervision-own-call",
                "nobody-talks",
                *_PBX,
            ),
        ),
        Route(
            method="POST",
            path="/api/supervision/sessions/{id}/mode",
            summary_zh="切换介入方式（不挂断）",
            summary_en="Change how one is in the call, without hanging up",
            tag=TAG,
            handler=switch,
            body=WantedMode,
            answers=SessionView,
            roles=_SUPERVISOR,
            errors=(
                "no-such-supervision",
                "no-such-call",
                "supervision-not-answered",
                "supervision-switch-refused",
                *_PBX,
            ),
        ),
        Route(
            method="DELETE",
            path="/api/supervision/sessions/{id}",
            summary_zh="结束介入",
            summary_en="Leave the call",
            tag=TAG,
            handler=leave,
            status=204,
            roles=_SUPERVISOR,
            errors=("no-such-supervision", *_PBX),
        ),
        Route(
            method="GET",
            path="/api/supervision/sessions",
            summary_zh="介入记录（谁、哪通电话、方式、起止时间）",
            summary_en="Intrusions: who, which call, how, from when to when",
            tag=TAG,
            handler=listed,
            query=Paged,
            answers=SessionPage,
            roles=frozenset({Role.SUPERVISOR, Role.LEADER}),
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path="/api/supervision/calls/{id}/front",
            summary_zh="将排队来电调到最前",
            summary_en="Send a waiting caller to the front of their queue",
            tag=TAG,
            handler=put_first,
            body=WantedFront,
            status=204,
            roles=_SUPERVISOR,
            errors=("no-such-call", "call-not-waiting", *_PBX),
        ),
        Route(
            method="GET",
            path="/api/desk/supervision",
            summary_zh="谁正在介入我的通话（按制度告知）",
            summary_en="Who is in my call now, as far as I am told",
            tag=TAG,
            handler=told,
            answers=ToldList,
            roles=frozenset({Role.AGENT}),
        ),
    ]
