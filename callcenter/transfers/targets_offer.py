"""What the desk offers: where a call can be passed on to, from the same list that the server checks."""

import asyncio
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from callcenter.core.clock import Clock
from callcenter.core.ids import CallId
from callcenter.people.actor import Actor
from callcenter.store.pool import AWAY
from callcenter.transfers.attempts_store import WITHIN, AttemptStore
from callcenter.transfers.hotline import Hotline
from callcenter.transfers.live_floor import Floor
from callcenter.transfers.live_ports import ExpertBook, ExpertSeen, Origins
from callcenter.transfers.live_turns import Turns
from callcenter.transfers.live_views import (
    ExpertTarget,
    SeatTarget,
    TargetList,
    TargetView,
    line_view,
    received_view,
    target_view,
)
from callcenter.transfers.matrix import Matrix
from callcenter.transfers.matrix_choice import Proposal, allowed_modes, emergencies, propose, received, search
from callcenter.transfers.registry import Registry
from callcenter.transfers.targets import SEAT


class Offers:
    """`registry` gives the lines as they are now."""

    def __init__(
        self,
        floor: Floor,
        turns: Turns,
        store: AttemptStore,
        origins: Origins,
        experts: ExpertBook,
        matrix: Matrix,
        registry: Callable[[], Registry],
        zone: ZoneInfo,
        clock: Clock,
    ) -> None:
        self._floor = floor
        self._turns = turns
        self._store = store
        self._origins = origins
        self._experts = experts
        self.matrix = matrix
        self._registry = registry
        self._zone = zone
        self._clock = clock

    async def offered(self, actor: Actor, call: CallId, words: Sequence[str] = ()) -> TargetList:
        """What one press offers: emergency lines always, then what the words and the number dialled speak for."""
        await self._turns.extension(actor, call)
        state, registry = self._floor.state(call), self._registry()
        proposed = propose(self.matrix, registry, words, dialled=state.dialled)
        seats = await self._store.free_seats()
        free = {f"{SEAT}{seat.extension}" for seat in seats}
        experts = [one for one in await self._in_slot() if one.target in free or not one.target.startswith(SEAT)]
        known = {one.target for one in experts}
        party = await self._origins.first_receiver(call)
        return TargetList(
            matter_version=self.matrix.version,
            came_from=party,
            received=tuple(received_view(*heard) for heard in received(self.matrix, words, party)),
            emergency=tuple(self._view(proposal) for proposal in emergencies(registry)),
            proposed=tuple(self._view(proposal) for proposal in proposed),
            seats=tuple(
                SeatTarget(target=f"{SEAT}{s.extension}", name=s.name, queues=s.queues)
                for s in seats
                if f"{SEAT}{s.extension}" not in known
            ),
            experts=tuple(
                ExpertTarget(target=one.target, name=one.name, org=one.org, skill=one.skill) for one in experts
            ),
        )

    async def _in_slot(self) -> Sequence[ExpertSeen]:
        """None while the database is away: the lines are offered all the same."""
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                return await self._experts.now()
        except AWAY:
            return []

    def lines(self, words: str) -> tuple[TargetView, ...]:
        """Every line that a caller can be passed on to, by number or name."""
        found = search(self._registry(), words)
        return tuple(
            line_view(line, allowed_modes(None, line, doubtful=False), is_open=self._is_open(line)) for line in found
        )

    def _view(self, proposal: Proposal) -> TargetView:
        return target_view(proposal, is_open=self._is_open(proposal.line))

    def _is_open(self, line: Hotline) -> bool:
        return line.link is None or line.link.answers_at(self._clock.now().astimezone(self._zone))
