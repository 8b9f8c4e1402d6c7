"""Calls a second through greeting, queue and agent with none lost, beside bare `Queue()`, and what a call costs."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Final

from callcenter.bench.figures import Figure, cpu_seconds, spread
from callcenter.bench.stage import (
    HOTLINE,
    Bench,
    House,
    add_number,
    ami_of,
    exchange_of,
    members,
    open_asterisk,
    open_house,
    pid_of,
    until,
)
from callcenter.bench.telephones import Rung, ring
from callcenter.core.clock import SystemClock
from callcenter.pbx import actions
from callcenter.pbx.host import AsteriskHost
from callcenter.pbx.link import LinkState, open_link

MEASURE: Final = "queue calls"
SEATS: Final = 200
RATES: Final = (10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
SECONDS: Final = 6
TRIES: Final = 2
"""A rate has failed when calls were lost in both: other work on the machine must not decide."""
BARE: Final = "70000"
PLAIN: Final = ("Answer()", "Queue(main,r)", "Hangup()")
HOLD: Final = timedelta(seconds=3)
"""Half a second of `Answer()` without audio, the short greeting, and the talk."""
BARE_HOLD: Final = timedelta(seconds=2.2)
SETTLE: Final = 15.0
_DONE: Final = re.compile(r" C:(\d+), A:(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rate of one subject. `lost`: calls that an agent did not serve, or that the ledger does not hold so.
    `cpu`: milliseconds of each process for a call."""

    rate: int
    calls: int
    lost: int
    repeated: int
    cpu: Mapping[str, float]


async def measure_queue(bench: Bench) -> list[Figure]:
    rates, seconds = (RATES[:2], 3) if bench.quick else (RATES, SECONDS)
    async with open_house(bench, SEATS, on_duty=True) as house, open_bare(bench, *PLAIN) as bare:
        subjects: dict[str, Callable[[int], Awaitable[Step]]] = {
            "ours": lambda rate: hotline_step(house, rate, seconds),
            "bare": lambda rate: bare_step(bare, rate, seconds),
        }
        steps: dict[str, list[Step]] = {name: [] for name in subjects}
        for rate in rates:
            for name in list(subjects):
                bench.say(f"{rate} 次/秒 calls/s · {name}")
                step = await best_of(subjects[name], rate)
                steps[name].append(step)
                if step.lost:
                    del subjects[name]
    return figures_of(steps["ours"], steps["bare"], rates[-1])


async def open_calls(host: AsteriskHost) -> int:
    shown = await host.command("core show channels count")
    found = re.search(r"(\d+) active call", shown)
    return int(found[1]) if found else 0


async def hotline_step(house: House, rate: int, seconds: int, *, hold: timedelta = HOLD, key: str = "") -> Step:
    """Through `serve`; waits until Asterisk and the ledger have finished with every call."""

    async def answered() -> int:
        return int(await house.pool.fetchval("select count(*) from call where outcome = 'answered'"))

    before = await answered()
    calls = rate * seconds

    async def settled() -> bool:
        return await answered() - before >= calls

    step = await call_step(house.host, house.pids(), settled, dial=HOTLINE, rate=rate, calls=calls, hold=hold, key=key)
    missing = calls - (await answered() - before)
    return Step(rate=rate, calls=calls, lost=max(step.lost, missing), repeated=step.repeated, cpu=step.cpu)


async def bare_step(host: AsteriskHost, rate: int, seconds: int, *, hold: timedelta = BARE_HOLD, key: str = "") -> Step:
    async def settled() -> bool:
        return await open_calls(host) == 0

    pids = {"asterisk": pid_of(host)}
    return await call_step(host, pids, settled, dial=BARE, rate=rate, calls=rate * seconds, hold=hold, key=key)


