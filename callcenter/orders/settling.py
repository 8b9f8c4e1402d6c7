"""What the call-back room brings: the citizen's answer, heard by machine, and the orders that wait for one."""

from typing import Final

import structlog

from callcenter.core.ids import AttemptId, OrderId
from callcenter.orders import lifecycle as life
from callcenter.orders.moves import make, row_of
from callcenter.orders.room import Conflict, Room
from callcenter.orders.terms import Stage

log = structlog.get_logger(__name__)

BATCH: Final = 500


async def settle(
    room: Room,
    order: OrderId,
    *,
    resolved: bool | None,
    satisfied: bool | None,
    outcome: str,
    attempt: AttemptId | None,
) -> None:
    """The call-back of an order is over. Heard again (restart, second instance), it changes nothing: an order that has
    left call-back, or has settled by this attempt, stays as it is. Any no warns (XY-11), two yes close; with less, the
    order stays in call-back marked `callback_exhausted`, for a human to ring or to close with a reason (A-20)."""
    note = {"outcome": outcome, "attempt": str(attempt) if attempt else None}
    move = life.callback_move(resolved, satisfied)
    while True:
        row = await row_of(room, order)
        if row["stage"] != Stage.CALLBACK or row["callback_exhausted"]:
            log.info("callback_already_settled", order=str(order), stage=row["stage"])
            return
        try:
            await make(room, None, order, move, note=note, version=row["version"])
        except Conflict:
            continue  # a human or another instance moved it meanwhile: what it is now decides
        return


async def awaiting(room: Room) -> list[tuple[OrderId, int, str]]:
    """Every order whose call-back is still to be made: id, round, number ('' when withheld). Oldest first."""
    found: list[tuple[OrderId, int, str]] = []
    after: OrderId | None = None
    while rows := await room.store.awaiting_callback(after, BATCH):
        found += [(OrderId(row["id"]), row["round_no"], room.vault.open(row["caller_number"])) for row in rows]
        after = found[-1][0]
    return found
