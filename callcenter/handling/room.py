"""The parts that the use cases of handling share, and the refusals that several of them have in common."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final, Protocol
from uuid import UUID

import asyncpg

from callcenter.core.clock import Clock
from callcenter.core.errors import Invalid, NotFound, Refused
from callcenter.core.ids import OrderId
from callcenter.files.service import Files
from callcenter.files.views import FileId
from callcenter.handling.config import HandlingConfig
from callcenter.orders.service import Orders
from callcenter.outbox.outbox import Outbox
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load

SQL: Final[Any] = load("handling")


class Templates(Protocol):
    """As `knowledge.service.Knowledge`."""

    async def template_bodies(self, on: Connection | None = None) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """`zone` is the city's."""

    pool: Pool
    clock: Clock
    orders: Orders
    outbox: Outbox
    files: Files
    templates: Templates
    zone: tzinfo
    config: HandlingConfig


class NoSuchEntry(NotFound):
    code = "no-such-entry"
    zh = "该工单没有此条记录"
    en = "the order has no such entry"


class AlreadyDecided(Refused):
    code = "already-decided"
    zh = "此项已办结或已裁定，不能再改"
    en = "this has been settled already and does not change any more"


class SamePerson(Refused):
    code = "same-person"
    zh = "须由第二人确认，提出人不得自行确认"
    en = "a second person has to confirm: who proposed it may not"


class NotThere(Invalid):
    code = "no-such-person-or-org"
    zh = "所选人员或单位不存在、已停用，或不在本辖区"
    en = "the chosen person or org does not exist, is disabled, or lies outside your area"


async def require_files(room: Room, order: OrderId, files: Collection[UUID]) -> None:
    """Raises NoSuchFile unless all are attachments of this order."""
    await room.files.require(order, [FileId(file) for file in files])


async def rows(found: Any) -> list[asyncpg.Record]:
    return [row async for row in found]
