"""Callers in every place of a call, a fault, and what became of them: nobody talking is cut, nobody waiting is lost.

`pytest tests/scenarios/test_fault_places.py --rounds 5 --table FILE` writes the table of docs/operations.md.
"""

import asyncio
import re
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial
from statistics import median
from typing import Any, Final

from callcenter.core.clock import SystemClock
from callcenter.core.errors import DomainError
from callcenter.pbx.host import AsteriskHost
from callcenter.sample.desk import Desk, StepFailed
from callcenter.sample.rtp import clip as coded
from callcenter.sample.sipp import Telephone, open_citizen
from tests.scenarios.house import PATIENCE, SECOND, House, until
from tests.speech_material import Material

MATERIAL: Final = Material()
CALLERS, AGENTS = MATERIAL.clip("damo_nav_8b52324ebf"), MATERIAL.clip("aishell1_las_audio_4")
SEATS: Final = 5
LAST: Final = f"hw{SEATS:02}"
"""Whose telephone only rings."""
LONG: Final = 400 * SECOND
NEVER: Final = 300 * SECOND
SERVED: Final = 90 * SECOND
AMI_AWAY: Final = 30 * SECOND
DATABASE_AWAY: Final = 60 * SECOND


class Place(StrEnum):
    TALKING = "talking"
    THREE_WAY = "three-way"
    ON_HOLD = "on hold"
    TRANSFERRED = "being transferred"
    RINGING = "ringing"
    QUEUE = "queue"
    MENU = "menu"
    GREETING = "greeting"


class Fault(StrEnum):
    KILLED = "server killed"
    HUNG = "server hung"
    AMI = "AMI cut for 30 s"
    RESTART = "Asterisk restarted gracefully"
    DATABASE = "database away for 60 s"


WITH_A_PERSON: Final = (Place.TALKING, Place.THREE_WAY, Place.ON_HOLD)
WAITING: Final = (Place.RINGING, Place.QUEUE, Place.MENU, Place.GREETING)


@dataclass(slots=True)
class Round:
    """`kept`: whether the caller of each place was neither cut nor lost. `recovery`: from the end of the fault until
    the server is ready and every state agrees. `differences`: where ledger or desk did not agree with Asterisk then."""

    fault: Fault
    kept: dict[Place, bool] = field(default_factory=dict)
    recovery: timedelta = timedelta()
    differences: list[str] = field(default_factory=list)


