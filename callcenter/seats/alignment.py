"""Makes Asterisk's queues hold a seat as its presence asks. Every step can be repeated."""

from collections.abc import Iterable

from callcenter.core.errors import Refused
from callcenter.pbx.facts import MemberChanged
from callcenter.pbx.snapshot import QueueMemberSeen
from callcenter.seats.ports import Telephony
from callcenter.seats.presence import Membership
from callcenter.seats.seat import Seat


class Alignment:
    """Remembers what Asterisk has said about each member, so that nothing is sent that already holds."""

    def __init__(self, telephony: Telephony) -> None:
        self._telephony = telephony
        self._paused: dict[tuple[str, str], bool] = {}

    def heard(self, fact: MemberChanged) -> None:
        if fact.removed:
            self._paused.pop((fact.queue, fact.member), None)
        else:
            self._paused[fact.queue, fact.member] = fact.paused

    def believe(self, members: Iterable[QueueMemberSeen]) -> None:
        """After a (re)connect: the snapshot is all that is true."""
        self._paused = {(seen.queue, seen.member): seen.paused for seen in members}

    def holds(self, seat: Seat, wanted: Membership) -> bool:
        held = {queue: paused for (queue, member), paused in self._paused.items() if member == seat.extension}
        if wanted is Membership.ABSENT:
            return not held
        return held == dict.fromkeys(seat.queues, wanted is Membership.PAUSED)

    async def align(self, seat: Seat, wanted: Membership, reason: str) -> None:
        """Returns when Asterisk has said yes to every step. Raises Refused, or Unavailable with the outcome unknown."""
        keep = () if wanted is Membership.ABSENT else seat.queues
        for queue in self._queues_of(seat.extension) - set(keep):
            await self.remove(queue, seat.extension)
        if wanted is Membership.ABSENT:
            for queue in set(seat.queues):
                await self.remove(queue, seat.extension)
        for queue in keep:
            await self._hold(queue, seat.extension, paused=wanted is Membership.PAUSED, reason=reason)

    async def remove(self, queue: str, extension: str) -> None:
        try:
            await self._telephony.remove_member(queue, extension)
        except Refused:
            if (queue, extension) in self._paused:
                raise
        self._paused.pop((queue, extension), None)

    def _queues_of(self, extension: str) -> set[str]:
        return {queue for queue, member in self._paused if member == extension}

    async def _hold(self, queue: str, extension: str, *, paused: bool, reason: str) -> None:
        held = self._paused.get((queue, extension))
        if held is paused and not paused:
            return
        first, second = (
            (self._telephony.add_member, self._telephony.pause_member)
            if held is None
            else (self._telephony.pause_member, self._telephony.add_member)
        )
        try:
            await first(queue, extension, paused=paused, reason=reason)
        except Refused:
            # Asterisk knows the member otherwise than we believed: already there, or no longer there.
            await second(queue, extension, paused=paused, reason=reason)
        self._paused[queue, extension] = paused
