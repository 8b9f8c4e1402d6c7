"""Keeping places: the offer that a waiting caller accepts, and what people ask of kept places."""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict

from callcenter.calls.identity import call_id_of
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound, Refused
from callcenter.core.pages import Page, place_of
from callcenter.core.phone import Number
from callcenter.flows.ports import Wanted
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool
from callcenter.waiting.config import WaitingConfig
from callcenter.waiting.events import PlaceKept, PlaceMoved
from callcenter.waiting.places import OPEN, Move, Place, State, step
from callcenter.waiting.store import PlaceStore

log = structlog.get_logger(__name__)


class PlaceNotKept(Refused):
    code = "place-not-withdrawable"
    zh = "该回拨位置当前为“{state}”，不能撤销"
    en = "The kept place is {state}: it cannot be withdrawn"


class PlaceView(BaseModel):
    """`number` is masked. `joined_at` is the place in the queue, `attempts` how often the citizen has been rung."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    queue: str
    number: str
    state: State
    reason: str
    joined_at: datetime
    kept_at: datetime
    attempts: int
    next_at: datetime
    ended_at: datetime | None


class PlacePage(Page[PlaceView]):
    """Newest first."""


class Places:
    def __init__(self, pool: Pool, config: WaitingConfig, clock: Clock, bus: Bus, audit: Audit, vault: Vault) -> None:
        self._pool = pool
        self._config = config
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self.store = PlaceStore(pool, vault)

    async def accept(self, wanted: Wanted) -> bool:
        """False for a withheld number, when too many places are kept, or none at all (`flows.ports.CallbackOffers`).
        Who has a place already keeps that one: it is the better."""
        config = self._config
        if not wanted.number or not config.keep_places:
            return False
        kept = await self.store.keep(
            pbx=wanted.pbx,
            queue=wanted.queue,
            number=wanted.number,
            dialled="".join(c for c in wanted.dialled if c.isdigit()),
            call=call_id_of(wanted.pbx, wanted.leg),
            joined_at=wanted.at - wanted.waited,
            at=self._clock.now(),
            most=config.most_places,
        )
        place = await self.store.of_number(wanted.number)
        if kept and place is not None:
            log.info("place_kept", place=str(place.id), queue=place.queue)
            self._bus.publish(PlaceKept(at=self._clock.now(), place=place.id, queue=place.queue))
        elif place is not None and place.state is State.QUEUED:
            await self.apply(place, Move.KEPT_AGAIN, next_at=self._clock.now())
        return place is not None

    async def page(self, actor: Actor, limit: int, cursor: str | None = None, *, open_only: bool = False) -> PlacePage:
        """Raises Forbidden, BadCursor."""
        actor.require(Role.SUPERVISOR, Role.AGENT)
        found = await self.store.page(limit + 1, place_of(cursor), open_only=open_only)

        def shown(row: dict[str, Any]) -> PlaceView:
            return PlaceView.model_validate({**row, "number": Number(row["number"]).masked})

        return PlacePage.cut(found, limit, shown, lambda row: (row["kept_at"], row["id"]))

    async def withdraw(self, actor: Actor, place: UUID) -> None:
        """The citizen is not rung any more. Raises Forbidden, NotFound, PlaceNotKept."""
        actor.require(Role.SUPERVISOR)
        known = await self.store.get(place)
        if known is None:
            raise NotFound
        if not await self.apply(known, Move.WITHDRAWN):
            raise PlaceNotKept(state=known.state.value)
        await self._audit.record(self._pool, actor.user_id, "place_withdrawn", "kept_place", place)

    async def apply(self, place: Place, move: Move, reason: str = "", *, next_at: datetime | None = None) -> bool:
        """False for a move that came too late: the table does not list it, or the place has changed meanwhile."""
        state, now = step(place.state, move), self._clock.now()
        if state is None:
            return False
        ended_at = None if state in OPEN else now
        reason = reason or move.value
        if not await self.store.move(place, state, reason, next_at=next_at, ended_at=ended_at):
            return False
        log.info("place_moved", place=str(place.id), queue=place.queue, state=state.value, reason=reason)
        self._bus.publish(PlaceMoved(at=now, place=place.id, queue=place.queue, state=state.value, reason=reason))
        return True