class Scene:
    """Eight callers, five seats, a rescue service and another hotline."""

    def __init__(self, house: House, stack: AsyncExitStack) -> None:
        self.house = house
        self._stack = stack
        self.callers: dict[Place, Telephone] = {}
        self.agents: dict[str, Telephone] = {}
        self.desks: dict[str, Desk] = {}
        self.agent_of: dict[Place, str] = {}
        self._calls: dict[Place, str] = {}
        base = secrets.randbelow(10**7)  # who rings again is led to the agent of the last call
        self.numbers = {place: f"139{base:07}{n}" for n, place in enumerate(Place)}
        self.rescue: Telephone
        self.hotline: Telephone

    async def open(self) -> None:
        enter = self._stack.enter_async_context
        house = self.house
        for n in range(1, SEATS + 1):
            name = f"hw{n:02}"
            ring = NEVER if name == LAST else SECOND / 5
            self.desks[name] = await enter(house.desk(name))
            self.agents[name] = await enter(house.agent_phone(AGENTS, ring, str(8000 + n)))
        speech = coded(AGENTS.path)
        ports = house.state.ports
        self.rescue = await enter(open_citizen(house.exchange, port=ports["rescue"], speech=speech, hold=LONG))
        self.hotline = await enter(
            open_citizen(house.exchange, port=ports["citizens"], speech=speech, ring=20 * SECOND, hold=LONG)
        )

    async def fill(self) -> None:
        """Each caller in their place, the last one hears the greeting at this moment."""
        for name in list(self.desks)[:-1]:
            await self._ready(name)
        for place in (*WITH_A_PERSON, Place.TRANSFERRED):
            await self._ring(place)
        for place in (*WITH_A_PERSON, Place.TRANSFERRED):
            await self._meets_agent(place)
        await self._live(Place.THREE_WAY, "transfer", {"mode": "three_way", "target": "110"})
        await self._live(Place.ON_HOLD, "hold", {})
        await self._ready(LAST)
        for place in (Place.RINGING, Place.MENU):
            await self._ring(place)
        await self.callers[Place.MENU].voice.hears_speech(PATIENCE)
        self.callers[Place.MENU].voice.press("1")
        await self.house.call_of(self.numbers[Place.RINGING], stage="ringing")
        await self._ring(Place.QUEUE)
        await self._live(Place.TRANSFERRED, "transfer", {"mode": "one_key", "target": "12366", "matter": "tax"})
        await self._ring(Place.GREETING)
        await self.rescue.until("answered", PATIENCE)
        await self.hotline.until("offered", PATIENCE)
        for place, stage in (
            (Place.ON_HOLD, "on_hold"),
            (Place.MENU, "in_menu"),
            (Place.QUEUE, "queued"),
        ):
            await self.house.call_of(self.numbers[place], stage=stage)
        await self.callers[Place.GREETING].voice.hears_speech(PATIENCE)

    async def talk(self) -> None:
        """Who talked still talks; the caller on hold hears music."""
        phones = [self.callers[place] for place in WITH_A_PERSON]
        phones += [self.agents[self.agent_of[place]] for place in (Place.TALKING, Place.THREE_WAY)]
        phones.append(self.rescue)
        for phone in phones:
            phone.voice.forget()
        for phone in phones:
            await phone.voice.hears_speech(PATIENCE)

    async def end_transfer(self) -> None:
        """The other hotline answers in the middle of the fault, or after it: the caller talks to it."""
        await self.hotline.until("answered", SERVED)
        caller = self.callers[Place.TRANSFERRED]
        caller.voice.forget()
        await caller.voice.hears_speech(PATIENCE)

    async def serve(self, result: Round) -> None:
        """Those who waited reach a person."""
        await self.callers[Place.TALKING].hang_up()
        free = [self.agent_of[place] for place in (Place.TALKING, Place.TRANSFERRED)]
        waiting = set(WAITING)
        try:
            async with asyncio.timeout(SERVED.total_seconds()):
                while waiting:
                    await self._make_ready(*free)
                    for place in list(waiting):
                        call = await self.house.call_of(self.numbers[place])
                        if call["extension"]:
                            result.kept[place] = True
                            waiting.discard(place)
                            await self.callers[place].hang_up()
                    await asyncio.sleep(0.2)
        except TimeoutError:
            result.kept |= dict.fromkeys(waiting, False)

    def uncut(self, place: Place) -> bool:
        return "bye" not in self.callers[place].said

    async def differences(self) -> list[str]:
        """Where ledger and desks do not show what Asterisk has. Empty when all agrees."""
        channels = [Channel.read(line) for line in (await self._asterisk("core show channels concise")) if "!" in line]
        members = await self._asterisk("queue show main")
        found = []
        for place, number in self.numbers.items():
            there = next((one.stage for one in channels if one.caller == number and not one.seat), "ended")
            call = await self.house.call_of(number)
            if (told := _SAME.get(call["stage"], call["stage"])) != there:
                found.append(f"{place}: the ledger says {told}, Asterisk {there}")
        for name, desk in self.desks.items():
            extension = f"80{name[2:]}"
            state = await desk.get("/api/desk")
            there = next((one.state for one in channels if one.seat == extension), "")
            shown = {"talking": "Up", "ringing": "Ringing"}.get(state["presence"], "")
            if shown != there:
                found.append(f"{name}: the desk shows {state['presence']}, Asterisk has {there or 'no channel'}")
            member = next((line for line in members if f"(PJSIP/{extension})" in line), "")
            if (state["presence"] == "ready") != (bool(member) and "(paused" not in member) and not there:
                found.append(f"{name}: the desk shows {state['presence']}, the queue {member.strip() or 'no member'}")
        return found

    async def end(self) -> None:
        await self.all_hang_up()
        for name in self.desks:
            await until(partial(self._off_duty, name))
        await self.empty()

    async def all_hang_up(self) -> None:
        """The rescue service, too: it and the agent may go on when the caller has left."""
        for phone in (*self.callers.values(), self.rescue):
            await phone.hang_up()

    async def empty(self) -> None:
        """No channel in Asterisk, no open call in the ledger."""
        try:
            await until(self._nobody)
        except TimeoutError:
            rows = await self.house.sql.fetch("select * from call where ended_at is null")
            facts = [await self.house.facts_of(row["id"]) for row in rows]
            channels = await self._asterisk("core show channels concise")
            raise AssertionError(f"not over: {channels}, {rows}, {facts}") from None

    async def _nobody(self) -> bool:
        idle = "0 active channels" in "".join(await self._asterisk("core show channels count"))
        return idle and not await self.house.sql.fetchval("select count(*) from call where ended_at is null")

    async def _off_duty(self, name: str) -> bool:
        try:
            await self.desks[name].post("/api/desk/presence", {"presence": "offline"})
        except StepFailed:  # the end of the call is still on its way
            return False
        return True

    async def _make_ready(self, *names: str) -> None:
        for name in names:
            if (await self.desks[name].get("/api/desk"))["presence"] in {"after_call", "paused"}:
                await self._ready(name)

    async def _asterisk(self, command: str) -> list[str]:
        return (await self.house.host.command(command)).splitlines()

    async def _ready(self, name: str) -> None:
        with suppress(StepFailed):  # a call came in this moment: the agent is at work
            await self.desks[name].post("/api/desk/presence", {"presence": "ready"})

    async def _ring(self, place: Place) -> None:
        caller = self.house.caller(self.numbers[place], CALLERS, LONG)
        self.callers[place] = await self._stack.enter_async_context(caller)

    async def _meets_agent(self, place: Place) -> None:
        call = await self.house.call_of(self.numbers[place], stage="talking")
        self.agent_of[place] = f"hw{call['extension'][2:]}"
        self._calls[place] = str(call["id"])

    async def _live(self, place: Place, verb: str, body: Mapping[str, Any]) -> None:
        await self.desks[self.agent_of[place]].post(f"/api/calls/{self._calls[place]}/{verb}", body)


