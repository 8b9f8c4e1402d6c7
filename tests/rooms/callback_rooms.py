"""What the call-back tests share: an order in call-back, a clock to set, orders and a ledger that remember."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from callcenter.callbacks.ports import CallbackOrders, OutboundLedger
from callcenter.callbacks.telephony import Dial, Telephony
from callcenter.core.ids import AttemptId, CallId, LegId, OrderId, new_id
from callcenter.store.pool import Pool

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


class SetClock:
    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Told:
    order: OrderId
    attempt: AttemptId | None
    resolved: bool | None
    satisfied: bool | None
    outcome: str


class RememberingOrders:
    """Settles like the orders room: what has left call-back stays as it is."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.told: list[Told] = []
        self.by_person: set[OrderId] = set()
        self._changed = asyncio.Condition()

    async def awaiting(self) -> Sequence[tuple[OrderId, int, str]]:
        rows = await self._pool.fetch("select id, round_no, caller_number from work_order where stage = 'callback'")
        return [(OrderId(row["id"]), row["round_no"], row["caller_number"]) for row in rows]

    async def asked_by_person(self, order: OrderId) -> bool:
        return order in self.by_person

    async def settle_callback(
        self,
        order: OrderId,
        attempt: AttemptId | None,
        resolved: bool | None,
        satisfied: bool | None,
        outcome: str,
    ) -> None:
        await self._pool.execute("update work_order set stage = 'closed' where id = $1", order)
        async with self._changed:
            self.told.append(Told(order, attempt, resolved, satisfied, outcome))
            self._changed.notify_all()

    async def until_told(self, count: int = 1) -> Told:
        async with asyncio.timeout(60), self._changed:
            await self._changed.wait_for(lambda: len(self.told) >= count)
        return self.told[count - 1]


class RememberingLedger:
    def __init__(self) -> None:
        self.begun: list[tuple[LegId, str, str]] = []

    async def begin_outbound(
        self, *, pbx: str, leg: LegId, purpose: str, number: str, related: CallId | None, at: datetime
    ) -> CallId:
        self.begun.append((leg, purpose, number))
        return CallId(uuid5(NAMESPACE_URL, f"{pbx}/{leg}"))


class StagedTelephony:
    """A PBX whose faults are staged: `refusal` is raised instead of dialling, `swallowed` after it. `begins` tells
    whether the dialplan runs by itself; `marks` and `standing` are its truth."""

    def __init__(self) -> None:
        self.pbx = "pbx1"
        self.connected = True
        self.dialled: list[Dial] = []
        self.marks: dict[AttemptId, str] = {}
        self.standing: set[AttemptId] = set()
        self.voided: list[AttemptId] = []
        self.forgotten: list[AttemptId] = []
        self.refusal: Exception | None = None
        self.swallowed: Exception | None = None
        self.begins = False
        self._changed = asyncio.Condition()

    async def dial(self, dial: Dial) -> None:
        if self.refusal is not None:
            raise self.refusal
        if self.begins:
            self.standing.add(dial.attempt)
            self.marks[dial.attempt] = "dialling"
        async with self._changed:
            self.dialled.append(dial)
            self._changed.notify_all()
        if self.swallowed is not None:
            raise self.swallowed

    async def mark_of(self, attempt: AttemptId) -> str | None:
        return self.marks.get(attempt)

    async def stands(self, attempt: AttemptId) -> bool:
        return attempt in self.standing

    async def void(self, attempt: AttemptId) -> None:
        self.voided.append(attempt)
        self.marks[attempt] = "void"

    async def forget(self, attempt: AttemptId) -> None:
        self.forgotten.append(attempt)
        self.marks.pop(attempt, None)

    async def until_dialled(self, count: int = 1) -> Dial:
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(lambda: len(self.dialled) >= count)
        return self.dialled[count - 1]


async def order_in_callback(pool: Pool, number: str = "+8613900000001") -> OrderId:
    """A reviewed order, written straight into the tables: how it got there is the orders room's affair."""
    org, user, order = new_id(), new_id(), OrderId(new_id())
    await pool.execute(
        "insert into org (id, code, path, level, kind, name) values ($1, $2, '/' || $2 || '/', 1, 'centre', '中心')",
        org,
        str(org),
    )
    await pool.execute(
        "insert into app_user (id, username, name, org_id, roles, password_hash, created_at)"
        " values ($1, $2, '李', $3, '{agent}', 'x', $4)",
        user,
        str(user),
        org,
        NOON,
    )
    await pool.execute(
        "insert into work_order (id, number, stage, request_type, title, content, caller_number, created_by,"
        " owner_org_id, owner_org_path, intake_org_path, centre_org_id, created_at)"
        " values ($1, $2, 'callback', 'help', '路灯', '路灯不亮', $3, $4, $5, '/c/', '/c/', $5, $6)",
        order,
        str(order),
        number,
        user,
        org,
        NOON - timedelta(days=1),
    )
    return order


_orders: type[CallbackOrders] = RememberingOrders
_ledger: type[OutboundLedger] = RememberingLedger
_telephony: type[Telephony] = StagedTelephony
