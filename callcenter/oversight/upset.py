"""A caller in great anger: the supervisor hears of it at once, may listen, and come into the call (SG-28)."""

from typing import Final

from callcenter.core.ids import OrderId, OrgId
from callcenter.oversight.room import SQL, Room
from callcenter.people.actor import Role

AT_ONCE: Final = 100
SUPERVISORS: Final = frozenset({Role.SUPERVISOR})


async def tell_upset(room: Room) -> int:
    """One batch, each order once a time that its caller grows so; gives how many. Where the demand was taken, and at
    the centre that answers for it."""
    async with room.pool.acquire() as db, db.transaction():
        rows = [row async for row in SQL.take_upset(db, limit=AT_ONCE)]
        for row in rows:
            for org in filter(None, dict.fromkeys((row["taken_at_org_id"], row["centre_org_id"]))):
                await room.tell(db, "caller_fierce", OrgId(org), SUPERVISORS, OrderId(row["id"]), number=row["number"])
    return len(rows)
