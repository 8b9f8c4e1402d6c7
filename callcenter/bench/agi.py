"""FastAGI on a real Asterisk: our server, on the loop that `serve` uses, beside panoramisk's own."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from statistics import median
from typing import Final

from callcenter.bench.dialogue import COMMANDS, ROUTE
from callcenter.bench.figures import Figure, spread
from callcenter.bench.stage import HERE, Bench, add_number, exchange_of, free_port, open_asterisk
from callcenter.bench.telephones import ring
from callcenter.resources import ROOT

MEASURE: Final = "FastAGI"
RATE: Final = 100
SECONDS: Final = 5
ROUNDS: Final = 5
HOLD: Final = timedelta(seconds=10)
"""Longer than the dialogue: Asterisk hangs up."""
NUMBERS: Final = {"ours": "70001", "panoramisk": "70002"}


async def measure_agi(bench: Bench) -> list[Figure]:
    rounds, seconds = (1, 2) if bench.quick else (ROUNDS, SECONDS)
    told: dict[str, list[dict[str, float]]] = {name: [] for name in NUMBERS}
    failed = 0
    async with open_asterisk(bench, 0) as host, AsyncExitStack() as stack:
        servers = {name: await stack.enter_async_context(open_server(name)) for name in NUMBERS}
        for name, number in NUMBERS.items():
            await add_number(host, number, f"AGI(agi://{HERE}:{servers[name].port}/{ROUTE})", "Hangup()")
        for turn in range(rounds):
            for name, number in NUMBERS.items():
                bench.say(f"{turn + 1}/{rounds} · {name}")
                await servers[name].ask("begin")
                rung = await ring(exchange_of(host), dial=number, rate=RATE, count=RATE * seconds, hold=HOLD)
                told[name].append(json.loads(await servers[name].ask("end")))
                failed += rung.failed
    return figures_of(told["ours"], told["panoramisk"], failed)


class Server:
    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.port = port

    async def ask(self, word: str) -> str:
        if self._process.stdin is None:
            raise RuntimeError("the server was started without an input")
        self._process.stdin.write(word.encode() + b"\n")
        return await self.hears()

    async def hears(self) -> str:
        if self._process.stdout is None:
            raise RuntimeError("the server was started without an output")
        async with asyncio.timeout(20):
            return (await self._process.stdout.readline()).decode().strip()


@asynccontextmanager
async def open_server(kind: str) -> AsyncIterator[Server]:
    """The process ends with its input."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "callcenter.bench.dialogue", kind, str(port)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    server = Server(process, port)
    try:
        await server.hears()
        yield server
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


def figures_of(ours: list[dict[str, float]], theirs: list[dict[str, float]], failed: int) -> list[Figure]:
    def of(told: list[dict[str, float]], key: str) -> list[float]:
        return [one[key] for one in told]

    p99, cpu = median(of(ours, "p99")), median(of(ours, "cpu"))
    ratio = median(a / b for a, b in zip(of(ours, "cpu"), of(theirs, "cpu"), strict=True))
    commands = len(COMMANDS) + 1
    return [
        Figure(measure=MEASURE, name=f"p50 ms a command at {RATE} calls/s", value=spread(of(ours, "p50"), 2)),
        Figure(measure=MEASURE, name="p99 ms", value=spread(of(ours, "p99"), 2), aim="≤ 4", met=p99 <= 4),
        Figure(
            measure=MEASURE,
            name=f"CPU ms a call of {commands} commands",
            value=spread(of(ours, "cpu"), 2),
            aim="≤ 0.8",
            met=cpu <= 0.8,
        ),
        Figure(measure=MEASURE, name="panoramisk p50 ms", value=spread(of(theirs, "p50"), 2)),
        Figure(measure=MEASURE, name="panoramisk p99 ms", value=spread(of(theirs, "p99"), 2)),
        Figure(measure=MEASURE, name="panoramisk CPU ms a call", value=spread(of(theirs, "cpu"), 2)),
        Figure(measure=MEASURE, name="CPU, ours / panoramisk", value=f"{ratio:.2f}"),
        Figure(measure=MEASURE, name="calls failed", value=str(failed), aim="0", met=not failed),
    ]
