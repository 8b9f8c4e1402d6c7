"""The dispatching room: intake's score and quality's rulings are given to it, its list and disputes to others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from callcenter.channels.completeness import Told, completeness
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import OrgId
from callcenter.dispatching.config import DispatchingConfig
from callcenter.dispatching.room import IntakeScore, Room
from callcenter.dispatching.service import Dispatching
from callcenter.dispatching.suggest import Ruling
from callcenter.documents.printer import Printer
from callcenter.orders.service import Orders
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.store.queries import load
from callcenter.web.delegations import delegation_routes
from callcenter.web.dispatching import dispatching_routes
from callcenter.web.dispatching_duties import duty_routes
from callcenter.web.dispatching_tasks import task_routes
from callcenter.web.order_sheets import sheet_routes
from callcenter.web.returns import return_routes
from callcenter.web.route import Route


class ApprovedRulings:
    """口径 as oversight keeps them (SJ-27)."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._sql: Any = load("oversight")

    async def approved(self, category: str, on: date) -> Sequence[Ruling]:
        found = self._sql.rulings_for(self._pool, category=category, place=None, today=on)
        return [
            Ruling(
                org=OrgId(row["duty_org_id"]),
                title=f"{row['number']} {row['text']}",
                keywords=(),
                category=category,
                place=row["place"],
            )
            async for row in found
        ]


def scored(row: Mapping[str, Any], files: int) -> IntakeScore:
    """SG-30, by intake's own measure. `row` is one of work_order: a sealed name is a name."""
    told = Told(
        title=row["title"],
        content=row["content"],
        address=row["address"],
        happened_at=row["happened_at"],
        caller_name=row["caller_name"],
        anonymous=row["anonymous"],
        contact=bool(row["caller_number"]) or row["call_id"] is not None,
        evidence=files + (row["call_id"] is not None),
        located=row["latitude"] is not None or bool(row["grid_code"]),
    )
    found = completeness(told)
    return IntakeScore(score=found.score, missing=tuple((one.zh, one.en) for one in found.missing))


class ListOfDuties:
    """The responsibility list for those who check against it (SJ-25, SG-05)."""

    def __init__(self, dispatching: Dispatching) -> None:
        self._duties = dispatching.duties

    async def items_of(self, category: str, centre_path: str) -> Sequence[Mapping[str, Any]]:
        counting = await self._duties.counting(centre_path)
        return [
            {"id": item.id, "title": item.title, "org_id": item.lead_org_id}
            for item in counting
            if item.category == category
        ]

    async def coverage(self, actor: Actor) -> tuple[int, int]:
        found = await self._duties.coverage(actor)
        return found.categories, found.covered


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchingRoom:
    dispatching: Dispatching
    duties: ListOfDuties

    def routes(self, printer: Printer) -> list[Route]:
        room = self.dispatching
        return [
            *dispatching_routes(room),
            *task_routes(room),
            *duty_routes(room),
            *return_routes(room, printer),
            *delegation_routes(room),
            *sheet_routes(room.room.orders, printer),
        ]


def furnish_dispatching(
    config: DispatchingConfig, *, pool: Pool, clock: Clock, bus: Bus, orders: Orders, outbox: Outbox, audit: Audit
) -> DispatchingRoom:
    room = Room(
        pool=pool,
        clock=clock,
        bus=bus,
        orders=orders,
        outbox=outbox,
        audit=audit,
        rulings=ApprovedRulings(pool),
        intake=scored,
        config=config,
    )
    dispatching = Dispatching(room)
    orders.room.recorders.append(dispatching.dispatches.plain)
    return DispatchingRoom(dispatching=dispatching, duties=ListOfDuties(dispatching))
