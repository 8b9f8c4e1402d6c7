"""A socket in front of the real PostgreSQL that can be cut and mended, as a network does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from tests.simulators.severed_tcp import SeveredTcp, Streams


class SeveredPostgres(SeveredTcp):
    """`url` goes through the port, and on to the Unix socket of the server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        super().__init__(parts.port or 5432)
        self._path = f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.{parts.port or 5432}"
        self._user, self._database = parts.username or "postgres", parts.path.lstrip("/")

    @property
    def url(self) -> str:
        return f"postgresql://{self._user}@127.0.0.1:{self.port}/{self._database}"

    async def reach(self) -> Streams:
        return await asyncio.open_unix_connection(self._path)


@asynccontextmanager
async def open_severed(url: str) -> AsyncIterator[SeveredPostgres]:
    severed = SeveredPostgres(url)
    await severed.mend()
    try:
        yield severed
    finally:
        await severed.cut()
