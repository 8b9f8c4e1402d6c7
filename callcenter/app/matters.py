"""Matters, put together."""

from dataclasses import dataclass

from callcenter.app.owner import Duty
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.matters.config import MattersConfig
from callcenter.matters.following import Following
from callcenter.matters.merging import Merging
from callcenter.matters.repeats import Repeats
from callcenter.matters.room import MatterRoom
from callcenter.matters.suggesting import Suggesting
from callcenter.orders.service import Orders
from callcenter.outbox.outbox import Outbox
from callcenter.store.pool import Pool
from callcenter.web.matters import matter_routes
from callcenter.web.route import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class MattersRoom:
    suggesting: Suggesting
    merging: Merging
    following: Following
    repeats: Repeats

    def routes(self) -> list[Route]:
        return matter_routes(self.suggesting, self.merging, self.repeats)

    def duties(self) -> list[Duty]:
        """What every instance does."""
        return [self.following.run, self.repeats.run]


def furnish_matters(
    config: MattersConfig, *, pool: Pool, clock: Clock, bus: Bus, orders: Orders, outbox: Outbox
) -> MattersRoom:
    room = MatterRoom(pool=pool, orders=orders, clock=clock, config=config, outbox=outbox)
    following = Following(room, bus)
    return MattersRoom(
        suggesting=Suggesting(room),
        merging=Merging(room, following),
        following=following,
        repeats=Repeats(room, bus),
    )
