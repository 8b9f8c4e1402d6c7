"""A merged number to its end: the cut-over checklist (JC-10), then 销号, never before three months of notice."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import Final, get_args
from zoneinfo import ZoneInfo

from callcenter.core.clock import Clock
from callcenter.core.ids import new_id
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Connection, Pool
from callcenter.transfers.hotline import Mode
from callcenter.transfers.hotline_views import Item
from callcenter.transfers.registry_book import SQL, RegistryBook
from callcenter.transfers.registry_errors import (
    AlreadyClosed,
    ChecklistUnfinished,
    ClosingThere,
    ClosingTooEarly,
    NoClosing,
    NoGoodTestCall,
    NotMerged,
)

ITEMS: Final[tuple[Item, ...]] = get_args(Item)
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "orders_migrated": ("在办工单已迁移", "open orders moved over"),
    "knowledge_loaded": ("专业知识库已导入", "expert knowledge loaded"),
    "test_call_ok": ("测试呼叫成功", "test call succeeded"),
    "service_level_kept": ("办理时限不低于原热线", "deadlines no longer than before"),
}


class Merges:
    """All raise NoSuchHotline, NotMerged and, for others than administrators and supervisors, Forbidden."""

    def __init__(self, pool: Pool, clock: Clock, audit: Audit, book: RegistryBook, city: str) -> None:
        self._pool = pool
        self._clock = clock
        self._audit = audit
        self._book = book
        self._zone = ZoneInfo(city)

    async def check(self, actor: Actor, number: str, item: Item, *, done: bool, note: str) -> None:
        """Ticks an item, or takes the tick back. Raises NoGoodTestCall, and AlreadyClosed when it is too late."""
        since, _ = self._notice(actor, number)
        async with self._turn(number) as connection:
            task = await SQL.closing_of(connection, number=number, since=since)
            if task is not None and task["closed_at"] is not None:
                raise AlreadyClosed(number=number)
            if done:
                if item == "test_call_ok" and not await SQL.had_good_probe(connection, number=number, since=since):
                    raise NoGoodTestCall(number=number)
                at, actor_id = self._clock.now(), actor.user_id
                await SQL.set_check(
                    connection, number=number, since=since, item=item, at=at, actor_id=actor_id, note=note
                )
            else:
                await SQL.unset_check(connection, number=number, since=since, item=item)
            await self._record(connection, actor, "merge_item_checked", number, item=item, done=done)

    async def open_closing(self, actor: Actor, number: str, note: str) -> None:
        """Raises ClosingTooEarly, ChecklistUnfinished, ClosingThere."""
        since, until = self._notice(actor, number)
        async with self._turn(number) as connection:
            if await SQL.closing_of(connection, number=number, since=since) is not None:
                raise ClosingThere(number=number)
            await self._require_ready(connection, number, since, until)
            await SQL.open_closing(
                connection,
                id=new_id(),
                number=number,
                since=since,
                at=self._clock.now(),
                actor_id=actor.user_id,
                note=note,
            )
            await self._record(connection, actor, "closing_opened", number)

    async def complete_closing(self, actor: Actor, number: str) -> None:
        """The carrier has taken the number away. Raises NoClosing, ClosingTooEarly, ChecklistUnfinished."""
        since, until = self._notice(actor, number)
        async with self._turn(number) as connection:
            task = await SQL.closing_of(connection, number=number, since=since)
            if task is None or task["closed_at"] is not None:
                raise NoClosing(number=number)
            await self._require_ready(connection, number, since, until)
            at, actor_id = self._clock.now(), actor.user_id
            await SQL.complete_closing(connection, number=number, since=since, at=at, actor_id=actor_id)
            await self._record(connection, actor, "closing_completed", number)

    def _notice(self, actor: Actor, number: str) -> tuple[date, date]:
        actor.require(Role.SUPERVISOR)
        line = self._book.find(number)
        if line.mode is not Mode.MERGED or line.since is None or line.until is None:
            raise NotMerged(number=number)
        return line.since, line.until

    async def _require_ready(self, connection: Connection, number: str, since: date, until: date) -> None:
        if self._clock.now().astimezone(self._zone).date() < until:
            raise ClosingTooEarly(number=number, date=until.isoformat())
        done = {row["item"] async for row in SQL.checks_of(connection, number=number, since=since)}
        if missing := [WORDS[item] for item in ITEMS if item not in done]:
            raise ChecklistUnfinished(
                number=number,
                missing_zh="、".join(zh for zh, _ in missing),
                missing_en=", ".join(en for _, en in missing),
            )

    async def _record(self, connection: Connection, actor: Actor, action: str, number: str, **detail: object) -> None:
        await self._audit.record(connection, actor.user_id, action, "hotline", number, detail)

    @asynccontextmanager
    async def _turn(self, number: str) -> AsyncIterator[Connection]:
        """A transaction; those of one number come one after the other, so that a tick is not taken back meanwhile."""
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.lock_registry(connection, name=f"merge {number}")
            yield connection
