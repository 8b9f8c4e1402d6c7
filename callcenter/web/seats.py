"""The agent's desk over HTTP: its state, presence, earlier offers, hang-up; the supervisor's list of seats."""

from datetime import datetime
from typing import Final

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from callcenter.core.ids import OfferId
from callcenter.people.actor import Role
from callcenter.seats.card import DeskState, OfferView, SeatView
from callcenter.seats.presence import Presence
from callcenter.seats.service import Seats
from callcenter.web.route import Asked, Route, Wire

TAG: Final = "desk"
_AGENT: Final = frozenset({Role.AGENT})


class WantedPresence(Wire):
    """`reason` is the code of a pause reason, given with `paused` only."""

    presence: Presence
    reason: str = Field(default="", max_length=32)


class OffersAsked(Wire):
    """Both or none of `before_at` and `before_id`: the last offer of the page before."""

    limit: int = Field(default=20, ge=1, le=100)
    before_at: AwareDatetime | None = None
    before_id: OfferId | None = None

    @model_validator(mode="after")
    def _pair(self) -> "OffersAsked":
        if (self.before_at is None) != (self.before_id is None):
            raise ValueError("before_at and before_id go together")
        return self

    @property
    def before(self) -> tuple[datetime, OfferId] | None:
        return (self.before_at, self.before_id) if self.before_at is not None and self.before_id is not None else None


class OfferList(BaseModel):
    items: list[OfferView]


class SeatList(BaseModel):
    items: list[SeatView]


def seats_routes(seats: Seats) -> list[Route]:
    async def desk(asked: Asked[None, None]) -> DeskState:
        return await seats.desk_state(asked.actor)

    async def presence(asked: Asked[WantedPresence, None]) -> DeskState:
        await seats.set_presence(asked.actor, asked.body.presence, asked.body.reason)
        return await seats.desk_state(asked.actor)

    async def offers(asked: Asked[None, OffersAsked]) -> OfferList:
        return OfferList(items=await seats.offers_of(asked.actor, asked.query.limit, asked.query.before))

    async def hang_up(asked: Asked[None, None]) -> None:
        await seats.hang_up(asked.actor, asked.uuid("id"))

    async def listed(asked: Asked[None, None]) -> SeatList:
        return SeatList(items=await seats.seats(asked.actor))

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
            answers=OfferList,
            roles=_AGENT,
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
            roles=frozenset({Role.SUPERVISOR}),
        ),
    ]
