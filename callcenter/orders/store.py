"""The SQL of work orders, one method each. Rows come back as asyncpg records; `views` gives them their shape."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import asyncpg

from callcenter.core import errors
from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.orders.timers import NO_CLOCKS, Clocks
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One move as the row, the event and the clocks see it. `changes` are columns of work_order."""

    order: OrderId
    version: int
    at: datetime
    actor: UserId | None
    move: str
    stage_before: str
    stage_after: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    contacts: Sequence[Mapping[str, Any]] = ()
    clocks: Clocks = NO_CLOCKS


KEPT_OUT: Final = (
    "caller_name",
    "caller_number",
    "caller_key",
    "caller_needs",
    "special_groups",
    "emotion",
    "title",
    "content",
    "address",
    "place",
    "latitude",
    "longitude",
)
"""Columns that no event repeats: who the citizen is and what they said stays in the row, which can be cleared."""


class NoSuchCall(errors.Invalid):
    code = "no-such-call"
    zh = "没有这个通话编号"
    en = "there is no call with this id"


_UNSAID: Final[tuple[object, ...]] = (None, "", [], ())


@contextmanager
def _known_call() -> Iterator[None]:
    """The call's id is the only foreign key that a client gives unchecked."""
    try:
        yield
    except asyncpg.ForeignKeyViolationError as error:
        raise NoSuchCall from error


class OrderStore:
    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._sql = load("orders")

    async def create(
        self, fields: Mapping[str, Any], day: str, move: str, clocks: Clocks = NO_CLOCKS
    ) -> asyncpg.Record | None:
        """None when the creator has used the idempotency key before, or the channel its own id."""
        entered = {name: value for name, value in fields.items() if name not in KEPT_OUT and value not in _UNSAID}
        with _known_call():
            row: asyncpg.Record | None = await self._sql.create_order(
                self.pool,
                fields=dict(fields),
                day=day,
                event_id=new_id(),
                move=move,
                entered=entered,
                started=list(clocks.started),
            )
        return row

    async def of_channel(self, channel: str, external_id: str) -> asyncpg.Record | None:
        row: asyncpg.Record | None = await self._sql.order_of_channel(
            self.pool, channel=channel, external_id=external_id
        )
        return row

    async def of_key(self, created_by: UserId, key: str) -> asyncpg.Record | None:
        row: asyncpg.Record | None = await self._sql.order_of_key(self.pool, created_by=created_by, key=key)
        return row

    async def move(self, change: Change, on: Connection) -> asyncpg.Record | None:
        """None when the version has changed since it was read."""
        with _known_call():
            row: asyncpg.Record | None = await self._sql.move_order(
                on,
                id=change.order,
                version=change.version,
                at=change.at,
                actor_id=change.actor,
                move=change.move,
                stage_before=change.stage_before,
                stage_after=change.stage_after,
                changes=dict(change.changes),
                kept_out=list(KEPT_OUT),
                body=dict(change.body),
                contacts=list(change.contacts),
                event_id=new_id(),
                started=list(change.clocks.started),
                stopped=list(change.clocks.stopped),
                resumed=list(change.clocks.resumed),
            )
        return row

    async def notify(self, orders: Sequence[OrderId], due: datetime | None) -> None:
        """One NOTIFY "desk" for each order's creator, and one "order_timer" with the earliest new due time."""
        async for _ in self._sql.notify_moved(self.pool, orders=list(orders), due_at=due):
            pass

    async def get(self, order: OrderId) -> asyncpg.Record | None:
        row: asyncpg.Record | None = await self._sql.order_by_id(self.pool, id=order)
        return row

    async def locked(self, order: OrderId, on: Connection) -> asyncpg.Record | None:
        """As it is after whoever is moving it now; nobody else moves it until the transaction of `on` ends."""
        await self._sql.lock_order(on, id=order)
        row: asyncpg.Record | None = await self._sql.order_by_id(on, id=order)
        return row

    async def of_number(self, number: str) -> asyncpg.Record | None:
        row: asyncpg.Record | None = await self._sql.order_by_number(self.pool, number=number)
        return row

    async def events(self, order: OrderId) -> list[asyncpg.Record]:
        return [row async for row in self._sql.events_of(self.pool, order_id=order)]

    async def timers(self, order: OrderId, on: Connection | None = None) -> list[asyncpg.Record]:
        return [row async for row in self._sql.timers_of(on or self.pool, order_id=order)]

    async def contacts(self, order: OrderId) -> list[asyncpg.Record]:
        return [row async for row in self._sql.contacts_of(self.pool, order_id=order)]

    async def closed_unanswered(self, org_path: str, most: int) -> list[asyncpg.Record]:
        return [row async for row in self._sql.closed_unanswered(self.pool, org_path=org_path, limit=most)]

    async def effects_due(self, org_path: str, day: date, most: int) -> list[asyncpg.Record]:
        return [row async for row in self._sql.effects_due(self.pool, org_path=org_path, day=day, limit=most)]

    async def org(self, org: OrgId, on: Connection | None = None) -> asyncpg.Record | None:
        row: asyncpg.Record | None = await self._sql.org_by_id(on or self.pool, id=org)
        return row

    async def centre_above(self, path: str, on: Connection | None = None) -> asyncpg.Record | None:
        row: asyncpg.Record | None = await self._sql.centre_above(on or self.pool, path=path)
        return row

    async def awaiting_callback(self, after: OrderId | None, limit: int) -> list[asyncpg.Record]:
        return [row async for row in self._sql.awaiting_callback(self.pool, after_id=after, limit=limit)]

    async def open_of(self, callers: list[bytes], limit: int) -> list[asyncpg.Record]:
        return [row async for row in self._sql.open_of_caller(self.pool, callers=callers, limit=limit)]

    async def similar_near(self, callers: list[bytes], since: datetime, limit: int) -> list[asyncpg.Record]:
        return [row async for row in self._sql.similar_near(self.pool, callers=callers, since=since, limit=limit)]

    async def enrol_ruleset(self, ruleset: str, version: int, sha256: str) -> str:
        """The digest remembered for this version: the given one when it is new."""
        return str(await self._sql.enrol_ruleset(self.pool, id=ruleset, version=version, sha256=sha256))
