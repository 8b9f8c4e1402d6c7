"""How a supervision is written down: opened by a person, or proposed by a rule, which a person then decides on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.orders.calendar import WorkingDays
from callcenter.oversight.choices import parties_of
from callcenter.oversight.proposing import fitting
from callcenter.oversight.room import SQL, Room
from callcenter.oversight.terms import MODE_NAMES, Mode, Trigger
from callcenter.oversight.views import Participant
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

OPENERS: Final = frozenset({Role.SUPERVISOR, Role.DEPUTY, Role.LEADER, Role.INSPECTOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSupervision:
    """`due_on` is the last day in time. Escalated names a higher org or a leader; a joint meeting its meeting.
    `parties` go to the place together at `visit_at` (JC-29); None keeps those that were proposed."""

    mode: Mode
    requirement: str
    due_on: date
    basis: str = ""
    trigger: Trigger = Trigger.BY_HAND
    target: OrgId | None = None
    higher: OrgId | None = None
    leader: UserId | None = None
    meeting: UUID | None = None
    record: str = ""
    parties: Sequence[Participant] | None = None
    visit_at: datetime | None = None


def kept_as(parties: Sequence[Participant] | None) -> list[Any] | None:
    """As they are stored."""
    return None if parties is None else [one.model_dump() for one in parties]


async def insert(
    room: Room,
    db: Connection,
    one: UUID,
    order: OrderId,
    new: NewSupervision,
    target: OrgId,
    actor: Actor | None,
    number: str,
    source: str | None = None,
) -> bool:
    """Whether it is new: a rule proposes once."""
    dissatisfied: datetime | None = await SQL.first_dissatisfied(db, order_id=order)
    now = room.clock.now()
    made = await SQL.insert_supervision(
        db,
        id=one,
        order_id=order,
        number=number,
        mode=new.mode,
        state="open" if actor else "proposed",
        trigger=new.trigger,
        basis=new.basis,
        source_key=source,
        initiator_id=actor.user_id if actor else None,
        initiator_org_id=actor.org_id if actor else None,
        target_org_id=target,
        requirement=new.requirement,
        due_on=new.due_on if actor else None,
        due_at=room.end_of(new.due_on) if actor else None,
        higher_org_id=new.higher,
        leader_id=new.leader,
        meeting_id=new.meeting,
        record=new.record,
        parties=kept_as(new.parties) or [],
        visit_at=new.visit_at,
        decide_by=None if actor else room.due(now, WorkingDays(room.config.decide_days)),
        dissatisfied_at=dissatisfied,
        at=now,
    )
    return made is not None


async def propose(
    room: Room, db: Connection, row: asyncpg.Record, trigger: Trigger, mode: Mode, source: str, basis: str = ""
) -> bool:
    """By rule, once a `source`; the centre's people are told, and one of them confirms or dismisses it within
    `oversight.decide_days`. A visit on site names its parties (JC-29)."""
    order, target = OrderId(row["id"]), OrgId(row["owner_org_id"])
    mode = fitting(mode, room.orders.policy_of(row).supervise.modes)
    parties = await parties_of(db, order) if mode is Mode.ON_SITE else ()
    new = NewSupervision(mode=mode, requirement="", due_on=room.today(), basis=basis, trigger=trigger, parties=parties)
    made = await insert(room, db, UUID(str(new_id())), order, new, target, None, "", source)
    if made:
        last = room.due(room.clock.now(), WorkingDays(room.config.decide_days)) - timedelta(microseconds=1)
        words = {"number": row["number"], "mode": MODE_NAMES[mode][0], "due": str(room.calendar.local_date(last))}
        await room.tell(db, "supervision_proposed", OrgId(row["centre_org_id"]), OPENERS, order, **words)
    return made
