"""Handling with many: whistles (GH-12), difficult orders (XY-16), coordination meetings (SJ-02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from callcenter.core.ids import OrderId, OrgId, new_id
from callcenter.dispatching.asking import Wanted, ask, check_dues
from callcenter.dispatching.refusals import (
    DifficultyOpen,
    NoDifficulty,
    NoSuchWhistle,
    NotInitiator,
    WhistleOver,
)
from callcenter.dispatching.room import (
    CENTRE_STAFF,
    LEADERS,
    SQL,
    UNIT_STAFF,
    Room,
    body_of,
    helpers_of,
    order_at,
)
from callcenter.dispatching.tasks import ASKERS
from callcenter.dispatching.terms import TaskKind
from callcenter.orders import lifecycle as life
from callcenter.orders.terms import Stage
from callcenter.outbox.model import Notice, To
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

_HANDLED = frozenset({Stage.HANDLING, Stage.REHANDLING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    org: OrgId
    attended: bool
    rating: int


class Joint:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def whistle(
        self, actor: Actor, order: OrderId, *, matter: str, place: str, urgency: str, wanted: Sequence[Wanted]
    ) -> UUID:
        """The departments must report within the rule set's hours. Raises NotInitiator, NoSuchBody, TaskDueWrong."""
        row = await order_at(self._room, actor, order)
        policy = self._room.orders.policy_of(row).whistle
        body = await body_of(self._room, actor.org_id)
        if body.kind not in policy.initiators or not actor.may(*ASKERS, Role.FIELD):
            raise NotInitiator(kinds=", ".join(policy.initiators))
        await helpers_of(self._room, actor, [one.org for one in wanted if one.org])
        check_dues(self._room, wanted)
        one, now = new_id(), self._room.clock.now()
        report = now + timedelta(hours=policy.report_hours)

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            await SQL.insert_whistle(
                db,
                id=one,
                order_id=order,
                org_id=actor.org_id,
                matter=matter,
                place=place,
                urgency=urgency,
                blown_by=actor.user_id,
                blown_at=now,
                report_due_at=report,
            )
            called = [
                Wanted(kind=TaskKind.WHISTLE, org=w.org, body=w.body, task=w.task, due=w.due, accept_due=report)
                for w in wanted
            ]
            await ask(self._room, db, actor, order, moved["number"], called, whistle=one)

        said = {"whistle": one, "matter": matter, "orgs": [w.org for w in wanted]}
        await self._room.orders.record(actor, order, "whistle_blown", said, also=also)
        return one

    async def confirm(self, actor: Actor, whistle: UUID, attendances: Sequence[Attendance]) -> None:
        """The initiator says who came and rates it; who did not is told to the supervision of the centre. Raises
        NoSuchWhistle, NotInitiator, WhistleOver."""
        row = await SQL.whistle_by_id(self._room.pool, id=whistle)
        if row is None:
            raise NoSuchWhistle
        if row["org_id"] != actor.org_id:
            raise NotInitiator(kinds=row["org"])
        absent = [one.org for one in attendances if not one.attended]

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            now = self._room.clock.now()
            if await SQL.confirm_whistle(db, id=whistle, by=actor.user_id, at=now) is None:
                raise WhistleOver
            for one in attendances:
                await SQL.rate_attendance(
                    db, whistle_id=whistle, org_id=one.org, attended=one.attended, rating=one.rating, at=now
                )
            for org in absent:
                body = await body_of(self._room, org, db)
                await absence(self._room, db, moved["id"], moved["number"], moved["centre_org_id"], body.name)

        said = {"whistle": whistle, "absent": absent}
        await self._room.orders.record(actor, OrderId(row["order_id"]), "whistle_confirmed", said, also=also)

    async def apply_difficult(self, actor: Actor, order: OrderId, reason: str) -> None:
        """申报疑难 by the unit that has it. Raises DifficultyOpen, and what a record refuses."""
        actor.require(*UNIT_STAFF)

        async def also(db: Connection, _: asyncpg.Record) -> None:
            try:
                await SQL.insert_difficulty(
                    db,
                    id=new_id(),
                    order_id=order,
                    org_id=actor.org_id,
                    reason=reason,
                    applied_by=actor.user_id,
                    at=self._room.clock.now(),
                )
            except asyncpg.UniqueViolationError:
                raise DifficultyOpen from None

        await self._room.orders.record(actor, order, "difficulty_applied", {"reason": reason}, also=also)

    async def decide_difficult(
        self, actor: Actor, order: OrderId, *, granted: bool, opinion: str, wanted: Sequence[Wanted] = ()
    ) -> None:
        """The centre approves, and calls the field team, stations and departments together. The unit stays lead, and
        no clock stops (A-07). Raises NoDifficulty, NoSuchBody, TaskDueWrong."""
        actor.require(*CENTRE_STAFF, *LEADERS)
        row = await order_at(self._room, actor, order)
        found = [one async for one in SQL.difficulties_of(self._room.pool, order_id=order) if not one["decided_at"]]
        if not found:
            raise NoDifficulty
        called = wanted if granted else ()
        await helpers_of(self._room, actor, [one.org for one in called if one.org])
        check_dues(self._room, called)

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            now, applied = self._room.clock.now(), found[0]["id"]
            if (
                await SQL.decide_difficulty(db, id=applied, granted=granted, opinion=opinion, by=actor.user_id, at=now)
                is None
            ):
                raise NoDifficulty
            joint = [
                Wanted(kind=TaskKind.JOINT, org=one.org, body=one.body, task=one.task, due=one.due) for one in called
            ]
            await ask(self._room, db, actor, order, moved["number"], joint)

        said = {"granted": granted, "opinion": opinion, "orgs": [one.org for one in called]}
        changes = {"difficult": True} if granted else {}
        await self._room.orders.record(actor, order, "difficulty_decided", said, changes=changes, also=also)
        if granted and row["stage"] in _HANDLED:
            await self._room.orders.move(None, order, life.Collaborate(reason=opinion))

    async def meet(
        self,
        actor: Actor,
        order: OrderId,
        *,
        held_at: datetime,
        place: str,
        orgs: Sequence[OrgId],
        bodies: Sequence[str],
        minutes: str,
        decisions: str,
        wanted: Sequence[Wanted],
    ) -> UUID:
        """SJ-02: minutes, decisions and what was set for whom; `bodies` are participants outside the house. Raises
        NoSuchBody, TaskDueWrong."""
        actor.require(*ASKERS)
        there = await helpers_of(self._room, actor, [*orgs, *(one.org for one in wanted if one.org)])
        check_dues(self._room, wanted)
        one = new_id()
        present = [{"org_id": org, "body": there[org].name} for org in orgs]
        present += [{"org_id": None, "body": body} for body in bodies]

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            await SQL.insert_meeting(
                db,
                id=one,
                order_id=order,
                held_at=held_at,
                place=place,
                participants=present,
                minutes=minutes,
                decisions=decisions,
                noted_by=actor.user_id,
                at=self._room.clock.now(),
            )
            set_by = [Wanted(kind=TaskKind.MEETING, org=w.org, body=w.body, task=w.task, due=w.due) for w in wanted]
            await ask(self._room, db, actor, order, moved["number"], set_by, meeting=one)

        said = {"meeting": one, "participants": len(present)}
        await self._room.orders.record(actor, order, "meeting_noted", said, also=also)
        return one


async def absence(room: Room, db: Connection, order: OrderId, number: str, centre: OrgId, helper: str) -> None:
    """GH-12: who did not report is a matter for supervision."""
    to = To(org=centre, roles=frozenset({Role.SUPERVISOR, Role.REVIEWER, Role.INSPECTOR}))
    words = {"number": number, "org": helper}
    await room.outbox.post(db, Notice(kind="whistle_absent", to=to, order=order, words=words))
