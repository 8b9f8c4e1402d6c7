"""Waiting for what has no event of its own, with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta


async def eventually(holds: Callable[[], bool], within: timedelta = timedelta(seconds=5)) -> None:
    """Raises TimeoutError."""
    async with asyncio.timeout(within.total_seconds()):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)


async def comes_true(holds: Callable[[], Awaitable[bool]], within: timedelta = timedelta(seconds=5)) -> None:
    """`eventually` for what must be asked of somebody. Raises TimeoutError."""
    async with asyncio.timeout(within.total_seconds()):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.02)
