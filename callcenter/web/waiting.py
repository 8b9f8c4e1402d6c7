"""The queues: who waits, what is told, how true it was; and the places kept for callers who are rung back."""

from typing import Final

from pydantic import AwareDatetime, Field

from callcenter.people.actor import Role
from callcenter.waiting.keeping import PlacePage, Places
from callcenter.waiting.reading import AccuracyReport, QueueList, WaitsReading
from callcenter.web.route import Asked, Paged, Route, Wire

TAG: Final = "queues"
_DESK: Final = frozenset({Role.SUPERVISOR, Role.AGENT, Role.LEADER})


class PlacesAsked(Paged):
    open_only: bool = Field(default=False, description="仅未了结的 / Only those that are still open")


class AccuracyAsked(Wire):
    since: AwareDatetime | None = Field(default=None, description="默认最近一天 / The last day if not given")
    until: AwareDatetime | None = None


def waiting_routes(reading: WaitsReading, places: Places) -> list[Route]:
    async def queues(asked: Asked[None, None]) -> QueueList:
        return reading.queues(asked.actor)

    async def accuracy(asked: Asked[None, AccuracyAsked]) -> AccuracyReport:
        return await reading.accuracy(asked.actor, asked.query.since, asked.query.until)

    async def kept(asked: Asked[None, PlacesAsked]) -> PlacePage:
        return await places.page(asked.actor, asked.query.limit, asked.query.cursor, open_only=asked.query.open_only)

    async def withdraw(asked: Asked[None, None]) -> None:
        await places.withdraw(asked.actor, asked.uuid("id"))

    return [
        Route(
            method="GET",
            path="/api/queues",
            summary_zh="队列：等候人数、在岗人数、预计等候时间",
            summary_en="The queues: callers waiting, agents on duty, the wait that would be told",
            tag=TAG,
            handler=queues,
            answers=QueueList,
            roles=_DESK,
            errors=("seats-not-here",),
        ),
        Route(
            method="GET",
            path="/api/queues/accuracy",
            summary_zh="预计等候时间的误差",
            summary_en="How far the told waits were from the real ones",
            tag=TAG,
            handler=accuracy,
            query=AccuracyAsked,
            answers=AccuracyReport,
            roles=frozenset({Role.SUPERVISOR, Role.LEADER}),
        ),
        Route(
            method="GET",
            path="/api/queues/places",
            summary_zh="保留位置的回拨",
            summary_en="Kept places: citizens who are rung back in their turn",
            tag=TAG,
            handler=kept,
            query=PlacesAsked,
            answers=PlacePage,
            roles=frozenset({Role.SUPERVISOR, Role.AGENT}),
            errors=("bad-cursor",),
        ),
        Route(
            method="DELETE",
            path="/api/queues/places/{id}",
            summary_zh="撤销保留的位置，不再回拨",
            summary_en="Withdraw a kept place: the citizen is not rung",
            tag=TAG,
            handler=withdraw,
            status=204,
            roles=frozenset({Role.SUPERVISOR}),
            errors=("place-not-withdrawable",),
        ),
    ]
