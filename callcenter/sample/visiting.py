"""While the hotline stays up: telephones for the person who tries it, and another citizen's call at each Enter."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from rich.console import Console

from callcenter.sample.call import AGENT, Stage, press_at_each_pause
from callcenter.sample.sipp import open_agent, open_caller, open_citizen

TALK: Final = timedelta(seconds=60)
RINGS: Final = timedelta(seconds=4)
"""Long enough to see the card before the telephone answers by itself."""
LONG: Final = timedelta(days=30)


async def stay(stage: Stage, console: Console) -> None:
    """For ever. The seat's telephone answers by itself; the citizen's answers, and presses 1 when asked."""
    phone = open_agent(
        stage.exchange, extension=AGENT, secret=stage.agent_secret, speech=stage.agent_speech, ring=RINGS, hold=TALK
    )
    citizen = open_citizen(stage.exchange, port=stage.citizens_port, speech=stage.caller_speech, hold=TALK)
    async with phone, citizen as rung_back, asyncio.TaskGroup() as tasks, _enter_pressed() as pressed:
        tasks.create_task(press_at_each_pause(rung_back, LONG))
        while True:
            await pressed.wait()
            pressed.clear()
            tasks.create_task(_ring(stage, console))


async def _ring(stage: Stage, console: Console) -> None:
    call = open_caller(stage.exchange, dial="12345", caller=stage.citizen, speech=stage.caller_speech, hold=TALK)
    async with call as caller:
        console.print("市民正在来电 · a citizen is ringing")
        with suppress(TimeoutError):
            await caller.ended(TALK * 5)
        console.print("来电结束 · the call is over")


@asynccontextmanager
async def _enter_pressed() -> AsyncIterator[asyncio.Event]:
    """Set at each Enter; never where there is no terminal to press it at."""
    pressed = asyncio.Event()
    if not sys.stdin.isatty():
        yield pressed
        return
    loop = asyncio.get_running_loop()

    def read() -> None:
        if sys.stdin.readline():
            pressed.set()
        else:  # the terminal is gone
            loop.remove_reader(sys.stdin)

    loop.add_reader(sys.stdin, read)
    try:
        yield pressed
    finally:
        loop.remove_reader(sys.stdin)
