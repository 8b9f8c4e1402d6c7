"""Who may sign in a head's place (XY-19): recorded by the head, for a time and with a reason."""

from datetime import datetime
from uuid import UUID

from callcenter.core.ids import UserId, new_id
from callcenter.dispatching.refusals import NoSuchBody, TaskDueWrong
from callcenter.dispatching.room import SQL, Room
from callcenter.dispatching.views import DelegationPage, DelegationView
from callcenter.people.actor import Actor, Role


class Delegations:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def record(self, actor: Actor, deputy: UserId, reason: str, from_at: datetime, until_at: datetime) -> UUID:
        """By the head of the unit, to somebody of the same unit. Raises Forbidden, NoSuchBody, TaskDueWrong."""
        actor.require(Role.UNIT_HEAD)
        if until_at <= max(from_at, self._room.clock.now()):
            raise TaskDueWrong
        one = new_id()
        async with self._room.pool.acquire() as connection, connection.transaction():
            there = await SQL.user_of_org(connection, id=deputy, org_id=actor.org_id)
            if there is None or deputy == actor.user_id:
                raise NoSuchBody
            await SQL.insert_delegation(
                connection,
                id=one,
                org_id=actor.org_id,
                head_user=actor.user_id,
                deputy_user=deputy,
                reason=reason,
                from_at=from_at,
                until_at=until_at,
                recorded_at=self._room.clock.now(),
            )
            await self._room.audit.record(connection, actor.user_id, "signature_delegated", "user", deputy)
        return one

    async def listed(self, actor: Actor) -> DelegationPage:
        """Those in force, or to come, in the reader's area."""
        found = SQL.delegations(self._room.pool, path=actor.org_path, at=self._room.clock.now())
        return DelegationPage(items=tuple([DelegationView(**dict(row)) async for row in found]))
