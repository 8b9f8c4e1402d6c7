"""Seats and the presence log in PostgreSQL."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from callcenter.core.ids import CallId, UserId, new_id
from callcenter.seats.presence import Presence
from callcenter.seats.seat import Order, Seat
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load

_QUERIES = load("seats")
_ORDER: Final = TypeAdapter(Order)


def _seat(row: Any) -> Seat:
    return Seat(
        user=row["user_id"],
        name=row["name"],
        extension=row["extension"],
        queues=tuple(row["queues"]),
        presence=Presence(row["presence"]),
        reason=row["reason"],
        since=row["since"],
        call=row["call_id"],
        offer=row["offer_id"],
        reachable=row["reachable"],
        version=row["version"],
        penalties=row["penalties"],
        order=_ORDER.validate_python(row["forced"]) if row["forced"] else None,
        rest=Presence(row["rest"]),
        rest_reason=row["rest_reason"],
    )


def payload(user: UUID, kind: str, subject: UUID, version: int) -> str:
    """Ids only (D5); the version lets an instance skip what it has already shown."""
    return orjson.dumps({"user": str(user), "kind": kind, "id": str(subject), "version": version}).decode()


class SeatStore:
    """Raises what asyncpg raises; `callcenter.store.pool.AWAY` are the passing errors."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def assign(self, user: UserId, extension: str, sip_secret: str, queues: Iterable[str], at: datetime) -> None:
        await _QUERIES.assign_seat(
            self._pool, user_id=user, extension=extension, sip_secret=sip_secret, queues=list(queues), at=at
        )

    async def set_skills(self, user: UserId, penalties: Mapping[str, int]) -> bool:
        """The queues of the seat, each with its penalty; whether there is such a seat."""
        weighted = {queue: penalty for queue, penalty in penalties.items() if penalty}
        found = await _QUERIES.set_skills(self._pool, user_id=user, queues=list(penalties), penalties=weighted)
        return found is not None

    async def all(self) -> list[Seat]:
        return [_seat(row) async for row in _QUERIES.all_seats(self._pool)]

    async def users_below(self, org_path: str) -> frozenset[UserId]:
        """Users with a seat in an org or below it."""
        return frozenset([UserId(row["user_id"]) async for row in _QUERIES.users_below(self._pool, path=org_path)])

    async def phones(self) -> list[tuple[str, str]]:
        """Extension and SIP secret of every seat, for Asterisk's configuration."""
        return [(row["extension"], row["sip_secret"]) async for row in _QUERIES.phones(self._pool)]

    async def get(self, user: UserId) -> Seat | None:
        row = await _QUERIES.seat_of(self._pool, user_id=user)
        return _seat(row) if row else None

    async def write(self, seat: Seat, *, logged: bool) -> None:
        """Stores the seat, a line of the presence log when `logged`, and wakes every instance's desks."""
        await _QUERIES.write_seat(
            self._pool,
            user_id=seat.user,
            presence=seat.presence.value,
            reason=seat.reason,
            since=seat.since,
            call_id=seat.call,
            offer_id=seat.offer,
            reachable=seat.reachable,
            version=seat.version,
            forced=_ORDER.dump_python(seat.order, mode="json") if seat.order else None,
            rest=seat.rest.value,
            rest_reason=seat.rest_reason,
            logged=logged,
            log_id=new_id(),
            payload=payload(seat.user, "presence", seat.user, seat.version),
        )

    async def channel_of_agent(self, call: CallId, extension: str) -> str | None:
        channel: str | None = await _QUERIES.channel_of_agent(self._pool, call_id=call, extension=extension)
        return channel

    async def org_path_of(self, user: UserId) -> str | None:
        path: str | None = await _QUERIES.org_path_of(self._pool, user_id=user)
        return path

    async def ended_of(self, calls: Collection[CallId]) -> set[CallId]:
        """Those of the calls that the ledger has closed."""
        return {CallId(row["id"]) async for row in _QUERIES.ended_of(self._pool, calls=list(calls))}


async def assign_seat(
    connection: Connection, user: UserId, extension: str, sip_secret: str, queues: Iterable[str], at: datetime
) -> None:
    """Gives a user a seat inside the caller's transaction."""
    await _QUERIES.assign_seat(
        connection, user_id=user, extension=extension, sip_secret=sip_secret, queues=list(queues), at=at
    )