_SAME: Final = {"queued": "waiting", "ringing": "waiting", "arrived": "dialogue", "in_menu": "dialogue"}
"""Asterisk's list of channels does not tell these apart."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A line of `core show channels concise`; `seat` is the extension of an agent's channel, else ''."""

    seat: str
    caller: str
    state: str
    stage: str

    @classmethod
    def read(cls, line: str) -> "Channel":
        name, context, _, _, state, application, _, caller, *rest = line.split("!")
        endpoint = name.removeprefix("PJSIP/").rpartition("-")[0]
        bridged = bool(rest[-2])
        return cls(endpoint if endpoint.isdecimal() else "", caller, state, _stage(context, application, bridged))


def _stage(context: str, application: str, bridged: bool) -> str:
    match context, application:
        case "hl-hold", _:
            return "on_hold"
        case _, "ConfBridge":
            return "talking"
        case _, "Queue" | "Dial" if bridged:
            return "talking"
        case "hl-transfer", _:
            return "transferring"
        case _, "Queue":
            return "waiting"
        case _:
            return "dialogue"


@asynccontextmanager
async def open_scene(house: House) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        scene = Scene(house, stack)
        await scene.open()
        yield scene


async def _kill(scene: Scene, number: signal.Signals) -> None:
    scene.house.signal_server(number)
    await scene.talk()
    await scene.house.end_server()
    await scene.house.start_server()


