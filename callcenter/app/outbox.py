"""The outbox room: notices on the desk, their ways outside, webhooks."""

from collections.abc import AsyncIterable
from dataclasses import dataclass
from uuid import UUID

from callcenter.core.bus import Bus
from callcenter.core.clock import Clock
from callcenter.core.events import Event
from callcenter.orders.events import OrderMoved
from callcenter.outbox.carriers import carriers_of
from callcenter.outbox.delivery import Delivery
from callcenter.outbox.model import NoticePage
from callcenter.outbox.outbox import Outbox
from callcenter.outbox.webhooks import Webhooks
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.settings import Settings
from callcenter.store.pool import Pool
from callcenter.web.notices import notice_routes
from callcenter.web.route import Route
from callcenter.web.webhooks import webhook_routes


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRoom:
    pool: Pool
    outbox: Outbox
    webhooks: Webhooks
    delivery: Delivery

    async def of(self, actor: Actor, language: str, *, unread: bool, cursor: str | None, limit: int) -> NoticePage:
        return await self.outbox.of(self.pool, actor, language, unread=unread, cursor=cursor, limit=limit)

    async def read(self, actor: Actor, notice: UUID) -> None:
        await self.outbox.read(self.pool, actor, notice)

    async def hear(self, moves: AsyncIterable[Event]) -> None:
        """Each move may have queued webhooks."""
        async for event in moves:
            if isinstance(event, OrderMoved):
                self.delivery.wake()

    async def run(self, bus: Bus) -> None:
        with bus.subscribe(OrderMoved) as moves:
            await self.hear(moves)

    def routes(self) -> list[Route]:
        return [*notice_routes(self), *webhook_routes(self.webhooks)]


def open_outbox(settings: Settings, clock: Clock) -> Outbox:
    """What every room posts its notices to."""
    return Outbox(clock, tuple(carriers_of(settings.outbox)))


def furnish_outbox(
    settings: Settings, outbox: Outbox, *, pool: Pool, clock: Clock, audit: Audit, vault: Vault
) -> OutboxRoom:
    return OutboxRoom(
        pool=pool,
        outbox=outbox,
        webhooks=Webhooks(pool, clock, audit, vault, plain_http=settings.outbox.plain_http),
        delivery=Delivery(pool, settings.store, settings.outbox, vault, clock),
    )
