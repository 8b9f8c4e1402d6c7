"""Which orders may be about the same: while the agent writes, and at triage (SJ-01). A person decides."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from callcenter.core.covering import without_numbers
from callcenter.core.ids import OrderId
from callcenter.core.phone import parse_number
from callcenter.matters.likeness import LIKELY, SAME_AGAIN, Demand, Found, likely
from callcenter.matters.room import SQL, MatterRoom, demand_of, reasons_of
from callcenter.matters.views import Candidate, Candidates, ReasonView
from callcenter.orders.places import place_of
from callcenter.people.actor import Actor

LOOKED_AT: Final = 200
SHOWN: Final = 10


class Draft(BaseModel):
    """What was written down so far; nothing of it is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(default="", max_length=8200)
    category: str = Field(default="", max_length=120)
    address: str = Field(default="", max_length=300)
    number: str = Field(default="", max_length=32)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)


class Suggesting:
    def __init__(self, room: MatterRoom) -> None:
        self._room = room

    async def for_draft(self, actor: Actor, draft: Draft) -> Candidates:
        demand = Demand(
            at=self._room.clock.now(),
            text=draft.text,
            place=place_of(draft.address),
            category=draft.category,
            latitude=draft.latitude,
            longitude=draft.longitude,
        )
        callers = self._room.orders.room.vault.keys(parse_number(draft.number).key)
        return await self._alike(actor, demand, callers, None)

    async def for_order(self, actor: Actor, order: OrderId) -> Candidates:
        """Raises NoSuchOrder."""
        row = await self._room.orders.row(actor, order)
        return await self._alike(actor, demand_of(row), [row["caller_key"]], order)

    async def _alike(self, actor: Actor, demand: Demand, callers: list[bytes], but: OrderId | None) -> Candidates:
        since: datetime = demand.at - self._room.config.window
        found = SQL.candidates(
            self._room.pool,
            path=actor.org_path,
            place=demand.place,
            category=demand.category,
            callers=callers,
            since=since,
            but=but,
            limit=LOOKED_AT,
        )
        rows = [row async for row in found]
        others = [row for row in rows if not row["same_caller"]]
        own = [row for row in rows if row["same_caller"]]
        matches: list[Found[Any]] = [
            *self._likely(demand, own, SAME_AGAIN),
            *self._likely(replace(demand), others, LIKELY),
        ]
        matches.sort(key=lambda match: match.likeness.score, reverse=True)
        return Candidates(items=tuple(_candidate(match) for match in matches[:SHOWN]))

    def _likely(self, demand: Demand, rows: list[Any], least: int) -> list[Found[Any]]:
        return list(likely(demand, [(row, demand_of(row)) for row in rows], self._room.config.window, least))


def _candidate(match: Found[Any]) -> Candidate:
    row = match.what
    plain = ("number", "stage", "title", "category", "address", "created_at", "matter_id", "callers", "same_caller")
    return Candidate(
        id=OrderId(row["id"]),
        score=match.likeness.score,
        reasons=tuple(ReasonView.model_validate(one) for one in reasons_of(match.likeness)),
        **{name: row[name] for name in plain} | {"title": without_numbers(row["title"])},
    )