async def _away(scene: Scene, wire: Any, lasts: timedelta) -> None:
    await wire.cut()
    async with asyncio.timeout(lasts.total_seconds() + PATIENCE.total_seconds()):
        begun = asyncio.get_running_loop().time()
        await scene.talk()
        await asyncio.sleep(max(0.0, lasts.total_seconds() - (asyncio.get_running_loop().time() - begun)))
    await wire.mend()


_STRIKES: Final[Mapping[Fault, Callable[[Scene], Awaitable[None]]]] = {
    Fault.KILLED: lambda scene: _kill(scene, signal.SIGKILL),
    Fault.HUNG: lambda scene: _kill(scene, signal.SIGSTOP),
    Fault.AMI: lambda scene: _away(scene, scene.house.ami, AMI_AWAY),
    Fault.DATABASE: lambda scene: _away(scene, scene.house.database, DATABASE_AWAY),
}


async def play(house: House, fault: Fault) -> Round:
    """One round. The house is whole and empty before and after it."""
    result = Round(fault)
    async with open_scene(house) as scene:
        await scene.fill()
        if fault is Fault.RESTART:
            await _restart(scene, result)
        else:
            await _STRIKES[fault](scene)
            await _recovered(scene, result)
            await _outcome(scene, result)
        await scene.end()
    return result


async def _recovered(scene: Scene, result: Round) -> None:
    ended = SystemClock().now()
    await until(scene.house.is_ready)

    async def agrees() -> bool:
        result.differences = await scene.differences()
        return not result.differences

    with suppress(TimeoutError):
        await until(agrees, 20 * SECOND)
    result.recovery = SystemClock().now() - ended


async def _outcome(scene: Scene, result: Round) -> None:
    await scene.talk()
    await scene.end_transfer()
    for place in (*WITH_A_PERSON, Place.TRANSFERRED):
        result.kept[place] = scene.uncut(place)
    await scene.serve(result)


async def _restart(scene: Scene, result: Round) -> None:
    """As docs/operations.md says: no new calls, those inside are served to their end, then Asterisk restarts."""
    host = scene.house.host
    await host.command("dialplan set global HL_DRAIN 1")
    await _outcome(scene, result)
    await scene.all_hang_up()
    await scene.empty()
    before = await _uptime(host)
    await host.command("core restart gracefully")
    await until(partial(_younger, host, before))
    await _recovered(scene, result)


async def _younger(host: AsteriskHost, before: int) -> bool:
    try:
        return await _uptime(host) < before
    except DomainError:  # between the two
        return False


async def _uptime(host: AsteriskHost) -> int:
    """Seconds; a day for an Asterisk that does not tell yet."""
    found = re.search(r"System uptime: (\d+)", await host.command("core show uptime seconds"))
    return int(found[1]) if found else 86_400


def table_of(rounds: Sequence[Round]) -> str:
    """Markdown: a row for each place, a column for each fault; callers kept of callers there."""
    faults = [fault for fault in Fault if any(one.fault is fault for one in rounds)]
    of = {fault: [one for one in rounds if one.fault is fault] for fault in faults}
    lines = [_row("", *faults), _row(*["---"] * (len(faults) + 1))]
    for place in Place:
        kept = (f"{sum(one.kept.get(place, False) for one in of[fault])}/{len(of[fault])}" for fault in faults)
        lines.append(_row(place, *kept))
    agreed = (f"{sum(not one.differences for one in of[fault])}/{len(of[fault])}" for fault in faults)
    lines.append(_row("every state equals Asterisk's afterwards", *agreed))
    seconds = {fault: [one.recovery.total_seconds() for one in of[fault]] for fault in faults}
    told = (f"{median(seconds[fault]):.1f} ({max(seconds[fault]):.1f})" for fault in faults)
    lines.append(_row("seconds until then, median (longest)", *told))
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
