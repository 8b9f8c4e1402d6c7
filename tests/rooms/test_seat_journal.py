"""The seats' journal on a real database that is cut under it, and with writes that it refuses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import asyncpg
import pytest

from callcenter.seats import journal as journals
from callcenter.seats.journal import Journal
from callcenter.store.pool import Pool

PATIENCE = 10


@pytest.fixture
async def journal(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Journal]:
    monkeypatch.setattr(journals, "RETRY_AFTER", timedelta(milliseconds=20))
    journal = Journal()
    writer = asyncio.create_task(journal.drain())
    yield journal
    writer.cancel()
    with suppress(asyncio.CancelledError):
        await writer


async def test_a_cut_connection_delays_writes_and_keeps_their_order(journal: Journal, pool: Pool) -> None:
    await pool.execute("create table line (no serial, text text)")
    tries = 0

    async def cut() -> None:
        """The first try loses its connection inside the transaction."""
        nonlocal tries
        tries += 1
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("insert into line (text) values ('first')")
            if tries == 1:
                await connection.execute("select pg_terminate_backend(pg_backend_pid())")

    async def second() -> None:
        await pool.execute("insert into line (text) values ('second')")

    journal.put(cut)
    journal.put(second)
    async with asyncio.timeout(PATIENCE):
        await journal.settled()
    assert tries == 2
    assert [row["text"] for row in await pool.fetch("select text from line order by no")] == ["first", "second"]


async def test_a_write_that_is_refused_for_good_does_not_hold_up_the_next(journal: Journal, pool: Pool) -> None:
    written = asyncio.Event()

    async def refused() -> None:
        await pool.execute("select 1 / 0")

    async def good() -> None:
        assert await pool.fetchval("select 1") == 1
        written.set()

    journal.put(refused)
    journal.put(good)
    async with asyncio.timeout(PATIENCE):
        await written.wait()
    with pytest.raises(asyncpg.DivisionByZeroError):
        await refused()
