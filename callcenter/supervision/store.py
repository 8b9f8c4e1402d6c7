"""Intrusions in PostgreSQL."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from callcenter.core.ids import CallId, UserId
from callcenter.core.pages import Place
from callcenter.people.audit import Audit
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load
from callcenter.supervision.modes import ACTS, Mode
from callcenter.supervision.session import Session
from callcenter.supervision.views import Told

_SQL: Final = load("supervision")
KIND: Final = "supervised"
"""The desk's hint to an agent: somebody came into the call, or left it."""


class SessionStore:
    """Raises what asyncpg raises."""

    def __init__(self, pool: Pool, audit: Audit) -> None:
        self.pool = pool
        self._audit = audit

    async def open(self, session: Session) -> None:
        """Row and audit in one transaction. Raises UniqueViolationError when the supervisor has an open one."""
        async with self.pool.acquire() as connection, connection.transaction():
            await _SQL.open_session(
                connection,
                id=session.id,
                supervisor=session.supervisor,
                agent=session.agent,
                spied=session.spied,
                call=session.call,
                pbx=session.pbx,
                extension=session.extension,
                asked=session.asked.value,
                reason=session.reason,
                at=session.asked_at,
            )
            await self.audit(session, session.asked, connection)

    async def audit(self, session: Session, mode: Mode, db: Connection | None = None) -> None:
        detail = {"session": str(session.id), "agent": str(session.agent)}
        await self._audit.record(db or self.pool, session.supervisor, ACTS[mode], "call", session.call, detail)

    async def record(
        self, actor: UserId, action: str, subject_type: str, subject: UUID, detail: Mapping[str, object]
    ) -> None:
        """An act that is no intrusion into a talk."""
        await self._audit.record(self.pool, actor, action, subject_type, subject, detail)

    async def enter(self, session: Session, *, told: bool) -> None:
        """The mode that the session is in now."""
        await _SQL.enter_mode(
            self.pool,
            id=session.id,
            mode=session.mode,
            at=session.since,
            told=told,
            payload=_wake(session),
        )

    async def close(self, session: Session) -> None:
        await _SQL.close_session(
            self.pool, id=session.id, at=session.ended_at, outcome=session.outcome, payload=_wake(session)
        )

    async def open_of(self, pbx: str) -> list[Session]:
        return [_session(row) async for row in _SQL.open_sessions(self.pool, pbx=pbx)]

    async def serves(self, path: str, queue: str) -> bool:
        """Whether agents below the org's path take calls of the queue, or it is the root."""
        found: bool = await _SQL.serves(self.pool, path=path, queue=queue)
        return found

    async def own_of(self, supervisor: UserId) -> Session | None:
        """The supervisor's open intrusion."""
        row = await _SQL.open_session_of(self.pool, supervisor=supervisor)
        return _session(row) if row else None

    async def told_of(self, agent: UserId) -> list[Told]:
        return [Told.model_validate(dict(row)) async for row in _SQL.told_of(self.pool, agent=agent)]

    async def under(self, path: str, most: int, before: Place) -> list[Any]:
        """Newest first, of agents below the org's path."""
        before_at, before_id = before
        rows = _SQL.sessions_under(self.pool, path=path, most=most, before_at=before_at, before_id=before_id)
        return [dict(row) async for row in rows]


def _wake(session: Session) -> str:
    return orjson.dumps({"user": str(session.agent), "kind": KIND, "id": str(session.id)}).decode()


def _session(row: Any) -> Session:
    return Session(
        id=row["id"],
        supervisor=UserId(row["supervisor_id"]),
        agent=UserId(row["agent_id"]),
        spied=row["spied"],
        call=CallId(row["call_id"]),
        pbx=row["pbx"],
        extension=row["extension"],
        reason=row["reason"],
        asked=Mode(row["mode"] or row["asked_mode"]),
        asked_at=row["asked_at"],
        mode=Mode(row["mode"]) if row["mode"] else None,
        since=row["since"],
        answered_at=row["answered_at"],
    )
