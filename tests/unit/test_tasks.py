"""Who ends a task of one's own is not kept from one's own end."""

import asyncio

import pytest

from callcenter.core.tasks import ended_with


async def test_who_is_cancelled_while_a_task_ends_is_cancelled() -> None:
    begun, told, leave = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow_to_end() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            told.set()
            await leave.wait()

    child = asyncio.create_task(slow_to_end())
    await begun.wait()
    parent = asyncio.create_task(ended_with(child))
    await told.wait()
    parent.cancel()
    leave.set()
    with pytest.raises(asyncio.CancelledError):
        await parent
    assert child.cancelled()


async def test_what_goes_wrong_at_the_end_of_a_task_stays_there() -> None:
    async def fails() -> None:
        raise ZeroDivisionError

    await ended_with(asyncio.create_task(fails()))
