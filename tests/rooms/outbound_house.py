"""Agents' calls out with the real ledger, gate and orders; the PBX and the agents' telephones are staged."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from callcenter.app.outbound import OrdersToContact, PeopleActors
from callcenter.calls.config import CallsConfig
from callcenter.calls.ledger import Ledger, open_ledger
from callcenter.core.ids import CallId, LegId, MissedId, OrderId
from callcenter.outbound.config import OutboundConfig
from callcenter.outbound.errors import SeatBusy
from callcenter.outbound.ports import CitizensCalls, MissedCalls, Telephones
from callcenter.outbound.service import Outbound
from callcenter.outbound.settling import Settling
from callcenter.outbound.telephony import Placing, Telephony, leg_of
from callcenter.outbound.views import OutboundView, Wanted
from callcenter.pbx import facts
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from tests.rooms.gates import open_gate
from tests.rooms.town_of_orders import Town
from tests.vaults import VAULT

PBX = "pbx1"
SECOND = timedelta(seconds=1)


@dataclass
class StagedTelephony:
    pbx: str = PBX
    connected: bool = True
    refusal: Exception | None = None
    placed: list[Placing] = field(default_factory=list)

    async def place(self, placing: Placing) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.placed.append(placing)


@dataclass
class StagedTelephones:
    busy: bool = False

    async def free_extension(self, actor: Actor) -> str:
        if self.busy:
            raise SeatBusy
        return "8001"


class StagedCalls:
    async def number_of(self, actor: Actor, call: CallId) -> str:
        return ""


class StagedMissed:
    async def number_of(self, actor: Actor, missed: MissedId) -> str:
        return "+8613800000021"


@dataclass
class OutboundHouse:
    town: Town
    ledger: Ledger
    service: Outbound
    settling: Settling
    telephony: StagedTelephony
    telephones: StagedTelephones

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.settling.run())
        await asyncio.sleep(0)
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def place(self, who: str, order: OrderId) -> UUID:
        return (await self.service.place(self.town.people[who], Wanted(order=order))).id

    async def settled(self, who: str, outbound: UUID) -> OutboundView:
        """As soon as it is settled and told."""
        async with asyncio.timeout(10):
            while True:
                view = await self.service.get(self.town.people[who], outbound)
                if view.outcome is not None and view.told is not None:
                    return view
                await asyncio.sleep(0.02)

    async def talk(self, outbound: UUID, lasts: timedelta) -> None:
        """The agent answers, the citizen answers three seconds later, and hangs up first."""
        agent, citizen, at = leg_of(outbound), LegId(f"c-{outbound}"), self.town.clock.now()

        def told(kind: type[facts.ChannelFact], leg: LegId, after: timedelta, **more: Any) -> facts.PbxFact:
            channel = "PJSIP/8001-1" if leg == agent else "PJSIP/carrier-2"
            return kind(pbx=PBX, at=at + after, leg=leg, linked=agent, channel=channel, **more)

        begun = {"caller_number": "", "dialled": "", "context": "hl-out"}
        for fact in (
            told(facts.ChannelStarted, agent, 0 * SECOND, **begun),
            told(facts.ChannelStateChanged, agent, SECOND, state="Up"),
            told(facts.ChannelStarted, citizen, SECOND, **begun),
            told(facts.DialStarted, citizen, SECOND, from_leg=agent),
            told(facts.DialEnded, citizen, 4 * SECOND, from_leg=agent, status="ANSWER"),
            told(facts.BridgeEntered, citizen, 4 * SECOND, bridge="b"),
            told(facts.BridgeEntered, agent, 4 * SECOND, bridge="b"),
            told(facts.ChannelEnded, citizen, 4 * SECOND + lasts, cause=16),
            told(facts.ChannelEnded, agent, 5 * SECOND + lasts, cause=16),
        ):
            await self.ledger.absorb(fact)

    async def not_registered(self, outbound: UUID) -> None:
        """The agent's own telephone: Asterisk can make no channel."""
        at, name = self.town.clock.now(), leg_of(outbound)
        told = facts.OriginateAnswered(pbx=PBX, at=at, action_id=name, success=False, leg=None, reason=0)
        self.town.bus.publish(told)
        await self.ledger.absorb(told)

    async def contacts(self, order: OrderId) -> list[tuple[str, UUID | None]]:
        rows = await self.town.pool.fetch(
            "select outcome, call_id from order_contact where order_id = $1 order by at, id", order
        )
        return [(row["outcome"], row["call_id"]) for row in rows]


@asynccontextmanager
async def open_outbound_house(town: Town, spool: Path) -> AsyncIterator[OutboundHouse]:
    config = OutboundConfig(look_again=timedelta(milliseconds=50))
    telephony, telephones, orders = StagedTelephony(), StagedTelephones(), OrdersToContact(town.orders)
    async with open_ledger(town.pool, town.bus, town.clock, CallsConfig(spool=spool), {}, VAULT) as ledger:
        await ledger.adopt(PBX)
        settling = Settling(
            pool=town.pool,
            bus=town.bus,
            clock=town.clock,
            config=config,
            telephony=telephony,
            orders=orders,
            actors=PeopleActors(town.pool),
        )
        service = Outbound(
            pool=town.pool,
            clock=town.clock,
            config=config,
            audit=Audit(town.clock),
            gate=open_gate(town.pool, town.bus),
            ledger=ledger,
            telephony=telephony,
            telephones=telephones,
            orders=orders,
            missed=StagedMissed(),
            calls=StagedCalls(),
            settling=settling,
        )
        yield OutboundHouse(town, ledger, service, settling, telephony, telephones)


_telephony: type[Telephony] = StagedTelephony
_telephones: type[Telephones] = StagedTelephones
_calls: type[CitizensCalls] = StagedCalls
_missed: type[MissedCalls] = StagedMissed
