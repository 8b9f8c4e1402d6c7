"""Taking demands in from every side (JC-17, JC-06): one order for one id of its sender, whatever is sent twice."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog

from callcenter.channels.config import ChannelsConfig, season_of
from callcenter.channels.coordinates import Point, wgs_of_gcj
from callcenter.channels.incoming import TITLE, Addition, Incoming, Received, Standing, digest_of
from callcenter.channels.kinds import SIDES, Channel, kind_on
from callcenter.channels.refusals import NoSuchDemand, NotYourChannel
from callcenter.channels.text import normalised
from callcenter.core.clock import Clock
from callcenter.core.ids import CallId, OrderId, OrgId, new_id
from callcenter.core.phone import parse_number
from callcenter.orders.intake import create
from callcenter.orders.lifecycle import Receive
from callcenter.orders.service import Orders
from callcenter.orders.upper_dues import UpperDues
from callcenter.orders.views import NewOrder
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Connection, Pool
from callcenter.store.queries import load

log = structlog.get_logger(__name__)

SQL: Final[Any] = load("channels")
SUPPLEMENTED: Final = "supplemented"
_WRITTEN: Final = ("title", "content", "address")
"""What the normaliser puts into one form; the original stays with the delivery."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a machine account is bound to: `deferred` answers Open311 with a token."""

    centre: OrgId
    deferred: bool


