"""The clocks of orders: the watch over them, the page of rule sets, extensions."""

from dataclasses import dataclass

from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.clocks import Clocks
from callcenter.orders.clocks_watch import ClockWatch
from callcenter.orders.service import Orders
from callcenter.outbox.outbox import Outbox
from callcenter.store.pool import Pool
from callcenter.web.order_clocks import clock_routes
from callcenter.web.route import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksRoom:
    clocks: Clocks
    store: ClockStore
    outbox: Outbox
    clock: Clock

    def watch(self, bus: Bus) -> ClockWatch:
        """One a process."""
        return ClockWatch(self.store, self.clock, bus, self.outbox, self.clocks.zone)

    def routes(self) -> list[Route]:
        return clock_routes(self.clocks)


def furnish_clocks(pool: Pool, orders: Orders, outbox: Outbox, clock: Clock) -> ClocksRoom:
    store = ClockStore(pool)
    return ClocksRoom(clocks=Clocks(orders, store, outbox), store=store, outbox=outbox, clock=clock)
