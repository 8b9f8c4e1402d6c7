"""What handling asks of a move before it is written: the owner's first contact, and all that a submission needs."""

from typing import Any

from callcenter.core.ids import OrderId
from callcenter.handling.contacts import check_owner
from callcenter.handling.lacks import Facts, check_ready
from callcenter.handling.replies import check_reply
from callcenter.handling.room import SQL, Room
from callcenter.orders import lifecycle as life
from callcenter.orders.terms import RequestType, ResultType, Solvability
from callcenter.people.actor import Actor
from callcenter.store.pool import Connection, Pool


class Gate:
    """Called by `orders` inside the move's transaction, with the row that it has locked: whatever is written on the
    order meanwhile waits, and is seen by the next try."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def __call__(self, on: Connection, row: Any, move: life.Move, actor: Actor | None) -> None:
        """Raises NotCaseOwner, SlotEmpty, Boilerplate, ForwardOnly, NotReady."""
        if actor is None:
            return
        match move:
            case life.Contact() | life.TryContact():
                check_owner(self._room.orders.policy_of(row), row, actor)
            case life.Submit():
                check_reply(move.reply, await self._room.templates.template_bodies(on))
                facts = await facts_of(on, row, move.solvability, move.result, actor)
                check_ready(facts, self._room.orders.policy_of(row))
            case _:
                return


async def facts_of(
    on: Pool | Connection, row: Any, solvability: Solvability, result: ResultType, actor: Actor
) -> Facts:
    found = await SQL.facts_of(on, order_id=OrderId(row["id"]))
    counted = ("contacts", "open_tasks", "milestones", "repeats", "papers", "ever", "departed")
    return Facts(
        request=RequestType(row["request_type"]),
        round_no=row["round_no"],
        solvability=solvability,
        result=result,
        by_owner=row["case_owner"] in (None, actor.user_id),
        reachable=bool(row["caller_number"]),
        told=found["told"],
        reasonableness=row["reasonableness"] or "reasonable",
        head_named=found["head_named"],
        head_confirmed=found["head_confirmed"],
        **{name: found[name] for name in counted},
    )
