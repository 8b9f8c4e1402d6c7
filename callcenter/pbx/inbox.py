"""The one ordered inbox of a link. Its memory is bounded: what cannot be kept becomes a declared gap, never a silent
hole, and Asterisk is read at full speed all the while (it drops clients that are slow)."""

import asyncio
from collections import deque
from datetime import datetime
from enum import StrEnum

from callcenter.pbx.facts import LinkLost, LinkUp, PbxFact


class Mode(StrEnum):
    LOST = "lost"  # what comes is dropped: it lies inside the gap
    HOLDING = "holding"  # a snapshot is being taken: what comes waits behind it
    FLOWING = "flowing"


class Inbox:
    def __init__(self, size: int) -> None:
        self._size = size
        self._facts: deque[PbxFact] = deque()
        self._held: deque[PbxFact] = deque()
        self._some = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self.overflowed = asyncio.Event()
        self.mode = Mode.LOST
        self.lost_at: datetime | None = None
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._facts)

    def put(self, fact: PbxFact) -> None:
        match self.mode:
            case Mode.FLOWING if len(self._facts) < self._size:
                self._append(fact)
            case Mode.FLOWING:
                self.dropped += 1
                self.lose(LinkLost(pbx=fact.pbx, at=fact.at, reason="inbox full"), fact.at)
                self.overflowed.set()
            case Mode.HOLDING if len(self._held) < self._size:
                self._held.append(fact)
            case Mode.HOLDING:
                self.dropped += 1
                self.mode = Mode.LOST
            case Mode.LOST:
                self.dropped += 1

    def lose(self, lost: LinkLost, known_until: datetime) -> None:
        """A gap begins, unless one is open already. What was held goes: the next snapshot holds its effect."""
        if self.mode is Mode.FLOWING:
            self.lost_at = known_until
            self._append(lost)
        self.mode = Mode.LOST
        self._held.clear()

    def hold(self) -> None:
        """From here on facts wait behind the snapshot that is about to be taken."""
        self.mode = Mode.HOLDING
        self._held.clear()
        self.overflowed.clear()

    def release(self, up: LinkUp) -> bool:
        """The snapshot first, then what came meanwhile. False when more came than can be kept: take another."""
        if self.mode is not Mode.HOLDING:
            return False
        self._append(up)
        self._facts.extend(self._held)
        self._held.clear()
        self.mode = Mode.FLOWING
        self.lost_at = None
        return True

    async def room(self) -> None:
        """Until the consumer has caught up to half."""
        await self._room.wait()

    async def get(self) -> PbxFact:
        while not self._facts:
            self._some.clear()
            await self._some.wait()
        fact = self._facts.popleft()
        if len(self._facts) <= self._size // 2:
            self._room.set()
        return fact

    def _append(self, fact: PbxFact) -> None:
        self._facts.append(fact)
        self._some.set()
        if len(self._facts) > self._size // 2:
            self._room.clear()
