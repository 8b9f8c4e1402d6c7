"""FastAGI server: the dialogue inside the menu (D1). Asterisk connects once per call; the handler talks to one caller.

A peer that connects and closes, says nothing, talks garbage or sends without end costs one small buffer until its
deadline, and never more (D4, the last fault of panoramisk's own server).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from pydantic import BaseModel, ConfigDict, Field

from callcenter.core.errors import Invalid, Misconfigured, Unavailable
from callcenter.pbx.agi_words import AgiRefused, AgiReply, AgiRequest, command, read_reply, read_request

log = structlog.get_logger(__name__)

_LONGEST_OPENING: Final = 16 * 1024
_LONGEST_REPLY: Final = 8 * 1024
_GRACE: Final = timedelta(seconds=10)


class AgiConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", description="Address on which the dialogue server listens for Asterisk.")
    port: int = Field(default=4573, ge=0, le=65535, description="Its port.")
    opening_seconds: float = Field(default=3.0, gt=0, description="A connection that has not opened by then is closed.")
    connections: int = Field(default=4096, ge=1, description="More connections than this are closed at once.")


class CallerGone(Unavailable):
    """The caller has hung up, or Asterisk has closed the dialogue."""

    code = "caller-gone"
    zh = "来电人已挂机"
    en = "The caller has hung up"


@dataclass(frozen=True, slots=True)
class Recorded:
    """`key` ended the recording, '' for silence or the longest time; `samples` were written."""

    key: str
    samples: int
    hung_up: bool


class AgiSession:
    """The dialogue with one channel. Commands raise CallerGone when the call has ended, AgiRefused when declined."""

    def __init__(self, request: AgiRequest, lines: "_Lines") -> None:
        self.request = request
        self._lines = lines

    async def send(self, *words: str, within: timedelta = _GRACE) -> AgiReply:
        """One command and its reply. Raises Unavailable when Asterisk does not answer `within`."""
        reply = await self._lines.ask(command(*words), within)
        if reply.status == 511 or (reply.status == 200 and reply.result == "-1"):
            raise CallerGone
        if reply.status != 200:
            raise AgiRefused(reason=f"{words[0]} gave {reply.status}")
        return reply

    async def answer(self) -> None:
        await self.send("ANSWER")

    async def stream_file(self, prompt: str, *, stop_keys: str = "", longest: timedelta) -> str:
        """Plays `prompt` (a name below the sounds folder, no suffix); the key that stopped it, else ''."""
        reply = await self.send("STREAM", "FILE", prompt, stop_keys, within=longest + _GRACE)
        return _key(reply)

    async def wait_key(self, within: timedelta) -> str:
        """One key, or '' when none comes in time."""
        wait = str(int(within.total_seconds() * 1000))
        return _key(await self.send("WAIT", "FOR", "DIGIT", wait, within=within + _GRACE))

    async def collect(self, prompt: str, *, within: timedelta, digits: int, longest: timedelta) -> str:
        """Plays `prompt`, then digits until `digits` of them, '#', or `within` without one."""
        wait = str(int(within.total_seconds() * 1000))
        deadline = longest + within * (digits + 1) + _GRACE
        return (await self.send("GET", "DATA", prompt, wait, str(digits), within=deadline)).result

    async def record(self, file: str, *, stop_keys: str, longest: timedelta, silence: timedelta) -> Recorded:
        """Records what the caller says as `<file>.wav` (a path as Asterisk sees it), until a key of `stop_keys`,
        `silence` (whole seconds), `longest`, or the end of the call: that is no error here, for a message stands."""
        words = ("RECORD", "FILE", file, "wav", stop_keys, str(int(longest.total_seconds() * 1000)))
        line = command(*words, f"s={int(silence.total_seconds())}")
        reply = await self._lines.ask(line, longest + _GRACE)
        if reply.status == 511:
            raise CallerGone
        if reply.status != 200 or (reply.result == "-1" and reply.data != "hangup"):
            raise AgiRefused(reason=f"RECORD FILE gave {reply.status} {reply.data}")
        hung_up = reply.result == "-1"
        return Recorded(key="" if hung_up else _key(reply), samples=reply.endpos or 0, hung_up=hung_up)

    async def set_variable(self, name: str, value: str) -> None:
        await self.send("SET", "VARIABLE", name, value)

    async def evaluate(self, expression: str) -> str:
        """What the dialplan makes of `expression`, e.g. `${ASTSPOOLDIR}`; '' for nothing."""
        return (await self.send("GET", "FULL", "VARIABLE", expression)).data

    async def renew(self, silence: timedelta) -> None:
        """Winds the dead-man's switch up again: unless renewed in time, Asterisk takes the caller back (D2)."""
        await self.set_variable("TIMEOUT(absolute)", f"{silence.total_seconds():.3f}")

    async def mark(self, name: str, **fields: str) -> None:
        """A UserEvent; Asterisk parts its fields at commas, so values may not hold any."""
        if any("," in value for value in fields.values()):
            raise Invalid(reason="a comma inside a UserEvent field")
        body = ",".join((name, *(f"{key}: {value}" for key, value in fields.items())))
        await self.send("EXEC", "UserEvent", body)

    async def execute(self, application: str, options: str = "", *, within: timedelta = _GRACE) -> str:
        """A dialplan application; -2 (no such application) raises AgiRefused."""
        reply = await self.send("EXEC", application, options, within=within)
        if reply.result == "-2":
            raise AgiRefused(reason=f"no application {application}")
        return reply.result

    async def hang_up(self) -> None:
        await self.send("HANGUP")


