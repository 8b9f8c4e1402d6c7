"""The lease of a PBX on a real PostgreSQL."""

import asyncio
import os
import signal
from datetime import timedelta

import asyncpg
import pytest

from callcenter.pbx.lease import Lease, LeaseUnavailable, hold_lease

QUICK = {"check_every": timedelta(milliseconds=50), "check_deadline": timedelta(milliseconds=200)}
OWNERS = "select pid from pg_locks where locktype = 'advisory' and granted"
WAITING = "select count(*) from pg_locks where locktype = 'advisory' and not granted"


async def take(url: str, pbx: str, taken: asyncio.Event, release: asyncio.Event) -> None:
    async with hold_lease(url, pbx):
        taken.set()
        await release.wait()


async def test_the_second_waits_and_takes_over_when_the_first_lets_go(database_url: str) -> None:
    taken, release = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        async with hold_lease(database_url, "pbx1"):
            group.create_task(take(database_url, "pbx1", taken, release))
            await until_waiting(database_url)
            assert not taken.is_set()
        await taken.wait()
        release.set()


async def test_each_pbx_has_its_own_lease(database_url: str) -> None:
    async with asyncio.timeout(10), hold_lease(database_url, "pbx1"), hold_lease(database_url, "pbx2") as second:
        assert not second.lost.is_set()


async def test_a_lost_connection_is_a_lost_lease_and_frees_it(database_url: str) -> None:
    taken, release = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group, hold_lease(database_url, "pbx1", **QUICK) as lease:
        group.create_task(take(database_url, "pbx1", taken, release))
        await until_waiting(database_url)
        await end_owner(database_url)
        await lease.lost.wait()
        await taken.wait()
        release.set()


async def test_a_silent_connection_is_noticed(database_url: str) -> None:
    """A stopped backend keeps its socket open and says nothing, as a machine that lost its power does."""
    async with asyncio.timeout(10), hold_lease(database_url, "pbx1", **QUICK) as lease:
        connection = await asyncpg.connect(database_url)
        owner = await connection.fetchval(OWNERS)
        await connection.close()
        os.kill(owner, signal.SIGSTOP)
        try:
            await lease.lost.wait()
        finally:
            os.kill(owner, signal.SIGCONT)


async def test_a_database_that_is_away_is_said_so() -> None:
    with pytest.raises(LeaseUnavailable, match="pbx1"):
        async with hold_lease("postgresql://nobody@127.0.0.1:1/none", "pbx1"):
            pass


async def test_giving_up_waiting_leaves_nothing_behind(database_url: str) -> None:
    async with asyncio.timeout(10), hold_lease(database_url, "pbx1"):
        waiter = asyncio.create_task(take(database_url, "pbx1", asyncio.Event(), asyncio.Event()))
        await until_waiting(database_url)
        waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)
    async with asyncio.timeout(10), hold_lease(database_url, "pbx1") as again:
        assert isinstance(again, Lease)


async def until_waiting(url: str) -> None:
    """PostgreSQL has no event for "someone waits for a lock": ask it."""
    connection = await asyncpg.connect(url)
    try:
        while not await connection.fetchval(WAITING):
            await connection.execute("select pg_sleep(0.01)")
    finally:
        await connection.close()


async def end_owner(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"select pg_terminate_backend(pid) from ({OWNERS}) as owner")
    finally:
        await connection.close()
