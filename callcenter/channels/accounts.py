"""Which machine account may hand in on which channel (JC-17)."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.channels.kinds import Channel
from callcenter.channels.refusals import NoSuchCentre, NotAMachine
from callcenter.channels.taking import SQL
from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound
from callcenter.core.pages import Page
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.store.pool import Pool


class AccountView(BaseModel):
    model_config = ConfigDict(frozen=True)

    user_id: UUID
    username: str
    channel: Channel
    centre_id: UUID
    centre: str
    deferred: bool
    bound_at: datetime


class AccountList(Page[AccountView]):
    """By channel, on one page."""


class Accounts:
    def __init__(self, pool: Pool, clock: Clock, audit: Audit) -> None:
        self._pool = pool
        self._clock = clock
        self._audit = audit

    async def listed(self, actor: Actor) -> AccountList:
        rows = SQL.accounts_under(self._pool, path=actor.org_path)
        return AccountList(items=tuple([AccountView.model_validate(dict(row)) async for row in rows]))

    async def bind(self, actor: Actor, user: UUID, channel: Channel, centre: UUID, *, deferred: bool) -> None:
        """Again moves the account to the centre named last. Raises NotAMachine, NoSuchCentre."""
        machine = await SQL.machine_of(self._pool, user_id=user)
        if machine is None or Role.SERVICE not in machine["roles"] or not actor.sees(machine["path"]):
            raise NotAMachine
        org = await SQL.centre_of(self._pool, id=centre)
        if org is None or org["kind"] != "centre" or not org["path"].startswith(machine["path"]):
            raise NoSuchCentre
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.bind_account(
                connection,
                user_id=user,
                channel=channel.value,
                centre_id=centre,
                deferred=deferred,
                bound_by=actor.user_id,
                at=self._clock.now(),
            )
            detail = {"channel": channel.value, "centre": str(centre)}
            await self._audit.record(connection, actor.user_id, "channel_bound", "user", user, detail)

    async def loose(self, actor: Actor, user: UUID, channel: Channel) -> None:
        """Raises NotFound."""
        async with self._pool.acquire() as connection, connection.transaction():
            gone = await SQL.loose_account(connection, user_id=user, channel=channel.value, path=actor.org_path)
            if gone is None:
                raise NotFound
            await self._audit.record(
                connection, actor.user_id, "channel_loosed", "user", user, {"channel": channel.value}
            )
