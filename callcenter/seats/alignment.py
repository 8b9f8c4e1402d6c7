"""Makes Asterisk's queues hold a seat as its presence asks. Every step can be repeated."""

from collections.abc import Iterable
from dataclasses import dataclass

from callcenter.core.errors import Refused
from callcenter.pbx.facts import MemberChanged
from callcenter.pbx.snapshot import QueueMemberSeen
from callcenter.seats.ports import Telephony
from callcenter.seats.presence import Membership
from callcenter.seats.seat import Seat


@dataclass(frozen=True, slots=True)
class _Held:
    paused: bool
    penalty: int


class Alignment:
    """Remembers what Asterisk has said about each member, so that nothing is sent that already holds."""

    def __init__(self, telephony: Telephony) -> None:
        self._telephony = telephony
        self._members: dict[tuple[str, str], _Held] = {}

    def heard(self, fact: MemberChanged) -> None:
        if fact.removed:
            self._members.pop((fact.queue, fact.member), None)
        else:
            self._members[fact.queue, fact.member] = _Held(fact.paused, fact.penalty)

    def believe(self, members: Iterable[QueueMemberSeen]) -> None:
        """After a (re)connect: the snapshot is all that is true."""
        self._members = {(seen.queue, seen.member): _Held(seen.paused, seen.penalty) for seen in members}

    def holds(self, seat: Seat, wanted: Membership) -> bool:
        held = {queue: now for (queue, member), now in self._members.items() if member == seat.extension}
        if wanted is Membership.ABSENT:
            return not held
        paused = wanted is Membership.PAUSED
        return held == {queue: _Held(paused, seat.penalty_in(queue)) for queue in seat.queues}

    async def align(self, seat: Seat, wanted: Membership, reason: str) -> None:
        """Returns when Asterisk has said yes to every step. Raises Refused, or Unavailable with the outcome unknown."""
        keep = () if wanted is Membership.ABSENT else seat.queues
        for queue in self._queues_of(seat.extension) - set(keep):
            await self.remove(queue, seat.extension)
        if wanted is Membership.ABSENT:
            for queue in set(seat.queues):
                await self.remove(queue, seat.extension)
        for queue in keep:
            await self._hold(queue, seat, paused=wanted is Membership.PAUSED, reason=reason)

    async def remove(self, queue: str, extension: str) -> None:
        try:
            await self._telephony.remove_member(queue, extension)
        except Refused:
            if (queue, extension) in self._members:
                raise
        self._members.pop((queue, extension), None)

    def _queues_of(self, extension: str) -> set[str]:
        return {queue for queue, member in self._members if member == extension}

    async def _hold(self, queue: str, seat: Seat, *, paused: bool, reason: str) -> None:
        held, penalty = self._members.get((queue, seat.extension)), seat.penalty_in(queue)
        if held is not None and held.penalty != penalty:
            held = await self._weigh(queue, seat.extension, held, penalty)
        if held is not None and held.paused is paused and not paused:
            return
        if held is None:
            await self._join(queue, seat.extension, paused=paused, reason=reason, penalty=penalty)
        else:
            await self._pause(queue, seat.extension, paused=paused, reason=reason, penalty=penalty)
        self._members[queue, seat.extension] = _Held(paused, penalty)

    async def _weigh(self, queue: str, extension: str, held: _Held, penalty: int) -> _Held | None:
        """The new penalty; None when Asterisk knows no such member any more."""
        try:
            await self._telephony.set_penalty(queue, extension, penalty)
        except Refused:
            return None
        self._members[queue, extension] = _Held(held.paused, penalty)
        return self._members[queue, extension]

    async def _join(self, queue: str, extension: str, *, paused: bool, reason: str, penalty: int) -> None:
        try:
            await self._telephony.add_member(queue, extension, paused=paused, reason=reason, penalty=penalty)
        except Refused:  # Asterisk knows the member otherwise than we believed: it is already there
            await self._telephony.pause_member(queue, extension, paused=paused, reason=reason)

    async def _pause(self, queue: str, extension: str, *, paused: bool, reason: str, penalty: int) -> None:
        try:
            await self._telephony.pause_member(queue, extension, paused=paused, reason=reason)
        except Refused:  # or it is no longer there
            await self._telephony.add_member(queue, extension, paused=paused, reason=reason, penalty=penalty)
