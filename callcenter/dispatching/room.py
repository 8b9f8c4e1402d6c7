"""The parts that the use cases of dispatch share."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol

import asyncpg

from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId, OrgId
from callcenter.dispatching.config import DispatchingConfig
from callcenter.dispatching.refusals import NoSuchBody
from callcenter.dispatching.suggest import Ruling
from callcenter.orders.service import Orders
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load

SQL: Final[Any] = load("dispatching")
DESK: Final = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
CENTRE_STAFF: Final = DESK | {Role.REVIEWER}
UNIT_STAFF: Final = frozenset({Role.UNIT_OPERATOR, Role.UNIT_HEAD})
LEADERS: Final = frozenset({Role.DEPUTY, Role.LEADER})
READERS: Final = CENTRE_STAFF | UNIT_STAFF | LEADERS | {Role.AGENT, Role.INSPECTOR, Role.DISCIPLINE, Role.FIELD}


class Rulings(Protocol):
    """口径 that were approved (SJ-27); the quality room keeps them."""

    async def approved(self, category: str, on: date) -> Sequence[Ruling]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeScore:
    """0 … 100, and what is missing by its Chinese and English names."""

    score: int
    missing: tuple[tuple[str, str], ...]


class IntakeScorer(Protocol):
    """How complete an intake is (SG-30, B-26); the intake room knows. `files` is the number of attachments."""

    def __call__(self, row: Mapping[str, Any], files: int) -> IntakeScore: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    pool: Pool
    clock: Clock
    bus: Bus
    orders: Orders
    outbox: Outbox
    audit: Audit
    rulings: Rulings
    intake: IntakeScorer
    config: DispatchingConfig

    def today(self) -> date:
        return self.orders.room.calendar.local_date(self.clock.now())

    def local(self, at: datetime) -> str:
        """As people read it, in the city's time."""
        return f"{at.astimezone(self.orders.room.calendar.zone):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An org as dispatch sees it."""

    id: OrgId
    path: str
    kind: str
    name: str


def _body(row: asyncpg.Record) -> Body:
    return Body(id=OrgId(row["id"]), path=row["path"], kind=row["kind"], name=row["name"])


async def body_of(room: Room, org: OrgId, db: Pool | Connection | None = None) -> Body:
    """Raises NoSuchBody."""
    row = await SQL.dispatch_org(db or room.pool, id=org)
    if row is None:
        raise NoSuchBody
    return _body(row)


async def bodies_of(room: Room, orgs: Collection[OrgId]) -> dict[OrgId, Body]:
    """Raises NoSuchBody when one of them is not there."""
    found = {row["id"]: _body(row) async for row in SQL.dispatch_orgs(room.pool, ids=list(orgs))}
    if len(found) < len(set(orgs)):
        raise NoSuchBody
    return found


async def helpers_of(room: Room, actor: Actor, orgs: Collection[OrgId]) -> dict[OrgId, Body]:
    """Who may be asked to help: bodies of the actor's area, of a centre above it, or external ones. Raises
    NoSuchBody."""
    found = await bodies_of(room, orgs)
    root = actor.org_path.split("/")[1]
    if any(one.path.split("/")[1] != root for one in found.values()):
        raise NoSuchBody
    return found


async def order_at(room: Room, actor: Actor, order: OrderId) -> Mapping[str, Any]:
    """The order's row when the actor sees it. Raises NoSuchOrder."""
    return dict(await room.orders.row(actor, order))
