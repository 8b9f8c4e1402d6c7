"""What a form of oversight may name: orgs of one's area, the centres above, leaders, an order by its number."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from callcenter.core.ids import OrderId, OrgId, UserId
from callcenter.orders.room import NoSuchOrder
from callcenter.oversight.room import SQL, NoSuchOrg, NoSuchPerson, Room
from callcenter.oversight.views import Choices, LeaderChoice, OrderChoice, OrgChoice, Participant, shown
from callcenter.people.actor import Actor
from callcenter.store.pool import Connection

MOST: Final = 500


class Chooser:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def choices(self, actor: Actor) -> Choices:
        """The first 500 orgs of the actor's reach, parents before children."""
        path = await self._room.reach(actor)
        orgs = SQL.orgs_below(self._room.pool, path=path, limit=MOST)
        higher = SQL.centres_above(self._room.pool, path=path)
        leaders = SQL.leaders_about(self._room.pool, path=path, limit=MOST)
        return Choices(
            orgs=tuple([shown(OrgChoice, row) async for row in orgs]),
            higher=tuple([shown(OrgChoice, row) async for row in higher]),
            leaders=tuple([shown(LeaderChoice, row) async for row in leaders]),
        )

    async def order(self, actor: Actor, number: str) -> OrderChoice:
        """Raises NoSuchOrder, also for one that the actor does not see."""
        found: UUID | None = await SQL.order_of_number(self._room.pool, number=number)
        if found is None:
            raise NoSuchOrder
        return shown(OrderChoice, dict(await self._room.orders.row(actor, OrderId(found))))


async def check_higher(room: Room, target: OrgId, higher: OrgId | None, leader: UserId | None) -> None:
    """提级: a centre above the supervised org; a person who leads. Raises NoSuchOrg, NoSuchPerson."""
    if higher is not None and not await SQL.stands_above(room.pool, higher=higher, org_id=target):
        raise NoSuchOrg
    if leader is not None and not await SQL.leads(room.pool, user_id=leader):
        raise NoSuchPerson


async def named(room: Room, actor: Actor, given: Sequence[Participant]) -> list[Participant]:
    """Participants with the names that their orgs have; orgs of the actor's city only. Raises NoSuchOrg."""
    ids = [one.org_id for one in given if one.org_id is not None]
    root = "/" + actor.org_path.split("/")[1] + "/"
    known = {row["id"]: row["name"] async for row in SQL.orgs_named(room.pool, ids=ids, path=root)}
    if any(one not in known for one in ids):
        raise NoSuchOrg
    return [one if one.org_id is None else one.model_copy(update={"body": known[one.org_id]}) for one in given]


async def parties_of(db: Connection, order: OrderId) -> list[Participant]:
    """JC-29: whom a visit on site needs: the unit, the centre, helpers, who owns and who holds the place."""
    found = SQL.parties_of(db, order_id=order)
    return [shown(Participant, row) async for row in found]
