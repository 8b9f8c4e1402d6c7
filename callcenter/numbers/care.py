"""The special care list (重点关爱): callers whom the house serves first. It only ever helps a caller, so an agent may
set it during a call, and a supervisor ends it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from callcenter.core.clock import Clock
from callcenter.core.ids import CallId, new_id
from callcenter.core.pages import place_of
from callcenter.numbers.config import NumbersConfig
from callcenter.numbers.errors import ListedAlready, NoSuchEntry, TooLong
from callcenter.numbers.listing import listable
from callcenter.numbers.ports import SeenNumbers
from callcenter.numbers.store import SQL
from callcenter.numbers.views import CareEntry, CarePage, Category, care_entry
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool

MAY_SET: Final = (Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR)


class CareList:
    def __init__(
        self, pool: Pool, clock: Clock, config: NumbersConfig, audit: Audit, seen: SeenNumbers, vault: Vault
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._config = config
        self._audit = audit
        self._seen = seen
        self._vault = vault

    async def add_caller(self, actor: Actor, call: CallId, category: Category, note: str, days: int) -> CareEntry:
        """The caller of a call that the actor may see. Raises Forbidden, NotFound, NumberWithheld, ListedAlready."""
        actor.require(*MAY_SET)
        return await self._add(actor, await self._seen.number_of(actor, call), category, note, days)

    async def add_number(self, actor: Actor, number: str, category: Category, note: str, days: int) -> CareEntry:
        """A number that citizens or their families gave; supervisors only."""
        actor.require(Role.SUPERVISOR)
        return await self._add(actor, number, category, note, days)

    async def _add(self, actor: Actor, given: str, category: Category, note: str, days: int) -> CareEntry:
        number = listable(given, self._config.area_code)
        most = self._config.care_at_most.days
        if days > most:
            raise TooLong(most=most)
        entry, now = new_id(), self._clock.now()
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await SQL.end_expired_care(connection, keys=self._vault.keys(number), at=now)
                await SQL.insert_care(
                    connection,
                    id=entry,
                    number=self._vault.seal(number),
                    number_key=self._vault.key(number),
                    category=category.value,
                    note=note,
                    set_by=actor.user_id,
                    at=now,
                    expires_at=now + timedelta(days=days),
                )
                await self._audit.record(
                    connection, actor.user_id, "care_set", "care_entry", entry, {"category": category.value}
                )
        except asyncpg.UniqueViolationError:
            raise ListedAlready from None
        return await self._one(entry, now)

    async def end(self, actor: Actor, entry: UUID) -> None:
        """Raises Forbidden, NoSuchEntry."""
        actor.require(Role.SUPERVISOR)
        async with self._pool.acquire() as connection, connection.transaction():
            if await SQL.end_care(connection, id=entry, by=actor.user_id, at=self._clock.now()) is None:
                raise NoSuchEntry
            await self._audit.record(connection, actor.user_id, "care_ended", "care_entry", entry)

    async def page(self, actor: Actor, limit: int, cursor: str | None = None) -> CarePage:
        """Raises Forbidden, BadCursor."""
        actor.require(Role.SUPERVISOR)
        before_at, before_id = place_of(cursor)
        found = SQL.page_of_care(self._pool, before_at=before_at, before_id=before_id, most=limit + 1)
        rows, now = [row async for row in found], self._clock.now()
        return CarePage.cut(
            rows, limit, lambda row: care_entry(row, self._vault, now), lambda row: (row["set_at"], row["id"])
        )

    async def _one(self, entry: UUID, now: datetime) -> CareEntry:
        return care_entry(await SQL.care_by_id(self._pool, id=entry), self._vault, now)