class Taking:
    """The one way in behind every adapter."""

    def __init__(
        self,
        pool: Pool,
        orders: Orders,
        clock: Clock,
        config: ChannelsConfig,
        upper: UpperDues,
        area_code: str = "",
    ) -> None:
        self._pool = pool
        self._orders = orders
        self._upper = upper
        self._clock = clock
        self._config = config
        self._area_code = area_code

    async def account(self, actor: Actor, channel: Channel) -> Account:
        """Raises NotYourChannel."""
        row = await SQL.account_of(self._pool, user_id=actor.user_id, channel=channel.value)
        if row is None or not actor.may(Role.SERVICE) or not actor.sees(row["centre_path"]):
            raise NotYourChannel
        return Account(OrgId(row["centre_id"]), row["deferred"])

    async def hand_in(self, actor: Actor, channel: Channel, incoming: Incoming) -> Received:
        """By a machine that is bound to the channel. Raises NotYourChannel, IncompleteOrder."""
        account = await self.account(actor, channel)
        return await self.take_in(actor, channel, incoming, centre=account.centre)

    async def take_in(
        self,
        actor: Actor,
        channel: Channel,
        incoming: Incoming,
        *,
        centre: OrgId,
        call: CallId | None = None,
        origin_order: OrderId | None = None,
    ) -> Received:
        """Created, repeated or appended. Raises IncompleteOrder, NotACentre, Forbidden."""
        row = await self._row(channel, incoming.external_id)
        if row is None:
            new = self._new(channel, incoming, centre, call, origin_order)
            order = await create(self._orders.room, actor, new, Receive())
            row = await self._row(channel, incoming.external_id)
            if row["id"] == order and await self._keep(self._pool, order, actor, channel, incoming):
                return _received(row, "created")
        order = OrderId(row["id"])
        first = not [one async for one in SQL.deliveries_of(self._pool, order_id=order)]
        if first and await self._keep(self._pool, order, actor, channel, incoming):
            return _received(row, "repeated")  # the process ended between the order and its delivery
        if await self._seen(order, incoming):
            return _received(row, "repeated")
        return await self._supplement(actor, channel, incoming, order)

    async def would_be(self, channel: Channel, incoming: Incoming) -> str:
        """What `take_in` would do with it now: created, repeated or appended. Writes nothing."""
        row = await self._row(channel, incoming.external_id)
        if row is None:
            return "created"
        return "repeated" if await self._seen(OrderId(row["id"]), incoming) else "appended"

    async def _seen(self, order: OrderId, incoming: Incoming) -> bool:
        """Whether these words came before. After a rotation of the search key they count as new once."""
        digests = self._orders.room.vault.keys(digest_of(incoming).hex())
        return await SQL.delivery_of(self._pool, order_id=order, digests=digests) is not None

    def mark(self, digest: bytes) -> bytes:
        """What may be kept of a digest in which a citizen's number is a part."""
        return self._orders.room.vault.key(digest.hex())

    async def add(self, actor: Actor, channel: Channel, external: str, addition: Addition) -> Received:
        """Raises NotYourChannel, NoSuchDemand."""
        await self.account(actor, channel)
        row = await self._mine(channel, external)
        order = OrderId(row["id"])
        digest = hashlib.sha256(f"{addition.id}\n{addition.text}".encode()).digest()
        if await SQL.delivery_of(self._pool, order_id=order, digests=[digest]) is not None:
            return _received(row, "repeated")
        text = normalised(addition.text)

        async def also(connection: Connection, _: Any) -> None:
            await self._write(connection, order, actor, channel, external, digest, {"content": text.original})

        body = {"text": text.text, "channel": channel.value, "id": addition.id}
        await self._orders.record(actor, order, SUPPLEMENTED, body, also=also)
        return _received(await self._mine(channel, external), "appended")

    async def standing(self, actor: Actor, channel: Channel, external: str) -> Standing:
        """Raises NotYourChannel, NoSuchDemand."""
        await self.account(actor, channel)
        return Standing.model_validate(_standing(await self._mine(channel, external)))

    async def taken_order(self, channel: Channel, external: str) -> OrderId:
        """For rooms of the house that took it in themselves. Raises NoSuchDemand."""
        return OrderId((await self._mine(channel, external))["id"])

    async def order_of(self, actor: Actor, channel: Channel, external: str) -> OrderId:
        """Raises NotYourChannel, NoSuchDemand."""
        await self.account(actor, channel)
        return OrderId((await self._mine(channel, external))["id"])

    async def _mine(self, channel: Channel, external: str) -> Any:
        row = await self._row(channel, external)
        if row is None:
            raise NoSuchDemand
        return row

    async def _row(self, channel: Channel, external: str) -> Any:
        return await SQL.order_of_external(self._pool, channel=channel.value, external_id=external)

    def _new(
        self, channel: Channel, incoming: Incoming, centre: OrgId, call: CallId | None, origin: OrderId | None
    ) -> NewOrder:
        side, now = SIDES[channel], self._clock.now()
        point = _point(incoming)
        kept = (
            "request_type",
            "category",
            "category_code",
            "happened_at",
            "caller_name",
            "caller_type",
            "confidential",
        )
        also = ("anonymous", "upper_ref", "grid_code", "location_type", "reported_body", "source_hotline", "tags")
        return NewOrder(
            title=normalised(incoming.headline).text[:TITLE],
            content=normalised(incoming.content).text,
            address=normalised(incoming.address).text,
            kind=kind_on(channel, incoming.kind),
            urgency=incoming.urgency,
            channel=channel.value,
            origin=side.origin,
            caller_number=parse_number(incoming.caller_number, self._area_code).key,
            latitude=point.latitude if point else None,
            longitude=point.longitude if point else None,
            season=season_of(self._orders.room.calendar.local_date(now), self._config.seasons),
            external_id=incoming.external_id,
            upper_due_at=incoming.due_at if side.superior else None,
            origin_order_id=origin,
            call_id=call,
            centre=centre,
            **{name: getattr(incoming, name) for name in (*kept, *also)},
        )

    async def _supplement(self, actor: Actor, channel: Channel, incoming: Incoming, order: OrderId) -> Received:
        """Another content under the same id: nothing that was there is overwritten, but a due date set from above."""

        async def also(connection: Connection, _: Any) -> None:
            await self._keep(connection, order, actor, channel, incoming)

        due = incoming.due_at if SIDES[channel].superior else None
        body = {"text": normalised(incoming.content).text, "channel": channel.value, "id": ""}
        if due is None:
            await self._orders.record(actor, order, SUPPLEMENTED, body, also=also)
        else:
            await self._upper.record(actor, order, SUPPLEMENTED, body, due, also=also)
        return _received(await self._row(channel, incoming.external_id), "appended")

    async def _keep(
        self, db: Pool | Connection, order: OrderId, actor: Actor, channel: Channel, incoming: Incoming
    ) -> bool:
        original = {name: getattr(incoming, name) for name in _WRITTEN}
        mark = self.mark(digest_of(incoming))
        return await self._write(db, order, actor, channel, incoming.external_id, mark, original)

    async def _write(
        self,
        db: Pool | Connection,
        order: OrderId,
        actor: Actor,
        channel: Channel,
        external: str,
        digest: bytes,
        original: Mapping[str, str],
    ) -> bool:
        kept = await SQL.keep_delivery(
            db,
            id=new_id(),
            order_id=order,
            channel=channel.value,
            external_id=external,
            digest=digest,
            at=self._clock.now(),
            by_user=actor.user_id,
            original=dict(original),
        )
        return kept is not None


def _point(incoming: Incoming) -> Point | None:
    if incoming.latitude is None or incoming.longitude is None:
        return None
    given = Point(incoming.latitude, incoming.longitude)
    return wgs_of_gcj(given) if incoming.grid == "gcj02" else given


def _standing(row: Any) -> dict[str, Any]:
    told: datetime | None = row["replied_at"] or row["closed_at"]
    return {
        "number": row["number"],
        "external_id": row["external_id"],
        "stage": row["stage"],
        "unit": row["unit"],
        "reply": row["reply"] if told else None,
        "received_at": row["created_at"],
        "due_at": row["upper_due_at"],
        "closed_at": row["closed_at"],
    }


def _received(row: Any, outcome: str) -> Received:
    return Received.model_validate(_standing(row) | {"outcome": outcome})