class _Lines:
    """Replies come one by one, each to its own command; `HANGUP` comes unasked in between."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, line: bytes, within: timedelta) -> AgiReply:
        try:
            async with asyncio.timeout(within.total_seconds()):
                self._writer.write(line)
                return await self._reply()
        except TimeoutError:
            raise Unavailable(part="Asterisk", remedy="its dialogue does not answer; the dialplan goes on") from None
        except (OSError, asyncio.IncompleteReadError):
            raise CallerGone from None
        except (asyncio.LimitOverrunError, ValueError):
            raise Invalid(reason="an AGI reply without end") from None

    async def _reply(self) -> AgiReply:
        for _ in range(8):
            line = await self._line()
            if line.startswith("520-"):
                while not (await self._line()).startswith("520 "):
                    pass
                return AgiReply(520, "", "", None)
            if line != "HANGUP":
                return read_reply(line)
        raise Invalid(reason="no AGI reply among eight lines")

    async def _line(self) -> str:
        return (await self._reader.readuntil(b"\n")).decode(errors="replace").strip()


Handler = Callable[[AgiSession], Awaitable[None]]


class AgiServer:
    """The open server; `port` is the real one where 0 was asked for."""

    def __init__(self, config: AgiConfig, handler: Handler) -> None:
        self._config = config
        self._handler = handler
        self._open: set[asyncio.Task[None]] = set()
        self.port = config.port

    @property
    def connections(self) -> int:
        return len(self._open)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= self._config.connections:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def close(self) -> None:
        """Lets go of every caller; the dialplan takes them over."""
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await self._opening(reader)
            await self._handler(AgiSession(request, _Lines(reader, writer)))
        except CallerGone:
            pass
        except (Invalid, Unavailable, TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            log.info("agi_closed", reason=type(error).__name__)
        except Exception:
            log.exception("agi_handler_failed")
        finally:
            if writer.transport.get_write_buffer_size():
                writer.transport.abort()
            else:
                writer.close()

    async def _opening(self, reader: asyncio.StreamReader) -> AgiRequest:
        variables: dict[str, str] = {}
        size = 0
        async with asyncio.timeout(self._config.opening_seconds):
            while True:
                try:
                    raw = await reader.readuntil(b"\n")
                except asyncio.LimitOverrunError:
                    raise Invalid(reason="an AGI opening without end") from None
                size += len(raw)
                if size > _LONGEST_OPENING:
                    raise Invalid(reason="an AGI opening without end")
                name, colon, value = raw.decode(errors="replace").strip().partition(":")
                if not name:
                    return read_request(variables)
                if not (colon and name.startswith("agi_")):
                    raise Invalid(reason="not an AGI opening")
                variables[name] = value.strip()


def _key(reply: AgiReply) -> str:
    code = int(reply.result) if reply.result.isdigit() else 0
    return chr(code) if code else ""


@asynccontextmanager
async def open_agi(config: AgiConfig, handler: Handler) -> AsyncIterator[AgiServer]:
    """Serves until left. `handler` runs once per call, in its own task. Raises Misconfigured when the port is taken."""
    serving = AgiServer(config, handler)
    try:
        listener = await asyncio.start_server(
            serving.accept, config.host, config.port, limit=_LONGEST_REPLY, backlog=1024
        )
    except OSError as error:
        raise Misconfigured(
            cause=f"port {config.port} (FastAGI) on {config.host} cannot be opened: {error.strerror}",
            remedy="stop the program that uses it, or set another port (HOTLINE_AGI__PORT)",
        ) from error
    serving.port = listener.sockets[0].getsockname()[1]
    try:
        yield serving
    finally:
        listener.close()
        await serving.close()
        await listener.wait_closed()
