"""The people room as other rooms use it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from callcenter.core.clock import Clock
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.people.config import PeopleConfig
from callcenter.people.directory import Directory
from callcenter.people.logins import LoggedIn, Logins
from callcenter.people.model import NewOrg, NewUser, Org, User
from callcenter.people.passwords import Passwords
from callcenter.people.session import Session
from callcenter.people.slots import DomainLeaders, Slots
from callcenter.people.tokens import Tokens
from callcenter.store.pool import Pool


class People:
    """Log-ins, the directory, tokens and the audit trail over one pool."""

    def __init__(self, pool: Pool, clock: Clock, config: PeopleConfig, passwords: Passwords) -> None:
        self.pool = pool
        self.clock = clock
        self.audit = Audit(clock)
        self.logins = Logins(pool, clock, config, passwords, self.audit)
        self.directory = Directory(pool, clock, config, passwords, self.audit)
        self.tokens = Tokens(pool, clock, self.audit)
        self.slots = Slots(pool, clock, self.audit)
        self.leaders = DomainLeaders(pool, clock, self.audit)

    async def authenticate(self, username: str, password: str) -> LoggedIn:
        return await self.logins.authenticate(username, password)

    async def session(self, token: str) -> Session:
        return await self.logins.session(token)

    async def actor_of_token(self, bearer: str) -> Actor:
        return await self.tokens.actor_of(bearer)

    async def create_org(self, new: NewOrg, *, by: Actor | None) -> Org:
        return await self.directory.create_org(new, by=by)

    async def create_user(self, new: NewUser, *, by: Actor | None) -> User:
        return await self.directory.create_user(new, by=by)

    async def user_of_extension(self, extension: str) -> User | None:
        return await self.directory.user_of_extension(extension)


@asynccontextmanager
async def open_people(pool: Pool, clock: Clock, config: PeopleConfig) -> AsyncIterator[People]:
    """Owns the threads in which passwords are checked."""
    passwords = Passwords(config)
    try:
        yield People(pool, clock, config, passwords)
    finally:
        passwords.close()
