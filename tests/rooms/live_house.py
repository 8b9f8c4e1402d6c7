"""Live calls over the real ledger and database, with an Asterisk whose answers a test stages: it takes the real verbs
and tells what the generated dialplan would tell."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from callcenter.app.numbers import open_numbers
from callcenter.app.rosters import KnowledgeCandidates
from callcenter.app.transfers import TransferRoom, furnish_transfers
from callcenter.calls.config import CallsConfig
from callcenter.calls.identity import call_id_of
from callcenter.calls.ledger import Ledger, open_ledger
from callcenter.calls.partitions import ensure_partitions
from callcenter.calls.reading import CallsReading
from callcenter.core.bus import Bus
from callcenter.core.clock import SystemClock
from callcenter.core.errors import DomainError
from callcenter.core.ids import CallId, LegId, UserId
from callcenter.knowledge.service import Knowledge
from callcenter.numbers.config import NumbersConfig
from callcenter.orders.config import OrdersConfig
from callcenter.orders.service import Orders, open_orders
from callcenter.pbx import facts
from callcenter.pbx.errors import OutcomeUnknown
from callcenter.pbx.link import AmiLink
from callcenter.pbx.snapshot import Snapshot, channel_seen
from callcenter.pbx.transport import Reply
from callcenter.people.audit import Audit
from callcenter.people.service import open_people
from callcenter.resources import IVR
from callcenter.seats.experts import Experts
from callcenter.seats.service import Seats
from callcenter.settings import load_settings
from callcenter.store.pool import Pool
from callcenter.transfers.attempts import Attempt, TransferId
from callcenter.transfers.registry import read_registry
from tests.rooms.people_of_town import QUICK
from tests.simulators.eventually import comes_true
from tests.vaults import VAULT

PBX = "pbx1"
CITIZEN, AGENT = "PJSIP/carrier-00000000", "PJSIP/8001-00000001"
CLOCK = SystemClock()


@dataclass(slots=True)
class Channel:
    leg: LegId
    linked: LegId
    name: str
    context: str = "from-seat"
    bridge: str = ""
    muted: bool = False


@dataclass(slots=True)
class StagedLink:
    """`fail_next` stages the next answers of an action, in order; answers to those in `lose` get lost after the deed;
    with `silent` nothing is done. `sent` is what came."""

    pbx: str = PBX
    connected: bool = True
    sent: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    fail_next: dict[str, list[DomainError | None]] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    silent: bool = False
    lose: set[str] = field(default_factory=set)
    ledger: Ledger | None = None

    async def send(
        self, action: str, fields: Mapping[str, str | Sequence[str]] = {}, *, deadline: timedelta | None = None
    ) -> Reply:
        self.sent.append((action, fields))
        if (staged := self.fail_next.get(action)) and (error := staged.pop(0)) is not None:
            raise error
        events: tuple[dict[str, str], ...] = ()
        match action:
            case "Redirect" if not self.silent:
                await self._move(str(fields["Channel"]), str(fields["Context"]), str(fields["Exten"]))
                if extra := fields.get("ExtraChannel"):
                    await self._move(str(extra), str(fields["ExtraContext"]), str(fields["ExtraExten"]))
            case "Hangup" if not self.silent:
                await self.end(str(fields["Channel"]))
            case "Originate" if not self.silent:
                await self._ring(LegId(str(fields["ChannelId"])), str(fields["Channel"]))
            case "ConfbridgeMute" | "ConfbridgeUnmute":
                self.channels[str(fields["Channel"])].muted = action == "ConfbridgeMute"
            case "CoreShowChannels":
                events = tuple(self.shown(channel) for channel in self.channels.values())
            case "ConfbridgeList":
                events = tuple({"Channel": c.name, "Muted": "Yes" if c.muted else "No"} for c in self.channels.values())
        if action in self.lose:
            raise OutcomeUnknown(action)
        return Reply({}, events, ())

    def shown(self, channel: Channel) -> dict[str, str]:
        return {
            "Event": "CoreShowChannel",
            "Uniqueid": channel.leg,
            "Linkedid": channel.linked,
            "Channel": channel.name,
            "ChannelStateDesc": "Up",
            "Context": channel.context,
            "BridgeId": channel.bridge,
            "Duration": "00:00:05",
        }

    def count(self, action: str) -> int:
        return sum(name == action for name, _ in self.sent)

    async def tell(self, kind: type[facts.ChannelFact], channel: Channel, **more: Any) -> None:
        assert self.ledger is not None
        fact = kind(pbx=PBX, at=CLOCK.now(), leg=channel.leg, linked=channel.linked, channel=channel.name, **more)
        await self.ledger.absorb(fact)

    async def mark(self, channel: Channel, mark: str, **fields: str) -> None:
        await self.tell(facts.DialplanMarked, channel, mark=mark, fields=tuple(fields.items()))

    async def start(self, leg: str, linked: str, name: str, **more: str) -> Channel:
        channel = Channel(LegId(leg), LegId(linked), name)
        self.channels[name] = channel
        given = {"caller_number": "", "dialled": "", "context": ""} | more
        await self.tell(facts.ChannelStarted, channel, **given)
        return channel

    async def enter(self, channel: Channel, bridge: str) -> None:
        channel.bridge = bridge
        await self.tell(facts.BridgeEntered, channel, bridge=bridge)

    async def end(self, name: str) -> None:
        """A Local channel takes its other half and whoever it dialled with it."""
        channel = self.channels.pop(name, None)
        if channel is None:
            return
        await self.tell(facts.ChannelEnded, channel, cause=16)
        if name.startswith("Local/"):
            for other in [other for other, c in self.channels.items() if c.linked == channel.linked]:
                await self.end(other)

    async def _move(self, name: str, context: str, exten: str) -> None:
        channel = self.channels[name]
        if channel.bridge:
            left, channel.bridge = channel.bridge, ""
            await self.tell(facts.BridgeLeft, channel, bridge=left)
        channel.context = context
        match context:
            case "hl-hold":
                await self.mark(channel, "HotlineHold", Room=exten, State="on")
            case "hl-room-citizen" | "hl-room-agent":
                await self.mark(channel, "HotlineRoom", Room=exten, Party=context.rpartition("-")[2])
                await self.enter(channel, f"room-{exten}")
            case "hl-transfer":
                await self.mark(channel, "HotlineReach", Transfer=exten, Step="target", Status="RINGING")
            case "hl-queue":
                await self.tell(facts.QueueJoined, channel, queue=exten, position=1, count=1)

    async def _ring(self, leg: LegId, dialled: str) -> None:
        transfer = dialled.removeprefix("Local/").partition("@")[0]
        first = await self.start(leg, leg, f"Local/{transfer}@hl-reach-1;1")
        first.context = "hl-reach"
        second = await self.start(f"{leg}-2", leg, f"Local/{transfer}@hl-reach-1;2")
        await self.mark(second, "HotlineReach", Transfer=transfer, Step="target", Status="RINGING")

    async def status(self, transfer: TransferId, status: str, step: str = "target") -> None:
        """What comes of a step, told by the leg that dials."""
        dialling = self.channels.get(f"Local/{transfer}@hl-reach-1;2") or self.channels[CITIZEN]
        await self.mark(dialling, "HotlineReach", Transfer=str(transfer), Step=step, Status=status)

    async def answer(self, transfer: TransferId, phone: str = "PJSIP/carrier-00000009") -> None:
        """The target answers and joins the room."""
        guest = await self.start(f"pbx1-9.{len(self.sent)}", f"hl-{transfer}", phone)
        await self.tell(facts.ChannelStateChanged, guest, state="Up")
        await self.status(transfer, "ANSWER")
        leg = self.channels[f"Local/{transfer}@hl-reach-1;1"]
        leg.context = "hl-room-guest"
        await self.mark(leg, "HotlineRoom", Room="r", Party="guest")

    async def over(self, transfer: TransferId, status: str = "") -> None:
        """Nobody has come, or whoever came goes."""
        if status:
            await self.status(transfer, status)
        await self.end(f"Local/{transfer}@hl-reach-1;1")


class Desks:
    """Stands for the seats: who sits where."""

    def __init__(self) -> None:
        self.extensions: dict[UserId, str] = {}

    async def state_of(self, user: UserId) -> Any:
        return _Desk(self.extensions.get(user, ""))


@dataclass(frozen=True, slots=True)
class _Desk:
    extension: str


@dataclass(slots=True, kw_only=True)
class LiveHouse:
    pool: Pool
    bus: Bus
    link: StagedLink
    desks: Desks
    ledger: Ledger
    orders: Orders
    experts: Experts
    room: TransferRoom
    sounds: Path

    async def talk(self, number: int = 1) -> CallId:
        """A citizen talks to 8001, in a plain bridge."""
        room, agent = f"pbx1-{number}00.1", f"pbx1-{number}00.2"
        link = self.link
        citizen = await link.start(room, room, CITIZEN, caller_number="13800000001", dialled="12345")
        await link.tell(facts.ChannelStateChanged, citizen, state="Up")
        await link.tell(facts.QueueJoined, citizen, queue="main", position=1, count=1)
        await self.answer_by(citizen, agent, AGENT)
        return call_id_of(PBX, LegId(room))

    async def answer_by(self, citizen: Channel, leg: str, name: str, queue: str = "main") -> None:
        agent = await self.link.start(leg, citizen.linked, name)
        await self.link.tell(facts.ChannelStateChanged, agent, state="Up")
        await self.link.tell(facts.QueueLeft, citizen, queue=queue, count=0)
        extension = name.removeprefix("PJSIP/").partition("-")[0]
        named = {"queue": queue, "member": extension, "leg": citizen.leg, "agent_leg": agent.leg}
        connected = facts.AgentConnected(pbx=PBX, at=CLOCK.now(), **named, hold_seconds=1, ring_seconds=1)  # type: ignore[arg-type]
        await self.ledger.absorb(connected)
        for channel in (citizen, agent):
            await self.link.enter(channel, f"bridge-{leg}")

    async def relink(self) -> None:
        """Asterisk as it stands now."""
        seen = tuple(channel_seen(self.link.shown(channel)) for channel in self.link.channels.values())
        now = CLOCK.now()
        snapshot = Snapshot(channels=seen, taken_at=now)
        self.bus.publish(facts.LinkUp(pbx=PBX, at=now, lost_at=now, snapshot=snapshot))

    async def until(self, transfer: TransferId, **wanted: Any) -> Attempt:
        """The transfer's row, as soon as it is as wanted."""
        found: list[Attempt | None] = []

        async def look() -> bool:
            found[:] = [await self.room.store.get(transfer)]
            return found[0] is not None and all(getattr(found[0], name) == value for name, value in wanted.items())

        try:
            await comes_true(look)
        except TimeoutError:
            raise AssertionError(f"the transfer is not {wanted}: {found}") from None
        assert found[0] is not None
        return found[0]

    async def over(self, transfer: TransferId) -> Attempt:
        """The transfer's row when it has ended."""
        found: list[Attempt] = []

        async def look() -> bool:
            row = await self.room.store.get(transfer)
            found[:] = [row] if row is not None and row.ended_at is not None else []
            return bool(found)

        await comes_true(look)
        return found[0]

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.room.watch.run())
        try:
            async with asyncio.timeout(10):
                await self.room.watch.ready.wait()
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def open_live(pool: Pool, folder: Path, **settings: Any) -> AsyncIterator[LiveHouse]:
    """Everything but the watch, which `watching` runs."""
    bus, link, desks = Bus(), StagedLink(), Desks()
    given = load_settings(transfers={"confirm_within": 0.4, "ring": 5} | settings)
    audit, sounds = Audit(CLOCK), folder / "sounds"
    orders = await open_orders(
        pool, clock=CLOCK, bus=bus, config=OrdersConfig(), city="Asia/Shanghai", audit=audit, vault=VAULT
    )
    registry = read_registry(IVR / "hotlines.yaml")
    calls = CallsReading(pool, audit, VAULT)
    numbers = open_numbers(NumbersConfig(), pool, bus, CLOCK, audit, calls, lambda: registry, VAULT)
    experts = Experts(pool, ("main",), CLOCK, audit, KnowledgeCandidates(Knowledge(pool, CLOCK, audit)))
    await ensure_partitions(pool, CLOCK)
    config = CallsConfig(spool=folder / "spool", retry_first=0.02, retry_most=0.05, write_deadline=2.0)
    async with open_people(pool, CLOCK, QUICK) as people, open_ledger(pool, bus, CLOCK, config, {}, VAULT) as ledger:
        await ledger.adopt(PBX)
        link.ledger = ledger
        room = await furnish_transfers(
            given,
            pool=pool,
            bus=bus,
            clock=CLOCK,
            people=people,
            link=cast(AmiLink, link),
            ledger=ledger,
            orders=orders,
            seats=cast(Seats, desks),
            experts=experts,
            gate=numbers.gate,
            registry=lambda: registry,
            sounds=sounds,
            vault=VAULT,
        )
        yield LiveHouse(
            pool=pool,
            bus=bus,
            link=link,
            desks=desks,
            ledger=ledger,
            orders=orders,
            experts=experts,
            room=room,
            sounds=sounds,
        )
