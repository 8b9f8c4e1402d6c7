"""An invented town: two centres, three units, their people, and the order room over a real database."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId, OrgId, UserId, new_id
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import Orders, open_orders
from callcenter.orders.terms import ContactOutcome, ResultType, Solvability
from callcenter.orders.views import NewOrder, OrderView
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Connection, Pool
from tests.vaults import VAULT

ORGS: Final = {
    "city": (None, 1, "centre", "/city/"),
    "street": ("city", 3, "centre", "/city/street/"),
    "water": ("street", 4, "unit", "/city/street/water/"),
    "roads": ("street", 4, "unit", "/city/street/roads/"),
    "far": ("city", 3, "centre", "/city/far/"),
    "far-unit": ("far", 4, "unit", "/city/far/far-unit/"),
}
USERS: Final = {
    "agent": ("city", Role.AGENT),
    "agent2": ("city", Role.AGENT),
    "supervisor": ("city", Role.SUPERVISOR),
    "leader": ("city", Role.LEADER),
    "dispatcher": ("street", Role.DISPATCHER),
    "reviewer": ("street", Role.REVIEWER),
    "water": ("water", Role.UNIT_OPERATOR),
    "roads": ("roads", Role.UNIT_OPERATOR),
    "far": ("far", Role.DISPATCHER),
}


class StandingClock:
    """Stands still until a test moves it."""

    def __init__(self, at: str = "2026-03-04T10:00+08:00") -> None:
        self.at = datetime.fromisoformat(at).astimezone(UTC)

    def now(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


_proof: Clock = StandingClock()


@dataclass(frozen=True, slots=True)
class Town:
    orders: Orders
    clock: StandingClock
    bus: Bus
    pool: Pool
    orgs: dict[str, OrgId]
    people: dict[str, Actor]

    async def created(self, **fields: object) -> OrderView:
        return await self.orders.create(self.people["agent"], demand(self.orgs["street"], **fields))

    async def dispatched(self, **fields: object) -> OrderView:
        order = await self.created(**fields)
        return await self.orders.dispatch(self.people["dispatcher"], order.id, self.orgs["water"], "责任清单第3项")

    async def handling(self, **fields: object) -> OrderView:
        order = await self.dispatched(**fields)
        await self.orders.accept(self.people["water"], order.id)
        return await self.orders.contact(self.people["water"], order.id, ContactOutcome.REACHED, "已联系")

    async def submitted(self, **fields: object) -> OrderView:
        order = await self.handling(**fields)
        return await self.submit(order.id)

    async def submit(self, order: OrderId) -> OrderView:
        return await self.orders.submit(
            self.people["water"],
            order,
            reply="已修复加压泵",
            solvability=Solvability.SOLVABLE,
            result=ResultType.RESOLVED,
        )

    async def in_callback(self, **fields: object) -> OrderView:
        order = await self.submitted(**fields)
        return await self.orders.review(self.people["reviewer"], order.id, approved=True, opinion="同意")


def demand(centre: OrgId | None, **fields: object) -> NewOrder:
    given: dict[str, object] = {
        "title": "高层水压不足",
        "content": "六楼以上早晚无水",
        "request_type": "complaint",
        "category": "公用事业",
        "address": "云堰街道桐影路88号",
        "caller_name": "欧阳某",
        "caller_number": "+8613800000001",
        "centre": centre,
    }
    return NewOrder(**(given | fields))  # type: ignore[arg-type] # a test's own keywords, checked by the dataclass


OrgRow = tuple[str | None, int, str, str]


async def settle(
    pool: Pool,
    orgs: dict[str, OrgId],
    people: dict[str, Actor],
    new_orgs: Mapping[str, OrgRow],
    new_people: Mapping[str, tuple[str, Role]],
) -> None:
    """Adds orgs (code → parent, level, kind, path) and people (username → org, role) to a town; who is there stays."""
    for code, (parent, level, kind, path) in new_orgs.items():
        orgs[code] = OrgId(new_id())
        await pool.execute(
            "insert into org (id, parent_id, code, path, level, kind, name) values ($1, $2, $3, $4, $5, $6, $3)",
            orgs[code],
            orgs[parent] if parent else None,
            code,
            path,
            level,
            kind,
        )
    for username, (org, role) in new_people.items():
        if username in people:
            continue
        user = UserId(UUID(str(new_id())))
        await pool.execute(
            "insert into app_user (id, username, name, org_id, roles, password_hash, created_at) "
            "values ($1, $2, $2, $3, $4, '', now())",
            user,
            username,
            orgs[org],
            [role.value],
        )
        people[username] = Actor(
            user_id=user,
            username=username,
            name=username,
            roles=frozenset({role}),
            org_id=orgs[org],
            org_path=await pool.fetchval("select path from org where id = $1", orgs[org]),
        )


async def add_people(pool: Pool) -> tuple[dict[str, OrgId], dict[str, Actor]]:
    orgs: dict[str, OrgId] = {}
    people: dict[str, Actor] = {}
    await settle(pool, orgs, people, ORGS, USERS)
    return orgs, people


async def build_town(pool: Pool) -> Town:
    orgs, people = await add_people(pool)
    clock, bus = StandingClock(), Bus()
    orders = await open_orders(
        pool, clock=clock, bus=bus, config=OrdersConfig(), city="Asia/Shanghai", audit=Audit(clock), vault=VAULT
    )
    return Town(orders, clock, bus, pool, orgs, people)


async def until_waiting(holder: Connection) -> None:
    """A move waits for the row that `holder` has locked."""
    waiting = (
        "select exists (select from pg_stat_activity where datname = current_database()"
        " and wait_event_type = 'Lock' and query like '%for no key update%')"
    )
    async with asyncio.timeout(10):
        while not await holder.fetchval(waiting):
            await holder.execute("select pg_stat_clear_snapshot()")
