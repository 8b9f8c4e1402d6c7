"""The part of another body in an order: asked, accepted, attended, done; its lateness is its own (SG-25, XY-34)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from callcenter.core.covering import without_numbers
from callcenter.core.ids import OrderId, UserId
from callcenter.core.pages import place_of
from callcenter.dispatching.asking import HELPERS, Wanted, ask, check_dues
from callcenter.dispatching.refusals import NoSuchTask, TaskOver
from callcenter.dispatching.room import CENTRE_STAFF, LEADERS, SQL, UNIT_STAFF, Room, helpers_of, order_at
from callcenter.dispatching.terms import TaskKind
from callcenter.dispatching.views import HelpPage, HelpView, TaskView
from callcenter.people.actor import Actor
from callcenter.store.pool import Connection

ASKERS: Final = CENTRE_STAFF | UNIT_STAFF | LEADERS
_NAMES: Final = frozenset(TaskView.model_fields)


class Tasks:
    """Helpers see the demand and the place, never the caller, and only of orders on which they were asked."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def ask(self, actor: Actor, order: OrderId, wanted: Sequence[Wanted]) -> None:
        """The lead, or the centre, asks others (1+N). Raises NoSuchBody, TaskDueWrong, Forbidden, NoSuchOrder."""
        actor.require(*ASKERS)
        await helpers_of(self._room, actor, [one.org for one in wanted if one.org is not None])
        check_dues(self._room, wanted)

        async def also(db: Connection, moved: asyncpg.Record) -> None:
            await ask(self._room, db, actor, order, moved["number"], wanted)

        body = {"kinds": [one.kind for one in wanted], "orgs": [one.org for one in wanted]}
        await self._room.orders.record(actor, order, "task_asked", body, also=also)

    async def mine(self, actor: Actor, *, only_open: bool, cursor: str | None, limit: int) -> HelpPage:
        """What the actor's org was asked, newest first. Raises BadCursor."""
        at, before = place_of(cursor)
        found = SQL.tasks_of_org(
            self._room.pool, org_id=actor.org_id, open=only_open, before_at=at, before_id=before, limit=limit + 1
        )
        rows = [row async for row in found]
        return HelpPage.cut(rows, limit, lambda row: help_view(row, actor), lambda row: (row["asked_at"], row["id"]))

    async def one(self, actor: Actor, task: UUID) -> HelpView:
        """Raises NoSuchTask: also for a task of another org."""
        return help_view(await self._own(actor, task), actor)

    async def accept(self, actor: Actor, task: UUID) -> HelpView:
        """报到: the body says that it comes. Raises NoSuchTask, TaskOver, Forbidden."""
        await self._own(actor, task, *HELPERS)
        done = await SQL.accept_task(self._room.pool, id=task, by=actor.user_id, at=self._room.clock.now())
        return await self._after(actor, task, done)

    async def attend(self, actor: Actor, task: UUID, *, latitude: float | None, longitude: float | None) -> HelpView:
        """Arrived: a check-in with time and, where the device tells it, place (XY-35). Raises as `accept`."""
        await self._own(actor, task, *HELPERS)
        done = await SQL.attend_task(
            self._room.pool,
            id=task,
            by=actor.user_id,
            at=self._room.clock.now(),
            latitude=latitude,
            longitude=longitude,
        )
        return await self._after(actor, task, done)

    async def finish(self, actor: Actor, task: UUID, *, opinion: str, result: str) -> HelpView:
        """Opinion and result. For a body without log-in whoever asked writes down its answer. Raises as `accept`."""
        row = await self._own(actor, task, *HELPERS, *ASKERS)
        by, now = UserId(actor.user_id), self._room.clock.now()

        async def also(db: Connection, _: asyncpg.Record) -> None:
            if await SQL.finish_task(db, id=task, by=by, at=now, opinion=opinion, result=result) is None:
                raise TaskOver

        body = {"kind": row["kind"], "org": row["org_id"], "helper": row["helper"], "late": row["due_at"] <= now}
        await self._room.orders.record(None, OrderId(row["order_id"]), "task_done", body, also=also)
        return await self.one(actor, task)

    async def cancel(self, actor: Actor, order: OrderId, task: UUID) -> None:
        """By a side that may ask. Raises NoSuchTask, TaskOver, Forbidden, NoSuchOrder."""
        actor.require(*ASKERS)
        await order_at(self._room, actor, order)
        row = await SQL.task_by_id(self._room.pool, id=task)
        if row is None or row["order_id"] != order or row["asked_org_id"] != actor.org_id:
            raise NoSuchTask
        if await SQL.cancel_task(self._room.pool, id=task, at=self._room.clock.now()) is None:
            raise TaskOver

    async def of_order(self, order: OrderId) -> tuple[TaskView, ...]:
        return tuple([task_view(row) async for row in SQL.tasks_of_order(self._room.pool, order_id=order)])

    async def _own(self, actor: Actor, task: UUID, *roles: Any) -> Mapping[str, Any]:
        row = await SQL.task_by_id(self._room.pool, id=task)
        if row is None or actor.org_id != (row["org_id"] or row["asked_org_id"]):
            raise NoSuchTask
        if roles:
            actor.require(*roles)
        return dict(row)

    async def _after(self, actor: Actor, task: UUID, done: object) -> HelpView:
        if done is None:
            raise TaskOver
        return await self.one(actor, task)


def task_view(row: Mapping[str, Any]) -> TaskView:
    return TaskView(**{name: row[name] for name in _NAMES})


def help_view(row: Mapping[str, Any], actor: Actor) -> HelpView:
    """Without a confidential or 举报 order's place: there the task itself must say what is needed."""
    hidden = row["confidential"] or row["request_type"] == "report"
    over = row["done_at"] is not None or row["cancelled_at"] is not None
    steps = [] if over else [name for name, seen in _steps(row).items() if seen and actor.may(*HELPERS, *ASKERS)]
    return HelpView(
        task=task_view(row),
        number=row["number"],
        title="" if hidden else without_numbers(row["title"]),
        demand="" if hidden else without_numbers(row["content"]),
        category=row["category"],
        address="" if hidden else row["address"],
        latitude=None if hidden else row["order_latitude"],
        longitude=None if hidden else row["order_longitude"],
        actions=tuple(steps),
    )


def _steps(row: Mapping[str, Any]) -> dict[str, bool]:
    remote = row["org_id"] is None or row["kind"] == TaskKind.LETTER
    return {
        "accept": row["accepted_at"] is None and row["org_id"] is not None,
        "attend": row["attended_at"] is None and not remote,
        "finish": True,
    }
