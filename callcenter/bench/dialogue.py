"""A FastAGI server in a process of its own: `python -m callcenter.bench.dialogue ours|panoramisk PORT`.

Each call gets the same nine commands. Says `ready`; `begin` on its input starts a count, `end` prints it as JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import uvloop
from panoramisk.fast_agi import Application

from callcenter.bench.figures import percentile
from callcenter.pbx.agi import AgiConfig, AgiSession, open_agi

COMMANDS: Final = (
    'SET VARIABLE "TIMEOUT(absolute)" "8.000"',
    "GET FULL VARIABLE ${UNIQUEID}",
    'SET VARIABLE "HL_A" "1"',
    "GET FULL VARIABLE ${HL_A}",
    'SET VARIABLE "TIMEOUT(absolute)" "8.000"',
    "GET FULL VARIABLE ${CALLERID(num)}",
    'SET VARIABLE "HL_B" "2"',
    'SET VARIABLE "HL_ROUTE" "hangup"',
)
"""After ANSWER, which waits half a second for audio and is not timed."""
_WORDS: Final = tuple(tuple(word.strip('"') for word in command.split(" ")) for command in COMMANDS)
ROUTE: Final = "bench"


class Count:
    """Milliseconds of each command, calls, and the process's CPU, since `begin`."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.waits: list[float] = []
        self.calls = 0
        self._cpu = time.process_time()

    def told(self) -> dict[str, float]:
        cpu = (time.process_time() - self._cpu) * 1000 / max(1, self.calls)
        p50, p99 = (percentile(self.waits or [0.0], share) for share in (0.5, 0.99))
        return {"calls": self.calls, "p50": p50, "p99": p99, "cpu": cpu}


@asynccontextmanager
async def ours(port: int, count: Count) -> AsyncIterator[None]:
    async def talk(session: AgiSession) -> None:
        await session.answer()
        for words in _WORDS:
            began = time.perf_counter()
            await session.send(*words)
            count.waits.append((time.perf_counter() - began) * 1000)
        count.calls += 1

    async with open_agi(AgiConfig(port=port), talk):
        yield


@asynccontextmanager
async def panoramisk(port: int, count: Count) -> AsyncIterator[None]:
    async def talk(request: Any) -> None:
        await request.send_command("ANSWER")
        for command in COMMANDS:
            began = time.perf_counter()
            await request.send_command(command)
            count.waits.append((time.perf_counter() - began) * 1000)
        count.calls += 1

    application = Application(loop=asyncio.get_running_loop())
    application.add_route(ROUTE, talk)
    listener = await asyncio.start_server(application.handler, "127.0.0.1", port, backlog=1024)
    try:
        yield
    finally:
        listener.close()


async def run(serving: Callable[[int, Count], Any], port: int) -> None:
    """Until the input ends."""
    count = Count()
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with serving(port, count):
        _say("ready")
        async for line in lines:
            if line.strip() == b"begin":
                count.begin()
                _say("begun")
            else:
                _say(json.dumps(count.told()))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    kind, port = sys.argv[1], int(sys.argv[2])
    runner: Callable[[Any], Any] = uvloop.run if kind == "ours" else asyncio.run
    runner(run(ours if kind == "ours" else panoramisk, port))
