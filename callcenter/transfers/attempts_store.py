"""Transfers and lists of matters in PostgreSQL (`schema/queries/transfers.sql`)."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from callcenter.core import errors
from callcenter.core.ids import CallId, LegId, OrderId, UserId
from callcenter.people.vault import Vault
from callcenter.store.pool import AWAY, Pool
from callcenter.store.queries import load
from callcenter.transfers.attempts import Attempt, Outcome, Place, TransferId
from callcenter.transfers.matrix import Matrix, Means

_sql: Final = load("transfers")

WITHIN: Final = timedelta(seconds=1)
"""How long a transfer waits for what it can do without."""


class MattersEdited(errors.Misconfigured):
    """JC-14: transfers already stand under this version."""

    code = "matters-edited"
    zh = "分流转办清单第 {version} 版已在使用，其内容却被改动；请恢复原文件，改动另存为更高版本（version 加一）"
    en = (
        "version {version} of the list of matters is in use, but its content was changed. Remedy: restore the file, or "
        "raise its version"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatSeen:
    """A seat as stored; `free`: it may be rung now."""

    extension: str
    name: str
    queues: tuple[str, ...] = ()
    free: bool


class AttemptStore:
    """Raises what asyncpg raises. A target that is any number, not a line's, is sealed."""

    def __init__(self, pool: Pool, vault: Vault) -> None:
        self._pool = pool
        self._vault = vault

    async def take_up(self, matrix: Matrix, at: datetime) -> None:
        """Raises MattersEdited when the version is known with another content."""
        known = await _sql.take_up_matters(
            self._pool, version=matrix.version, sha256=matrix.digest, content=matrix.model_dump(mode="json"), at=at
        )
        if known != matrix.digest:
            raise MattersEdited(version=matrix.version)

    async def list_of(self, version: int) -> Matrix | None:
        """As it was taken up."""
        content = await _sql.matters_of(self._pool, version=version)
        return None if content is None else Matrix.model_validate(content)

    async def versions(self) -> list[tuple[int, str, datetime]]:
        """Newest first: version, SHA-256, when it was taken up."""
        rows = _sql.matter_versions(self._pool)
        return [(row["version"], row["sha256"], row["taken_up_at"]) async for row in rows]

    async def write(self, attempt: Attempt) -> None:
        target = self._vault.seal(attempt.target) if attempt.place is Place.NUMBER else attempt.target
        await _sql.write_attempt(self._pool, **_row(attempt) | {"target": target})

    async def get(self, transfer: TransferId) -> Attempt | None:
        row = await _sql.attempt(self._pool, id=transfer)
        return self._attempt(row) if row else None

    async def known(self, transfer: TransferId) -> Attempt | None:
        """As `get`, but a database that is away holds up nothing."""
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                return await self.get(transfer)
        except AWAY:
            return None

    async def open_ones(self, pbx: str) -> list[Attempt]:
        """Oldest first."""
        return [self._attempt(row) async for row in _sql.open_attempts(self._pool, pbx=pbx)]

    async def of_call(self, call: CallId) -> list[Attempt]:
        """Oldest first."""
        return [self._attempt(row) async for row in _sql.attempts_of(self._pool, call_id=call)]

    def _attempt(self, row: Any) -> Attempt:
        attempt = _attempt(row)
        return replace(attempt, target=self._vault.open(attempt.target)) if attempt.place is Place.NUMBER else attempt

    async def wake(self, extensions: Iterable[str], call: CallId) -> None:
        await _sql.wake_desks(self._pool, extensions=list(extensions), kind="call", subject=call)

    async def first_receiver(self, call: CallId) -> str:
        """The number of the side that the demand reached before it reached 12345, '' when it came to us first. A
        database that is away holds up nothing: then nobody is known to have been before us."""
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                return await _sql.came_from(self._pool, call_id=call) or ""
        except AWAY:
            return ""

    async def seat_at(self, extension: str) -> SeatSeen | None:
        row = await _sql.seat_at(self._pool, extension=extension)
        if row is None:
            return None
        free = row["presence"] == "ready" and row["reachable"]
        return SeatSeen(extension=row["extension"], name=row["name"], free=free)

    async def free_seats(self) -> list[SeatSeen]:
        """None while the database is away: the lines are offered all the same."""
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                return [
                    SeatSeen(extension=row["extension"], name=row["name"], queues=tuple(row["queues"]), free=True)
                    async for row in _sql.free_seats(self._pool)
                ]
        except AWAY:
            return []


def _row(attempt: Attempt) -> dict[str, Any]:
    return {
        "id": attempt.id,
        "call_id": attempt.call,
        "pbx": attempt.pbx,
        "room": attempt.room,
        "actor_id": attempt.actor,
        "extension": attempt.extension,
        "place": attempt.place.value,
        "target": attempt.target,
        "mode": attempt.mode.value,
        "matter": attempt.matter,
        "matter_version": attempt.version,
        "doubtful": attempt.doubtful,
        "emergency": attempt.emergency,
        "drill": attempt.drill,
        "keeper": attempt.keeper,
        "fallback": attempt.fallback,
        "consult": attempt.consult,
        "held": attempt.held,
        "order_id": attempt.order,
        "summary": attempt.summary,
        "asked_at": attempt.asked_at,
        "ringing_at": attempt.ringing_at,
        "answered_at": attempt.answered_at,
        "ended_at": attempt.ended_at,
        "step": attempt.step,
        "failure": attempt.failure,
        "used_fallback": attempt.used_fallback,
        "outcome": attempt.outcome.value if attempt.outcome else None,
        "remote_case_no": attempt.remote_case_no,
        "case_noted_at": attempt.case_noted_at,
    }


def _attempt(row: Any) -> Attempt:
    return Attempt(
        id=TransferId(row["id"]),
        call=CallId(row["call_id"]),
        pbx=row["pbx"],
        room=LegId(row["room"]),
        actor=UserId(row["actor_id"]),
        extension=row["extension"],
        place=Place(row["place"]),
        target=row["target"],
        mode=Means(row["mode"]),
        matter=row["matter"],
        version=row["matter_version"],
        doubtful=row["doubtful"],
        emergency=row["emergency"],
        drill=row["drill"],
        keeper=row["keeper"],
        fallback=row["fallback"],
        consult=row["consult"],
        held=row["held"],
        order=None if row["order_id"] is None else OrderId(row["order_id"]),
        summary=row["summary"],
        asked_at=row["asked_at"],
        ringing_at=row["ringing_at"],
        answered_at=row["answered_at"],
        ended_at=row["ended_at"],
        step=row["step"],
        failure=row["failure"],
        used_fallback=row["used_fallback"],
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        remote_case_no=row["remote_case_no"],
        case_noted_at=row["case_noted_at"],
    )
