"""A bare exchange for dialplan scenarios: no server but a door-keeper that leads callers on, and telephones that can be
told apart by their tones."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import numpy as np
import soundfile
from numpy.typing import NDArray

from callcenter.core.ids import LegId
from callcenter.pbx import actions
from callcenter.pbx.agi import AgiConfig, AgiSession, open_agi
from callcenter.pbx.errors import ActionRefused
from callcenter.pbx.host import AsteriskHost
from callcenter.pbx.music import FILE
from callcenter.pbx.plan import PbxPlan, QueuePlan, Trunk
from callcenter.pbx.transport import Reply, Values
from callcenter.sample.rtp import alaw, similarity
from callcenter.sample.sipp import Exchange, Telephone, open_agents, open_busy, open_caller, open_citizen
from tests.simulators.asterisk import sample_plan, seat_secret
from tests.simulators.eventually import comes_true
from tests.simulators.ports import free_udp
from tests.simulators.raw_ami import RawAmi, open_raw_ami
from tests.simulators.tones import strength, tone

SOON: Final = timedelta(seconds=12)
CITIZEN, AGENT, GUEST, SUPERVISOR, RINGING = 350, 1500, 2000, 2500, 450
"""What each says, in hertz; music on hold has none of them."""
_NOTHING: Final[Values] = {}
_HEARD: Final = 1500.0
_UNHEARD: Final = 300.0
_ALIKE: Final = 0.9


def floor_plan() -> PbxPlan:
    """Trunks: `carrier` for all, `police` for emergencies; `broken` is one that no packet can leave by, alone in the
    group `far` and before the carrier in `pair`; `silent` answers nothing, and is before the carrier in `dumb`. The
    queue `hasty` loses its patience at once."""
    carrier = Trunk(name="carrier", host="127.0.0.1", port=free_udp(), groups=("public", "pair", "dumb"))
    silent = Trunk(name="silent", host="127.0.0.1", port=free_udp(), groups=("dumb",), watch=timedelta(seconds=1))
    police = Trunk(name="police", host="127.0.0.1", port=free_udp(), groups=("emergency",))
    broken = Trunk(name="broken", host="192.0.2.1", port=5060, groups=("far", "pair"))
    return sample_plan(
        trunks=(broken, silent, carrier, police),
        queues=(
            QueuePlan(name="main"),
            QueuePlan(name="housing"),
            QueuePlan(name="hasty", patience=timedelta(seconds=1)),
        ),
        first_answer=timedelta(seconds=2),
    )


@dataclass(frozen=True, slots=True)
class Leg:
    leg: LegId
    channel: str


class Link:
    """A raw manager session under the typed verbs."""

    def __init__(self, ami: RawAmi) -> None:
        self._ami = ami

    async def send(self, action: str, fields: Values = _NOTHING, *, deadline: timedelta | None = None) -> Reply:
        asked = str(fields.get("ActionID", uuid4()))
        lines = [(k, v) for k, vs in fields.items() for v in ([vs] if isinstance(vs, str) else vs) if k != "ActionID"]
        self._ami.send(action, ("ActionID", asked), *lines)
        answered = await self._ami.until(SOON, ActionID=asked)
        if answered.get("Response") != "Success":
            raise ActionRefused(action, answered.get("Message", ""))
        return Reply(answered, (), ())


class Floor:
    """`events` are those since the floor was opened."""

    def __init__(self, host: AsteriskHost, ami: RawAmi, stack: AsyncExitStack) -> None:
        self.host = host
        self.ami = ami
        self.link = Link(ami)
        self.exchange = Exchange(host="127.0.0.1", port=host.plan.sip_port)
        self._stack = stack
        self._callers = 0

    def trunk(self, name: str) -> int:
        return next(trunk.port for trunk in self.host.plan.trunks if trunk.name == name)

    async def agent(self, extension: str = "8001", hertz: float = AGENT, *, ring: float = 0.1) -> Telephone:
        """A telephone that answers at once, in no queue."""
        opened = open_agents(
            self.exchange,
            seats={extension: seat_secret(extension)},
            speech=alaw(tone(hertz)),
            ring=timedelta(seconds=ring),
            hold=timedelta(minutes=2),
        )
        return await self._stack.enter_async_context(opened)

    async def on_duty(self, extension: str = "8001", queue: str = "main", *, ring: float = 0.1) -> Telephone:
        phone = await self.agent(extension, ring=ring)
        await actions.add_member(self.link, queue, extension, paused=False)
        self._stack.push_async_callback(actions.remove_member, self.link, queue, extension)
        return phone

    async def outside(self, trunk: str = "carrier", hertz: float = GUEST, *, ring: float = 0.1) -> Telephone:
        """Somebody who answers what goes out by the trunk."""
        opened = open_citizen(
            self.exchange, port=self.trunk(trunk), speech=alaw(tone(hertz)), ring=timedelta(seconds=ring)
        )
        return await self._stack.enter_async_context(opened)

    async def engaged(self, trunk: str = "carrier") -> Telephone:
        return await self._stack.enter_async_context(open_busy(self.exchange, port=self.trunk(trunk)))

    async def caller(self, route: str, *, dial: str = "12345", **variables: str) -> tuple[Telephone, Leg]:
        """A citizen whom the greeting has led to `route`. The server is gone when this returns."""
        number = await self.rings()
        led = asyncio.Event()

        async def lead(session: AgiSession) -> None:
            await session.answer()
            for name, value in (*variables.items(), ("HL_ROUTE", route)):
                await session.set_variable(name, value)
            led.set()

        async with open_agi(AgiConfig(port=self.host.plan.agi_port), lead):
            phone = await self.ring_in(number, dial)
            await asyncio.wait_for(led.wait(), SOON.total_seconds())
        return phone, await self.leg(CallerIDNum=number, Context="from-trunk")

    async def rings(self) -> str:
        self._callers += 1
        return f"1380000000{self._callers}"

    async def ring_in(self, number: str, dial: str) -> Telephone:
        opened = open_caller(
            self.exchange, dial=dial, caller=number, speech=alaw(tone(CITIZEN)), hold=timedelta(minutes=2)
        )
        return await self._stack.enter_async_context(opened)

    async def leg(self, **wanted: str) -> Leg:
        found = await self.ami.until(SOON, Event="Newchannel", **wanted)
        return Leg(LegId(found["Uniqueid"]), found["Channel"])

    async def leg_of_seat(self, extension: str) -> Leg:
        def legs() -> list[dict[str, str]]:
            return [e for e in self.ami.found(Event="Newchannel") if e["Channel"].startswith(f"PJSIP/{extension}-")]

        async def there() -> bool:
            return bool(legs())

        await comes_true(there, SOON)
        return Leg(LegId(legs()[-1]["Uniqueid"]), legs()[-1]["Channel"])

    async def originate(
        self,
        channel: str,
        context: str,
        exten: str,
        variables: Mapping[str, str],
        *,
        leg: str,
        caller_id: str = "12345",
    ) -> None:
        await actions.originate(
            self.link,
            channel=channel,
            context=context,
            exten=exten,
            channel_id=LegId(leg),
            other_channel_id=LegId(f"{leg}-2") if channel.startswith("Local/") else None,
            action_id=f"{leg}-asked",
            variables=variables,
            caller_id="12345",
            timeout=timedelta(seconds=60),
        )

    async def reach(self, room: LegId, plan: str, **more: str) -> str:
        """Rings somebody for the room; the transfer's id."""
        transfer = str(uuid4())
        variables = {"__HL_PLAN": plan, "__HL_ROOM": room, "HL_TRANSFER": transfer, **more}
        await self.originate(f"Local/{transfer}@hl-reach/n", "hl-room-guest", room, variables, leg=f"hl-{transfer}")
        return transfer

    async def mark(self, name: str, **wanted: str) -> dict[str, str]:
        return await self.ami.until(SOON, UserEvent=name, **wanted)

    def marks(self, name: str, *fields: str) -> list[tuple[str, ...]]:
        return [tuple(event.get(field, "") for field in fields) for event in self.ami.found(UserEvent=name)]

    async def place(self, leg: LegId) -> str:
        """The context that the leg is in; '' when it has ended."""
        shown = await self.host.command("core show channels concise")
        return next((line.split("!")[1] for line in shown.splitlines() if line.rstrip().endswith(f"!{leg}")), "")

    async def comes_to(self, leg: LegId, context: str, within: timedelta = SOON) -> None:
        async def there() -> bool:
            return await self.place(leg) == context

        await comes_true(there, within)

    async def in_room(self, room: LegId, parties: int) -> None:
        """Returns when the room has so many. Raises TimeoutError."""

        async def there() -> bool:
            shown = await self.host.command(f"confbridge list {room}")
            return sum(line.startswith(("PJSIP/", "Local/")) for line in shown.splitlines()) == parties

        await comes_true(there, SOON)


