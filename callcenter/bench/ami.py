"""What Asterisk tells of a queue call: events and bytes, by a second log-in with the same filter, and its decoding."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from callcenter.bench.decode import measure_decode
from callcenter.bench.figures import Figure
from callcenter.bench.queue import hotline_step
from callcenter.bench.stage import HERE, Bench, open_house
from callcenter.core.tasks import ended_with
from callcenter.pbx.decode import event_name
from callcenter.pbx.frames import END
from callcenter.pbx.host import AsteriskHost

MEASURE: Final = "AMI volume"
SEATS: Final = 60
RATE: Final = 10
SECONDS: Final = 20
CURIOUS: Final = "curious"


class Tap:
    """Everything that one log-in was sent since the block began."""

    def __init__(self) -> None:
        self._heard = bytearray()

    @property
    def stream(self) -> bytes:
        """Whole frames only."""
        end = self._heard.rfind(END)
        return bytes(self._heard[: end + len(END)]) if end >= 0 else b""

    async def listen(self, reader: asyncio.StreamReader) -> None:
        while chunk := await reader.read(1 << 16):
            self._heard += chunk


async def measure_ami(bench: Bench) -> list[Figure]:
    seconds = 4 if bench.quick else SECONDS
    async with open_house(bench, SEATS, on_duty=True) as house:
        plan = house.host.plan
        curious = await _add_user(house.host)
        async with (
            open_tap(plan.ami_port, plan.ami_user, plan.ami_secret) as tap,
            open_tap(plan.ami_port, CURIOUS, curious) as everything,
        ):
            bench.say("录制事件 recording the stream")
            step = await hotline_step(house, RATE, seconds)
            filtered, whole = tap.stream, everything.stream
    bench.say("解码 decoding")
    repeat = 2 if bench.quick else 20
    return [
        *volume(filtered, step.calls),
        *await asyncio.to_thread(measure_decode, filtered, repeat),
        *await asyncio.to_thread(measure_decode, whole, max(1, repeat // 4), "AMI decode, no filter"),
    ]


def volume(stream: bytes, calls: int) -> list[Figure]:
    """`stream` holds the events of `calls` calls."""
    names = Counter(name.decode() for frame in stream.split(END) if (name := event_name(frame)))
    events, size = names.total() / calls, len(stream) / calls / 1000
    told = ", ".join(f"{name} {count / calls:.1f}" for name, count in names.most_common())
    return [
        Figure(measure=MEASURE, name="events a queue call", value=f"{events:.1f}", aim="≤ 25", met=events <= 25),
        Figure(measure=MEASURE, name="KB a queue call", value=f"{size:.1f}", aim="≤ 12", met=size <= 12),
        Figure(measure=MEASURE, name="by name", value=told),
    ]


async def _add_user(host: AsteriskHost) -> str:
    """A user whom Asterisk tells everything; the secret."""
    secret = secrets.token_hex(16)
    with (host.paths.etc / "manager.conf").open("a", encoding="utf-8") as file:
        file.write(f"\n[{CURIOUS}]\nsecret={secret}\nread=all\nwritetimeout=5000\n")
    await host.command("manager reload")
    return secret


@asynccontextmanager
async def open_tap(port: int, user: str, secret: str) -> AsyncIterator[Tap]:
    """With the house's own user the house's own event filter holds."""
    tap = Tap()
    reader, writer = await asyncio.open_connection(HERE, port)
    writer.write(f"Action: Login\r\nUsername: {user}\r\nSecret: {secret}\r\n\r\n".encode())
    await reader.readuntil(b"FullyBooted")
    await reader.readuntil(END)
    listening = asyncio.create_task(tap.listen(reader))
    try:
        yield tap
    finally:
        await ended_with(listening)
        writer.close()
        await writer.wait_closed()
