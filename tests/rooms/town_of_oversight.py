"""The town of orders with those who oversee it: inspectors, leaders, discipline, a village, and oversight's room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from callcenter.core.errors import DomainError
from callcenter.core.ids import OrderId, OrgId, new_id
from callcenter.orders.clock_store import ClockStore
from callcenter.orders.service import Orders
from callcenter.outbox.outbox import Outbox
from callcenter.oversight.entering import NewSupervision
from callcenter.oversight.room import Room
from callcenter.oversight.service import Oversight
from callcenter.oversight.terms import CaseKind, Mode
from callcenter.oversight.views import CaseView, SupervisionView
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.slots import Slot, Slots
from callcenter.store.pool import Pool
from tests.rooms.town_of_orders import OrgRow, StandingClock, Town, build_town, settle

TODAY: Final = date(2026, 3, 4)
DUE: Final = date(2026, 3, 6)
MORE_ORGS: Final[Mapping[str, OrgRow]] = {
    "village": ("street", 4, "village", "/city/street/village/"),
    "discipline": ("street", 3, "discipline", "/city/street/discipline/"),
}
MORE_USERS: Final = {
    "inspector": ("city", Role.INSPECTOR),
    "inspector2": ("city", Role.INSPECTOR),
    "street-supervisor": ("street", Role.SUPERVISOR),
    "street-supervisor2": ("street", Role.SUPERVISOR),
    "deputy": ("street", Role.DEPUTY),
    "chief": ("street", Role.LEADER),
    "discipline": ("discipline", Role.DISCIPLINE),
    "water-head": ("water", Role.UNIT_HEAD),
    "roads-head": ("roads", Role.UNIT_HEAD),
    "village": ("village", Role.UNIT_OPERATOR),
}


@dataclass(frozen=True, slots=True)
class Overseen:
    town: Town
    oversight: Oversight
    slots: Slots

    @property
    def orders(self) -> Orders:
        return self.town.orders

    @property
    def pool(self) -> Pool:
        return self.town.pool

    @property
    def clock(self) -> StandingClock:
        return self.town.clock

    @property
    def orgs(self) -> Mapping[str, OrgId]:
        return self.town.orgs

    @property
    def people(self) -> Mapping[str, Actor]:
        return self.town.people

    async def row(self, order: UUID) -> asyncpg.Record:
        found = await self.pool.fetchrow("select * from work_order where id = $1", order)
        assert found is not None
        return found

    async def told(self, kind: str) -> int:
        """Notices of this kind so far."""
        return int(await self.pool.fetchval("select count(*) from outbox_notice where kind = $1", kind))

    async def mark_late(self) -> None:
        """Every clock that is late, as the clock watch marks it."""
        await ClockStore(self.pool).mark_breaches(self.clock.now(), 100)

    async def breach(self, order: OrderId, timer: str) -> None:
        """One clock alone is late, with the event that the clock watch writes."""
        late = (
            "update order_timer set breached_at = $3, due_at = least(due_at, $3)"
            " where order_id = $1 and name = $2 returning round_no, due_at"
        )
        row = await self.pool.fetchrow(late, order, timer, self.clock.now())
        assert row is not None
        await self.pool.execute(
            "insert into order_event (id, order_id, seq, at, move, stage_before, stage_after, body) select $1, id,"
            " events + 1, $3, 'timer_breached', stage, stage, $4 from work_order where id = $2",
            new_id(),
            order,
            self.clock.now(),
            {"timer": timer, "round": row["round_no"], "due_at": row["due_at"].isoformat()},
        )
        await self.pool.execute("update work_order set events = events + 1, version = version + 1 where id = $1", order)


async def refused(attempt: object) -> str:
    with pytest.raises(DomainError) as caught:
        await attempt  # type: ignore[misc] # any coroutine
    return caught.value.code


async def supervised(town: Overseen, order: OrderId, mode: Mode = Mode.WRITTEN, **more: object) -> SupervisionView:
    """Opened by the city's supervisor."""
    given = {"mode": mode, "requirement": "三日内到场核实并回复", "due_on": DUE} | more
    new = NewSupervision(**given)  # type: ignore[arg-type] # a test's own keywords
    return await town.oversight.supervisions.open(town.people["supervisor"], order, new)


async def cases_of(town: Overseen, kind: CaseKind, who: str = "supervisor") -> list[CaseView]:
    page = await town.oversight.cases.list(town.people[who], kind=kind)
    return [await town.oversight.cases.get(town.people[who], one.id) for one in page.items]


async def build_overseen(pool: Pool) -> Overseen:
    town = await build_town(pool)
    await settle(pool, town.orgs, town.people, MORE_ORGS, MORE_USERS)
    audit = Audit(town.clock)
    slots = Slots(pool, town.clock, audit)
    room = Room(
        pool=pool,
        orders=town.orders,
        clock=town.clock,
        zone=ZoneInfo("Asia/Shanghai"),
        calendar=town.orders.room.calendar,
        audit=audit,
        outbox=Outbox(town.clock),
        slots=slots,
    )
    await slots.fill(town.orgs["water"], Slot.DEPUTY, town.people["water-head"].user_id, by=None)
    await slots.fill(town.orgs["water"], Slot.SECTION, town.people["water"].user_id, by=None)
    return Overseen(town, Oversight(room), slots)
