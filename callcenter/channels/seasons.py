"""Demands of a campaign carry its name (GH-02), by whatever side they came."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Final

import structlog

from callcenter.channels.config import ChannelsConfig, season_of
from callcenter.channels.taking import SQL
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.errors import Refused
from callcenter.core.ids import OrderId
from callcenter.orders.events import OrderMoved
from callcenter.orders.service import Orders
from callcenter.store.patience import patiently
from callcenter.store.pool import Pool

log = structlog.get_logger(__name__)

BATCH: Final = 200
_TAKEN: Final = frozenset({"created", "received"})


class Seasons:
    def __init__(self, pool: Pool, orders: Orders, bus: Bus, clock: Clock, config: ChannelsConfig) -> None:
        self._pool = pool
        self._orders = orders
        self._bus = bus
        self._clock = clock
        self._config = config

    async def run(self) -> None:
        """Until cancelled; begins with what was taken in today while nobody listened."""
        with self._bus.subscribe(OrderMoved) as heard:
            await patiently(partial(self.name_orders, self._clock.now()))
            async for event in heard:
                if isinstance(event, OrderMoved) and event.move in _TAKEN:
                    await patiently(partial(self.name_orders, event.at))

    async def name_orders(self, at: datetime) -> int:
        """Of the day that `at` belongs to; gives how many."""
        calendar = self._orders.room.calendar
        day = calendar.local_date(at)
        season = season_of(day, self._config.seasons)
        if not season:
            return 0
        begins = datetime.combine(day, time(), calendar.zone)
        found = SQL.season_missing(self._pool, since=begins, until=begins + timedelta(days=1), limit=BATCH)
        orders = [OrderId(row["id"]) async for row in found]
        for order in orders:
            try:
                await self._orders.record(None, order, "season_named", {"season": season}, changes={"season": season})
            except Refused as refused:
                log.info(
                    "season_not_named", order=str(order), why=refused.code
                )  # moved just now: the next one names it
        return len(orders)
