"""From Asterisk's AgentCalled to the card at the desk's WebSocket."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, Final

from callcenter.bench.figures import Figure, percentile
from callcenter.bench.stage import HOTLINE, READY_WITHIN, Bench, House, members, open_house, until
from callcenter.bench.telephones import ring
from callcenter.core.clock import SystemClock
from callcenter.sample.desk import Desk, StepFailed

MEASURE: Final = "screen-pop"
SEATS: Final = 60
RATE: Final = 20
SECONDS: Final = 30
HOLD: Final = timedelta(seconds=3)


async def measure_pop(bench: Bench) -> list[Figure]:
    """Every agent logs in, opens the socket and gets ready by the HTTP API. Asterisk's clock is this machine's."""
    seconds = 4 if bench.quick else SECONDS
    async with open_house(bench, SEATS, on_duty=False) as house, AsyncExitStack() as stack:
        waits: dict[str, float] = {}
        desks: list[asyncio.Queue[dict[str, Any]]] = []
        for extension in house.seats:
            bench.say(f"登录 log-in {len(desks) + 1}/{SEATS}")
            desks.append(await _on_duty(stack, house, extension))
        await members(house.host, "main", SEATS)
        async with asyncio.TaskGroup() as group:
            watching = [group.create_task(_watch(desk, waits)) for desk in desks]
            bench.say(f"{RATE} 次/秒 calls/s")
            calls = RATE * seconds
            rung = await ring(house.exchange, dial=HOTLINE, rate=RATE, count=calls, hold=HOLD)
            for one in watching:
                one.cancel()
    return figures(list(waits.values()), calls, rung.failed)


def figures(waits: list[float], calls: int, failed: int) -> list[Figure]:
    """`waits` in milliseconds, one for each call that popped."""
    told = waits or [float("inf")]
    p50, p99 = (percentile(told, share) for share in (0.5, 0.99))
    popped = len(waits) == calls and not failed
    return [
        Figure(measure=MEASURE, name=f"p50 ms at {RATE}/s, {SEATS} desks", value=f"{p50:.1f}"),
        Figure(measure=MEASURE, name="p99 ms", value=f"{p99:.1f}", aim="≤ 20", met=p99 <= 20),
        Figure(measure=MEASURE, name="longest ms", value=f"{max(told):.1f}"),
        Figure(measure=MEASURE, name="calls popped", value=f"{len(waits)} of {calls}", aim="all", met=popped),
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


async def _watch(notices: "asyncio.Queue[dict[str, Any]]", waits: dict[str, float]) -> None:
    """The first message that shows a call counts. `offered_at` is Asterisk's time of AgentCalled."""
    clock = SystemClock()
    while True:
        state = (await notices.get()).get("state")
        at = clock.now()
        offer = state["offer"] if state else None
        if offer and offer["call_id"] not in waits:
            waits[offer["call_id"]] = (at - datetime.fromisoformat(offer["offered_at"])) / timedelta(milliseconds=1)
