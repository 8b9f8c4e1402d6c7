"""The org tree and its users. Everyone sees their own subtree (XY-03)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound
from callcenter.core.ids import OrgId, UserId, new_id
from callcenter.core.pages import name_of
from callcenter.people.actor import Actor, Role
from callcenter.people.audit import Audit
from callcenter.people.config import PeopleConfig
from callcenter.people.errors import AgentNeedsExtension, NameTaken, NoSuchOrg, WrongLevel
from callcenter.people.model import NewOrg, NewUser, Org, OrgPage, User, UserPage
from callcenter.people.password_policy import check_password
from callcenter.people.passwords import UNUSABLE, Passwords
from callcenter.people.secret import digest
from callcenter.people.store import SQL, org_of, user_of
from callcenter.store.pool import Pool

_TAKEN = {
    "org_code_key": ("机构编码", "org code"),
    "org_path_key": ("机构编码", "org code"),
    "app_user_username_key": ("用户名", "user name"),
    "app_user_extension_key": ("分机号", "extension"),
}


class Directory:
    """`by` None in the creating methods is the operator at the machine's command line."""

    def __init__(self, pool: Pool, clock: Clock, config: PeopleConfig, passwords: Passwords, audit: Audit) -> None:
        self._pool = pool
        self._clock = clock
        self._config = config
        self._passwords = passwords
        self._audit = audit

    async def create_org(self, new: NewOrg, *, by: Actor | None) -> Org:
        """Raises NoSuchOrg, WrongLevel, NameTaken."""
        parent = None if new.parent_id is None else await self._org_within(new.parent_id, by)
        if parent is None and by is not None:
            raise NoSuchOrg  # roots are made by the operator only
        if parent is not None and new.level <= parent.level:
            raise WrongLevel
        path = f"{parent.path if parent else '/'}{new.code}/"
        org = Org(id=OrgId(new_id()), path=path, **new.model_dump())
        async with _refusing_taken(), self._pool.acquire() as connection, connection.transaction():
            await SQL.insert_org(connection, **org.model_dump())
            await self._audit.record(connection, by.user_id if by else None, "org_created", "org", org.id)
        return org

    async def create_user(self, new: NewUser, *, by: Actor | None) -> User:
        """Raises NoSuchOrg, AgentNeedsExtension, WeakPassword, NameTaken."""
        org = await self._org_within(new.org_id, by)
        if Role.AGENT in new.roles and new.extension is None:
            raise AgentNeedsExtension
        user = User(
            id=UserId(new_id()),
            org_path=org.path,
            created_at=self._clock.now(),
            disabled_at=None,
            **new.model_dump(exclude={"password"}),
        )
        row = user.model_dump(exclude={"org_path", "disabled_at"}) | {"roles": sorted(user.roles)}
        row["password_hash"] = await self._hash(new)
        async with _refusing_taken(), self._pool.acquire() as connection, connection.transaction():
            await SQL.insert_user(connection, **row)
            await self._audit.record(connection, by.user_id if by else None, "user_created", "user", user.id)
        return user

    async def disable_user(self, user_id: UserId, *, by: Actor) -> None:
        """Ends the user's sessions and tokens at once. Raises NotFound."""
        await self.user(user_id, by)
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.disable_user(connection, id=user_id, at=self._clock.now())
            await SQL.delete_sessions_of(connection, user_id=user_id, kept=b"")
            await self._audit.record(connection, by.user_id, "user_disabled", "user", user_id)

    async def set_password(self, user_id: UserId, password: str, *, by: Actor | None) -> None:
        """For a forgotten one: ends the user's sessions and forgets failed log-ins. Raises NotFound, WeakPassword."""
        row = await SQL.user_by_id(self._pool, id=user_id)
        if row is None or (by is not None and not by.sees(row["org_path"])):
            raise NotFound
        check_password(password, row["username"], self._config.password_length)
        hashed = await self._passwords.hash(password)
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.set_password(connection, id=user_id, password_hash=hashed)
            await SQL.delete_sessions_of(connection, user_id=user_id, kept=b"")
            await SQL.forget_failures(connection, name_hash=digest(row["username"]))
            await self._audit.record(connection, by.user_id if by else None, "password_set", "user", user_id)

    async def org(self, org_id: OrgId, actor: Actor) -> Org:
        """Raises NotFound."""
        row = await SQL.org_by_id(self._pool, id=org_id)
        if row is None or not actor.sees(row["path"]):
            raise NotFound
        return org_of(row)

    async def org_by_code(self, code: str) -> Org | None:
        row = await SQL.org_by_code(self._pool, code=code)
        return None if row is None else org_of(row)

    async def orgs(self, actor: Actor, limit: int, cursor: str | None = None) -> OrgPage:
        """The actor's subtree, parents before children. Raises BadCursor."""
        found = SQL.orgs_under(self._pool, path=actor.org_path, after=name_of(cursor), limit=limit + 1)
        return OrgPage.cut([row async for row in found], limit, org_of, lambda row: (row["path"],))

    async def user(self, user_id: UserId, actor: Actor) -> User:
        """Raises NotFound."""
        row = await SQL.user_by_id(self._pool, id=user_id)
        if row is None or not actor.sees(row["org_path"]):
            raise NotFound
        return user_of(row)

    async def user_by_name(self, username: str) -> User | None:
        row = await SQL.user_by_name(self._pool, username=username)
        return None if row is None else user_of(row)

    async def user_of_extension(self, extension: str) -> User | None:
        row = await SQL.user_by_extension(self._pool, extension=extension)
        return None if row is None else user_of(row)

    async def users(self, actor: Actor, limit: int, cursor: str | None = None) -> UserPage:
        """Of the actor's subtree, by user name. Raises BadCursor."""
        found = SQL.users_under(self._pool, path=actor.org_path, after=name_of(cursor), limit=limit + 1)
        return UserPage.cut([row async for row in found], limit, user_of, lambda row: (row["username"],))

    async def _org_within(self, org_id: OrgId, by: Actor | None) -> Org:
        row = await SQL.org_by_id(self._pool, id=org_id)
        if row is None or (by is not None and not by.sees(row["path"])):
            raise NoSuchOrg
        return org_of(row)

    async def _hash(self, new: NewUser) -> str:
        if new.password is None:
            return UNUSABLE
        password = new.password.get_secret_value()
        check_password(password, new.username, self._config.password_length)
        return await self._passwords.hash(password)


@asynccontextmanager
async def _refusing_taken() -> AsyncIterator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        what_zh, what_en = _TAKEN[error.constraint_name or ""]
        raise NameTaken(what_zh=what_zh, what_en=what_en) from None
