"""The agent's desk over HTTP: its state, presence, earlier offers, hang-up; the supervisor's list of seats."""

from typing import Final, Literal

from pydantic import Field

from callcenter.core.ids import UserId
from callcenter.core.pages import Page
from callcenter.people.actor import Role
from callcenter.seats.card import DeskState, OfferPage, SeatView
from callcenter.seats.presence import Presence
from callcenter.seats.service import Seats
from callcenter.web.route import Asked, Paged, Route, Wire

TAG: Final = "desk"
_AGENT: Final = frozenset({Role.AGENT})
_SUPERVISORS: Final = frozenset({Role.SUPERVISOR})


class WantedPresence(Wire):
    """`reason` is the code of a pause reason, given with `paused` only."""

    presence: Presence
    reason: str = Field(default="", max_length=32)


class ForcedPresence(Wire):
    """`reason` is the supervisor's own words, which the agent's desk shows."""

    presence: Literal[Presence.READY, Presence.PAUSED, Presence.OFFLINE]
    reason: str = Field(min_length=1, max_length=200)


class WantedSkill(Wire):
    """The lower the penalty, the earlier the seat rings; seats of a higher one only when no lower one is free."""

    queue: str = Field(max_length=40)
    penalty: int = Field(default=0, ge=0, le=100)


class WantedSkills(Wire):
    """All queues of the seat."""

    skills: tuple[WantedSkill, ...] = Field(max_length=50)


class OffersAsked(Paged):
    limit: int = Field(default=20, ge=1, le=100)


class SeatList(Page[SeatView]):
    """By extension, all on one page."""


def seats_routes(seats: Seats) -> list[Route]:
    async def desk(asked: Asked[None, None]) -> DeskState:
        return await seats.desk_state(asked.actor)

    async def presence(asked: Asked[WantedPresence, None]) -> DeskState:
        await seats.set_presence(asked.actor, asked.body.presence, asked.body.reason)
        return await seats.desk_state(asked.actor)

    async def offers(asked: Asked[None, OffersAsked]) -> OfferPage:
        return await seats.offers_of(asked.actor, asked.query.limit, asked.query.cursor)

    async def hang_up(asked: Asked[None, None]) -> None:
        await seats.hang_up(asked.actor, asked.uuid("id"))

    async def force(asked: Asked[ForcedPresence, None]) -> None:
        await seats.force(asked.actor, UserId(asked.uuid("id")), asked.body.presence, asked.body.reason)

    async def skills(asked: Asked[WantedSkills, None]) -> None:
        wanted = {skill.queue: skill.penalty for skill in asked.body.skills}
        await seats.set_skills(asked.actor, UserId(asked.uuid("id")), wanted)

    async def listed(asked: Asked[None, None]) -> SeatList:
        return SeatList(items=tuple(await seats.seats(asked.actor)))

    return [
        Route(
            method="GET",
            path="/api/desk",
            summary_zh="工作台当前状态（状态、来电卡片）",
            summary_en="The desk as it is now: presence and card; resume from here",
            tag=TAG,
            handler=desk,
            answers=DeskState,
        ),
        Route(
            method="POST",
            path="/api/desk/presence",
            summary_zh="切换坐席状态（就绪、小休、话后整理、离线）",
            summary_en="Change presence: ready, paused with a reason, after_call, offline",
            tag=TAG,
            handler=presence,
            body=WantedPresence,
            answers=DeskState,
            roles=_AGENT,
            errors=(
                "no-seat",
                "presence-refused",
                "presence-not-askable",
                "unknown-pause-reason",
                "pbx-refused",
                "pbx-link-down",
                "pbx-outcome-unknown",
                "seats-not-here",
            ),
        ),
        Route(
            method="GET",
            path="/api/desk/offers",
            summary_zh="我的来电记录",
            summary_en="Calls offered to me, newest first",
            tag=TAG,
            handler=offers,
            query=OffersAsked,
            answers=OfferPage,
            roles=_AGENT,
            errors=("bad-cursor",),
        ),
        Route(
            method="POST",
            path="/api/desk/calls/{id}/hangup",
            summary_zh="挂断自己的通话",
            summary_en="Hang up one's own call",
            tag=TAG,
            handler=hang_up,
            status=204,
            roles=_AGENT,
            errors=("call-not-yours", "pbx-refused", "pbx-link-down", "pbx-outcome-unknown"),
        ),
        Route(
            method="GET",
            path="/api/seats",
            summary_zh="全部坐席状态",
            summary_en="All seats",
            tag=TAG,
            handler=listed,
            answers=SeatList,
            roles=_SUPERVISORS,
        ),
        Route(
            method="PUT",
            path="/api/seats/{id}/skills",
            summary_zh="设置坐席技能（队列与优先级），立即生效",
            summary_en="Set the queues of a seat and their penalties; applied at once",
            tag=TAG,
            handler=skills,
            body=WantedSkills,
            status=204,
            roles=_SUPERVISORS,
            errors=("unknown-queue", "no-seat"),
        ),
        Route(
            method="POST",
            path="/api/seats/{id}/presence",
            summary_zh="强制坐席就绪、小休或离线（留痕）",
            summary_en="Force a seat ready, paused or offline; audited, and shown on the desk",
            tag=TAG,
            handler=force,
            body=ForcedPresence,
            status=204,
            roles=_SUPERVISORS,
            errors=("no-seat", "pbx-refused", "pbx-link-down", "pbx-outcome-unknown", "seats-not-here"),
        ),
    ]
