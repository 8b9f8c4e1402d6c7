"""The audit trail: who viewed or did what (B-29). Written in the caller's transaction when a connection is given."""

from collections.abc import Mapping

from callcenter.core.clock import Clock
from callcenter.core.ids import UserId, new_id
from callcenter.core.pages import place_of
from callcenter.people.actor import Actor
from callcenter.people.model import AuditEntry, AuditPage
from callcenter.people.store import SQL
from callcenter.store.pool import Connection, Pool


class Audit:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def record(
        self,
        db: Pool | Connection,
        actor_id: UserId | None,
        action: str,
        subject_type: str,
        subject_id: object,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        """`actor_id` None is the machine itself. `action` is a verb in snake_case (`order_viewed`); `detail` holds ids
        and states, never a citizen's data."""
        await SQL.insert_audit(
            db,
            id=new_id(),
            at=self._clock.now(),
            actor_id=actor_id,
            action=action,
            subject_type=subject_type,
            subject_id=str(subject_id),
            detail=dict(detail or {}),
        )

    async def trail(
        self, db: Pool, actor: Actor, subject_type: str, subject_id: str, limit: int, cursor: str | None = None
    ) -> AuditPage:
        """Newest first; only what people of the reader's own subtree did, and the machine. Raises BadCursor."""
        at, entry = place_of(cursor)
        found = SQL.audit_of(
            db,
            subject_type=subject_type,
            subject_id=subject_id,
            path=actor.org_path,
            before_at=at,
            before_id=entry,
            limit=limit + 1,
        )
        rows = [row async for row in found]
        return AuditPage.cut(rows, limit, lambda row: AuditEntry(**dict(row)), lambda row: (row["at"], row["id"]))
