"""What became of the calls out: read from the ledger when it has seen the call end, then told. Nothing is kept in
memory that a new run could not read again."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from callcenter.calls.events import CallEnded
from callcenter.calls.identity import call_id_of
from callcenter.core.bus import Bus, Subscription
from callcenter.core.clock import Clock
from callcenter.core.errors import DomainError
from callcenter.core.events import Event
from callcenter.core.ids import CallId
from callcenter.outbound.config import OutboundConfig
from callcenter.outbound.events import OutboundSettled
from callcenter.outbound.outcome import Outcome, outcome_of, talked
from callcenter.outbound.ports import Actors, ContactOrders
from callcenter.outbound.store import Flight, OutboundStore, Untold
from callcenter.outbound.telephony import Telephony, leg_of, outbound_of
from callcenter.pbx.facts import LinkUp, OriginateAnswered
from callcenter.store.pool import AWAY, Pool

log = structlog.get_logger(__name__)

NOTHING: Final = timedelta(0)
TOLD: Final = "ok"
NOTES: Final = {
    Outcome.REACHED: "系统外呼接通，通话 {seconds} 秒",
    Outcome.TOO_SHORT: "系统外呼接通后即断，通话 {seconds} 秒",
    Outcome.NO_ANSWER: "系统外呼无人接听",
    Outcome.BUSY: "系统外呼占线",
}
"""What an order's record says, beside the call itself; but for the first, an attempt to contact (XY-08). What is not
here is no attempt: nobody was rung, or no fact says how it ended."""


class Settling:
    """Run by the owner of the PBX."""

    def __init__(
        self,
        *,
        pool: Pool,
        bus: Bus,
        clock: Clock,
        config: OutboundConfig,
        telephony: Telephony,
        orders: ContactOrders,
        actors: Actors,
    ) -> None:
        self._store = OutboundStore(pool)
        self._bus = bus
        self._clock = clock
        self._config = config
        self._telephony = telephony
        self._orders = orders
        self._actors = actors
        self._wake = asyncio.Event()
        self._followed: dict[CallId, UUID] = {}
        self._absent: set[UUID] = set()
        self._owing = False
        self.running = False

    def call_of(self, outbound: UUID) -> CallId:
        """The ledger's id of the call that will be."""
        return call_id_of(self._telephony.pbx, leg_of(outbound))

    def follow(self, outbound: UUID, call: CallId) -> None:
        self._followed[call] = outbound
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        with self._bus.subscribe(CallEnded, OriginateAnswered, LinkUp) as heard:
            async with asyncio.TaskGroup() as crew:
                crew.create_task(self._listen(heard))
                self.running = True
                try:
                    while True:
                        await self._survive()
                        await self._rest()
                finally:
                    self.running = False

    async def _listen(self, heard: Subscription) -> None:
        async for event in heard:
            self._hear(event)

    def _hear(self, event: Event) -> None:
        match event:
            case CallEnded(call=call) if call in self._followed:
                self._wake.set()
            case OriginateAnswered(success=False, action_id=name) if outbound := outbound_of(name):
                self._absent.add(outbound)
                self._wake.set()
            case LinkUp():
                self._wake.set()

    async def _survive(self) -> None:
        """The database's absence, and a mistake in one call, cost a delay and no other call anything."""
        self._owing = True
        try:
            await self._settle_ended()
            await self._tell()
            self._owing = False
        except (*AWAY, asyncpg.PostgresError) as error:
            log.warning("outbound_not_settled", cause=type(error).__name__)
        except Exception:
            log.exception("outbound_settling_failed")

    async def _rest(self) -> None:
        """Until something happens; with a call under way, whose end may go unheard, at most for a while."""
        within = self._config.look_again.total_seconds() if self._followed or self._owing else None
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._wake.wait()
        self._wake.clear()

    async def _settle_ended(self) -> None:
        absent = frozenset(self._absent)
        for flight in await self._store.open(self._telephony.pbx):
            self._followed[flight.call] = flight.id
            outcome, talk = (Outcome.AGENT_ABSENT, NOTHING) if flight.id in absent else await self._judge(flight)
            if outcome is not None:
                await self._settle(flight, outcome, talk)
                self._followed.pop(flight.call, None)
        self._absent -= absent

    async def _judge(self, flight: Flight) -> tuple[Outcome | None, timedelta]:
        """None while it is under way."""
        if flight.ended:
            seen, leg = await self._store.seen(flight.call, self._telephony.pbx), leg_of(flight.id)
            talk = talked(seen, leg)
            return outcome_of(seen, leg, talk, self._config.least_talk), talk
        patience = self._config.agent_ring + 2 * self._config.look_again
        if not flight.began and self._clock.now() - flight.placed_at > patience:
            return Outcome.UNSENT, NOTHING
        return None, NOTHING

    async def _settle(self, flight: Flight, outcome: Outcome, talk: timedelta) -> None:
        told = None if flight.order is not None and outcome in NOTES else ""
        now = self._clock.now()
        if not await self._store.settle(flight.id, outcome, talk, now, told):
            return
        log.info("outbound_settled", outbound=str(flight.id), outcome=outcome.value)
        self._bus.publish(
            OutboundSettled(
                at=now,
                outbound=flight.id,
                call=flight.call,
                order=flight.order,
                purpose=flight.purpose,
                outcome=outcome.value,
            )
        )

    async def _tell(self) -> None:
        for done in await self._store.untold(self._telephony.pbx):
            try:
                told = await self._tell_one(done)
            except DomainError as error:
                log.warning("outbound_not_taken", outbound=str(done.id), code=error.code)
                told = error.code
            await self._store.tell(done.id, told)

    async def _tell_one(self, done: Untold) -> str:
        """Once: a run that ended between telling and noting it down finds the contact recorded."""
        if await self._store.recorded(done.order, done.call):
            return TOLD
        actor = await self._actors.actor(done.actor)
        note = NOTES[done.outcome].format(seconds=round(done.talked.total_seconds()))
        reached = done.outcome is Outcome.REACHED
        await self._orders.contacted(actor, done.order, reached=reached, note=note, call=done.call)
        return TOLD
