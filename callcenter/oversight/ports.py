"""What oversight needs of other rooms; wired in `app`."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from callcenter.people.actor import Actor


class Duties(Protocol):
    """The responsibility list: items of a category that count today, each with `id`, `title`, `org_id` (SJ-25); and of
    the categories in use how many have a duty org: all, covered (SG-05)."""

    async def items_of(self, category: str, centre_path: str) -> Sequence[Mapping[str, Any]]: ...

    async def coverage(self, actor: Actor) -> tuple[int, int]: ...


class NoDuties:
    """No list is kept."""

    async def items_of(self, category: str, centre_path: str) -> Sequence[Mapping[str, Any]]:
        return []

    async def coverage(self, actor: Actor) -> tuple[int, int]:
        return 0, 0


class Signs(Protocol):
    """Why the reply of an order (a row of work_order) reads perfunctory, in Chinese; nothing while it does not (SG-11).
    It only proposes."""

    async def perfunctory(self, order: Mapping[str, Any], contacts: int) -> Sequence[str]: ...


class NoSigns:
    async def perfunctory(self, order: Mapping[str, Any], contacts: int) -> Sequence[str]:
        return []


class Publisher(Protocol):
    """SJ-27: a ruling is published to the knowledge base; gives the article's id."""

    async def publish(self, actor: Actor, title: str, body: str) -> UUID | None: ...


class NoPublisher:
    async def publish(self, actor: Actor, title: str, body: str) -> UUID | None:
        return None
