"""Waiting for what has no event of its own, with a deadline."""

import asyncio
from collections.abc import Callable
from datetime import timedelta


async def eventually(holds: Callable[[], bool], within: timedelta = timedelta(seconds=5)) -> None:
    """Raises TimeoutError."""
    async with asyncio.timeout(within.total_seconds()):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)
