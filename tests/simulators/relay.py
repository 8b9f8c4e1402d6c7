"""A relay before a real manager interface that cuts the link at a chosen word, which Asterisk has then heard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Relay:
    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._trigger: bytes | None = None
        self._stay_away = False
        self._open = asyncio.Event()
        self._open.set()
        self._sent = b""
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    def cut_after(self, word: bytes, *, stay_away: bool = False) -> None:
        """Once: the bytes that hold the word are passed on, and nothing ever comes back. With `stay_away` who connects
        again waits until `mend`."""
        self._trigger, self._stay_away = word, stay_away

    def mend(self) -> None:
        self._open.set()

    def count(self, word: bytes) -> int:
        return self._sent.count(word)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._open.wait()
        try:
            up_reader, up_writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.close()
            return
        self._writers += [writer, up_writer]
        back = asyncio.create_task(self._copy_back(up_reader, writer))
        self._tasks.add(back)
        try:
            while chunk := await reader.read(65536):
                self._sent += chunk
                up_writer.write(chunk)
                await up_writer.drain()
                if self._trigger is not None and self._trigger in chunk:
                    self._trigger = None
                    if self._stay_away:
                        self._open.clear()
                    back.cancel()
                    break
        except ConnectionError:
            pass
        finally:
            writer.close()
            up_writer.close()

    async def _copy_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(65536):
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    async def close(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, *(writer.wait_closed() for writer in self._writers), return_exceptions=True)


@asynccontextmanager
async def ami_relay(host: str, port: int) -> AsyncIterator[Relay]:
    relay = Relay(host, port)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        await relay.close()
        await server.wait_closed()
