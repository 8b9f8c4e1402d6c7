"""Who may do what to a live call, and one operation at a time for each."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from callcenter.core.ids import CallId
from callcenter.people.actor import Actor, Role
from callcenter.transfers.live_errors import CallsElsewhere, NoLiveCall, NotOnCall
from callcenter.transfers.live_floor import Floor
from callcenter.transfers.live_parties import agent_of
from callcenter.transfers.live_ports import Desks


class Turns:
    """`running`: whether this process hears the calls."""

    def __init__(self, floor: Floor, desks: Desks, running: Callable[[], bool]) -> None:
        self._floor = floor
        self._desks = desks
        self._running = running
        self._locks: dict[CallId, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, call: CallId) -> AsyncIterator[None]:
        """The others wait: a second press finds what the first one has done."""
        lock, waiting = self._locks.get(call, (asyncio.Lock(), 0))
        self._locks[call] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(call)
            if waiting > 1:
                self._locks[call] = lock, waiting - 1

    async def extension(self, actor: Actor, call: CallId) -> str:
        """For whom the operation is: the agent's own extension, or that of the call's agent when a supervisor acts (''
        for nobody). Raises CallsElsewhere, NoLiveCall, NotOnCall."""
        if not self._running():
            raise CallsElsewhere
        own = await self._desks.extension_of(actor.user_id)
        try:
            state = self._floor.state(call)
        except NoLiveCall:
            if actor.may(Role.AGENT, Role.SUPERVISOR):
                raise
            raise NotOnCall from None
        if own and agent_of(state, own) is not None:
            return own
        if actor.may(Role.SUPERVISOR):
            return self._floor.parties(call).extension
        raise NotOnCall
