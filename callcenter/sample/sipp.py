"""SIPp as the simulated citizens and agents: one process per telephone, bounded in time, ended by its process id.

SIPp does the signalling; the audio of single calls is `rtp.Voice`, so that a telephone can listen before it presses.
"""

import asyncio
import os
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from callcenter.core.errors import Misconfigured, Unavailable
from callcenter.core.tasks import ended_with
from callcenter.sample.rtp import Voice, open_voice

_SCENARIOS: Final = Path(__file__).parent / "scenarios"
_STOP: Final = timedelta(seconds=4)
_HANG_UP: Final = (
    "INFO sip:telephone@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK-own\r\nCSeq: 9 INFO\r\n"
    "From: <sip:own@127.0.0.1>;tag=own\r\nTo: <sip:own@127.0.0.1>\r\nCall-ID: {call}\r\nContent-Length: 0\r\n\r\n"
)
_MEDIA: Final = range(4_000, 11_000)
_LOOKS: Final = 200
_FOREVER: Final = timedelta(hours=6)


class TelephoneGone(Unavailable):
    code = "telephone-gone"
    zh = "模拟电话（端口 {port}）提前结束：{cause}"
    en = "The simulated telephone at port {port} ended early: {cause}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What SIPp counted. `exit_code` 0: all calls as the scenario wants."""

    exit_code: int
    successful: int
    failed: int


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a scenario's log: offered, answered, cancelled, bye, hung_up, refused."""

    what: str
    rtp_port: int


class Telephone:
    """A running SIPp with its voice. `voice` speaks by itself from the answer on."""

    def __init__(self, process: asyncio.subprocess.Process, voice: Voice, folder: Path, port: int) -> None:
        self._process = process
        self._standing = ""
        self._all_heard = asyncio.Event()
        self._folder = folder
        self._heard: list[Said] = []
        self._changed = asyncio.Condition()
        self.voice = voice
        self.port = port

    @property
    def said(self) -> tuple[str, ...]:
        return tuple(line.what for line in self._heard)

    async def until(self, what: str, within: timedelta, *, times: int = 1) -> None:
        """Returns when the scenario has reported `what` so often. Raises TimeoutError, or TelephoneGone when SIPp has
        ended without it."""
        async with asyncio.timeout(within.total_seconds()), self._changed:
            await self._changed.wait_for(lambda: self.said.count(what) >= times or self._all_heard.is_set())
        if self.said.count(what) < times:
            raise TelephoneGone(port=self.port, cause=_last_line(self._folder / "errors.log"))

    async def ended(self, within: timedelta) -> Outcome:
        """The outcome, when SIPp has ended by itself. Raises TimeoutError."""
        async with asyncio.timeout(within.total_seconds()):
            code = await self._process.wait()
            await self._all_heard.wait()
        return Outcome(code, *_counts(self._folder / "stat.csv"))

    async def hang_up(self) -> None:
        """Sends the BYE of the call that stands, if any. Raises TimeoutError when it is not confirmed."""
        if not self._standing:
            return
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.sendto(_HANG_UP.format(call=self._standing).encode(), ("127.0.0.1", self.port))
        async with asyncio.timeout(_STOP.total_seconds()), self._changed:
            await self._changed.wait_for(lambda: not self._standing)

    async def stop(self) -> None:
        """Hangs up and ends SIPp."""
        if self._process.returncode is not None:
            return
        with suppress(TimeoutError):
            await self.hang_up()
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def listen(self, log: asyncio.StreamReader, host: str) -> None:
        """Follows the scenario's log to its end."""
        async for line in log:
            words = line.decode(errors="replace").split()
            if not words:
                continue
            said = Said(words[0], int(words[1]) if len(words) > 1 and words[1].isdigit() else 0)
            if said.what == "answered":
                self._standing = words[-1]
                self.voice.speak_to(host, said.rtp_port)
            elif said.what in ("bye", "hung_up"):
                self._standing = ""
                await self.voice.hush()
            async with self._changed:
                self._heard.append(said)
                self._changed.notify_all()
        async with self._changed:
            self._all_heard.set()
            self._changed.notify_all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Where the telephones ring: Asterisk's SIP address."""

    host: str
    port: int


@asynccontextmanager
async def open_caller(
    exchange: Exchange, *, dial: str, caller: str, speech: bytes, hold: timedelta
) -> AsyncIterator[Telephone]:
    """Rings `dial` at once; hangs up `hold` after the answer unless the other side does."""
    arguments = ["-s", dial, "-key", "caller", caller, "-m", "1"]
    async with _open(exchange, "caller", {"HOLD_MS": hold}, arguments, speech, bound=hold + _FOREVER) as telephone:
        yield telephone


@asynccontextmanager
async def open_agent(
    exchange: Exchange,
    *,
    extension: str,
    secret: str,
    speech: bytes,
    ring: timedelta = timedelta(milliseconds=200),
    hold: timedelta = timedelta(minutes=5),
) -> AsyncIterator[Telephone]:
    """Registers, then answers every call `ring` after it comes. Raises Unavailable when it may not register."""
    async with open_agents(exchange, seats={extension: secret}, speech=speech, ring=ring, hold=hold) as telephone:
        yield telephone


@asynccontextmanager
async def open_agents(
    exchange: Exchange, *, seats: Mapping[str, str], speech: bytes, ring: timedelta, hold: timedelta
) -> AsyncIterator[Telephone]:
    """Many seats (extension → secret) at one SIPp; with calls at the same time its one voice speaks to the last."""
    port = _free_udp()
    await register(exchange, seats, port=port)
    values = {"RING_MS": ring, "HOLD_MS": hold}
    async with _open(exchange, "answerer", values, [], speech, bound=_FOREVER, port=port) as telephone:
        yield telephone


