"""What the use cases of field work share."""

from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId, OrgId
from callcenter.fieldwork.config import FieldworkConfig
from callcenter.files.pictures import Pictures
from callcenter.orders.service import Orders
from callcenter.outbox.outbox import Outbox
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool
from callcenter.store.queries import load

SQL: Final[Any] = load("fieldwork")
PLANNERS: Final = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
WALKERS: Final = frozenset({Role.FIELD, Role.UNIT_OPERATOR, Role.UNIT_HEAD})
LEADERS: Final = frozenset({Role.DEPUTY, Role.LEADER})
READERS: Final = PLANNERS | WALKERS | LEADERS | {Role.REVIEWER, Role.INSPECTOR}
NOTERS: Final = PLANNERS | WALKERS | LEADERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A demand that nobody made yet. `id` makes it one however often it is told."""

    id: UUID
    content: str
    place: str
    category: str
    latitude: float | None
    longitude: float | None


class Door(Protocol):
    """The channels' one way in, for what is found before anybody complains (SG-19, JC-36)."""

    async def take_in(self, finder: Actor, centre: OrgId, centre_path: str, found: Found) -> OrderId:
        """The proactive order, at the centre's triage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRoom:
    pool: Pool
    orders: Orders
    clock: Clock
    config: FieldworkConfig
    outbox: Outbox
    audit: Audit
    pictures: Pictures
    door: Door
