"""Ending a task that one has begun, without losing one's own end over it."""

import asyncio
from typing import Any


async def ended_with(task: asyncio.Task[Any]) -> None:
    """Cancels the task and waits for it. Whoever is cancelled while waiting ends cancelled: `suppress(CancelledError)`
    around `await task` takes one's own cancellation for the task's, and then nobody ends."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
