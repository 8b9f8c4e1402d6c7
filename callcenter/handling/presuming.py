"""Leaving a presumption (GH-21) and judging a demand's reasonableness (JC-20): by two persons."""

from typing import Any
from uuid import UUID

import asyncpg

from callcenter.core.errors import Refused
from callcenter.core.ids import OrderId, new_id
from callcenter.handling.model import Decided, NewDeparture
from callcenter.handling.presumptions import Matter, check_departure
from callcenter.handling.room import SQL, NoSuchEntry, Room, SamePerson, require_files
from callcenter.handling.writing import once
from callcenter.people.actor import Actor
from callcenter.store.pool import Connection


class DepartureOpen(Refused):
    code = "departure-open"
    zh = "该推定已有待确认的申请"
    en = "a departure from this presumption is waiting to be confirmed already"


async def depart(room: Room, actor: Actor, order: OrderId, new: NewDeparture) -> UUID:
    """Raises NoDeparture, NoSuchFile, DepartureOpen."""
    check_departure(new.matter, new.value)
    row = await room.orders.row(actor, order)
    await require_files(room, order, new.files)
    one = new_id()

    async def also(connection: Connection, _: object) -> None:
        await SQL.insert_departure(
            connection,
            id=one,
            order_id=order,
            org_id=row["owner_org_id"],
            matter=new.matter.value,
            value=new.value,
            reason=new.reason,
            evidence=new.evidence,
            files=list(new.files),
            proposed_by=actor.user_id,
            proposed_at=room.clock.now(),
        )

    body = {"matter": new.matter, "value": new.value, "id": str(one)}
    try:
        await room.orders.record(actor, order, "departure_proposed", body, also=also)
    except asyncpg.UniqueViolationError:
        raise DepartureOpen from None
    return one


async def decide(room: Room, actor: Actor, order: OrderId, departure: UUID, decided: Decided) -> None:
    """By a second person; upheld reasonableness goes into the order's row. Raises NoSuchEntry, SamePerson,
    AlreadyDecided."""
    asked = await SQL.departure_by_id(room.pool, id=departure, order_id=order)
    if asked is None:
        raise NoSuchEntry
    if asked["proposed_by"] == actor.user_id:
        raise SamePerson
    changes: dict[str, Any] | None = None
    if decided.upheld and asked["matter"] == Matter.REASONABLENESS:
        changes = {"reasonableness": asked["value"], "reasonableness_confirmed": True}

    async def settle(connection: Connection) -> Any:
        return await SQL.decide_departure(
            connection,
            id=departure,
            decided_by=actor.user_id,
            decided_at=room.clock.now(),
            upheld=decided.upheld,
            opinion=decided.opinion,
        )

    body = {"matter": asked["matter"], "value": asked["value"], "upheld": decided.upheld}
    await once(room, actor, order, "departure_decided", body, settle, changes)
