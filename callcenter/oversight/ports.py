"""What oversight needs of other rooms; wired in `app`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from callcenter.core.ids import OrderId
from callcenter.people.actor import Actor


class Duties(Protocol):
    """The responsibility list: items of a category, each with `id`, `title`, `org_id` (SJ-25)."""

    async def items_of(self, category: str) -> Sequence[Mapping[str, Any]]: ...


class NoDuties:
    """No list is kept."""

    async def items_of(self, category: str) -> Sequence[Mapping[str, Any]]:
        return []


class Returns(Protocol):
    """SJ-25: a far-fetched return is rejected by the review."""

    async def reject(self, actor: Actor, order: OrderId, opinion: str) -> None: ...


class NoReturns:
    """Nothing is rejected here: the review of returns decides by itself."""

    async def reject(self, actor: Actor, order: OrderId, opinion: str) -> None:
        return None


class Publisher(Protocol):
    """SJ-27: a ruling is published to the knowledge base; gives the article's id."""

    async def publish(self, actor: Actor, title: str, body: str) -> UUID | None: ...


class NoPublisher:
    async def publish(self, actor: Actor, title: str, body: str) -> UUID | None:
        return None


class Precedents(Protocol):
    """What dispatch consults (SJ-27): this room's `Rulings`."""

    async def precedents(self, category: str, place: str, on: date) -> Sequence[Mapping[str, Any]]: ...
