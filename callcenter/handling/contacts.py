"""The contact log (XY-08, SJ-11): citizens, departments and enterprises, both ways."""

from datetime import datetime
from typing import Any

import asyncpg

from callcenter.core.errors import Forbidden, Invalid
from callcenter.core.ids import OrderId, new_id
from callcenter.handling.model import NewContact
from callcenter.handling.room import SQL, Room
from callcenter.orders import lifecycle as life
from callcenter.orders.calendar import due_at
from callcenter.orders.policy import Policy
from callcenter.orders.terms import ContactOutcome, Stage
from callcenter.people.actor import Actor
from callcenter.store.pool import Connection

_WRITTEN = frozenset({"message", "letter"})


class CounterpartUnnamed(Invalid):
    code = "counterpart-unnamed"
    zh = "与部门或企业联系的，须填写其名称；与诉求人联系的，不得填写姓名"
    en = "name the department or enterprise; never the citizen"


class NoSuchProof(Invalid):
    code = "no-such-proof"
    zh = "所引用的通话或录音不存在"
    en = "the call or recording that is cited does not exist"


class NotCaseOwner(Forbidden):
    code = "not-case-owner"
    zh = "本工单实行专人全程跟踪：首次联系须由承办专人进行，或先办理交接（SJ-13）"
    en = "one named person follows this case: the first contact is theirs, or hand it over first (SJ-13)"


def check_owner(policy: Policy, row: Any, actor: Actor) -> None:
    """Raises NotCaseOwner for a first contact by somebody else."""
    owner = row["case_owner"]
    if policy.dedicated_owner and row["contacted_at"] is None and owner not in (None, actor.user_id):
        raise NotCaseOwner


def brings_result(new: NewContact) -> bool:
    """JC-25: the citizen knows what came of it: heard it, or has it in writing."""
    known = new.outcome is ContactOutcome.REACHED or new.channel in _WRITTEN
    return new.counterpart == "citizen" and new.purpose == "result" and known


async def log_contact(room: Room, actor: Actor, order: OrderId, new: NewContact) -> None:
    """With the citizen it is a move of the order, with anybody else a record. Raises CounterpartUnnamed, NoSuchProof,
    NotCaseOwner, and what moves raise."""
    citizen = new.counterpart == "citizen"
    if citizen == bool(new.counterpart_name.strip()):
        raise CounterpartUnnamed
    row = await room.orders.row(actor, order)
    try:
        if citizen and (Stage(row["stage"]), life.Contact) in life.NEXT:
            await _move(room, actor, order, row, new)
        else:
            await _record(room, actor, order, row, new)
    except asyncpg.ForeignKeyViolationError:
        raise NoSuchProof from None


async def _move(room: Room, actor: Actor, order: OrderId, row: Any, new: NewContact) -> None:
    policy = room.orders.policy_of(row)
    check_owner(policy, row, actor)
    made = life.contact_move(new.outcome, new.note, new.call_id, row["missed_contacts"], policy.contact.attempts)
    now = room.clock.now()

    async def also(connection: Connection, _: object) -> None:
        await SQL.detail_contact(connection, order_id=order, actor_id=actor.user_id, **_details(new, row))
        if row["stage"] == Stage.LEDGER and new.outcome is ContactOutcome.REACHED:
            await SQL.set_interim(connection, order_id=order, due_at=next_interim(room, row, now))

    extra = {"replied_at": now} if brings_result(new) else None
    await room.orders.move(actor, order, made, extra=extra, note=_said(new), also=also)


async def _record(room: Room, actor: Actor, order: OrderId, row: Any, new: NewContact) -> None:
    now = room.clock.now()

    async def also(connection: Connection, _: object) -> None:
        await SQL.insert_contact(
            connection,
            id=new_id(),
            order_id=order,
            kind="further",
            outcome=new.outcome,
            note=new.note,
            at=now,
            actor_id=actor.user_id,
            counterpart=new.counterpart,
            **_details(new, row),
        )

    changes = {"replied_at": now} if brings_result(new) else None
    await room.orders.record(actor, order, "contact_logged", _said(new), changes=changes, also=also)


def next_interim(room: Room, row: Any, after: datetime) -> datetime:
    """GH-13: while it hangs, the citizen hears something at least so often."""
    every = room.orders.policy_of(row).ledger.contact_every
    return due_at(after, every.length, room.orders.room.calendar)


def _said(new: NewContact) -> dict[str, object]:
    return {"counterpart": new.counterpart, "channel": new.channel, "purpose": new.purpose, "direction": new.direction}


def _details(new: NewContact, row: Any) -> dict[str, object]:
    names = ("direction", "counterpart_name", "channel", "purpose", "duration_s", "call_id", "recording_id")
    return {**{name: getattr(new, name) for name in names}, "round_no": row["round_no"]}