async def hears(phone: Telephone, *hertz: float, not_: Iterator[float] | tuple[float, ...] = ()) -> None:
    """Raises AssertionError unless, at one moment soon, the phone hears all of `hertz` and none of `not_`."""

    def levels() -> dict[float, float]:
        return {one: strength(phone.voice.heard[-3200:], one) for one in (*hertz, *not_)}

    async def holds() -> bool:
        found = levels()
        return all(found[one] > _HEARD for one in hertz) and all(found[one] < _UNHEARD for one in not_)

    phone.voice.forget()
    try:
        await comes_true(holds, SOON)
    except TimeoutError:
        raise AssertionError(f"wanted {hertz} and none of {not_}, heard {levels()}") from None


async def hears_prompts(phone: Telephone, floor: Floor, *sounds: str) -> None:
    """In Chinese, since the phone's ear was opened. Raises AssertionError."""
    wanted = {sound: read(floor.host.paths.sounds / "zh" / f"{sound}.wav") for sound in sounds}

    async def holds() -> bool:
        return all(similarity(phone.voice.heard, spoken) > _ALIKE for spoken in wanted.values())

    try:
        await comes_true(holds, SOON)
    except TimeoutError:
        found = {sound: similarity(phone.voice.heard, spoken) for sound, spoken in wanted.items()}
        raise AssertionError(f"not heard: {found}") from None


async def hears_music(phone: Telephone, floor: Floor) -> None:
    """Raises TimeoutError."""
    music = read(floor.host.paths.music / FILE)

    async def holds() -> bool:
        return similarity(music, phone.voice.heard[-4000:]) > _ALIKE

    await comes_true(holds, SOON)


def read(sound: Path) -> NDArray[np.int16]:
    samples: NDArray[np.int16] = soundfile.read(sound, dtype="int16")[0]
    return samples


async def they_talk(one: Telephone, says: float, other: Telephone, answers: float) -> None:
    await hears(one, answers)
    await hears(other, says)


@asynccontextmanager
async def open_floor(host: AsteriskHost) -> AsyncIterator[Floor]:
    """Over when every call is."""
    async with open_raw_ami(host.plan) as ami:
        async with AsyncExitStack() as stack:
            yield Floor(host, ami, stack)

        async def quiet() -> bool:
            return "0 active channels" in await host.command("core show channels count")

        await comes_true(quiet, SOON)
