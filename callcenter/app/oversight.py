"""The oversight room: supervision, quality control, cases; with the responsibility list and the knowledge base."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.app.owner import Duty
from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.documents.printer import Printer
from callcenter.handling.signals import LIKELY, Reply, score, signals
from callcenter.knowledge.model import NewArticle
from callcenter.knowledge.service import Knowledge
from callcenter.orders.service import Orders
from callcenter.outbox.outbox import Outbox
from callcenter.oversight.config import OversightConfig
from callcenter.oversight.ports import Duties
from callcenter.oversight.room import Room
from callcenter.oversight.service import Oversight
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.people.slots import Slots
from callcenter.store.pool import Pool
from callcenter.store.queries import load
from callcenter.web.oversight import oversight_routes
from callcenter.web.route import Route

_KEYWORD: Final = "口径"
HANDLING: Final[Any] = load("handling")


class PublishedRulings:
    """A ruling as an article (SJ-27), written by the house: who approves it need not be an editor of articles."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def publish(self, actor: Actor, title: str, body: str) -> UUID | None:
        article = await self._knowledge.write(NewArticle(title=title, keywords=[_KEYWORD], body=body), by=None)
        return article.id


class SignsOfReplies:
    """Handling's signals on a reply (SG-11), from the likely score on."""

    def __init__(self, pool: Pool, templates: Knowledge) -> None:
        self._pool = pool
        self._templates = templates

    async def perfunctory(self, order: Mapping[str, Any], contacts: int) -> Sequence[str]:
        said = HANDLING.earlier_replies(self._pool, order_id=order["id"], org_id=order["owner_org_id"])
        earlier = [row["reply"] async for row in said]
        if order["reply"] in earlier:  # the present one is in the order's history too
            earlier.remove(order["reply"])
        found = signals(
            Reply(
                text=order["reply"] or "",
                demand=f"{order['title']}{order['content']}{order['category']}",
                claimed=order["result_type"] or "",
                earlier=earlier,
                templates=await self._templates.template_bodies(),
                contacts=contacts,
                resolved=order["resolved"],
            )
        )
        return [one.zh for one in found] if score(found) >= LIKELY else []


@dataclass(frozen=True, slots=True, kw_only=True)
class OversightRoom:
    oversight: Oversight

    def duties(self, bus: Bus) -> list[Duty]:
        """One a process."""
        return [partial(self.oversight.duty.run, bus)]

    def routes(self, printer: Printer) -> list[Route]:
        return oversight_routes(self.oversight, printer)


def furnish_oversight(
    config: OversightConfig,
    *,
    pool: Pool,
    clock: Clock,
    orders: Orders,
    outbox: Outbox,
    audit: Audit,
    duties: Duties,
    knowledge: Knowledge,
    city: str,
    labels: Mapping[str, str],
) -> OversightRoom:
    room = Room(
        pool=pool,
        orders=orders,
        clock=clock,
        zone=ZoneInfo(city),
        calendar=orders.room.calendar,
        audit=audit,
        outbox=outbox,
        slots=Slots(pool, clock, audit),
        config=config,
        duties=duties,
        signs=SignsOfReplies(pool, knowledge),
        publisher=PublishedRulings(knowledge),
    )
    return OversightRoom(oversight=Oversight(room, labels))
