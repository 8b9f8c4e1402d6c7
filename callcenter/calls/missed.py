"""Missed calls (漏接): who sees them, who rings them back, how they end (JC-18, JC-38)."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from callcenter.calls.events import MissedCallClosed
from callcenter.calls.missed_views import (
    MissedClaimed,
    MissedNotClaimed,
    MissedOver,
    MissedPage,
    MissedState,
    MissedView,
    NoSuchMissedCall,
)
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import MissedId
from callcenter.core.pages import PLACE, Place, key_of
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load

SQL: Final = load("missed")
OLDEST: Final[Place] = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
RINGS_BACK: Final = (Role.AGENT, Role.SUPERVISOR)
ANSWERS_FOR: Final = (Role.SUPERVISOR, Role.LEADER)
"""Who sees what the agents of the own org, or of one below it, have claimed (XY-03)."""


class MissedCalls:
    """Numbers are masked in lists but for who has claimed the record; who sees a full one is in the audit trail."""

    def __init__(self, pool: Pool, audit: Audit, clock: Clock, bus: Bus, vault: Vault) -> None:
        self._pool = pool
        self._audit = audit
        self._clock = clock
        self._bus = bus
        self._vault = vault

    async def page(
        self, actor: Actor, *, limit: int, cursor: str | None = None, state: MissedState = "open", own: bool = False
    ) -> MissedPage:
        """`own`: claimed by the actor. Raises BadCursor."""
        after_at, after_id = key_of(cursor, PLACE, OLDEST)
        found = SQL.page(
            self._pool,
            state=state,
            own=own,
            actor=actor.user_id,
            org_path=actor.org_path if actor.may(*ANSWERS_FOR) else None,
            after_at=after_at,
            after_id=after_id,
            most=limit + 1,
        )

        def shown(row: Any) -> MissedView:
            view = self._view(row)
            return view if view.claimed_by == actor.user_id else view.masked()

        return MissedPage.cut([row async for row in found], limit, shown, lambda row: (row["first_at"], row["id"]))

    async def get(self, actor: Actor, missed: MissedId) -> MissedView:
        """With the full number for its claimer and for supervisors. Raises NoSuchMissedCall."""
        async with self._pool.acquire() as connection:
            row = await self._seen(connection, actor, missed)
            view = self._view(row)
            if view.claimed_by != actor.user_id and not actor.may(Role.SUPERVISOR):
                return view.masked()
            if view.number:
                await self._audit.record(connection, actor.user_id, "number_viewed", "missed_call", missed)
            return view

    async def claim(self, actor: Actor, missed: MissedId) -> MissedView:
        """The actor will ring back; again changes nothing. Raises NoSuchMissedCall, MissedClaimed, MissedOver."""
        async with self._pool.acquire() as connection, connection.transaction():
            view = self._view(await self._seen(connection, actor, missed, open_to_all=True))
            if view.state != "open":
                raise MissedOver
            if view.claimed_by == actor.user_id:
                return view
            if await SQL.claim(connection, id=missed, actor=actor.user_id, at=self._clock.now()) is None:
                raise MissedClaimed
            await self._audit.record(connection, actor.user_id, "missed_claimed", "missed_call", missed)
            return self._view(await SQL.get(connection, id=missed))

    async def release(self, actor: Actor, missed: MissedId) -> MissedView:
        """Gives it back to all: the claimer, or who answers for the claimer. Raises NoSuchMissedCall, MissedNotClaimed,
        MissedOver."""
        async with self._pool.acquire() as connection, connection.transaction():
            view = self._view(await self._seen(connection, actor, missed))
            self._require_hold(actor, view)
            if await SQL.release(connection, id=missed, claimer=view.claimed_by) is None:
                raise MissedOver if view.claimed_by else MissedNotClaimed
            await self._audit.record(connection, actor.user_id, "missed_released", "missed_call", missed)
            return self._view(await SQL.get(connection, id=missed)).masked()

    async def close(self, actor: Actor, missed: MissedId, remark: str) -> MissedView:
        """By hand: the caller cannot be reached, or needs nothing more. Agents close what they have claimed. Raises
        NoSuchMissedCall, MissedNotClaimed, MissedOver."""
        at = self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            view = self._view(await self._seen(connection, actor, missed))
            self._require_hold(actor, view)
            if await SQL.close(connection, id=missed, actor=actor.user_id, at=at, remark=remark) is None:
                raise MissedOver
            await self._audit.record(connection, actor.user_id, "missed_closed", "missed_call", missed)
            closed = self._view(await SQL.get(connection, id=missed)).masked()
        self._bus.publish(MissedCallClosed(at=at, missed=missed, state="closed", call=None))
        return closed

    async def number_to_ring(self, actor: Actor, missed: MissedId) -> str:
        """The number that the actor's call back goes to, '' when it is withheld. Raises as `release`."""
        view = await self.get(actor, missed)
        if view.state != "open":
            raise MissedOver
        if view.claimed_by != actor.user_id:
            raise MissedNotClaimed
        return view.number

    async def _seen(self, db: Connection, actor: Actor, missed: MissedId, *, open_to_all: bool = False) -> Any:
        """Raises NoSuchMissedCall when the actor may not see it. `open_to_all`: a claim by others is no secret."""
        row = await SQL.get(db, id=missed)
        if row is None or not (open_to_all or _may_see(actor, row)):
            raise NoSuchMissedCall
        return row

    def _view(self, row: Any) -> MissedView:
        shown = {name: value for name, value in dict(row).items() if name not in ("claimer_path", "number_key")}
        return MissedView.model_validate(shown | {"number": self._vault.open(row["number"])})

    @staticmethod
    def _require_hold(actor: Actor, view: MissedView) -> None:
        if view.state == "open" and view.claimed_by != actor.user_id and not actor.may(Role.SUPERVISOR):
            raise MissedNotClaimed


def _may_see(actor: Actor, row: Any) -> bool:
    if actor.user_id in (row["claimed_by"], row["ended_by"]) or (row["claimed_by"] is None and row["state"] == "open"):
        return True
    return actor.may(*ANSWERS_FOR) and (row["claimer_path"] is None or actor.sees(row["claimer_path"]))
