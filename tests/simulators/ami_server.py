"""A scripted manager interface on a real socket: it can cut, stall, split, answer late and ignore, which the real
Asterisk does only by accident."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress

Headers = dict[str, str]
LISTS = ("QueueStatus", "DeviceStateList", "BridgeList", "CoreShowChannels")


class Session:
    """One client's connection. `piece` is how many bytes go out per write, 0 for all at once."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, piece: int) -> None:
        self.reader, self.writer, self.piece = reader, writer, piece

    async def write(self, content: bytes) -> None:
        with suppress(ConnectionError):
            for begin in range(0, len(content), self.piece or len(content)):
                self.writer.write(content[begin : begin + (self.piece or len(content))])
                await self.writer.drain()
                if self.piece:
                    await asyncio.sleep(0)

    async def frame(self, *headers: tuple[str, str], to: Headers | None = None) -> None:
        lines = [f"{name}: {value}" for name, value in headers]
        if to is not None:
            lines.insert(1, f"ActionID: {to['ActionID']}")
        await self.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def success(self, to: Headers) -> None:
        await self.frame(("Response", "Success"), ("Message", "done"), to=to)

    async def event(self, name: str, **fields: str) -> None:
        await self.frame(("Event", name), *fields.items())

    async def listing(self, to: Headers, events: Iterable[Headers]) -> None:
        await self.frame(("Response", "Success"), ("EventList", "start"), to=to)
        for event in events:
            await self.frame(*event.items(), to=to)
        await self.frame(("Event", f"{to['Action']}Complete"), ("EventList", "Complete"), to=to)

    def cut(self) -> None:
        self.writer.transport.abort()


Script = Callable[[Session, Headers], Awaitable[None]]


class AmiServer:
    """`heard` holds every action in order; `scripts` answers by action name, `lists` fills the snapshot's lists."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.port = 0
        self.piece = 0
        self.greeting = b"Asterisk Call Manager/9.0.0\r\n"
        self.heard: list[Headers] = []
        self.raw: list[bytes] = []
        self.sessions: list[Session] = []
        self.scripts: dict[str, Script] = {}
        self.lists: dict[str, list[Headers]] = {name: [] for name in LISTS}
        self._changed = asyncio.Condition()

    @property
    def latest(self) -> Session:
        return self.sessions[-1]

    def of(self, action: str) -> list[Headers]:
        return [headers for headers in self.heard if headers["Action"] == action]

    async def until(self, action: str, count: int = 1) -> Headers:
        """The `count`-th action of that name, once it has come."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: len(self.of(action)) >= count)
        return self.of(action)[count - 1]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(reader, writer, self.piece)
        self.sessions.append(session)
        try:
            await session.write(self.greeting)
            while True:
                raw = await reader.readuntil(b"\r\n\r\n")
                self.raw.append(raw)
                headers = dict(line.split(": ", 1) for line in raw.decode().strip().split("\r\n"))
                async with self._changed:
                    self.heard.append(headers)
                    self._changed.notify_all()
                await self._answer(session, headers)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, session: Session, headers: Headers) -> None:
        action = headers["Action"]
        if action in self.scripts:
            await self.scripts[action](session, headers)
        elif action == "Login":
            await self.log_in(session, headers)
        elif action in self.lists:
            await session.listing(headers, self.lists[action])
        else:
            await session.success(headers)

    async def log_in(self, session: Session, headers: Headers) -> None:
        if headers.get("Secret") != self.secret:
            await session.frame(("Response", "Error"), ("Message", "Authentication failed"), to=headers)
            session.writer.close()
            return
        await session.success(headers)
        await session.event("FullyBooted", Status="Fully Booted")


@asynccontextmanager
async def ami_server(secret: str = "s3cret") -> AsyncIterator[AmiServer]:
    scripted = AmiServer(secret)
    server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    scripted.port = server.sockets[0].getsockname()[1]
    try:
        yield scripted
    finally:
        server.close()
        for session in scripted.sessions:
            session.cut()
        await server.wait_closed()


async def silence(session: Session, headers: Headers) -> None:
    """A script: no answer at all."""
