"""The SQL calls of call-backs (`schema/queries/callbacks.sql`)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from callcenter.callbacks.care import UPSET
from callcenter.callbacks.policy import Outcome, Verdict
from callcenter.core.ids import AttemptId, CallbackId, CallId, LegId, OrderId, RecordingId, UserId, new_id
from callcenter.core.pages import Place
from callcenter.people.vault import Vault
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load

_sql: Final = load("callbacks")

Db = Connection | Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One attempt that this house alone may dial. `number` is not shown, so that no log can hold it."""

    attempt: AttemptId
    callback: CallbackId
    order: OrderId
    number: str
    related: CallId | None

    def __repr__(self) -> str:
        return f"Claim({self.attempt})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A call-back whose order has not been told."""

    callback: CallbackId
    order: OrderId
    attempt: AttemptId | None
    outcome: str
    verdict: Verdict


async def enrol(
    db: Db,
    vault: Vault,
    order: OrderId,
    round_no: int,
    number: str | None,
    *,
    next_at: datetime,
    at: datetime,
    by_person: bool = False,
) -> None:
    """Once for each round of an order. `number` None: there is nothing to dial, so it is over at once. `by_person`: the
    machine leaves it alone."""
    machine = bool(number) and not by_person
    await _sql.enrol(
        db,
        id=new_id(),
        order_id=order,
        round_no=round_no,
        number=vault.seal(number or ""),
        number_key=vault.key(number or ""),
        status="waiting" if machine else "person" if number else "exhausted",
        next_at=next_at if machine else None,
        outcome=None if number else Outcome.NO_NUMBER.value,
        at=at,
        finished_at=None if number else at,
        upset=list(UPSET),
    )


async def claim(db: Db, vault: Vault, pbx: str, at: datetime) -> Claim | None:
    """The call-back that is due longest, None when none is whose citizen is not being rung just now."""
    try:
        row = await _sql.claim(db, attempt=new_id(), pbx=pbx, at=at)
    except asyncpg.UniqueViolationError:  # another claim rang the same citizen a moment earlier
        return None
    return None if row is None else _claim(row, vault, row["related"])


async def open_attempts(db: Db, vault: Vault, pbx: str) -> list[Claim]:
    """Claimed before and not settled: after a restart they must be looked up, never dialled again."""
    return [_claim(row, vault, None) async for row in _sql.open_attempts(db, pbx=pbx)]


def _claim(row: Any, vault: Vault, related: Any) -> Claim:
    return Claim(
        attempt=AttemptId(row["id"]),
        callback=CallbackId(row["callback_id"]),
        order=OrderId(row["order_id"]),
        number=vault.open(row["number"]),
        related=None if related is None else CallId(related),
    )


async def leave_to_people(db: Db, cares: Collection[str]) -> None:
    """Waiting call-backs of citizens whom a person asks, for one of `cares` or because they wish for another way."""
    await _sql.leave_to_people(db, cares=list(cares))


async def next_due(db: Db) -> datetime | None:
    due: datetime | None = await _sql.next_due(db)
    return due


async def mark_sent(db: Db, attempt: AttemptId, call: CallId, at: datetime) -> None:
    await _sql.mark_sent(db, attempt=attempt, call_id=call, at=at)


async def mark_answered(db: Db, attempt: AttemptId, at: datetime) -> None:
    await _sql.mark_answered(db, attempt=attempt, at=at)


async def record_answers(db: Db, attempt: AttemptId, answers: Mapping[str, str]) -> None:
    await _sql.record_answers(db, attempt=attempt, answers=dict(answers))


async def answers_of(db: Db, attempt: AttemptId) -> dict[str, str]:
    row = await _sql.answers_of(db, attempt=attempt)
    return {} if row is None else dict(row["answers"])


async def settle_attempt(db: Db, attempt: AttemptId, outcome: Outcome, at: datetime) -> bool:
    """False when it was settled before."""
    return await _sql.settle_attempt(db, attempt=attempt, outcome=outcome.value, at=at) is not None


async def rings(db: Db, callback: CallbackId) -> int:
    return int(await _sql.rings(db, callback_id=callback))


async def retry_at(db: Db, callback: CallbackId, next_at: datetime) -> None:
    await _sql.retry_at(db, callback_id=callback, next_at=next_at)


async def finish(db: Db, callback: CallbackId, outcome: Outcome, given: Verdict, at: datetime) -> None:
    await _sql.finish(
        db,
        callback_id=callback,
        status="done" if outcome is Outcome.ANSWERED else "exhausted",
        outcome=outcome.value,
        resolved=given.resolved,
        satisfied=given.satisfied,
        at=at,
    )


