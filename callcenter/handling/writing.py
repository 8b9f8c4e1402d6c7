"""Papers, sub-tasks, options and milestones of an order: each is written with its event, in one transaction."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from callcenter.core.ids import OrderId, new_id
from callcenter.handling.model import (
    Finished,
    NewMilestone,
    NewOption,
    NewTask,
    OptionJudged,
    Reached,
    TaskSettled,
)
from callcenter.handling.papers import Paper
from callcenter.handling.room import SQL, AlreadyDecided, NoSuchEntry, NotThere, Room, require_files
from callcenter.people.actor import Actor
from callcenter.store.pool import Connection

FILES = ("files", "before", "after")
"""Fields of papers that name attachments."""


def files_in(paper: Paper) -> list[UUID]:
    """Every attachment that a paper names."""
    named = [getattr(paper, name, None) for name in FILES]
    return [one for each in named if each for one in (each if isinstance(each, tuple) else (each,))]


async def write_paper(room: Room, actor: Actor, order: OrderId, paper: Paper) -> UUID:
    """Raises NoSuchFile, and what records raise."""
    row = await room.orders.row(actor, order)
    await require_files(room, order, files_in(paper))
    one = new_id()

    async def also(connection: Connection, _: object) -> None:
        await insert_paper(connection, room, actor, row, one, paper.kind, paper.model_dump(mode="json"))

    await room.orders.record(actor, order, "paper_written", {"paper": paper.kind, "id": str(one)}, also=also)
    return one


async def insert_paper(
    connection: Connection, room: Room, actor: Actor, row: Any, one: UUID, kind: str, body: dict[str, Any]
) -> None:
    await SQL.insert_paper(
        connection,
        id=one,
        order_id=row["id"],
        round_no=row["round_no"],
        kind=kind,
        at=room.clock.now(),
        actor_id=actor.user_id,
        body=body,
    )


async def add_task(room: Room, actor: Actor, order: OrderId, new: NewTask) -> UUID:
    """For an org of the actor's centre's area, or the actor's own. Raises NotThere."""
    row = await room.orders.row(actor, order)
    area = row["intake_org_path"]
    if await SQL.org_in(room.pool, id=new.org_id, path=area) is None:
        raise NotThere
    one = new_id()

    async def also(connection: Connection, _: object) -> None:
        asked = new.model_dump()
        await SQL.insert_task(
            connection, id=one, order_id=order, created_by=actor.user_id, created_at=room.clock.now(), **asked
        )

    body = {"task": str(one), "aim": new.aim, "org": str(new.org_id)}
    await room.orders.record(actor, order, "task_added", body, also=also)
    return one


async def settle_task(room: Room, actor: Actor, order: OrderId, task: UUID, settled: TaskSettled) -> None:
    """Done with its evidence, or waived with a reason (SG-02). Raises NoSuchEntry, AlreadyDecided, NoSuchFile."""
    if await SQL.task_by_id(room.pool, id=task, order_id=order) is None:
        raise NoSuchEntry
    await require_files(room, order, settled.evidence)

    async def settle(connection: Connection) -> Any:
        return await SQL.settle_task(
            connection,
            id=task,
            state=settled.state,
            note=settled.note,
            evidence=list(settled.evidence),
            settled_by=actor.user_id,
            settled_at=room.clock.now(),
        )

    await once(room, actor, order, "task_settled", {"task": str(task), "state": settled.state}, settle)


async def once(
    room: Room,
    actor: Actor,
    order: OrderId,
    what: str,
    body: dict[str, Any],
    work: Callable[[Connection], Awaitable[Any]],
    changes: dict[str, Any] | None = None,
) -> None:
    """`work` gives None when it has been done before: then nothing is written. Raises AlreadyDecided."""

    async def also(connection: Connection, _: object) -> None:
        if await work(connection) is None:
            raise AlreadyDecided

    await room.orders.record(actor, order, what, body, changes=changes, also=also)


async def propose_option(room: Room, actor: Actor, order: OrderId, new: NewOption) -> UUID:
    """SJ-12."""
    one = new_id()

    async def also(connection: Connection, _: object) -> None:
        await SQL.insert_option(
            connection,
            id=one,
            order_id=order,
            created_by=actor.user_id,
            created_at=room.clock.now(),
            **new.model_dump(),
        )

    await room.orders.record(actor, order, "option_proposed", {"option": str(one)}, also=also)
    return one


async def judge_option(room: Room, actor: Actor, order: OrderId, option: UUID, judged: OptionJudged) -> None:
    """Raises AlreadyDecided when there is no such option."""

    async def judge(connection: Connection) -> Any:
        return await SQL.judge_option(
            connection,
            id=option,
            order_id=order,
            feasible=judged.feasible,
            reason=judged.reason,
            at=room.clock.now(),
        )

    await once(room, actor, order, "option_judged", {"option": str(option), "feasible": judged.feasible}, judge)


async def choose_option(room: Room, actor: Actor, order: OrderId, option: UUID) -> None:
    """One that was found feasible. Raises AlreadyDecided for any other."""

    async def choose(connection: Connection) -> Any:
        return await SQL.choose_option(connection, id=option, order_id=order)

    await once(room, actor, order, "option_chosen", {"option": str(option)}, choose)


async def plan_milestone(room: Room, actor: Actor, order: OrderId, new: NewMilestone) -> UUID:
    """SJ-04."""
    one = new_id()

    async def also(connection: Connection, _: object) -> None:
        await SQL.insert_milestone(
            connection,
            id=one,
            order_id=order,
            created_by=actor.user_id,
            created_at=room.clock.now(),
            **new.model_dump(),
        )

    await room.orders.record(
        actor, order, "milestone_planned", {"milestone": str(one), "due_on": new.due_on}, also=also
    )
    return one


async def reach_milestone(room: Room, actor: Actor, order: OrderId, milestone: UUID, reached: Reached) -> None:
    """Raises AlreadyDecided, NoSuchFile."""
    await require_files(room, order, reached.evidence)

    async def reach(connection: Connection) -> Any:
        return await SQL.reach_milestone(
            connection,
            id=milestone,
            order_id=order,
            done_by=actor.user_id,
            done_at=room.clock.now(),
            evidence=list(reached.evidence),
        )

    await once(room, actor, order, "milestone_reached", {"milestone": str(milestone)}, reach)


async def finish(room: Room, actor: Actor, order: OrderId, finished: Finished) -> None:
    """JC-25: when the work on the ground was done; a later word replaces an earlier one."""
    at = min(finished.at, room.clock.now())
    await room.orders.record(actor, order, "work_finished", {"at": at}, changes={"finished_at": at})
