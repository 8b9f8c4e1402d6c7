"""The duties that exactly one instance has for a PBX (D5), and what becomes of them when the lease is in doubt."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import structlog

from callcenter.pbx.lease import Lease, LeaseUnavailable, hold_lease
from callcenter.store.patience import name_of

log = structlog.get_logger(__name__)

RETRY: Final = timedelta(seconds=1)
TAKEN_AFTER: Final = timedelta(seconds=5)
"""A lease that is not had within this time, on a database that answers, belongs to another instance."""

TOLD_AGAIN: Final = timedelta(seconds=5)

Duty = Callable[[], Coroutine[Any, Any, None]]


class Owner:
    """Runs `hearing` duties (they only take in what has happened, and answer callers) as long as nobody else can have
    taken over, and `acting` duties (they dial) only while the lease is certain: a database that is away costs no
    caller anything, and rings no citizen twice."""

    def __init__(self, url: str, pbx: str, hearing: Sequence[Duty], acting: Sequence[Duty]) -> None:
        self._url = url
        self._pbx = pbx
        self._hearing = hearing
        self._acting = acting
        self.owns = False

    async def run(self) -> None:
        """Until cancelled. A duty that ends or fails ends the owner: better a restart than half a house."""
        while True:
            async with AsyncExitStack() as stack:
                lease: Lease | None = await self._take(stack)
                async with _crew(self._hearing):
                    self.owns = True
                    try:
                        while lease is not None:
                            async with _crew(self._acting):
                                await lease.lost.wait()
                            log.warning("lease_in_doubt", pbx=self._pbx)
                            lease = await self._retake(stack)
                    finally:
                        self.owns = False
            log.warning("pbx_given_up", pbx=self._pbx)

    async def _take(self, stack: AsyncExitStack) -> Lease:
        while True:
            try:
                return await stack.enter_async_context(hold_lease(self._url, self._pbx))
            except LeaseUnavailable:
                await asyncio.sleep(RETRY.total_seconds())

    async def _retake(self, stack: AsyncExitStack) -> Lease | None:
        """None when another instance has taken over meanwhile."""
        while True:
            try:
                async with asyncio.timeout(TAKEN_AFTER.total_seconds()):
                    return await stack.enter_async_context(hold_lease(self._url, self._pbx))
            except LeaseUnavailable:
                await asyncio.sleep(RETRY.total_seconds())
            except TimeoutError:
                return None


@asynccontextmanager
async def _crew(duties: Sequence[Duty]) -> AsyncIterator[None]:
    """The duties run while the block does."""
    async with asyncio.TaskGroup() as group:
        crew = [group.create_task(_for_ever(duty), name=name_of(duty)) for duty in duties]
        try:
            yield
        finally:
            await _dismiss(crew)


async def _dismiss(crew: Sequence[asyncio.Task[None]]) -> None:
    """A duty that hid its end is told again: the lease shall not wait for it."""
    left = set(crew)
    while left:
        for member in left:
            member.cancel()
        _, left = await asyncio.wait(left, timeout=TOLD_AGAIN.total_seconds())
        for member in left:
            log.error("duty_goes_on", duty=member.get_name())


async def _for_ever(duty: Duty) -> None:
    await duty()
    raise RuntimeError(f"{name_of(duty)} ended")
