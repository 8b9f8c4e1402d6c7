"""Asking another body for its part: one row, one notice, one word in the order's history."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.dispatching.refusals import TaskDueWrong
from callcenter.dispatching.room import SQL, Room
from callcenter.dispatching.terms import TASK_KINDS, TaskKind
from callcenter.orders.calendar import WorkingDays, due_at
from callcenter.orders.refusals import BarredUnit
from callcenter.outbox.model import Notice, To
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

HELPERS: Final = frozenset({Role.GUEST, Role.FIELD, Role.UNIT_OPERATOR, Role.UNIT_HEAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Of one body: an org of the house, or `body`, which has no log-in. `due` None: the city's default."""

    kind: TaskKind
    task: str
    org: OrgId | None = None
    body: str = ""
    due: datetime | None = None
    accept_due: datetime | None = None


def usual_due(room: Room) -> datetime:
    length = WorkingDays(room.config.co_working_days)
    return due_at(room.clock.now(), length, room.orders.room.calendar)


def check_dues(room: Room, wanted: Iterable[Wanted]) -> None:
    """Raises TaskDueWrong."""
    now = room.clock.now()
    if any(one.due is not None and one.due <= now for one in wanted):
        raise TaskDueWrong


async def barred_among(db: Connection, order: OrderId, orgs: Collection[OrgId]) -> set[OrgId]:
    """Those that the order is a report about, or that are below such an org (SG-22)."""
    return {row["id"] async for row in SQL.barred_among(db, order_id=order, org_ids=list(orgs))}


async def ask(
    room: Room,
    db: Connection,
    actor: Actor,
    order: OrderId,
    number: str,
    wanted: Collection[Wanted],
    *,
    whistle: UUID | None = None,
    meeting: UUID | None = None,
) -> None:
    """In the caller's transaction. Raises BarredUnit; check orgs and dues before."""
    if await barred_among(db, order, [one.org for one in wanted if one.org is not None]):
        raise BarredUnit
    now, usual = room.clock.now(), usual_due(room)
    for one in wanted:
        due = one.due or usual
        await SQL.insert_task(
            db,
            id=new_id(),
            order_id=order,
            kind=one.kind,
            org_id=one.org,
            body=one.body,
            task=one.task,
            asked_by=UserId(actor.user_id),
            asked_org_id=actor.org_id,
            asked_at=now,
            accept_due_at=one.accept_due,
            due_at=due,
            whistle_id=whistle,
            meeting_id=meeting,
        )
        if one.org is not None:
            words = {"number": number, "kind": TASK_KINDS[one.kind][0], "due": room.local(due)}
            to = To(org=one.org, roles=HELPERS)
            await room.outbox.post(db, Notice(kind="task_asked", to=to, order=order, words=words))
