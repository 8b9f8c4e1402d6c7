"""The audit trail as one chain (JC-39): each row's digest covers the row and the digest before it.

Moves never wait for the chain: rows are written as ever (append-only, triggers refuse change and removal), and one
writer at a time chains what older transactions have completed (`pg_snapshot_xmin`), in their order. The digests are
keyed with a key that is not in the database, so that not even the tables' owner can make another chain fit. Each link
names its key: after a rotation the newest one goes on, and an older one never comes back. What a chain cannot show is
that its newest end was cut off together with its rows: `head` of an earlier check shows that.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
import structlog

from callcenter.core.clock import Clock
from callcenter.people.vault import Vault
from callcenter.store.pool import AWAY, Connection, Pool
from callcenter.store.queries import load

log = structlog.get_logger(__name__)

SQL: Final[Any] = load("chain")
BATCH: Final = 1000
FIRST: Final = b""
"""What stands before the first link."""

Fault = Literal["changed", "deleted", "inserted", "link_missing", "head_differs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first row that does not fit. `changed`: the row or its link differs, or stands in another place."""

    fault: Fault
    seq: int | None
    source: str | None
    row: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """`head` is the last link, as `seq:digest`: keep it outside the database."""

    checked: int
    unsealed: int
    head: str
    broken: Break | None


class Chain:
    def __init__(self, pool: Pool, vault: Vault, clock: Clock, every: timedelta) -> None:
        self._pool = pool
        self._vault = vault
        self._clock = clock
        self._every = every

    async def run(self) -> None:
        """Until cancelled, in every instance: whoever comes first chains, the others look on."""
        while True:
            try:
                while await self.extend() == BATCH:
                    pass
            except (*AWAY, asyncpg.PostgresError) as error:
                log.warning("audit_chain_waits", cause=type(error).__name__)
            await asyncio.sleep(self._every.total_seconds())

    async def extend(self) -> int:
        """One batch; gives the number of rows chained, 0 when another instance is at it."""
        async with self._pool.acquire() as connection, connection.transaction():
            if not await SQL.lock_chain(connection):
                return 0
            return await self._extend(connection)

    async def _extend(self, connection: Connection) -> int:
        stand = await SQL.stand(connection)
        horizon, seq = int(stand["horizon"]), int(stand["seq"])
        # A dump restored elsewhere brings numbers of another server's transactions: then everything is looked through.
        since = int(stand["xid"]) if int(stand["xid"]) <= horizon else 0
        found = SQL.unchained(connection, since=str(since), horizon=str(horizon), limit=BATCH)
        rows = [row async for row in found]
        last = await SQL.link_at(connection, seq=seq)
        if last is not None and last["key_id"] not in self._vault.chain_ids:
            log.warning("audit_chain_needs_newer_keys")
            return 0
        digest = FIRST if last is None else bytes(last["digest"])
        links: list[tuple[int, str, UUID, bytes]] = []
        for row in rows:
            digest, seq = self._vault.link(digest, row["row_text"].encode()), seq + 1
            links.append((seq, row["source"], row["id"], digest))
        if links:
            seqs, sources, ids, digests = (list(column) for column in zip(*links, strict=True))
            key = self._vault.chain_ids[0]
            await SQL.add_links(connection, seqs=seqs, sources=sources, ids=ids, digests=digests, key_id=key)
        reached = rows[-1]["xid"] if len(rows) == BATCH else str(horizon)
        await SQL.keep_stand(connection, xid=reached, at=self._clock.now())
        return len(rows)

    async def verify(self, expected: str | None = None) -> Verified:
        """Walks the whole chain over one snapshot. `expected` is the `head` of an earlier check, which must still be in
        the chain."""
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            walk = _Walk(self._vault, expected)
            while walk.broken is None:
                rows = [row async for row in SQL.links(connection, after=walk.seq, limit=BATCH)]
                walk.take(rows)
                if len(rows) < BATCH:
                    break
            broken = walk.broken or walk.unmet() or await _slipped_in(connection)
            return Verified(
                checked=walk.checked,
                unsealed=await SQL.unsealed(connection),
                head=f"{walk.seq}:{walk.digest.hex()}",
                broken=broken,
            )


class _Walk:
    """How far the chain fits."""

    def __init__(self, vault: Vault, expected: str | None) -> None:
        self._vault = vault
        self._expected = expected
        self._age = len(vault.chain_ids)
        self.seq = 0
        self.checked = 0
        self.digest = FIRST
        self.broken: Break | None = None

    def take(self, rows: list[asyncpg.Record]) -> None:
        for row in rows:
            fault = self._fault_of(row)
            if fault is not None:
                self.broken = Break(fault=fault, seq=row["seq"], source=row["source"], row=row["row_id"])
                return
            self.seq, self.digest, self.checked = row["seq"], bytes(row["digest"]), self.checked + 1
            if self._expected == f"{self.seq}:{self.digest.hex()}":
                self._expected = None

    def _fault_of(self, row: asyncpg.Record) -> Fault | None:
        if row["seq"] != self.seq + 1:
            return "link_missing"
        if row["row_text"] is None:
            return "deleted"
        if row["key_id"] not in self._vault.chain_ids:
            return "changed"
        before, self._age = self._age, self._vault.chain_ids.index(row["key_id"])
        fits = self._vault.link(self.digest, row["row_text"].encode(), row["key_id"]) == row["digest"]
        return None if fits and self._age <= before else "changed"

    def unmet(self) -> Break | None:
        """The head of an earlier check is not in the chain: its end was cut off, or it was made anew."""
        if self._expected is None:
            return None
        return Break(fault="head_differs", seq=self.seq, source=None, row=None)


async def _slipped_in(connection: Connection) -> Break | None:
    row = await SQL.slipped_in(connection)
    return None if row is None else Break(fault="inserted", seq=None, source=row["source"], row=row["id"])
