"""The telephone side as a whole: calls through menu, queue and answer, calls at the same time with recording, each
step's latency, and what stays after hours of it; beside a plain dialplan that does the same without a server."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import Final

from callcenter.bench.figures import Figure, spread
from callcenter.bench.latency import latencies
from callcenter.bench.queue import Step, bare_step, best_of, highest, hotline_step, open_bare, told_rate
from callcenter.bench.stage import Bench, House, open_house
from callcenter.bench.steady import measure_steady
from callcenter.bench.talks import measure_talks
from callcenter.bench.transfer import measure_transfer
from callcenter.resources import IVR

MEASURE: Final = "telephony"
SEATS: Final = 200
RATES: Final = (10, 20, 30, 40, 50, 60, 70, 80)
SECONDS: Final = 6
KEY: Final = "1"
HOLD: Final = timedelta(seconds=3.4)
"""Half a second of `Answer()` without audio, the words until the key, the queue and the talk."""
PLAIN: Final = ("Answer()", "Read(CHOICE,hotline/greeting,1,,1,3)", "Queue(main,r)", "Hangup()")


async def measure_telephony(bench: Bench) -> list[Figure]:
    if bench.hours is not None:
        return await measure_steady(bench, menu_settings(bench.folder), bench.hours)
    figures = await _measure_calls(bench)
    return [*figures, *await measure_talks(bench), *await measure_transfer(bench)]


def menu_settings(folder: Path) -> Mapping[str, str]:
    """The shipped flows with a menu before the queue."""
    flows = folder / "flows"
    if not flows.is_dir():
        shutil.copytree(IVR / "flows", flows)
        shutil.copyfile(Path(__file__).with_name("menu.yaml"), flows / "main.yaml")
    return MappingProxyType({"HOTLINE_FLOWS__FOLDER": str(flows)})


@asynccontextmanager
async def _subjects(
    bench: Bench, seconds: int
) -> AsyncIterator[tuple[House, dict[str, Callable[[int], Awaitable[Step]]]]]:
    async with (
        open_house(bench, SEATS, on_duty=True, more=menu_settings(bench.folder)) as house,
        open_bare(bench, *PLAIN) as bare,
    ):
        yield (
            house,
            {
                "ours": lambda rate: hotline_step(house, rate, seconds, hold=HOLD, key=KEY),
                "plain": lambda rate: bare_step(bare, rate, seconds, hold=HOLD, key=KEY),
            },
        )


async def _measure_calls(bench: Bench) -> list[Figure]:
    rates, seconds = (RATES[:2], 3) if bench.quick else (RATES, SECONDS)
    steps: dict[str, list[Step]] = {"ours": [], "plain": []}
    async with _subjects(bench, seconds) as (house, subjects):
        found = await latencies(house, MEASURE, rates[0], lambda: subjects["ours"](rates[0]))
        for rate in rates:
            for name in list(subjects):
                bench.say(f"{rate} 次/秒 calls/s · {name}")
                step = await best_of(subjects[name], rate)
                steps[name].append(step)
                if step.lost:
                    del subjects[name]
    return [*_figures(steps["ours"], steps["plain"], rates[-1]), *found]


def _figures(ours: list[Step], plain: list[Step], top: int) -> list[Figure]:
    most, plain_most = highest(ours), highest(plain)
    ratio = most / plain_most if plain_most else 0.0
    whole = [step for step in ours if not step.lost] or ours
    plain_cpu = [step.cpu["asterisk"] for step in plain]
    asterisk, serve, postgres = ([step.cpu[part] for step in whole] for part in ("asterisk", "serve", "postgres"))
    return [
        Figure(measure=MEASURE, name="menu + queue + answer calls/s, none lost", value=told_rate(most, top)),
        Figure(measure=MEASURE, name="plain dialplan calls/s, none lost", value=told_rate(plain_most, top)),
        Figure(measure=MEASURE, name="ratio", value=f"{ratio:.2f}", aim="≥ 0.6", met=ratio >= 0.6),
        Figure(measure=MEASURE, name="Asterisk CPU ms a call", value=spread(asterisk)),
        Figure(measure=MEASURE, name="plain Asterisk CPU ms a call", value=spread(plain_cpu)),
        Figure(measure=MEASURE, name="Asterisk CPU, ours / plain", value=f"{median(asterisk) / median(plain_cpu):.2f}"),
        Figure(measure=MEASURE, name="serve CPU ms a call", value=spread(serve)),
        Figure(measure=MEASURE, name="PostgreSQL CPU ms a call", value=spread(postgres)),
    ]
