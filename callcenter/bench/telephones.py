"""Many telephones at once, by SIPp alone: signalling as in the sample, and audio that nobody listens to."""

import asyncio
import csv
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from callcenter import sample
from callcenter.core.errors import Misconfigured
from callcenter.sample.sipp import Exchange, register

SCENARIOS: Final = Path(sample.__file__).parent / "scenarios"
RINGS: Final = timedelta(milliseconds=1)
LONGEST_TALK: Final = timedelta(minutes=5)
LONGEST_RUN: Final = timedelta(hours=26)
PRESSES_AFTER: Final = timedelta(milliseconds=900)
"""`Answer()` lasts half a second for a caller who sends no audio; then the menu's words begin."""
PATIENCE: Final = 40.0
"""Seconds that the last calls of a run may take to end."""
_ONCE_ANSWERED: Final = "  <!-- Sent by the program"
_PRESS: Final = """  <send retrans="500">
    <![CDATA[
      INFO sip:[service]@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]c[call_number]
      To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
      Call-ID: [call_id]
      CSeq: 2 INFO
      Max-Forwards: 70
      Content-Type: application/dtmf-relay
      Content-Length: [len]

      Signal=@KEY@
      Duration=160
    ]]>
  </send>
  <recv response="200" />
"""


@dataclass(frozen=True, slots=True)
class Rung:
    """What SIPp counted at the callers."""

    successful: int
    failed: int
    repeated: int
    """SIP messages that had to be sent again."""


async def ring(
    exchange: Exchange,
    *,
    dial: str,
    rate: float,
    count: int,
    hold: timedelta,
    key: str = "",
    speech: bytes = b"",
) -> Rung:
    """`count` calls, `rate` a second, each from its own number; each hangs up `hold` after the answer. `key` is
    pressed `PRESSES_AFTER` the answer; `speech` (A-law) is spoken over and over."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as made:
        folder = Path(made)
        first = secrets.randbelow(80_000_000)
        numbers = folder / "callers.csv"
        numbers.write_text("\n".join(("SEQUENTIAL", *(f"139{first + n:08}" for n in range(count)))) + "\n")
        scenario = _scenario(folder, "caller", {"HOLD_MS": hold})
        text = scenario.read_text("utf-8").replace("[caller]", "[field0]")
        text = text.replace(_ONCE_ANSWERED, _doing(folder, key, speech) + _ONCE_ANSWERED).replace("2 BYE", "3 BYE")
        scenario.write_text(text, encoding="utf-8")
        more = ("-s", dial, "-inf", str(numbers), "-m", str(count), "-r", f"{rate:g}", "-l", str(count))
        bound = count / rate + hold.total_seconds() + PATIENCE
        async with _open(exchange, scenario, free_udp(), bound, more) as process:
            await process.wait()
            return _counted(folder / "stat.csv", count)


def _doing(folder: Path, key: str, speech: bytes) -> str:
    """What a caller does once answered. A key goes as SIP INFO (RFC 6086 package `application/dtmf-relay`): SIPp would
    need a recording and a right of its own to send RFC 4733 events."""
    steps = ""
    if speech:
        (folder / "speech.alaw").write_bytes(speech)
        steps += '<nop><action><exec rtp_stream="speech.alaw,-1,8,PCMA/8000" /></action></nop>\n'
    if key:
        wait = int(PRESSES_AFTER.total_seconds() * 1000)
        steps += f'<pause milliseconds="{wait}" />\n{_PRESS.replace("@KEY@", key)}'
    return steps


@asynccontextmanager
async def open_seats(exchange: Exchange, seats: Mapping[str, str], *, echo: bool = False) -> AsyncIterator[None]:
    """All seats (extension → secret) registered at one SIPp, which answers each call at once. With `echo` each says
    back what it hears."""
    if not seats:
        yield
        return
    port = free_udp()
    await register(exchange, seats, port=port)
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as made:
        scenario = _scenario(Path(made), "answerer", {"RING_MS": RINGS, "HOLD_MS": LONGEST_TALK})
        async with _open(exchange, scenario, port, LONGEST_RUN.total_seconds(), (), echo=echo):
            yield


def free_udp() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _scenario(folder: Path, name: str, values: Mapping[str, timedelta]) -> Path:
    text = (SCENARIOS / f"{name}.xml").read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(int(value.total_seconds() * 1000)))
    file = folder / f"{name}.xml"
    file.write_text(text, encoding="utf-8")
    return file


@contextmanager
def _deaf_ear() -> Iterator[int]:
    """A port whose packets the kernel drops: no reader costs CPU, no refusal reaches Asterisk."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        ear.bind(("127.0.0.1", 0))
        yield int(ear.getsockname()[1])


@asynccontextmanager
async def _open(
    exchange: Exchange, scenario: Path, port: int, bound: float, more: tuple[str, ...], *, echo: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    mouth = free_udp()
    with _deaf_ear() as deaf:
        ear = mouth if echo else deaf
        more += ("-rtp_echo",) if echo else ()
        try:
            process = await asyncio.create_subprocess_exec(
                *("setpriv", "--pdeathsig", "KILL", "--"),
                *("sipp", f"{exchange.host}:{exchange.port}", "-sf", str(scenario), "-i", "127.0.0.1"),
                *("-p", str(port), "-mi", "127.0.0.1", "-mp", str(mouth), "-key", "audio_port", str(ear)),
                *("-nostdin", "-nd", "-timeout", f"{int(bound)}s", "-trace_stat", "-stf", "stat.csv", "-fd", "5"),
                *more,
                cwd=scenario.parent,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except FileNotFoundError as error:
            raise Misconfigured(cause="SIPp is not installed", remedy="run: apt-get install sip-tester") from error
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


def _counted(stat: Path, count: int) -> Rung:
    """What never finished counts as failed."""
    if not stat.exists():
        return Rung(0, count, 0)
    with stat.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    if not rows:
        return Rung(0, count, 0)
    last = rows[-1]
    successful = int(last["SuccessfulCall(C)"])
    return Rung(successful, count - successful, int(last["Retransmissions(C)"]))
