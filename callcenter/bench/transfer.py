"""How long a transfer takes to ring the other side, beside an AMI `Redirect` to a bare `Dial()` of the same trunk."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Final, Protocol

from callcenter.bench.figures import Figure, percentile
from callcenter.bench.queue import BARE, open_bare, open_calls
from callcenter.bench.stage import HOTLINE, Bench, House, ami_of, exchange_of, open_at_any_hour, open_house, until
from callcenter.core.clock import SystemClock
from callcenter.pbx import actions
from callcenter.pbx.host import AsteriskHost
from callcenter.pbx.link import AmiLink, LinkState, open_link
from callcenter.sample.desk import Desk
from callcenter.sample.sipp import Telephone, open_caller, open_citizen

MEASURE: Final = "transfer"
TIMES: Final = 25
SOON: Final = timedelta(seconds=20)
HOLD: Final = timedelta(seconds=60)
SILENCE: Final = b"\xd5" * 160
MODES: Final[dict[str, dict[str, str]]] = {
    "one key to 12366": {"mode": "one_key", "target": "12366", "matter": "tax"},
    "three-way to 110": {"mode": "three_way", "target": "110"},
}


class Subject(Protocol):
    """Passes callers on: `ready` when the caller with this number can be, what `press` needs then."""

    async def ready(self, number: str) -> str: ...

    async def press(self, what: str) -> None: ...


class _Ours:
    """An agent's desk."""

    def __init__(self, house: House, desk: Desk, body: Mapping[str, str]) -> None:
        self._house = house
        self._desk = desk
        self._body = body

    async def ready(self, number: str) -> str:
        ask = "select id from call where caller_key = $1 and stage = 'talking'"
        key = self._house.vault.key(f"+86{number}")

        async def talks() -> bool:
            return await self._house.pool.fetchval(ask, key) is not None

        await until(talks, SOON.total_seconds())
        return str(await self._house.pool.fetchval(ask, key))

    async def press(self, what: str) -> None:
        await self._desk.post(f"/api/calls/{what}/transfer", self._body)


class _Plain:
    """The verb alone, to an extension that dials."""

    def __init__(self, host: AsteriskHost, link: AmiLink) -> None:
        self._host = host
        self._link = link

    async def ready(self, number: str) -> str:
        lines = (await self._host.command("core show channels concise")).splitlines()
        return next(line.split("!")[0] for line in lines if f"!{number}!" in line)

    async def press(self, what: str) -> None:
        await actions.redirect(self._link, what, "bench-dial", "s")


async def measure_transfer(bench: Bench) -> list[Figure]:
    times = 3 if bench.quick else TIMES
    took: dict[str, list[float]] = {}
    lines = {"HOTLINE_FLOWS__HOTLINES": str(open_at_any_hour(bench.folder / "hotlines.yaml"))}
    async with (
        open_house(bench, 1, on_duty=True, more=lines) as house,
        _target(house.host) as target,
        Desk(house.base, f"agent{house.seats[0]}", house.password) as desk,
    ):
        for name, body in MODES.items():
            bench.say(name)
            took[name] = await _repeat(house.host, target, times, _Ours(house, desk, body))
    async with open_bare(bench, "Answer()", "Wait(60)", seats=0) as bare, _target(bare) as target:
        bench.say("plain")
        async with open_link(ami_of(bare), SystemClock()) as link:
            await link.reaches(LinkState.UP)
            await _add_dial(bare)
            took["plain"] = await _repeat(bare, target, times, _Plain(bare, link), dial=BARE)
    return _figures(took)


@asynccontextmanager
async def _target(host: AsteriskHost) -> AsyncIterator[Telephone]:
    port = host.plan.trunks[0].port
    ring = timedelta(milliseconds=1)
    async with open_citizen(exchange_of(host), port=port, speech=SILENCE, ring=ring, hold=HOLD) as target:
        yield target


async def _add_dial(bare: AsteriskHost) -> None:
    trunk = bare.plan.trunks[0].name
    await bare.command(f"dialplan add extension s,1,Dial(PJSIP/110@{trunk},20) into bench-dial")


async def _repeat(
    host: AsteriskHost, target: Telephone, times: int, subject: Subject, *, dial: str = HOTLINE
) -> list[float]:
    """Milliseconds from the press until the other side has the INVITE, call after call."""
    took = []
    for turn in range(1, times + 1):
        number = f"1370000{turn:04}"
        offered, answered = target.said.count("offered"), target.said.count("answered")
        async with open_caller(exchange_of(host), dial=dial, caller=number, speech=SILENCE, hold=HOLD) as caller:
            await caller.until("answered", SOON)
            what = await subject.ready(number)
            began = time.perf_counter()
            pressed = asyncio.create_task(subject.press(what))
            await target.until("offered", SOON, times=offered + 1)
            took.append((time.perf_counter() - began) * 1000)
            await pressed
            await target.until("answered", SOON, times=answered + 1)
        await target.hang_up()
        await until(partial(_quiet, host), SOON.total_seconds())
    return took


async def _quiet(host: AsteriskHost) -> bool:
    return await open_calls(host) == 0


def _figures(took: Mapping[str, Sequence[float]]) -> list[Figure]:
    plain = percentile(took["plain"], 0.5)
    figures = []
    for name, values in took.items():
        middle = percentile(values, 0.5)
        told = f"{middle:.1f} / {percentile(values, 0.95):.1f}" + (
            f" ({middle - plain:+.1f})" if name != "plain" else ""
        )
        figures.append(
            Figure(measure=MEASURE, name=f"{name}: press to the other side's INVITE, p50 / p95 ms", value=told)
        )
    return figures
