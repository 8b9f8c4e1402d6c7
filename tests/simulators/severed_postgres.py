"""A socket in front of the real PostgreSQL that can be cut and mended, as a network does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit


class SeveredPostgres:
    """`url` goes through the socket; `cut()` drops every connection and refuses new ones until `mend()`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        folder = parse_qs(parts.query)["host"][0]
        self._behind = f"{folder}/.s.PGSQL.{parts.port or 5432}"
        self._user, self._database = parts.username or "postgres", parts.path.lstrip("/")
        self._port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"postgresql://{self._user}@127.0.0.1:{self._port}/{self._database}"

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_unix_connection(self._behind)
        self._writers |= {writer, behind_writer}
        try:
            await asyncio.gather(_pipe(reader, behind_writer), _pipe(behind_reader, writer))
        finally:
            self._writers -= {writer, behind_writer}


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def open_severed(url: str) -> AsyncIterator[SeveredPostgres]:
    severed = SeveredPostgres(url)
    await severed.mend()
    try:
        yield severed
    finally:
        await severed.cut()