async def untold(db: Db) -> list[Finished]:
    return [
        Finished(
            callback=CallbackId(row["id"]),
            order=OrderId(row["order_id"]),
            attempt=None if row["attempt_id"] is None else AttemptId(row["attempt_id"]),
            outcome=row["outcome"],
            verdict=Verdict(row["resolved"], row["satisfied"]),
        )
        async for row in _sql.untold(db)
    ]


async def mark_told(db: Db, callback: CallbackId, at: datetime) -> None:
    await _sql.mark_told(db, callback_id=callback, at=at)


async def awaiting_order(db: Db, vault: Vault, order: OrderId) -> tuple[int, str] | None:
    """Round and number of an order in call-back, None for any other."""
    row = await _sql.awaiting_order(db, order_id=order)
    return None if row is None else (row["round_no"], vault.open(row["caller_number"]))


async def withdraw(db: Db, order: OrderId, at: datetime) -> None:
    await _sql.withdraw(db, order_id=order, at=at)


async def withdraw_settled(db: Db, at: datetime) -> None:
    await _sql.withdraw_settled(db, at=at)


async def all_answers(db: Db, callback: CallbackId) -> dict[str, str]:
    """Of every attempt; the latest word counts."""
    merged: dict[str, str] = {}
    async for row in _sql.all_answers(db, callback_id=callback):
        merged |= row["answers"]
    return merged


async def citizen_rung(db: Db, attempt: AttemptId, legs: tuple[LegId, LegId]) -> bool:
    """What the call ledger knows, should the PBX have lost its memory."""
    return bool(await _sql.citizen_rung(db, attempt=attempt, survey_leg=legs[0], dialling_leg=legs[1]))


async def unswept(db: Db, pbx: str, before: datetime) -> list[AttemptId]:
    return [AttemptId(row["id"]) async for row in _sql.unswept(db, pbx=pbx, before=before)]


async def mark_swept(db: Db, attempt: AttemptId, at: datetime) -> None:
    await _sql.mark_swept(db, attempt=attempt, at=at)


async def callbacks_of(db: Db, order: OrderId) -> list[Any]:
    return [row async for row in _sql.callbacks_of(db, order_id=order)]


async def attempts_of(db: Db, order: OrderId) -> list[Any]:
    return [row async for row in _sql.attempts_of(db, order_id=order)]


async def insert_record(db: Db, **columns: Any) -> None:
    await _sql.insert_record(db, **columns)


async def records_of(db: Db, order: OrderId) -> list[Any]:
    return [row async for row in _sql.records_of(db, order_id=order)]


async def tried_at(db: Db, order: OrderId, round_no: int) -> list[datetime]:
    return [row["at"] async for row in _sql.tried_at(db, order_id=order, round_no=round_no)]


async def recording_of_order(db: Db, recording: RecordingId, order: OrderId) -> bool:
    return bool(await _sql.recording_of_order(db, recording_id=recording, order_id=order))


async def coverage(db: Db, path: str, since: datetime) -> list[Any]:
    return [row async for row in _sql.coverage(db, path=path, since=since)]


async def grades(db: Db, path: str, since: datetime) -> list[Any]:
    return [row async for row in _sql.grades(db, path=path, since=since)]


async def caller_of(db: Db, order: OrderId) -> Any:
    """How the citizen was heard to feel, what they need, and how they wish to be asked."""
    return await _sql.caller_of(db, order_id=order)


async def wish(db: Db, order: OrderId, way: str | None, by: UserId, at: datetime) -> None:
    """None takes an earlier wish back."""
    if way is None:
        await _sql.unwish(db, order_id=order)
    else:
        await _sql.wish(db, order_id=order, way=way, set_by=by, at=at)


async def prefer(db: Db, order: OrderId, priority: int) -> None:
    await _sql.prefer(db, order_id=order, priority=priority)


async def for_people(db: Db, path: str, before: Place, limit: int) -> list[Any]:
    at, order = before
    rows = _sql.for_people(db, path=path, before_at=at, before_id=order, limit=limit)
    return [row async for row in rows]


async def said_in_callback(db: Db, order: OrderId) -> list[str]:
    """What the citizen was understood to say in the calls of this round's call-back, utterance by utterance."""
    return [row["text"] async for row in _sql.said_in_callback(db, order_id=order)]
