"""The registry in force, and the history of its file (JC-07): each difference is kept when it is taken up."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import structlog

from callcenter.core.clock import Clock
from callcenter.core.ids import new_id
from callcenter.core.pages import place_of
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load
from callcenter.transfers.hotline import Hotline, Link
from callcenter.transfers.hotline_views import ChangePage, ChangeView, Taken
from callcenter.transfers.registry import Registry
from callcenter.transfers.registry_diff import Difference, Entry, differences
from callcenter.transfers.registry_errors import NoSuchHotline, NoSuchLink

log = structlog.get_logger(__name__)

SQL: Final = load("registry")

Read = Callable[[], tuple[Registry, str]]
"""Reads and checks the file: the registry and the file's digest. Raises Misconfigured."""


def digest_of(file: Path) -> str:
    """SHA-256 of the file, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


class RegistryBook:
    """`names` are the titles by number, for those who show them; they follow a reload."""

    def __init__(self, pool: Pool, clock: Clock, audit: Audit, read: Read, given: tuple[Registry, str]) -> None:
        self._pool = pool
        self._clock = clock
        self._audit = audit
        self._read = read
        self.current, self.sha256 = given
        self.names: dict[str, str] = {}
        self._name()

    def find(self, number: str) -> Hotline:
        """Raises NoSuchHotline."""
        line = self.current.find(number)
        if line is None:
            raise NoSuchHotline
        return line

    def link(self, number: str) -> Link:
        """Raises NoSuchHotline or NoSuchLink."""
        link = self.find(number).link
        if link is None:
            raise NoSuchLink
        return link

    async def reload(self, actor: Actor) -> Taken:
        """Reads the file again. Raises Misconfigured, and keeps what is in force, when it is not fit for use."""
        registry, sha256 = await asyncio.to_thread(self._read)
        taken = await self._store(registry, sha256, actor)
        self.current, self.sha256 = registry, sha256
        self._name()
        return taken

    async def take_up(self, actor: Actor | None) -> Taken:
        """Stores what differs from the state taken up last, whichever instance did that. `actor` None: at a start."""
        return await self._store(self.current, self.sha256, actor)

    async def _store(self, registry: Registry, sha256: str, actor: Actor | None) -> Taken:
        after = {line.number: _entry(line) for line in registry.hotlines}
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.lock_registry(connection, name="registry")
            before = {row["number"]: row["after"] async for row in SQL.last_entries(connection) if row["after"]}
            found = differences(before, after)
            for one in found:
                await self._write(connection, one, actor, registry.version, sha256)
            if actor is not None:
                detail = {"sha256": sha256, "numbers": [one.number for one in found]}
                await self._audit.record(
                    connection, actor.user_id, "registry_reloaded", "registry", registry.version, detail
                )
        if found:
            log.info("registry_taken_up", version=registry.version, sha256=sha256, changes=len(found))
        return Taken(
            version=registry.version,
            sha256=sha256,
            numbers=tuple(one.number for one in found),
            needs_switch=any(one.needs_switch for one in found),
        )

    async def changes(self, number: str | None, *, limit: int, cursor: str | None) -> ChangePage:
        """Newest first, of one number or of all. Raises BadCursor."""
        before_at, before_id = place_of(cursor)
        found = SQL.page_of_changes(self._pool, number=number, before_at=before_at, before_id=before_id, most=limit + 1)
        return ChangePage.cut([row async for row in found], limit, _change, lambda row: (row["at"], row["id"]))

    async def _write(
        self, connection: Connection, one: Difference, actor: Actor | None, version: int, sha256: str
    ) -> None:
        await SQL.write_change(
            connection,
            id=new_id(),
            number=one.number,
            at=self._clock.now(),
            actor_id=actor.user_id if actor else None,
            kind=one.kind,
            fields=list(one.fields),
            before=one.before,
            after=one.after,
            sha256=sha256,
            version=version,
        )

    def _name(self) -> None:
        self.names.clear()
        self.names.update((line.number, line.title.zh) for line in self.current.hotlines)


def _entry(line: Hotline) -> Entry:
    entry: Mapping[str, Any] = line.model_dump(mode="json", exclude_defaults=True)
    return entry


def _change(row: Any) -> ChangeView:
    fields = dict(row)
    return ChangeView(by=fields.pop("by_name"), **fields)
