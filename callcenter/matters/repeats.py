"""The same caller again on the same matter (SJ-15), and the report on repeated and dissatisfied orders (XY-30)."""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Final, Literal
from uuid import UUID

import structlog

from callcenter.core.bus import Bus
from callcenter.core.ids import OrderId
from callcenter.core.pages import place_of
from callcenter.matters.likeness import SAME_AGAIN, likeness
from callcenter.matters.room import SQL, MatterRoom, demand_of
from callcenter.matters.views import (
    CountFigures,
    FourRates,
    PopulationLine,
    PopulationPage,
    PopulationReport,
    RepeatFigures,
    RepeatTrend,
)
from callcenter.orders.events import OrderMoved
from callcenter.orders.moves import rules_of
from callcenter.people.actor import Actor
from callcenter.store.patience import patiently

log = structlog.get_logger(__name__)

Population = Literal["repeat", "dissatisfied"]
CATCH_UP: Final = timedelta(days=2)
BATCH: Final = 500
MOST_STEPS: Final = 60
_TAKEN: Final = frozenset({"created", "received"})


class Repeats:
    def __init__(self, room: MatterRoom, bus: Bus) -> None:
        self._room = room
        self._bus = bus

    async def run(self) -> None:
        """Until cancelled; begins with what was taken in while nobody listened."""
        with self._bus.subscribe(OrderMoved) as heard:
            await patiently(self.catch_up)
            async for event in heard:
                if isinstance(event, OrderMoved) and event.move in _TAKEN:
                    await patiently(partial(self.look_at, event.order))

    async def catch_up(self) -> None:
        since = self._room.clock.now() - CATCH_UP
        for row in [row async for row in SQL.unlooked_at(self._room.pool, since=since, limit=BATCH)]:
            await self.look_at(OrderId(row["id"]))

    async def look_at(self, order: OrderId) -> OrderId | None:
        """Notes which earlier demand of the same caller it repeats, within the rule set's window; gives that one."""
        row = await SQL.order_to_compare(self._room.pool, id=order)
        window = timedelta(
            days=rules_of(self._room.orders.room, await self._room.orders.row_of(order)).policy.repeat.days
        )
        found = SQL.earlier_of_caller(self._room.pool, order_id=order, since=row["created_at"] - window)
        earlier = [(one, likeness(demand_of(row), demand_of(one), window).score) async for one in found]
        same = [
            (one, score)
            for one, score in earlier
            if score >= SAME_AGAIN or (one["matter_id"] is not None and one["matter_id"] == row["matter_id"])
        ]
        if not same:
            return None
        one, score = max(same, key=lambda pair: (pair[1], pair[0]["created_at"]))
        await self._note(order, OrderId(one["id"]), score, linked=False)
        return OrderId(one["id"])

    async def link(self, actor: Actor, order: OrderId, of: OrderId) -> None:
        """A person says so. Raises NoSuchOrder, Forbidden."""
        rows = [await self._room.orders.row(actor, one) for one in (order, of)]
        body = {"of": rows[1]["number"]}

        async def also(connection: Any, _: Any) -> None:
            await SQL.note_repeat(
                connection, order_id=order, of_order_id=of, score=100, linked=True, at=self._room.clock.now()
            )

        await self._room.orders.record(actor, order, "repeat_noted", body, also=also)

    async def figures(self, actor: Actor, since: date, until: date) -> RepeatFigures:
        """Of demands taken in [since, until), days of the city."""
        first, last = self._instants(since, until)
        row = await SQL.repeat_figures(self._room.pool, path=actor.org_path, since=first, until=last)
        calls, again = row["orders"] + row["urges"], row["repeats"] + row["urges"]
        return RepeatFigures(
            since=since, until=until, orders=calls, repeats=again, rate=again / calls if calls else None
        )

    async def counted(self, actor: Actor, since: date, until: date) -> CountFigures:
        """How many demands, and how many things they are about."""
        first, last = self._instants(since, until)
        row = await SQL.count_figures(self._room.pool, path=actor.org_path, since=first, until=last)
        return CountFigures(since=since, until=until, **dict(row))

    async def trend(self, actor: Actor, since: date, until: date, days: int) -> RepeatTrend:
        """In steps of `days`: before and after a measure was taken."""
        steps: list[RepeatFigures] = []
        while since < until and len(steps) < MOST_STEPS:
            end = min(since + timedelta(days=days), until)
            steps.append(await self.figures(actor, since, end))
            since = end
        return RepeatTrend(items=tuple(steps))

    async def report(self, actor: Actor, since: date, until: date) -> PopulationReport:
        first, last = self._instants(since, until)
        found = SQL.population_report(self._room.pool, path=actor.org_path, since=first, until=last)
        return PopulationReport(items=tuple([FourRates.model_validate(dict(row)) async for row in found]))

    async def behind(
        self,
        actor: Actor,
        population: Population,
        unit: UUID | None,
        since: date,
        until: date,
        *,
        cursor: str | None,
        limit: int,
    ) -> PopulationPage:
        """Raises BadCursor."""
        first, last = self._instants(since, until)
        at, before = place_of(cursor)
        found = SQL.population_orders(
            self._room.pool,
            path=actor.org_path,
            unit_id=unit,
            repeated=population == "repeat",
            since=first,
            until=last,
            before_at=at,
            before_id=before,
            limit=limit + 1,
        )
        rows = [row async for row in found]
        return PopulationPage.cut(
            rows, limit, lambda row: PopulationLine(**dict(row)), lambda row: (row["created_at"], row["id"])
        )

    async def _note(self, order: OrderId, of: OrderId, score: int, *, linked: bool) -> None:
        await SQL.note_repeat(
            self._room.pool, order_id=order, of_order_id=of, score=score, linked=linked, at=self._room.clock.now()
        )

    def _instants(self, since: date, until: date) -> tuple[datetime, datetime]:
        zone = self._room.orders.room.calendar.zone
        return datetime.combine(since, time(), zone), datetime.combine(until, time(), zone)
