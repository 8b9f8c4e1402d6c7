"""Our orders to another city's Open311 server (B-46): written down first, sent once, never sent again on a guess."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

import aiohttp
import structlog
from pydantic import BaseModel, ConfigDict

from callcenter.channels.config import ChannelsConfig, Peer
from callcenter.channels.geo_report import NotGeoReport, read
from callcenter.channels.geo_server import SQL
from callcenter.channels.public_text import public_address, public_point, public_text
from callcenter.channels.refusals import NoSuchPeer, PeerRefused, SentAlready
from callcenter.core.clock import Clock
from callcenter.core.ids import OrderId, new_id
from callcenter.core.pages import Page
from callcenter.orders.row import Row
from callcenter.orders.service import Orders
from callcenter.people.actor import Actor, Role
from callcenter.store.pool import Pool

log = structlog.get_logger(__name__)

MOST_ANSWER: Final = 1024 * 1024


class SentView(BaseModel):
    """`unknown`: the peer's answer did not come; somebody must look there before it is sent again."""

    model_config = ConfigDict(frozen=True)

    peer: str
    state: Literal["asked", "sent", "refused", "unknown"]
    remote_id: str | None
    token: str | None
    cause: str
    at: datetime
    settled_at: datetime | None


class SentList(Page[SentView]):
    """Newest first, on one page."""


class GeoClient:
    def __init__(self, pool: Pool, orders: Orders, clock: Clock, config: ChannelsConfig) -> None:
        self._pool = pool
        self._orders = orders
        self._clock = clock
        self._peers = {peer.name: peer for peer in config.peers}
        self._timeout = aiohttp.ClientTimeout(total=config.peer_timeout.total_seconds())

    @property
    def peers(self) -> tuple[str, ...]:
        return tuple(self._peers)

    async def of(self, actor: Actor, order: OrderId) -> SentList:
        """Raises NoSuchOrder."""
        await self._orders.row(actor, order)
        rows = [SentView.model_validate(dict(row)) async for row in SQL.sent_of(self._pool, order_id=order)]
        return SentList(items=tuple(rows))

    async def send(self, actor: Actor, order: OrderId, peer: str) -> SentList:
        """Raises NoSuchPeer, SentAlready, PeerRefused, NoSuchOrder, RecordRefused."""
        actor.require(Role.DISPATCHER, Role.SUPERVISOR)
        row = await self._orders.row(actor, order)
        to = self._peers.get(peer)
        code = to and (to.services.get(row["category_code"]) or to.services.get("*"))
        if to is None or not code or row["confidential"] or row["anonymous"]:
            raise NoSuchPeer
        one = await SQL.ask_peer(
            self._pool, id=new_id(), order_id=order, peer=peer, by_user=actor.user_id, at=self._clock.now()
        )
        if one is None:
            raise SentAlready
        remote, token = await self._posted(one, to, self._form(row, to, code))
        await self._settle(one, "sent", remote=remote, token=token)
        await self._orders.record(actor, order, "sent_out", {"peer": peer, "remote": remote, "token": token})
        return await self.of(actor, order)

    def _form(self, row: Row, peer: Peer, code: str) -> dict[str, str]:
        """Nobody's name and number, and no dwelling: another city's server shows what it gets to everybody."""
        name = self._orders.room.vault.open(row["caller_name"])
        point = public_point(row["latitude"], row["longitude"], row["location_type"])
        form = {
            "api_key": peer.api_key.get_secret_value(),
            "jurisdiction_id": peer.jurisdiction_id,
            "service_code": code,
            "lat": str(point.latitude) if point else "",
            "long": str(point.longitude) if point else "",
            "address_string": public_address(row["address"], row["location_type"]),
            "description": public_text(f"{row['title']}\n{row['content']}", name)[:4000],
            "account_id": row["number"],
        }
        return {name: value for name, value in form.items() if value}

    async def _posted(self, one: Any, peer: Peer, form: Mapping[str, str]) -> tuple[str | None, str | None]:
        """Its number there, or its token. Raises PeerRefused; what became of the request is written down."""
        url = f"{peer.endpoint.rstrip('/')}/requests.{peer.format}"
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as http,
                http.post(url, data=form, allow_redirects=False) as answer,
            ):
                status, content = answer.status, await answer.content.read(MOST_ANSWER)
        except aiohttp.ClientConnectorError as error:
            raise await self._failed(one, "refused", "cannot be reached") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise await self._failed(one, "unknown", type(error).__name__) from error
        if 400 <= status < 500:
            raise await self._failed(one, "refused", f"HTTP {status}")
        try:
            items = read(content, peer.format) if status in {200, 201} else []
        except NotGeoReport as error:
            raise await self._failed(one, "unknown", str(error)) from error
        told = items[0] if items else {}
        remote, token = (str(told[name]) if told.get(name) else None for name in ("service_request_id", "token"))
        if remote is None and token is None:
            raise await self._failed(one, "unknown", f"HTTP {status}")
        return remote, token

    async def _failed(self, one: Any, state: str, cause: str) -> PeerRefused:
        await self._settle(one, state, cause=cause)
        log.warning("peer_failed", sent=str(one), state=state, cause=cause)
        return PeerRefused(cause=cause, part="Open311", remedy="")

    async def _settle(
        self, one: Any, state: str, *, remote: str | None = None, token: str | None = None, cause: str = ""
    ) -> None:
        await SQL.settle_peer(
            self._pool, id=one, state=state, remote_id=remote, token=token, cause=cause, at=self._clock.now()
        )