async def call_step(
    host: AsteriskHost,
    pids: Mapping[str, int],
    settled: Callable[[], Awaitable[bool]],
    *,
    dial: str,
    rate: int,
    calls: int,
    hold: timedelta,
    key: str = "",
) -> Step:
    """One rate of calls to `dial`, with what the processes `pids` spent until all was `settled`."""
    served, cpu = await _served(host), {name: cpu_seconds(pid) for name, pid in pids.items()}
    rung: Rung = await ring(exchange_of(host), dial=dial, rate=rate, count=calls, hold=hold, key=key)
    with suppress(TimeoutError):
        await until(settled, SETTLE)
    spent = {name: (cpu_seconds(pid) - cpu[name]) / calls * 1000 for name, pid in pids.items()}
    unserved = calls - (await _served(host) - served)
    return Step(rate=rate, calls=calls, lost=max(rung.failed, unserved), repeated=rung.repeated, cpu=spent)


async def _served(host: AsteriskHost) -> int:
    """Calls that agents of the main queue have completed, by Asterisk's own count."""
    found = _DONE.search(await host.command("queue show main"))
    if found is None:
        raise RuntimeError("Asterisk knows no queue main")
    return int(found[1])


@asynccontextmanager
async def open_bare(bench: Bench, *steps: str, seats: int = SEATS, echo: bool = False) -> AsyncIterator[AsteriskHost]:
    """An Asterisk of the same configuration that nobody is linked to, with one more number that does `steps`; its seats
    wait in the main queue."""
    async with open_asterisk(bench, seats, echo=echo) as host:
        async with open_link(ami_of(host), SystemClock()) as link:
            await link.reaches(LinkState.UP)
            for seat in host.plan.seats:
                await actions.add_member(link, "main", seat.extension, paused=False)
        await add_number(host, BARE, *steps)
        await members(host, "main", seats)
        yield host


async def best_of(run: Callable[[int], Awaitable[Step]], rate: int) -> Step:
    step = await run(rate)
    for _ in range(TRIES - 1):
        if step.lost:
            step = min(step, await run(rate), key=lambda one: one.lost)
    return step


def highest(steps: Sequence[Step]) -> int:
    """Calls a second of the last step without a loss."""
    return max((step.rate for step in steps if not step.lost), default=0)


def figures_of(ours: Sequence[Step], bare: Sequence[Step], top: int) -> list[Figure]:
    """`top` is the highest rate that was tried."""
    most, bare_most = highest(ours), highest(bare)
    whole = [step for step in ours if not step.lost] or list(ours)
    asterisk, serve = ([step.cpu[name] for step in whole] for name in ("asterisk", "serve"))
    share = median(a / b for a, b in zip(serve, asterisk, strict=True))
    ratio = most / bare_most if bare_most else 0.0
    figures = [
        Figure(measure=MEASURE, name="calls/s, none lost", value=told_rate(most, top)),
        Figure(measure=MEASURE, name="bare Queue() calls/s, none lost", value=told_rate(bare_most, top)),
        Figure(measure=MEASURE, name="ratio", value=f"{ratio:.2f}", aim="≥ 0.6", met=ratio >= 0.6),
        Figure(measure=MEASURE, name="Asterisk CPU ms a call", value=spread(asterisk)),
        Figure(
            measure=MEASURE, name="bare Asterisk CPU ms a call", value=spread([step.cpu["asterisk"] for step in bare])
        ),
        Figure(measure=MEASURE, name="serve CPU ms a call", value=spread(serve)),
        Figure(
            measure=MEASURE, name="PostgreSQL CPU ms a call", value=spread([step.cpu["postgres"] for step in whole])
        ),
        Figure(measure=MEASURE, name="serve CPU / Asterisk CPU", value=f"{share:.2f}", aim="≤ 1", met=share <= 1),
    ]
    for name, steps in (("ours", ours), ("bare", bare)):
        told = ", ".join(f"{step.rate}/s {step.lost}/{step.calls}" for step in steps)
        figures.append(Figure(measure=MEASURE, name=f"lost, {name}", value=told))
    return figures


def told_rate(rate: int, top: int) -> str:
    return f"≥ {rate}" if rate == top else str(rate)
