"""Log-in and sessions."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from callcenter.core.clock import Clock
from callcenter.core.errors import Unauthenticated
from callcenter.core.ids import UserId
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.people.backoff import Backoff
from callcenter.people.config import PeopleConfig
from callcenter.people.errors import LoginFailed, LoginLocked, WrongPassword
from callcenter.people.memory import SessionMemory
from callcenter.people.password_policy import check_password
from callcenter.people.passwords import Passwords
from callcenter.people.secret import digest, new_secret
from callcenter.people.session import Session
from callcenter.people.store import SQL, user_of
from callcenter.store.pool import AWAY, Pool

log = structlog.get_logger(__name__)
_TOUCH_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """`token` goes into the client's cookie; the server keeps only its hash."""

    token: str = field(repr=False)
    session: Session


class Logins:
    def __init__(self, pool: Pool, clock: Clock, config: PeopleConfig, passwords: Passwords, audit: Audit) -> None:
        self._pool = pool
        self._clock = clock
        self._config = config
        self._passwords = passwords
        self._audit = audit
        self._memory = SessionMemory(config.session_trusted)
        self._backoff = Backoff(config.failures_allowed, config.first_wait, config.longest_wait)

    async def authenticate(self, username: str, password: str) -> LoggedIn:
        """Raises LoginFailed, LoginLocked, LoginBusy. The attempt counts as failed until it has succeeded."""
        name_hash = digest(username)
        await self._claim_attempt(name_hash)
        row = await SQL.user_by_name(self._pool, username=username)
        stored = row["password_hash"] if row is not None and row["disabled_at"] is None else None
        if not await self._passwords.verify(stored, password) or row is None or stored is None:
            log.info("login_failed", user=str(row["id"]) if row is not None else None)
            raise LoginFailed
        actor = user_of(row).actor
        if self._passwords.outdated(stored):
            await SQL.set_password(self._pool, id=actor.user_id, password_hash=await self._passwords.hash(password))
        return await self._open_session(actor, name_hash)

    async def session(self, token: str) -> Session:
        """With the database away its last word counts for `session_trusted`. Raises Unauthenticated when the session is
        unknown, idle for too long, too old, or its user disabled."""
        hashed, now = digest(token), self._clock.now()
        try:
            session = await self._stored(hashed, now)
        except AWAY:
            if (known := self._memory.recall(hashed, now)) is None:
                raise
            return known
        except Unauthenticated:
            self._memory.forget(hashed)
            raise
        self._memory.confirm(hashed, session, now)
        return session

    async def _stored(self, hashed: bytes, now: datetime) -> Session:
        row = await SQL.session_by_hash(self._pool, token_hash=hashed)
        if row is None or now >= row["expires_at"] or now - row["seen_at"] >= self._config.session_idle:
            raise Unauthenticated
        if now - row["seen_at"] >= _TOUCH_EVERY:
            await SQL.touch_session(self._pool, token_hash=hashed, at=now)
        return Session(actor=user_of(row).actor, csrf=row["csrf"], expires_at=row["expires_at"])

    async def log_out(self, token: str) -> None:
        self._memory.forget(digest(token))
        await SQL.delete_session(self._pool, token_hash=digest(token))

    async def log_out_everywhere(self, user_id: UserId, *, keep: str | None = None) -> None:
        """Ends all the user's sessions but the one whose token is kept."""
        self._memory.forget_user(user_id, but=digest(keep) if keep else b"")
        await SQL.delete_sessions_of(self._pool, user_id=user_id, kept=digest(keep) if keep else b"")

    async def change_password(self, actor: Actor, old: str, new: str, *, keep: str | None = None) -> None:
        """Ends the user's other sessions. Raises WrongPassword, WeakPassword, LoginLocked (guessing is counted)."""
        check_password(new, actor.username, self._config.password_length)
        name_hash = digest(actor.username)
        await self._claim_attempt(name_hash)
        row = await SQL.user_by_id(self._pool, id=actor.user_id)
        if not await self._passwords.verify(row["password_hash"], old):
            raise WrongPassword
        hashed = await self._passwords.hash(new)
        self._memory.forget_user(actor.user_id, but=digest(keep) if keep else b"")
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.set_password(connection, id=actor.user_id, password_hash=hashed)
            await SQL.delete_sessions_of(connection, user_id=actor.user_id, kept=digest(keep) if keep else b"")
            await SQL.forget_failures(connection, name_hash=name_hash)
            await self._audit.record(connection, actor.user_id, "password_changed", "user", actor.user_id)

    async def _claim_attempt(self, name_hash: bytes) -> None:
        now = self._clock.now()
        since = now - self._config.failure_window
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.lock_name(connection, name_hash=name_hash)
            found = await SQL.failures_of(connection, name_hash=name_hash, since=since)
            wait = self._backoff.remaining(found["failures"], found["last_at"], now)
            if wait > timedelta(0):
                raise LoginLocked(retry_after=math.ceil(wait.total_seconds()))
            await SQL.insert_failure(connection, name_hash=name_hash, at=now)

    async def _open_session(self, actor: Actor, name_hash: bytes) -> LoggedIn:
        token, csrf, now = new_secret(), new_secret(), self._clock.now()
        await self._forget_the_old(now)
        expires_at = now + self._config.session_lasts
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.forget_failures(connection, name_hash=name_hash)
            await SQL.insert_session(
                connection, token_hash=digest(token), user_id=actor.user_id, csrf=csrf, at=now, expires_at=expires_at
            )
            await self._audit.record(connection, actor.user_id, "logged_in", "user", actor.user_id)
        session = Session(actor=actor, csrf=csrf, expires_at=expires_at)
        self._memory.confirm(digest(token), session, now)
        return LoggedIn(token=token, session=session)

    async def _forget_the_old(self, now: datetime) -> None:
        await SQL.drop_old_failures(self._pool, before=now - self._config.failure_window)
        await SQL.drop_old_sessions(self._pool, before=now)
