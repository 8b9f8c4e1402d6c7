"""The ledger's SQL calls."""

from datetime import datetime
from typing import Any, Final

import asyncpg

from callcenter.calls.sealed import LedgerSeal
from callcenter.calls.spool import Batch
from callcenter.calls.wire import fact_of
from callcenter.core.ids import CallId, new_id
from callcenter.pbx.facts import PbxFact
from callcenter.people.vault import Vault
from callcenter.store.pool import AWAY, Pool
from callcenter.store.queries import load

SQL: Final = load("calls")

UNWRITABLE: Final = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, asyncpg.ProgramLimitExceededError)
"""The database is there and will never take this row."""

UNREACHED: Final = (*AWAY, asyncpg.PostgresError)
"""Anything else: the row is fine and will be taken later."""


class LedgerStore:
    """Writes are idempotent: the same batch twice changes nothing. Batches come sealed (`seal`)."""

    def __init__(self, pool: Pool, vault: Vault) -> None:
        self.seal = LedgerSeal(vault)
        self._pool = pool

    async def write(self, batch: Batch) -> None:
        async with self._pool.acquire() as connection:
            await SQL.write_batch(connection, **batch)

    async def facts_of(self, call: CallId) -> list[PbxFact]:
        async with self._pool.acquire() as connection:
            rows = [row async for row in SQL.facts_of_call(connection, call_id=call)]
        return [self._fact(row) for row in rows]

    async def facts_of_open_calls(self, pbx: str) -> list[PbxFact]:
        async with self._pool.acquire() as connection:
            rows = [row async for row in SQL.facts_of_open_calls(connection, pbx=pbx)]
        return [self._fact(row) for row in rows]

    async def last_fact_at(self, pbx: str) -> datetime | None:
        found: datetime | None = await SQL.last_fact_at(self._pool, pbx=pbx)
        return found

    async def write_gap(self, *, pbx: str, since: datetime, until: datetime, reason: str, recovered: int) -> None:
        await SQL.write_gap(
            self._pool, id=new_id(), pbx=pbx, since=since, until=until, reason=reason, recovered=recovered
        )

    def _fact(self, row: Any) -> PbxFact:
        return fact_of(row["kind"], row["pbx"], row["at"], self.seal.opened(row["body"]))
