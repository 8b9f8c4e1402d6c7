"""Who may sign in a head's place (XY-19): recorded by the head or an administrator, for a time, ended at any time."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from callcenter.core.errors import Forbidden
from callcenter.core.ids import OrgId, UserId, new_id
from callcenter.dispatching.refusals import DelegationOver, NoSuchDelegation, NoSuchDeputy, TaskDueWrong
from callcenter.dispatching.room import SQL, Room
from callcenter.dispatching.views import DelegationPage, DelegationView, SignatoryPage, SignatoryView
from callcenter.people.actor import Actor, Role

LISTED_FOR: Final = timedelta(days=90)
"""How long one that is over stays in the list; the row stays for ever."""


class Delegations:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def record(
        self, actor: Actor, head: UserId | None, deputy: UserId, reason: str, from_at: datetime, until_at: datetime
    ) -> UUID:
        """To somebody of the head's own unit. `head` None is the actor; for another head only an administrator records,
        in the own area. Raises Forbidden, NoSuchDeputy, TaskDueWrong."""
        now = self._room.clock.now()
        if until_at <= max(from_at, now):
            raise TaskDueWrong
        signs_for = head or actor.user_id
        one, org = new_id(), await self._org_of(actor, signs_for)
        async with self._room.pool.acquire() as connection, connection.transaction():
            if deputy == signs_for or await SQL.deputy_of_org(connection, id=deputy, org_id=org) is None:
                raise NoSuchDeputy
            await SQL.insert_delegation(
                connection,
                id=one,
                org_id=org,
                head_user=signs_for,
                deputy_user=deputy,
                reason=reason,
                from_at=from_at,
                until_at=until_at,
                recorded_at=now,
                recorded_by=actor.user_id,
            )
            detail = {"delegation": str(one), "head": str(signs_for)}
            await self._room.audit.record(connection, actor.user_id, "signature_delegated", "user", deputy, detail)
        return one

    async def _org_of(self, actor: Actor, head: UserId) -> OrgId:
        """The unit whose head signs away. Raises Forbidden."""
        row = await SQL.head_of_unit(self._room.pool, id=head)
        own = head == actor.user_id
        if row is None or not (own or (Role.ADMIN in actor.roles and actor.sees(row["path"]))):
            raise Forbidden
        return OrgId(row["org_id"])

    async def end(self, actor: Actor, delegation: UUID) -> None:
        """Before its time; what was signed under it stays. By the head, or an administrator. Raises NoSuchDelegation,
        DelegationOver."""
        now = self._room.clock.now()
        async with self._room.pool.acquire() as connection, connection.transaction():
            row = await SQL.lock_delegation(connection, id=delegation)
            if row is None or not _may_end(actor, row):
                raise NoSuchDelegation
            if row["ended_at"] is not None or row["until_at"] <= now:
                raise DelegationOver
            await SQL.end_delegation(connection, id=delegation, by=actor.user_id, at=now)
            detail = {"delegation": str(delegation)}
            await self._room.audit.record(
                connection, actor.user_id, "delegation_ended", "user", row["deputy_user"], detail
            )

    async def listed(self, actor: Actor) -> DelegationPage:
        """Those in force or to come, and those of the last 90 days, in the reader's area."""
        now = self._room.clock.now()
        found = SQL.delegations(self._room.pool, path=actor.org_path, since=now - LISTED_FOR)
        return DelegationPage(items=tuple([_view(row, actor, now) async for row in found]))

    async def signatories(self, actor: Actor) -> SignatoryPage:
        """Whom the actor may name in a delegation: the heads, and their units' staff. Nobody but names."""
        path = actor.org_path
        found = SQL.signatories(self._room.pool, path=path)
        people = [SignatoryView(**dict(row)) async for row in found]
        if Role.ADMIN not in actor.roles:
            people = [one for one in people if one.org_id == actor.org_id]
        return SignatoryPage(items=tuple(people))


def _may_end(actor: Actor, row: Any) -> bool:
    return actor.user_id == row["head_user"] or (Role.ADMIN in actor.roles and actor.sees(row["path"]))


def state_of(row: Any, now: datetime) -> str:
    """running, coming, over or ended."""
    if row["ended_at"] is not None:
        return "ended"
    if row["until_at"] <= now:
        return "over"
    return "running" if row["from_at"] <= now else "coming"


def _view(row: Any, actor: Actor, now: datetime) -> DelegationView:
    state = state_of(row, now)
    names = set(DelegationView.model_fields) - {"state", "may_end"}
    may = state in {"running", "coming"} and _may_end(actor, row)
    return DelegationView(**{name: row[name] for name in names}, state=state, may_end=may)
