"""A TCP port in front of another that can be cut and mended, as a network does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class SeveredTcp:
    """`port` leads to the port behind, `accepted` counts connections; `cut()` drops every connection and refuses new
    ones until `mend()`. With `left` set it cuts itself after so many bytes from behind; `severed` tells when."""

    def __init__(self, behind: int) -> None:
        self.port = 0
        self.accepted = 0
        self.left: int | None = None
        self.severed = asyncio.Event()
        self._behind = behind
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.severed.clear()
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        self.severed.set()
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()

    async def reach(self) -> Streams:
        """A new connection to what is behind."""
        return await asyncio.open_connection("127.0.0.1", self._behind)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        try:
            behind_reader, behind_writer = await self.reach()
        except OSError:  # nothing is there just now
            writer.transport.abort()
            return
        self._writers |= {writer, behind_writer}
        try:
            await asyncio.gather(_pipe(reader, behind_writer), _pipe(behind_reader, writer, self._count))
        finally:
            self._writers -= {writer, behind_writer}

    async def _count(self, size: int) -> None:
        if self.left is not None:
            self.left -= size
            if self.left <= 0:
                self.left = None
                await self.cut()


async def _pipe(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passed: Callable[[int], Awaitable[None]] | None = None
) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
            if passed is not None:
                await passed(len(chunk))
    writer.close()


@asynccontextmanager
async def open_severed_tcp(behind: int) -> AsyncIterator[SeveredTcp]:
    severed = SeveredTcp(behind)
    await severed.mend()
    try:
        yield severed
    finally:
        await severed.cut()
