"""What Asterisk tells of a queue call: events and bytes, by a second log-in with the same filter."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from callcenter.bench.decode import measure_decode
from callcenter.bench.figures import Figure
from callcenter.bench.queue import hotline_step
from callcenter.bench.stage import HERE, Bench, open_house
from callcenter.pbx.decode import event_name
from callcenter.pbx.frames import END
from callcenter.pbx.host import AsteriskHost

MEASURE: Final = "AMI volume"
SEATS: Final = 60
RATE: Final = 10
SECONDS: Final = 20


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
    async with open_house(bench, SEATS, on_duty=True) as house, open_tap(house.host) as tap:
        bench.say("录制事件 recording the stream")
        step = await hotline_step(house, RATE, seconds)
        stream = tap.stream
    bench.say("解码 decoding")
    decoded = await asyncio.to_thread(measure_decode, stream, 5 if bench.quick else 40)
    return volume(stream, step.calls) + decoded


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


@asynccontextmanager
async def open_tap(host: AsteriskHost) -> AsyncIterator[Tap]:
    """Logged in with the house's own user, and so its own event filter."""
    plan, tap = host.plan, Tap()
    reader, writer = await asyncio.open_connection(HERE, plan.ami_port)
    writer.write(f"Action: Login\r\nUsername: {plan.ami_user}\r\nSecret: {plan.ami_secret}\r\n\r\n".encode())
    await reader.readuntil(b"FullyBooted")
    await reader.readuntil(END)
    listening = asyncio.create_task(tap.listen(reader))
    try:
        yield tap
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        writer.close()
        await writer.wait_closed()