@asynccontextmanager
async def open_citizen(
    exchange: Exchange,
    *,
    port: int,
    speech: bytes,
    ring: timedelta = timedelta(milliseconds=500),
    hold: timedelta = timedelta(minutes=2),
) -> AsyncIterator[Telephone]:
    """Answers the calls that leave by the trunk at `port`, and does not speak over a prompt twice."""
    values = {"RING_MS": ring, "HOLD_MS": hold}
    async with _open(exchange, "answerer", values, [], speech, bound=_FOREVER, port=port) as telephone:
        yield telephone


@asynccontextmanager
async def open_busy(exchange: Exchange, *, port: int, times: int | None = None) -> AsyncIterator[Telephone]:
    """A citizen whose line is engaged; with `times` it ends after so many calls."""
    more = ["-m", str(times)] if times else []
    async with _open(exchange, "busy", {}, more, b"", bound=_FOREVER, port=port) as telephone:
        yield telephone


async def register(exchange: Exchange, seats: Mapping[str, str], *, port: int) -> None:
    """Registers every extension (name → secret) at the loopback `port`. Raises Unavailable when one is refused."""
    with tempfile.TemporaryDirectory(prefix="hotline-sipp-") as folder:
        lines = Path(folder) / "seats.csv"
        fields = (f"{name};[authentication username={name} password={secret}]" for name, secret in seats.items())
        lines.write_text("\n".join(("SEQUENTIAL", *fields)) + "\n")
        arguments = ["-inf", str(lines), "-m", str(len(seats)), "-r", "50"]
        async with _open(exchange, "register", {}, arguments, b"", bound=timedelta(seconds=30), port=port) as telephone:
            outcome = await telephone.ended(timedelta(seconds=40))
    if outcome.exit_code or outcome.successful < len(seats):
        raise Unavailable(part="SIP", remedy="the exchange refused the registration; check the seat's secret")


@asynccontextmanager
async def open_callers(
    exchange: Exchange, *, dial: str, rate: float, count: int, hold: timedelta, bound: timedelta
) -> AsyncIterator[Telephone]:
    """`count` calls at `rate` a second without audio; `ended` gives the counts."""
    arguments = ["-s", dial, "-key", "caller", "13900000000", "-m", str(count), "-r", str(rate), "-l", str(count)]
    async with _open(exchange, "caller", {"HOLD_MS": hold}, arguments, b"", bound=bound) as telephone:
        yield telephone


def _free_media() -> int:
    """The first of four UDP ports in a row: SIPp binds the first for audio and the third for video, needed or not. They
    lie below those that the system gives out by itself, so that nobody is given one between this look and SIPp's."""
    for _ in range(_LOOKS):
        first = _MEDIA.start + 4 * secrets.randbelow(len(_MEDIA) // 4)
        with ExitStack() as held:
            try:
                for port in range(first, first + 4):
                    held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)).bind(("127.0.0.1", port))
            except OSError:
                continue
        return first
    raise Unavailable(part="a telephone's UDP ports", remedy="end other programs: no four in a row are free")


def _free_udp() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _scenario(folder: Path, name: str, values: Mapping[str, timedelta]) -> Path:
    text = (_SCENARIOS / f"{name}.xml").read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(max(1, int(value.total_seconds() * 1000))))
    file = folder / f"{name}.xml"
    file.write_text(text, encoding="utf-8")
    return file


def _last_line(errors: Path) -> str:
    lines = errors.read_text(errors="replace").splitlines() if errors.exists() else []
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "no reason given")


def _counts(stat: Path) -> tuple[int, int]:
    """Cumulative successful and failed calls of SIPp's statistics file; zero when it wrote none."""
    rows = stat.read_text().splitlines() if stat.exists() else []
    if len(rows) < 2:
        return 0, 0
    last = dict(zip(rows[0].split(";"), rows[-1].split(";"), strict=False))
    return int(last.get("SuccessfulCall(C)") or 0), int(last.get("FailedCall(C)") or 0)


@asynccontextmanager
async def _open(
    exchange: Exchange,
    name: str,
    values: Mapping[str, timedelta],
    more: Iterable[str],
    speech: bytes,
    *,
    bound: timedelta,
    port: int | None = None,
) -> AsyncIterator[Telephone]:
    port = port or _free_udp()
    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory(prefix="hotline-sipp-") as made, os.fdopen(reading, "rb", 0) as pipe:
        folder = Path(made)
        async with open_voice(speech) as (voice, audio_port):
            command = [
                *("sipp", f"{exchange.host}:{exchange.port}", "-sf", str(_scenario(folder, name, values))),
                *("-i", "127.0.0.1", "-p", str(port), "-mi", "127.0.0.1", "-mp", str(_free_media())),
                *(
                    "-key",
                    "audio_port",
                    str(audio_port),
                    "-nostdin",
                    "-nd",
                    "-timeout",
                    f"{int(bound.total_seconds())}s",
                ),
                *("-trace_stat", "-stf", str(folder / "stat.csv"), "-trace_logs", "-log_file", f"/dev/fd/{writing}"),
                *("-trace_err", "-error_file", str(folder / "errors.log"), *more),
            ]
            try:
                process = await _spawn(command, folder, writing)
            finally:
                os.close(writing)
            telephone = Telephone(process, voice, folder, port)
            log = asyncio.StreamReader()
            loop = asyncio.get_running_loop()
            transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(log), pipe)
            listening = asyncio.create_task(telephone.listen(log, exchange.host))
            try:
                yield telephone
            finally:
                await telephone.stop()
                await ended_with(listening)
                transport.close()


async def _spawn(command: list[str], folder: Path, log: int) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            pass_fds=(log,),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise Misconfigured(cause="SIPp is not installed", remedy="run: apt-get install sip-tester") from error
