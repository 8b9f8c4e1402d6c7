"""Bearer tokens of machines."""

from datetime import timedelta
from typing import Final

from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound, Unauthenticated
from callcenter.core.ids import TokenId, new_id
from callcenter.core.pages import place_of
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.errors import ExpiryPast, NotMachine
from callcenter.people.model import IssuedToken, NewToken, Token, TokenPage
from callcenter.people.secret import digest, new_secret
from callcenter.people.store import SQL, token_of, user_of
from callcenter.store.pool import Pool

LONGEST: Final = timedelta(days=366)
PREFIX: Final = "hlt_"
"""Lets secret scanners find a token that was committed by mistake."""


class Tokens:
    def __init__(self, pool: Pool, clock: Clock, audit: Audit) -> None:
        self._pool = pool
        self._clock = clock
        self._audit = audit

    async def issue(self, new: NewToken, *, by: Actor | None) -> IssuedToken:
        """`by` None is the operator at the command line. Raises NotFound, NotMachine, ExpiryPast."""
        now = self._clock.now()
        row = await SQL.user_by_id(self._pool, id=new.user_id)
        if row is None or (by is not None and not by.sees(row["org_path"])):
            raise NotFound
        if Role.SERVICE not in user_of(row).roles:
            raise NotMachine
        if not now < new.expires_at <= now + LONGEST:
            raise ExpiryPast
        token = Token(id=TokenId(new_id()), created_at=now, revoked_at=None, **new.model_dump())
        secret = PREFIX + new_secret()
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.insert_token(connection, token_hash=digest(secret), **token.model_dump(exclude={"revoked_at"}))
            await self._audit.record(connection, by.user_id if by else None, "token_issued", "token", token.id)
        return IssuedToken(token=token, secret=secret)

    async def actor_of(self, bearer: str) -> Actor:
        """Raises Unauthenticated for a token that is unknown, expired, revoked, or of a disabled user."""
        row = await SQL.user_by_token(self._pool, token_hash=digest(bearer), at=self._clock.now())
        if row is None:
            raise Unauthenticated
        return user_of(row).actor

    async def listed(self, actor: Actor, limit: int, cursor: str | None = None) -> TokenPage:
        """Of users in the actor's subtree, newest first; revoked and expired ones too. Raises BadCursor."""
        at, token = place_of(cursor)
        found = SQL.tokens_under(self._pool, path=actor.org_path, before_at=at, before_id=token, limit=limit + 1)
        return TokenPage.cut([row async for row in found], limit, token_of, lambda row: (row["created_at"], row["id"]))

    async def revoke(self, token_id: TokenId, *, by: Actor) -> None:
        """Raises NotFound."""
        row = await SQL.token_by_id(self._pool, id=token_id)
        if row is None or not by.sees(row["org_path"]):
            raise NotFound
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.revoke_token(connection, id=token_id, at=self._clock.now())
            await self._audit.record(connection, by.user_id, "token_revoked", "token", token_id)
