"""Other machines that want to hear of moves (JC-15, JC-36): each is told of its own subtree only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from callcenter.core import errors
from callcenter.core.clock import Clock
from callcenter.core.ids import new_id
from callcenter.core.pages import Page, place_of
from callcenter.outbox.outbox import SQL
from callcenter.outbox.signing import new_secret
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.vault import Vault
from callcenter.store.pool import Pool

HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class WebhookUrlRefused(errors.Invalid):
    code = "webhook-url-refused"
    zh = "回调地址须为不含用户名和口令的https地址（内网明文须由运维设置 outbox.plain_http）"
    en = "a webhook's address must be https, without user name or password (plain http needs outbox.plain_http)"


class NoSuchWebhook(errors.NotFound):
    code = "no-such-webhook"
    zh = "未找到该回调"
    en = "there is no such webhook"


class _Seen(BaseModel):
    model_config = ConfigDict(frozen=True)


class WebhookView(_Seen):
    id: UUID
    name: str
    url: str
    moves: tuple[str, ...]
    channel: str | None
    created_at: datetime
    pending: int = 0
    failed: int = 0


class NewWebhookView(_Seen):
    """`secret` is shown this once."""

    webhook: WebhookView
    secret: str = Field(repr=False)


class WebhookList(_Seen):
    items: tuple[WebhookView, ...]


class DeliveryView(_Seen):
    id: UUID
    at: datetime
    number: str
    move: str
    state: str
    attempts: int
    status: int | None
    cause: str
    tried_at: datetime | None


class DeliveryPage(Page[DeliveryView]):
    """Newest first."""


def check_url(url: str, *, plain_http: bool) -> None:
    """Raises WebhookUrlRefused."""
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and not (parts.username or parts.password or parts.fragment)
    except ValueError:
        raise WebhookUrlRefused from None
    plain = parts.scheme == "http" and (plain_http or parts.hostname in HERE)
    if not sound or not (parts.scheme == "https" or plain):
        raise WebhookUrlRefused


class Webhooks:
    """For administrators (`admin`) of an org: what they see and change lies in their subtree."""

    def __init__(self, pool: Pool, clock: Clock, audit: Audit, vault: Vault, *, plain_http: bool) -> None:
        self._pool = pool
        self._clock = clock
        self._audit = audit
        self._vault = vault
        self._plain_http = plain_http

    async def add(
        self, actor: Actor, *, name: str, url: str, moves: Sequence[str], channel: str | None
    ) -> NewWebhookView:
        """Raises WebhookUrlRefused, Forbidden."""
        actor.require(Role.ADMIN)
        check_url(url, plain_http=self._plain_http)
        one, secret, now = new_id(), new_secret(), self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.insert_webhook(
                connection,
                id=one,
                org_id=actor.org_id,
                org_path=actor.org_path,
                name=name,
                url=url,
                secret=self._vault.seal(secret),
                moves=list(moves),
                channel=channel,
                created_by=actor.user_id,
                created_at=now,
            )
            await self._audit.record(connection, actor.user_id, "webhook_added", "webhook", one)
        view = WebhookView(id=one, name=name, url=url, moves=tuple(moves), channel=channel, created_at=now)
        return NewWebhookView(webhook=view, secret=secret)

    async def all(self, actor: Actor) -> WebhookList:
        actor.require(Role.ADMIN)
        rows = [row async for row in SQL.webhooks_below(self._pool, org_path=actor.org_path)]
        names = ("id", "name", "url", "channel", "created_at", "pending", "failed")
        views = [WebhookView(moves=tuple(row["moves"]), **{name: row[name] for name in names}) for row in rows]
        return WebhookList(items=tuple(views))

    async def end(self, actor: Actor, webhook: UUID) -> None:
        """Raises NoSuchWebhook."""
        actor.require(Role.ADMIN)
        async with self._pool.acquire() as connection, connection.transaction():
            now = self._clock.now()
            if await SQL.disable_webhook(connection, id=webhook, org_path=actor.org_path, at=now) is None:
                raise NoSuchWebhook
            await self._audit.record(connection, actor.user_id, "webhook_ended", "webhook", webhook)

    async def deliveries(self, actor: Actor, webhook: UUID, cursor: str | None, limit: int) -> DeliveryPage:
        """Newest first. Raises BadCursor."""
        actor.require(Role.ADMIN)
        at, before = place_of(cursor)
        found = SQL.deliveries_of(
            self._pool, webhook_id=webhook, org_path=actor.org_path, before_at=at, before_id=before, limit=limit + 1
        )
        rows = [row async for row in found]
        return DeliveryPage.cut(rows, limit, lambda row: DeliveryView(**dict(row)), lambda row: (row["at"], row["id"]))

    async def retry(self, actor: Actor, webhook: UUID) -> int:
        """Tries everything that failed again; gives how many."""
        actor.require(Role.ADMIN)
        return int(await SQL.retry_webhooks(self._pool, webhook_id=webhook, org_path=actor.org_path))
