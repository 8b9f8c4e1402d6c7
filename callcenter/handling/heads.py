"""Who carries a case (SJ-13), and the head of the unit in later rounds (XY-14)."""

from typing import Any

from callcenter.core.errors import Forbidden, Refused
from callcenter.core.ids import OrderId, new_id
from callcenter.handling.model import HandedOver, HeadNamed
from callcenter.handling.papers import HandOver
from callcenter.handling.room import SQL, NotThere, Room
from callcenter.handling.writing import insert_paper
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection


class NotTheHead(Forbidden):
    code = "not-the-head"
    zh = "须由本轮指定的处置单位负责人本人确认（XY-14）"
    en = "only the head named for this round confirms (XY-14)"


class NoHeadYet(Refused):
    code = "no-head-yet"
    zh = "本轮尚未指定处置单位负责人（XY-14）"
    en = "no head is named for this round yet (XY-14)"


async def _colleague(room: Room, row: Any, user: Any) -> Any:
    found = await SQL.user_in(room.pool, id=user, path=row["owner_org_path"])
    if found is None:
        raise NotThere
    return found


async def hand_over(room: Room, actor: Actor, order: OrderId, given: HandedOver) -> None:
    """To somebody of the unit that holds the order; the hand-over stays on record. Raises NotThere."""
    row = await room.orders.row(actor, order)
    await _colleague(room, row, given.to)
    paper = HandOver(from_user=row["case_owner"], to_user=given.to, reason=given.reason)

    async def also(connection: Connection, _: object) -> None:
        await insert_paper(connection, room, actor, row, new_id(), paper.kind, paper.model_dump(mode="json"))

    body = {"from": str(row["case_owner"] or ""), "to": str(given.to)}
    await room.orders.record(actor, order, "handed_over", body, changes={"case_owner": given.to}, also=also)


async def name_head(room: Room, actor: Actor, order: OrderId, named: HeadNamed) -> None:
    """A unit head of the unit that holds the order. Raises NotThere."""
    row = await room.orders.row(actor, order)
    user = await _colleague(room, row, named.user_id)
    if Role.UNIT_HEAD not in user["roles"]:
        raise NotThere

    async def also(connection: Connection, _: object) -> None:
        await SQL.name_head(
            connection,
            order_id=order,
            round_no=row["round_no"],
            head_user=named.user_id,
            started_at=room.clock.now(),
        )

    body = {"head": str(named.user_id), "round": row["round_no"]}
    await room.orders.record(actor, order, "head_named", body, changes={"head_user": named.user_id}, also=also)


async def confirm_head(room: Room, actor: Actor, order: OrderId) -> None:
    """The head approves what is about to be submitted: the action that XY-14 asks for. Raises NoHeadYet, NotTheHead."""
    row = await room.orders.row(actor, order)
    if row["head_user"] is None:
        raise NoHeadYet
    if row["head_user"] != actor.user_id:
        raise NotTheHead

    async def also(connection: Connection, _: object) -> None:
        given = await SQL.confirm_head(
            connection, order_id=order, round_no=row["round_no"], head_user=actor.user_id, at=room.clock.now()
        )
        if given is None:  # named in an earlier round, not in this one
            raise NoHeadYet

    await room.orders.record(actor, order, "head_confirmed", {"round": row["round_no"]}, also=also)
