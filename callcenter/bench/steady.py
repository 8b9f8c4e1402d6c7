"""Hours of steady calls: whether anything is lost, and whether anything grows."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import psutil

from callcenter.bench.figures import Figure, resident_mib
from callcenter.bench.queue import open_calls
from callcenter.bench.stage import HOTLINE, Bench, House, open_house, until
from callcenter.bench.telephones import Rung, ring
from callcenter.core.tasks import ended_with

MEASURE: Final = "steady calls"
SEATS: Final = 120
RATE: Final = 10
KEY: Final = "1"
HOLD: Final = timedelta(seconds=5)
SAMPLES: Final = 24
WARM: Final = 0.25
"""Share of the run after which the first size is taken: pools, caches and the interpreter have filled by then."""
ENDS_WITHIN: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """`files`: open descriptors of `serve`; `calls`: open calls as Asterisk counts them."""

    serve_mib: float
    asterisk_mib: float
    files: int
    calls: int


async def measure_steady(bench: Bench, settings: Mapping[str, str], hours: float) -> list[Figure]:
    count = max(RATE, round(hours * 3600 * RATE))
    async with open_house(bench, SEATS, on_duty=True, more=settings) as house:
        calls = asyncio.create_task(ring(house.exchange, dial=HOTLINE, rate=RATE, count=count, hold=HOLD, key=KEY))
        try:
            samples = await _watch(bench, house, calls, count / RATE / SAMPLES)
            rung = await calls
        finally:
            await ended_with(calls)
        left = await _left(house)
        served = await house.pool.fetchval("select count(*) from call where outcome = 'answered'")
    return _figures(samples, rung, count, int(served), left)


async def _watch(bench: Bench, house: House, calls: "asyncio.Task[Rung]", every: float) -> list[Sample]:
    samples: list[Sample] = []
    while not calls.done():
        await asyncio.wait({calls}, timeout=every)
        pids = house.pids()
        samples.append(
            Sample(
                serve_mib=resident_mib(pids["serve"]),
                asterisk_mib=resident_mib(pids["asterisk"]),
                files=psutil.Process(pids["serve"]).num_fds(),
                calls=await open_calls(house.host),
            )
        )
        bench.say(f"{len(samples)}/{SAMPLES} · {samples[-1].serve_mib:.0f} MiB · {samples[-1].calls} 路 calls")
    return samples


async def _left(house: House) -> int:
    """Calls that Asterisk or the ledger still holds open when all telephones have hung up."""

    async def over() -> bool:
        ended = await house.pool.fetchval("select count(*) from call where ended_at is null")
        return await open_calls(house.host) == 0 and ended == 0

    try:
        await until(over, ENDS_WITHIN)
    except TimeoutError:
        return int(await house.pool.fetchval("select count(*) from call where ended_at is null"))
    return 0


def _figures(samples: list[Sample], rung: Rung, count: int, served: int, left: int) -> list[Figure]:
    warm = samples[int(len(samples) * WARM)]
    last = samples[-1]
    growth = last.serve_mib / warm.serve_mib - 1
    lost = max(rung.failed, count - served)
    return [
        Figure(measure=MEASURE, name=f"calls at {RATE}/s, lost", value=f"{count:,}, {lost}", aim="0", met=lost == 0),
        Figure(measure=MEASURE, name="left open at the end", value=str(left), aim="0", met=left == 0),
        Figure(
            measure=MEASURE,
            name=f"serve MiB after {WARM:.0%} and at the end",
            value=f"{warm.serve_mib:.0f}, {last.serve_mib:.0f} ({growth:+.1%})",
            aim="± 5 %",
            met=abs(growth) <= 0.05,
        ),
        Figure(
            measure=MEASURE,
            name=f"Asterisk MiB after {WARM:.0%} and at the end",
            value=f"{warm.asterisk_mib:.0f}, {last.asterisk_mib:.0f}",
        ),
        Figure(measure=MEASURE, name="open files of serve, then and at the end", value=f"{warm.files}, {last.files}"),
        Figure(
            measure=MEASURE, name="serve MiB on the way", value=", ".join(f"{one.serve_mib:.0f}" for one in samples)
        ),
        Figure(measure=MEASURE, name="calls at a time on the way", value=", ".join(str(one.calls) for one in samples)),
    ]
