"""Named SQL: `schema/queries/<room>.sql`, one statement per name, read by aiosql."""

from typing import Any

import aiosql

from callcenter.resources import SCHEMA


def load(room: str) -> Any:
    """The queries of one room; each is an async method `name(connection, **parameters)`."""
    return aiosql.from_path(SCHEMA / "queries" / f"{room}.sql", "asyncpg")
