"""Waiting: for a due time or a wake-up, and for a database that is away."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeVar

import asyncpg
import structlog

from callcenter.store.pool import AWAY

log = structlog.get_logger(__name__)

T = TypeVar("T")

BETWEEN_TRIES: Final = timedelta(seconds=2)
PASSING: Final = (*AWAY, asyncpg.TransactionRollbackError)
"""What another try may not meet: a database that is away, a deadlock."""


async def until(wake: asyncio.Event, within: timedelta | None) -> None:
    """Until woken, or until the time is over; the wake-up is used up."""
    with suppress(TimeoutError):
        async with asyncio.timeout(None if within is None else max(within.total_seconds(), 0)):
            await wake.wait()
    wake.clear()


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """The result, however often the database has to be asked; `work` may be a group of tasks."""
    while True:
        try:
            return await work()
        except* PASSING as error:
            log.warning("waiting_for_database", work=name_of(work), cause=type(error.exceptions[0]).__name__)
        await asyncio.sleep(BETWEEN_TRIES.total_seconds())


def name_of(work: Callable[..., Any]) -> str:
    """For logs and tasks."""
    while isinstance(work, partial):
        work = work.func
    return getattr(work, "__qualname__", type(work).__name__)
