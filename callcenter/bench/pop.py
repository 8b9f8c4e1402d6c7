"""From Asterisk's AgentCalled to the card at the desk's WebSocket."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from callcenter.bench.figures import Figure, percentile, spread
from callcenter.bench.stage import HOTLINE, READY_WITHIN, Bench, House, members, open_house, until
from callcenter.bench.telephones import ring
from callcenter.core.clock import SystemClock
from callcenter.sample.desk import Desk, StepFailed

MEASURE: Final = "screen-pop"
SEATS: Final = 60
RATE: Final = 20
SECONDS: Final = 10
ROUNDS: Final = 6
HOLD: Final = timedelta(seconds=3)

Waits = dict[str, float]
"""Milliseconds by call."""


async def measure_pop(bench: Bench) -> list[Figure]:
    """Every agent logs in, opens the socket and gets ready by the HTTP API. Asterisk's clock is this machine's."""
    rounds, seconds = (1, 4) if bench.quick else (ROUNDS, SECONDS)
    async with open_house(bench, SEATS, on_duty=False) as house, AsyncExitStack() as stack:
        waits: Waits = {}
        desks: list[asyncio.Queue[dict[str, Any]]] = []
        for extension in house.seats:
            bench.say(f"登录 log-in {len(desks) + 1}/{SEATS}")
            desks.append(await _on_duty(stack, house, extension))
        await members(house.host, "main", SEATS)
        popped: list[list[float]] = []
        async with asyncio.TaskGroup() as group:
            watching = [group.create_task(_watch(desk, waits)) for desk in desks]
            for turn in range(rounds):
                bench.say(f"{turn + 1}/{rounds} · {RATE} 次/秒 calls/s")
                waits.clear()
                await ring(house.exchange, dial=HOTLINE, rate=RATE, count=RATE * seconds, hold=HOLD)
                popped.append(list(waits.values()))
            for one in watching:
                one.cancel()
    return figures(popped, RATE * seconds)


def figures(popped: Sequence[Sequence[float]], calls: int) -> list[Figure]:
    """`popped`: for each round the milliseconds of its calls that popped, of `calls` that rang."""
    told = [waits or [float("inf")] for waits in popped]
    p99 = [percentile(waits, 0.99) for waits in told]
    there, rang = sum(map(len, popped)), calls * len(popped)
    met = median(p99) <= 20
    return [
        Figure(
            measure=MEASURE,
            name=f"p50 ms at {RATE}/s, {SEATS} desks",
            value=spread([percentile(waits, 0.5) for waits in told]),
        ),
        Figure(measure=MEASURE, name="p99 ms", value=spread(p99), aim="≤ 20", met=met),
        Figure(measure=MEASURE, name="longest ms", value=spread([max(waits) for waits in told])),
        Figure(measure=MEASURE, name="calls popped", value=f"{there} of {rang}", aim="all", met=there == rang),
    ]


async def _on_duty(stack: AsyncExitStack, house: House, extension: str) -> "asyncio.Queue[dict[str, Any]]":
    desk = await stack.enter_async_context(Desk(house.base, f"agent{extension}", house.password))
    notices = await stack.enter_async_context(desk.notices())

    async def ready() -> bool:
        try:
            await desk.post("/api/desk/presence", {"presence": "ready"})
        except StepFailed as refused:
            if refused.fields["code"] != "seats-not-here":
                raise
            return False
        return True

    await until(ready, READY_WITHIN)
    return notices


async def _watch(notices: "asyncio.Queue[dict[str, Any]]", waits: Waits) -> None:
    """The first message that shows a call counts. `offered_at` is Asterisk's time of AgentCalled."""
    clock = SystemClock()
    while True:
        state = (await notices.get()).get("state")
        at = clock.now()
        offer = state["offer"] if state else None
        if offer and offer["call_id"] not in waits:
            waits[offer["call_id"]] = (at - datetime.fromisoformat(offer["offered_at"])) / timedelta(milliseconds=1)
