"""One owner per PBX (D5): a PostgreSQL advisory lock on a connection of its own is the lease."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import asyncpg
import structlog

from callcenter.core.errors import Unavailable
from callcenter.core.tasks import ended_with
from callcenter.store.pool import AWAY

log = structlog.get_logger(__name__)

_KEEPALIVES: Final = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
"""PostgreSQL lets go of an owner whose machine vanished after about 25 s; an owner notices its own loss sooner."""


class LeaseUnavailable(Unavailable):
    code = "lease-unavailable"
    zh = "无法取得电话交换系统 {pbx} 的控制权：数据库连接中断（{cause}）"
    en = "The lease of PBX {pbx} cannot be had: the database went away ({cause})"


class Lease:
    """`lost` is set when the owner can no longer be sure that it is the only one: it must stop acting at once."""

    def __init__(self, pbx: str) -> None:
        self.pbx = pbx
        self.lost = asyncio.Event()


@asynccontextmanager
async def hold_lease(
    url: str,
    pbx: str,
    *,
    check_every: timedelta = timedelta(seconds=5),
    check_deadline: timedelta = timedelta(seconds=5),
) -> AsyncIterator[Lease]:
    """Waits until the lease is free. Raises LeaseUnavailable when the database is away or goes away while waiting.

    A broken connection is noticed at once, a silent one after `check_every` + `check_deadline`."""
    lease = Lease(pbx)
    try:
        connection = await asyncpg.connect(url, server_settings=_KEEPALIVES)
    except AWAY as error:
        raise LeaseUnavailable(pbx=pbx, cause=type(error).__name__) from error
    try:
        connection.add_termination_listener(lambda _: lease.lost.set())
        try:
            await connection.execute("select pg_advisory_lock(hashtextextended('hotline-pbx:' || $1, 0))", pbx)
        except AWAY as error:
            raise LeaseUnavailable(pbx=pbx, cause=type(error).__name__) from error
        log.info("lease_taken", pbx=pbx)
        watch = asyncio.create_task(_watch(connection, lease, check_every, check_deadline))
        try:
            yield lease
        finally:
            await ended_with(watch)
    finally:
        connection.terminate() if lease.lost.is_set() else await connection.close()


async def _watch(
    connection: "asyncpg.Connection[asyncpg.Record]", lease: Lease, every: timedelta, deadline: timedelta
) -> None:
    """A connection can be dead without being closed."""
    while not lease.lost.is_set():
        await asyncio.sleep(every.total_seconds())
        try:
            async with asyncio.timeout(deadline.total_seconds()):
                await connection.execute("select 1")
        except AWAY:
            lease.lost.set()
    log.error("lease_lost", pbx=lease.pbx)
