"""The room's named SQL, and its rows as types."""

from typing import Any, Final

import asyncpg

from callcenter.core.ids import OrgId, UserId
from callcenter.people.actor import Role
from callcenter.people.model import Org, Token, User
from callcenter.store.queries import load

SQL: Final[Any] = load("people")


def user_of(row: asyncpg.Record) -> User:
    """From any query that gives `app_user` and `org_path`."""
    return User(
        id=UserId(row["id"]),
        username=row["username"],
        name=row["name"],
        org_id=OrgId(row["org_id"]),
        org_path=row["org_path"],
        roles=frozenset(Role(role) for role in row["roles"]),
        extension=row["extension"],
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
    )


def org_of(row: asyncpg.Record) -> Org:
    return Org(**dict(row))


def token_of(row: asyncpg.Record) -> Token:
    return Token(**{name: row[name] for name in Token.model_fields})
