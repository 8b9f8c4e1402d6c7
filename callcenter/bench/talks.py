"""Calls at the same time, both parties speaking, each recorded: what Asterisk and `serve` spend on one."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from callcenter.bench.figures import Figure, cpu_seconds
from callcenter.bench.queue import BARE, open_bare, open_calls
from callcenter.bench.stage import HOTLINE, Bench, House, exchange_of, open_house, pid_of, until
from callcenter.bench.telephones import ring
from callcenter.core.tasks import ended_with
from callcenter.pbx.host import AsteriskHost
from callcenter.sample.rtp import alaw

MEASURE: Final = "calls at a time"
AT_A_TIME: Final = (20, 40, 80, 120)
RATE: Final = 10
WINDOW: Final = 10.0
"""Seconds of steady talk that are measured."""
SLACK: Final = 8.0
"""Seconds for the greeting and the queue before it, and for late calls after it."""
ENDS_WITHIN: Final = 60.0
SEALED_WITHIN: Final = 180.0
PLAIN: Final = (
    "Answer()",
    "MixMonitor(,br(plain-${UNIQUEID}-rx.wav)t(plain-${UNIQUEID}-tx.wav))",
    "Queue(main,r)",
    "Hangup()",
)
"""Records as ours does."""


@dataclass(frozen=True, slots=True)
class Talks:
    """`cpu`: share of one core in per cent, by process, while `wanted` calls were to talk and `there` did."""

    wanted: int
    there: int
    cpu: Mapping[str, float]


async def measure_talks(bench: Bench) -> list[Figure]:
    sizes = AT_A_TIME[:1] if bench.quick else AT_A_TIME
    speech = alaw((np.sin(2 * np.pi * 440 / 8000 * np.arange(8000)) * 8000).astype(np.int16))
    seats = max(sizes)
    ours: list[Talks] = []
    plain: list[Talks] = []
    async with open_house(bench, seats, on_duty=True, echo=True) as house:
        for size in sizes:
            bench.say(f"{size} 路 calls · ours")
            ours.append(await _talk(house.host, house.pids(), HOTLINE, size, speech))
        sealed = await _sealed(house, sum(talks.there for talks in ours))
    async with open_bare(bench, *PLAIN, seats=seats, echo=True) as bare:
        for size in sizes:
            bench.say(f"{size} 路 calls · plain")
            plain.append(await _talk(bare, {"asterisk": pid_of(bare)}, BARE, size, speech))
    return [*_figures(ours, plain), sealed]


async def _talk(host: AsteriskHost, pids: Mapping[str, int], dial: str, size: int, speech: bytes) -> Talks:
    hold = timedelta(seconds=size / RATE + WINDOW + 2 * SLACK)
    calls = asyncio.create_task(ring(exchange_of(host), dial=dial, rate=RATE, count=size, hold=hold, speech=speech))
    try:
        await asyncio.sleep(size / RATE + SLACK)
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        await asyncio.sleep(WINDOW)
        cpu = {name: (cpu_seconds(pid) - before[name]) / WINDOW * 100 for name, pid in pids.items()}
        there = (await host.command("core show channels concise")).count("!AppQueue!")  # the answered seats
        rung = await calls
    finally:
        await ended_with(calls)
    if rung.failed:
        there = min(there, rung.successful)

    async def over() -> bool:
        return await open_calls(host) == 0

    await until(over, ENDS_WITHIN)
    return Talks(size, there, cpu)


async def _sealed(house: House, calls: int) -> Figure:
    """How many recordings came out of it, and their lengths: a talk lasts some `WINDOW` + `SLACK` seconds at least."""

    async def done() -> bool:
        return int(await house.pool.fetchval("select count(*) from recording where status = 'recording'")) == 0

    await until(done, SEALED_WITHIN)
    rows = await house.pool.fetch("select seconds from recording where status = 'sealed' and seconds >= $1", WINDOW)
    shortest = min((row["seconds"] for row in rows), default=0.0)
    told = f"{len(rows)} of {calls}, the shortest {shortest:.0f} s"
    return Figure(measure=MEASURE, name="recordings sealed", value=told, met=len(rows) >= calls, aim="all")


def _figures(ours: Sequence[Talks], plain: Sequence[Talks]) -> list[Figure]:
    figures = []
    for one, bare in zip(ours, plain, strict=True):
        each = {name: share / max(one.there, 1) for name, share in one.cpu.items()}
        bare_each = bare.cpu["asterisk"] / max(bare.there, 1)
        value = (
            f"Asterisk {each['asterisk']:.2f} (plain {bare_each:.2f}), serve {each['serve']:.2f}, "
            f"PostgreSQL {each['postgres']:.2f}"
        )
        name = f"{one.there} of {one.wanted} talking and recorded (plain {bare.there}): % of a core for each"
        figures.append(Figure(measure=MEASURE, name=name, value=value))
    most = max((one.there for one in ours if one.there == one.wanted), default=0)
    figures.append(Figure(measure=MEASURE, name="most at a time, none missing", value=str(most)))
    return figures
