"""Another date from above: given again by the upper platform, or entered by hand with a reason (JC-17). The clocks that
hang on it are bound to the new date in the same transaction, each with its event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import asyncpg

from callcenter.core import errors
from callcenter.core.ids import OrderId, OrgId
from callcenter.orders.calendar import due_at
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.clocks_watch import BATCH, breach_of, notices_of
from callcenter.orders.events import ClockStarted
from callcenter.orders.moves import rules_of
from callcenter.orders.rebinding import UPPER_DUE_SET, Given, Key, has_upper_clock, rebound
from callcenter.orders.room import Also
from callcenter.orders.row import Row
from callcenter.orders.ruleset_parsing import parse_length
from callcenter.orders.service import Orders
from callcenter.orders.timers import INSTANT, facts_of, upper_clocks
from callcenter.outbox.model import Notice, To
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection

TOLD: Final = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD, Role.DISPATCHER, Role.SUPERVISOR})


class UpperDuePast(errors.Invalid):
    code = "upper-due-past"
    zh = "上级要求时限须晚于现在；如已逾期，请保留原时限并在办理中说明"
    en = "the upper platform's date must lie ahead. What is late already keeps its date: explain it while handling"


class UpperDueSame(errors.Refused):
    code = "upper-due-same"
    zh = "该工单的上级要求时限已是这个时间"
    en = "this is the upper platform's date already"


@dataclass(slots=True)
class _Done:
    """What the transaction did, told after the commit."""

    late: list[asyncpg.Record] = field(default_factory=list)
    dues: list[datetime] = field(default_factory=list)


class UpperDues:
    def __init__(self, orders: Orders, store: ClockStore, outbox: Outbox) -> None:
        self._orders = orders
        self._store = store
        self._outbox = outbox

    async def enter(self, actor: Actor, order: OrderId, due: datetime, reason: str) -> None:
        """By hand, for what came by telephone or paper. Raises NoSuchOrder, RecordRefused, Forbidden, UpperDuePast,
        UpperDueSame, CalendarMissing."""
        row = await self._orders.row(actor, order)
        if due <= self._orders.room.clock.now():
            raise UpperDuePast
        if due == row["upper_due_at"]:
            raise UpperDueSame
        await self.record(actor, order, UPPER_DUE_SET, {"reason": reason, "before": row["upper_due_at"]}, due)

    async def record(
        self,
        actor: Actor,
        order: OrderId,
        what: str,
        body: Mapping[str, Any],
        due: datetime,
        *,
        also: Also | None = None,
    ) -> None:
        """Writes `what` on the order with the date from above. The date that it has already changes nothing. Raises
        what `Orders.record` does, and CalendarMissing."""
        done = _Done()

        async def bind(on: Connection, moved: asyncpg.Record) -> None:
            if also is not None:
                await also(on, moved)
            await self._bind(on, moved, actor, body.get("reason", ""), done)

        changes = {"upper_due_at": due}
        said = {**body, "due_at": due}
        await self._orders.record(actor, order, what, said, changes=lambda row: _new(row, changes), also=bind)
        await self._tell(order, done)

    async def _bind(self, on: Connection, moved: asyncpg.Record, actor: Actor, reason: str, done: _Done) -> None:
        """What came late before the new date was there is marked late first: it stays so."""
        if moved["closed_at"] is not None:
            return
        room, order = self._orders.room, OrderId(moved["id"])
        now = room.clock.now()
        done.late = await self._store.mark_breaches(now, BATCH, on, order)
        await self._outbox.post_all(on, [one for row in done.late for one in notices_of(row, room.calendar.zone)])
        timers = await room.store.timers(order, on)
        prolonged = self._prolonged(await self._store.extensions(order, on))
        given = Given(
            upper=moved["upper_due_at"],
            now=now,
            kind=moved["kind"],
            rules=room.rules,
            calendar=room.calendar,
            prolonged=prolonged,
        )
        found = rebound(timers, given)
        if found:
            await self._store.rebind(on, order, found, at=now, actor=actor.user_id, reason=reason)
            done.dues = [one.signs[0].at if one.signs else one.due_at for one in found]
        if not has_upper_clock(timers, room.rules, moved["kind"]):
            done.dues += await self._begin(on, moved, now)
        if done.dues:
            await self._notice(on, moved)

    async def _begin(self, on: Connection, moved: asyncpg.Record, now: datetime) -> Sequence[datetime]:
        room = self._orders.room
        clocks = upper_clocks(
            UPPER_DUE_SET,
            now,
            ruleset=rules_of(room, moved),
            facts=facts_of(dict(moved)),
            calendar=room.calendar,
            unit=OrgId(moved["owner_org_id"]),
            centre=OrgId(moved["centre_org_id"]),
        )
        if clocks:
            await self._store.begin(on, moved, clocks, now)
        return [one.signs[0].at if one.signs else one.due_at for one in clocks]

    def _prolonged(self, extensions: Sequence[Row]) -> dict[Key, datetime]:
        """What each granted extension alone gave: nothing of it is lost with the outer date that cut it."""
        calendar = self._orders.room.calendar
        return {
            (one["timer"], one["round_no"]): due_at(one["due_before"] - INSTANT, parse_length(one["length"]), calendar)
            for one in extensions
            if one["granted"]
        }

    async def _notice(self, on: Connection, order: asyncpg.Record) -> None:
        due = order["upper_due_at"].astimezone(self._orders.room.calendar.zone)
        words = {"number": order["number"], "due": f"{due:%Y-%m-%d %H:%M}"}
        await self._outbox.post_all(
            on,
            [
                Notice(kind=UPPER_DUE_SET, to=To(org=OrgId(org), roles=TOLD), order=OrderId(order["id"]), words=words)
                for org in dict.fromkeys((order["owner_org_id"], order["centre_org_id"]))
            ],
        )

    async def _tell(self, order: OrderId, done: _Done) -> None:
        room = self._orders.room
        for row in done.late:
            room.bus.publish(breach_of(room.clock.now(), row))
        for due in done.dues:
            room.bus.publish(ClockStarted(at=room.clock.now(), order=order, due_at=due))
        await room.notices.tell(order, done.dues)


def _new(row: asyncpg.Record, changes: Mapping[str, datetime]) -> Mapping[str, datetime]:
    return {name: due for name, due in changes.items() if row[name] != due}
