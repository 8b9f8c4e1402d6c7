"""One owner per PBX: who dials stops at the first doubt, who listens goes on until somebody else has taken over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from callcenter.app import owner as owning
from callcenter.app.owner import Owner
from callcenter.pbx.lease import hold_lease
from tests.scenarios.house import until

PATIENCE = 20


class Duty:
    """Counts its runs; `running` is set while it runs."""

    def __init__(self) -> None:
        self.runs = 0
        self.running = asyncio.Event()
        self.idle = asyncio.Event()
        self.idle.set()

    async def __call__(self) -> None:
        self.runs += 1
        self.running.set()
        self.idle.clear()
        try:
            await asyncio.Event().wait()
        finally:
            self.running.clear()
            self.idle.set()


class Instance:
    def __init__(self, url: str) -> None:
        self.hearing = Duty()
        self.acting = Duty()
        self.owner = Owner(url, "pbx1", (self.hearing,), (self.acting,))

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Instance"]:
        work = asyncio.create_task(self.owner.run())
        try:
            yield self
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


async def soon(event: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE):
        await event.wait()


async def waiting_for_it(url: str) -> None:
    """Until somebody else stands in line for the lease."""
    connection = await asyncpg.connect(url)
    async with asyncio.timeout(PATIENCE):
        while not await connection.fetchval(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        ):
            await connection.execute("select pg_sleep(0.01)")
    await connection.close()


async def cut_the_lease(url: str) -> None:
    """Ends the session that holds the lock, as a failed-over database would."""
    connection = await asyncpg.connect(url)
    ended = await connection.fetchval(
        "select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory' and granted"
    )
    await connection.close()
    assert ended == 1


async def test_the_second_instance_waits_and_takes_over(database_url: str) -> None:
    async with Instance(database_url).at_work() as first:
        await soon(first.acting.running)
        async with Instance(database_url).at_work() as second:
            await waiting_for_it(database_url)
            assert (first.owner.owns, second.owner.owns, second.hearing.runs) == (True, False, 0)
            await cut_the_lease(database_url)
            await soon(second.acting.running)
            await soon(first.hearing.idle)
            assert (first.owner.owns, second.owner.owns) == (False, True)
            assert not first.acting.running.is_set(), "one instance dials, no more"


async def test_dialling_stops_in_doubt_while_listening_goes_on(database_url: str) -> None:
    async with Instance(database_url).at_work() as only:
        await soon(only.acting.running)
        await cut_the_lease(database_url)
        await soon(only.acting.idle)
        async with asyncio.timeout(PATIENCE):
            while only.acting.runs < 2:
                await only.acting.running.wait()
        assert (only.acting.runs, only.hearing.runs) == (2, 1)


async def test_who_was_overtaken_gives_up_listening_too(database_url: str) -> None:
    async with Instance(database_url).at_work() as first:
        await soon(first.acting.running)
        taken = asyncio.Event()

        async def overtake() -> None:
            async with hold_lease(database_url, "pbx1"):
                taken.set()
                await asyncio.Event().wait()

        rivals = [asyncio.create_task(overtake()) for _ in range(3)]
        try:
            await waiting_for_it(database_url)
            await cut_the_lease(database_url)
            await soon(taken)
            await soon(first.hearing.idle)
            assert not first.owner.owns
        finally:
            for rival in rivals:
                rival.cancel()
            await asyncio.gather(*rivals, return_exceptions=True)


async def test_a_duty_that_hides_its_end_does_not_hold_the_lease_up(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owning, "TOLD_AGAIN", timedelta(milliseconds=50))
    hidden = asyncio.Event()

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if hidden.is_set():
                raise
            hidden.set()
        await asyncio.Event().wait()

    instance = Instance(database_url)
    instance.owner = Owner(database_url, "pbx1", (instance.hearing,), (stubborn, instance.acting))
    async with instance.at_work():
        await soon(instance.acting.running)
        await cut_the_lease(database_url)
        await soon(hidden)

        async def dials_again() -> bool:
            return instance.acting.runs == 2

        await until(dials_again)
    assert instance.hearing.runs == 1


async def test_a_duty_that_fails_ends_the_owner(database_url: str) -> None:
    async def broken() -> None:
        raise ValueError("broken")

    owner = Owner(database_url, "pbx1", (broken,), ())
    with pytest.raises(ExceptionGroup) as failed:
        async with asyncio.timeout(PATIENCE):
            await owner.run()
    assert failed.group_contains(ValueError, match="broken")
    assert not owner.owns
